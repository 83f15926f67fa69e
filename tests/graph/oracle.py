"""A second reading of pattern queries: a small interpreter of the Cypher that patterns are written in.

It shares no code with the stores, the runner or the lint. Rows are plain dicts, matching is by nested loops
over an index of edges, and no relationship serves twice within one MATCH, as Neo4j has it. Anything outside
of the subset is an error, never a guess.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

Row = dict[str, Any]
Expression = Callable[["World", Row], Any]

TOKEN = re.compile(
    r"\s*(?://[^\n]*\n\s*)*(?:(?P<number>\d+\.\d+|\d+)|(?P<text>'[^']*')|(?P<param>\$\w+)|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<sign><>|<=|>=|[-+*/=<>()\[\]{},.:|]))"
)
AGGREGATES = ("count", "collect", "sum", "min", "max", "avg")
CLAUSES = ("MATCH", "OPTIONAL", "WITH", "RETURN", "WHERE", "ORDER", "LIMIT", "UNION")


class World:
    """A graph as nodes by label and edges by type, and the values of the parameters."""

    def __init__(self, nodes: Mapping[str, Any], edges: Mapping[str, Any], params: Mapping[str, Any]) -> None:
        self.params = params
        self.nodes = {
            label: {r["id"]: {**r, "__node": r["id"]} for r in rows} for label, rows in nodes.items()
        }
        self.edges: dict[str, list[Row]] = {
            kind: [{"eid": f"{kind}-{n}", **r, "__edge": (kind, n)} for n, r in enumerate(rows, 1)]
            for kind, rows in edges.items()
        }
        self.at: dict[tuple[str, str, str], list[Row]] = {}
        for kind, rows in self.edges.items():
            for row in rows:
                for end in ("source", "target"):
                    self.at.setdefault((kind, end, row[end]), []).append(row)

    def node(self, key: str) -> tuple[str, Row]:
        """Return label and properties of the node that bears an id."""
        return next((label, rows[key]) for label, rows in self.nodes.items() if key in rows)


class Query:
    """A parsed query: clauses in order, each a function from rows to rows."""

    def __init__(self, text: str) -> None:
        self.tokens = _tokens(text)
        self.place = 0
        self.clauses: list[tuple[str, Any]] = []
        while self.place < len(self.tokens):
            self.clauses.append(self._clause())

    def run(self, world: World) -> list[Row]:
        """Return the rows of RETURN, in no particular order."""
        rows: list[Row] = [{}]
        for kind, work in self.clauses:
            rows = work(world, rows) if kind != "ignored" else rows
        return rows

    # ---------------------------------------------------------------- tokens

    def _peek(self, ahead: int = 0) -> str:
        at = self.place + ahead
        return self.tokens[at] if at < len(self.tokens) else ""

    def _is(self, *words: str) -> bool:
        return self._peek().upper() in words

    def _take(self, wanted: str = "") -> str:
        token = self._peek()
        if wanted and token.upper() != wanted:
            raise ValueError(f"{wanted} expected, {token!r} found at token {self.place}")
        self.place += 1
        return token

    def _maybe(self, wanted: str) -> bool:
        if self._is(wanted):
            self.place += 1
            return True
        return False

    # ---------------------------------------------------------------- clauses

    def _clause(self) -> tuple[str, Any]:
        word = self._take().upper()
        if word == "OPTIONAL":
            self._take("MATCH")
            return "match", self._match(optional=True)
        if word == "MATCH":
            return "match", self._match(optional=False)
        if word in ("WITH", "RETURN"):
            return "project", self._projection()
        if word == "ORDER":  # the runner sorts; order without a cut decides no row
            while not self._is("LIMIT", ""):
                self.place += 1
            return "ignored", None
        if word == "LIMIT":
            self._take()
            return "ignored", None
        raise ValueError(f"clause {word} is not known")

    def _match(self, *, optional: bool) -> Callable[[World, list[Row]], list[Row]]:
        paths = self._paths()
        where = self._expression() if self._maybe("WHERE") else None
        names = [n for path in paths for n in path[0::2] for n in [n[0]]] + [
            e[0] for path in paths for e in path[1::2]
        ]

        def work(world: World, rows: list[Row]) -> list[Row]:
            found = []
            for row in rows:
                hits = [m for m in _matches(world, paths, row) if where is None or where(world, m) is True]
                found += hits or ([{**dict.fromkeys(n for n in names if n), **row}] if optional else [])
            return found

        return work

    def _paths(self) -> list[list[Any]]:
        paths = [self._path()]
        while self._maybe(","):
            paths.append(self._path())
        return paths

    def _path(self) -> list[Any]:
        parts: list[Any] = [self._node()]
        while self._is("-", "<"):
            back = self._maybe("<")
            self._take("-")
            self._take("[")
            name = "" if self._is(":") else self._take()
            kinds = [self._take() for _ in iter(lambda: self._maybe(":") or self._maybe("|"), False)]
            self._take("]")
            self._take("-")
            onward = self._maybe(">")
            parts += [(name, kinds, "<" if back else ">" if onward else ""), self._node()]
        return parts

    def _node(self) -> tuple[str, str]:
        self._take("(")
        name = "" if self._is(":", ")") else self._take()
        label = self._take() if self._maybe(":") else ""
        self._take(")")
        return name, label

    def _projection(self) -> Callable[[World, list[Row]], list[Row]]:
        distinct = self._maybe("DISTINCT")
        items = [self._item()]
        while self._maybe(","):
            items.append(self._item())
        where = self._expression() if self._maybe("WHERE") else None
        grouped = any(aggregate for _, _, aggregate in items)

        def work(world: World, rows: list[Row]) -> list[Row]:
            made = _grouped(world, items, rows) if grouped else [
                {name: make(world, row) for name, make, _ in items} for row in rows
            ]  # fmt: skip
            if distinct:
                made = list({_key(row.values()): row for row in made}.values())
            return [row for row in made if where is None or where(world, row) is True]

        return work

    def _item(self) -> tuple[str, Any, bool]:
        start = self.place
        make = self._expression()
        spoken = self.tokens[start : self.place]
        aggregate = any(
            token.lower() in AGGREGATES and spoken[i + 1 : i + 2] == ["("] for i, token in enumerate(spoken)
        )
        name = self._take() if self._maybe("AS") else spoken[0]
        return name, make, aggregate

    # ---------------------------------------------------------------- expressions, loosest first

    def _expression(self) -> Expression:
        return self._chain(self._and, ("OR",), {"OR": _or})

    def _and(self) -> Expression:
        return self._chain(self._not, ("AND",), {"AND": _and})

    def _not(self) -> Expression:
        if self._maybe("NOT"):
            inner = self._not()
            return lambda w, r: None if (v := inner(w, r)) is None else not v
        return self._comparison()

    def _comparison(self) -> Expression:
        left = self._sum()
        if self._maybe("IS"):
            wanted = not self._maybe("NOT")
            self._take("NULL")
            return lambda w, r: (left(w, r) is None) == wanted
        if self._maybe("IN"):
            right = self._sum()
            return lambda w, r: None if (v := left(w, r)) is None else v in right(w, r)
        if self._peek() in COMPARE:
            compare, right = COMPARE[self._take()], self._sum()
            return lambda w, r: _null(compare, left(w, r), right(w, r))
        return left

    def _sum(self) -> Expression:
        return self._chain(self._product, ("+", "-"), ARITHMETIC)

    def _product(self) -> Expression:
        return self._chain(self._atom, ("*", "/"), ARITHMETIC)

    def _chain(
        self, inner: Callable[[], Expression], signs: Sequence[str], meaning: Mapping[str, Any]
    ) -> Expression:
        left = inner()
        while self._peek().upper() in signs:
            left = _joined(meaning[self._take().upper()], left, inner())
        return left

    def _atom(self) -> Expression:
        token = self._take()
        if token == "(":
            inner = self._expression()
            self._take(")")
            return inner
        if token == "[":
            items = [] if self._is("]") else self._list()
            self._take("]")
            return lambda w, r: [item(w, r) for item in items]
        if token[0] == "$":
            return lambda w, r: w.params[token[1:]]
        if token[0] == "'":
            return lambda w, r: token[1:-1]
        if token[0].isdigit():
            number = float(token) if "." in token else int(token)
            return lambda w, r: number
        return self._word(token)

    def _list(self) -> list[Expression]:
        items = [self._expression()]
        while self._maybe(","):
            items.append(self._expression())
        return items

    def _word(self, word: str) -> Expression:
        upper = word.upper()
        if upper == "NULL":
            return lambda w, r: None
        if upper == "CASE":
            return self._case()
        if upper in ("EXISTS", "COUNT") and self._is("{"):
            return self._subquery(upper)
        if self._is("("):
            return self._call(word.lower())
        if self._maybe("."):
            name = self._take()
            return lambda w, r: None if r[word] is None else r[word].get(name)
        return lambda w, r: r[word]

    def _case(self) -> Expression:
        ways = []
        while self._maybe("WHEN"):
            when = self._expression()
            self._take("THEN")
            ways.append((when, self._expression()))
        last = self._expression() if self._maybe("ELSE") else lambda w, r: None
        self._take("END")
        return lambda w, r: next((then for when, then in ways if when(w, r) is True), last)(w, r)

    def _subquery(self, sort: str) -> Expression:
        self._take("{")
        self._take("MATCH")
        paths = self._paths()
        where = self._expression() if self._maybe("WHERE") else None
        self._take("}")

        def count(world: World, row: Row) -> int:
            return sum(where is None or where(world, m) is True for m in _matches(world, paths, row))

        return (lambda w, r: count(w, r) > 0) if sort == "EXISTS" else count

    def _call(self, name: str) -> Expression:
        self._take("(")
        if self._maybe("*"):
            self._take(")")
            return lambda w, r: len(r["__rows"])
        distinct = self._maybe("DISTINCT")
        given = self._list()
        self._take(")")
        if name in AGGREGATES:
            return lambda w, r: _aggregate(name, [given[0](w, x) for x in r["__rows"]], distinct)
        if name == "coalesce":
            return lambda w, r: next((v for g in given if (v := g(w, r)) is not None), None)
        if name == "size":
            return lambda w, r: None if (v := given[0](w, r)) is None else len(v)
        raise ValueError(f"function {name} is not known")


def _tokens(text: str) -> list[str]:
    found, place = [], 0
    text = text.strip()
    while place < len(text):
        match = TOKEN.match(text, place)
        if not match:
            raise ValueError(f"not understood: {text[place : place + 30]!r}")
        found.append(next(v for v in match.groupdict().values() if v is not None))
        place = match.end()
    return found


def _null(work: Callable[[Any, Any], Any], a: Any, b: Any) -> Any:
    return None if a is None or b is None else work(a, b)


def _or(a: Any, b: Any) -> Any:
    return True if a is True or b is True else None if a is None or b is None else False


def _and(a: Any, b: Any) -> Any:
    return False if a is False or b is False else None if a is None or b is None else True


def _joined(work: Callable[[Any, Any], Any], left: Expression, right: Expression) -> Expression:
    return lambda w, r: work(left(w, r), right(w, r))


COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    "=": lambda a, b: a == b, "<>": lambda a, b: a != b, "<": lambda a, b: a < b, ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b, ">=": lambda a, b: a >= b,
}  # fmt: skip
ARITHMETIC: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: _null(lambda x, y: x + y, a, b), "-": lambda a, b: _null(lambda x, y: x - y, a, b),
    "*": lambda a, b: _null(lambda x, y: x * y, a, b), "/": lambda a, b: _null(lambda x, y: x / y, a, b),
}  # fmt: skip


def _aggregate(name: str, values: Iterable[Any], distinct: bool) -> Any:
    known = [v for v in values if v is not None]
    if distinct:
        known = list({_key([v]): v for v in known}.values())
    if name == "count":
        return len(known)
    if name == "collect":
        return known
    if not known:
        return 0 if name == "sum" else None
    return {"sum": sum, "min": min, "max": max, "avg": lambda v: sum(v) / len(v)}[name](known)


def _key(values: Iterable[Any]) -> str:
    """Tell equal values from others: nodes by their id, edges by their place, lists item by item."""
    return repr([v.get("__node") or v.get("__edge") if isinstance(v, dict) else v for v in values])


def _grouped(world: World, items: Sequence[tuple[str, Any, bool]], rows: list[Row]) -> list[Row]:
    groups: dict[str, tuple[Row, list[Row]]] = {}
    for row in rows:
        head = {name: make(world, row) for name, make, aggregate in items if not aggregate}
        groups.setdefault(_key(head.values()), (head, []))[1].append(row)
    if not groups and all(aggregate for _, _, aggregate in items):
        groups[""] = ({}, [])
    made = []
    for head, of in groups.values():
        known = {**(of[0] if of else {}), "__rows": of}
        made.append(head | {name: make(world, known) for name, make, aggregate in items if aggregate})
    return made


def _matches(  # noqa: C901 -- one walk, whose conditions are the meaning of a pattern
    world: World, paths: Sequence[Sequence[Any]], row: Row
) -> Iterator[Row]:
    """Yield the row with the paths' variables bound, every way there is; no edge serves twice."""

    def walk(number: int, step: int, at: tuple[str, Row], bound: Row, used: frozenset[Any]) -> Iterator[Row]:
        path = paths[number]
        if step == len(path):
            if number + 1 == len(paths):
                yield bound
            else:
                yield from start(number + 1, bound, used)
            return
        (name, kinds, arrow), (other, label) = path[step], path[step + 1]
        for kind in kinds or world.edges:
            for here, there in (("source", "target"), ("target", "source")):
                if arrow == (">" if here == "target" else "<"):
                    continue
                for edge in world.at.get((kind, here, at[1]["id"]), ()):
                    if edge["__edge"] in used or (name in bound and bound[name] is not edge):
                        continue
                    if not arrow and here == "target" and edge["source"] == edge["target"]:
                        continue  # a loop is walked once
                    far = world.node(edge[there])
                    if (label and far[0] != label) or (other in bound and bound[other] is not far[1]):
                        continue
                    named = bound | ({name: edge} if name else {}) | ({other: far[1]} if other else {})
                    yield from walk(number, step + 2, far, named, used | {edge["__edge"]})

    def start(number: int, bound: Row, used: frozenset[Any]) -> Iterator[Row]:
        name, label = paths[number][0]
        if name and name in bound:
            if bound[name] is not None:
                yield from walk(number, 1, world.node(bound[name]["id"]), bound, used)
            return
        for sort in [label] if label else world.nodes:
            for node in world.nodes.get(sort, {}).values():
                yield from walk(number, 1, (sort, node), bound | ({name: node} if name else {}), used)

    yield from start(0, row, frozenset())
