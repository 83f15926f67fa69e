"""Walks over the graph, hop by hop: the same questions to every engine, so the same answers.

Neighbourhoods collapse hubs instead of drowning in them; shortest paths are searched from both ends here
rather than by the engines, whose syntax differs and who pick any of several equally short paths.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from graph.schema import EdgeTable, GraphSchema
from graph.store import Neighborhood, Row

EVERYTHING = 1_000_000


class Asked(Protocol):
    """A store as walks see it."""

    schema: GraphSchema
    few: int  # up to so many ids are asked for one by one: quicker where `=` uses an index and `IN` does not
    type_of: str  # the engine's name for the type of relationship r

    def run(
        self, query: str, params: Mapping[str, Any] | None = None, timeout: float = 60.0, limit: int = 100_000
    ) -> list[Row]:
        """See `graph.store.GraphStore.run`."""


class Window(NamedTuple):
    """Days (since 1970-01-01) between which an edge must have been; None is open. No days: it fits."""

    since: int | None = None
    until: int | None = None


ALWAYS = Window()


class _Way(NamedTuple):
    """One direction out of one sort of node, and the edge types that lead that way."""

    label: str
    arrow: str  # a pattern with {} for the relationship
    types: tuple[str, ...]


class _Arm(NamedTuple):
    """One question: a query that holds ``{where}``, the nodes a that it is about, its other parameters."""

    query: str
    ids: Sequence[str]
    more: Mapping[str, Any] = MappingProxyType({})


def neighborhood(
    store: Asked,
    ids: Sequence[str],
    types: Sequence[str],
    cap: int,
    degree_cap: int,
    window: Window = ALWAYS,
) -> Neighborhood:
    """Return the edges one hop around ``ids``; see `graph.store.GraphStore.neighbors`.

    Whether a node is a hub is asked of all its edges, within the window or not.
    """
    edges: dict[str, Row] = {}
    hubs: dict[tuple[str, str], int] = {}
    cut = False
    ways = list(_ways(store.schema, _known(store.schema, types)))
    sorts = _sorts(store, sorted(set(ids)), sorted({way.label for way in ways}))
    arms: list[tuple[_Way, str, list[str]]] = []
    for way, degrees in zip(ways, _degrees(store, ways, sorts), strict=True):
        for kind in way.types:
            of_kind = degrees.get(kind, {})
            for node in sorted(n for n, degree in of_kind.items() if degree > degree_cap):
                hubs[node, kind] = hubs.get((node, kind), 0) + of_kind[node]
            arms.append((way, kind, sorted(n for n, d in of_kind.items() if d <= degree_cap)))
    for found in _fetch(store, arms, cap, window):
        cut |= len(found) > cap
        edges |= {row["eid"]: row for row in found}
    rows = sorted(edges.values(), key=lambda row: (row["type"], row["eid"]))
    return Neighborhood(rows[:cap], dict(sorted(hubs.items())), cut or len(rows) > cap)


def _known(schema: GraphSchema, types: Sequence[str]) -> list[str]:
    unknown = sorted(set(types) - set(schema.edges))
    if unknown:
        raise ValueError(f"the graph has no edges {', '.join(unknown)}")
    return sorted(types or schema.edges)


def _ways(schema: GraphSchema, types: Sequence[str]) -> Iterator[_Way]:
    for label in sorted(schema.nodes):
        away = tuple(t for t in types if schema.edges[t].from_ == label)
        back = tuple(t for t in types if schema.edges[t].to == label)
        if away:
            yield _Way(label, "-[r:{}]->", away)
        if back:
            yield _Way(label, "<-[r:{}]-", back)


def _ask(store: Asked, query: str, ids: Sequence[str], more: Mapping[str, Any] | None = None) -> list[Row]:
    """Run ``query``, which holds ``{where}``, for nodes a among ``ids``."""
    if not ids:
        return []
    if len(ids) > store.few:
        given = {"ids": list(ids), **(more or {})}
        return store.run(query.replace("{where}", "a.id IN $ids"), given, limit=EVERYTHING)
    single = query.replace("{where}", "a.id = $id")
    return [row for node in ids for row in store.run(single, {"id": node, **(more or {})}, limit=EVERYTHING)]


def _ask_each(store: Asked, arms: Sequence[_Arm]) -> list[list[Row]]:
    """Ask several questions and return the rows of each.

    A server is asked all of them in one query, whose text hangs on the schema and not on the nodes, so that
    it is planned once; the embedded engine is quicker at each by itself.
    """
    if store.few or not arms:
        return [_ask(store, arm.query, arm.ids, arm.more) for arm in arms]
    answers: list[list[Row]] = [[] for _ in arms]
    if any(arm.ids for arm in arms):
        parts = [
            arm.query.replace("{where}", f"a.id IN $ids{n}").replace("RETURN ", f"RETURN {n} AS arm, ", 1)
            for n, arm in enumerate(arms)
        ]
        given: dict[str, Any] = {f"ids{n}": list(arm.ids) for n, arm in enumerate(arms)}
        for arm in arms:
            given |= arm.more
        for row in store.run(" UNION ALL ".join(parts), given, limit=EVERYTHING):
            answers[row.pop("arm")].append(row)
    return answers


def _sorts(store: Asked, ids: Sequence[str], labels: Sequence[str]) -> dict[str, list[str]]:
    """Return which of ``ids`` are nodes of which label; an id is one of at most one."""
    query = "MATCH (a:`{label}`) WHERE {where} RETURN a.id AS id"
    answers = _ask_each(store, [_Arm(query.replace("{label}", label), ids) for label in labels])
    return {label: sorted({row["id"] for row in rows}) for label, rows in zip(labels, answers, strict=True)}


def _degrees(
    store: Asked, ways: Sequence[_Way], sorts: Mapping[str, Sequence[str]]
) -> Iterator[dict[str, dict[str, int]]]:
    """Yield for each way edge type → node → number of edges that way."""
    arms = []
    for way in ways:
        arrow = way.arrow.format("|".join(f"`{kind}`" for kind in way.types))
        match = f"MATCH (a:`{way.label}`){arrow}(b) WHERE {{where}}"
        query = f"{match} RETURN a.id AS id, {store.type_of} AS type, count(*) AS n"
        arms.append(_Arm(query, sorts[way.label]))
    for rows in _ask_each(store, arms):
        degrees: dict[str, dict[str, int]] = {}
        for row in rows:
            degrees.setdefault(row["type"], {})[row["id"]] = row["n"]
        yield degrees


def _fetch(
    store: Asked, wanted: Sequence[tuple[_Way, str, list[str]]], cap: int, window: Window
) -> Iterator[list[Row]]:
    """Yield for each way, type and nodes the edges, by eid; more than ``cap`` says that there are more."""
    arms = [_arm_of(store, way, kind, ids, cap, window) for way, kind, ids in wanted]
    for (_, kind, _), rows in zip(wanted, _ask_each(store, arms), strict=True):
        props = store.schema.edges[kind].props
        for row in rows:
            if not store.few:  # arms of one query must have equal columns: the properties come as a list
                row |= dict(zip(props, row.pop("props"), strict=True))
        yield [{"type": kind, **row} for row in sorted(rows, key=lambda row: row["eid"])]


def _arm_of(store: Asked, way: _Way, kind: str, ids: Sequence[str], cap: int, window: Window) -> _Arm:
    edge: EdgeTable = store.schema.edges[kind]
    outward = way.arrow.endswith(">")
    source, target = ("a", "b") if outward else ("b", "a")
    other = edge.to if outward else edge.from_
    props = "".join(f", r.`{name}` AS `{name}`" for name in edge.props)
    if not store.few:
        props = f", [{', '.join(f'r.`{name}`' for name in edge.props)}] AS props"
    more: dict[str, int] = {"cap": cap + 1}
    where = "{where}"
    for name, column, sign in (("since", "last_day", ">="), ("until", "first_day", "<=")):
        day = getattr(window, name)
        if day is not None and column in edge.props:
            where += f" AND (r.{column} IS NULL OR r.{column} {sign} ${name})"
            more[name] = day
    query = (
        f"MATCH (a:`{way.label}`){way.arrow.format(f'`{kind}`')}(b:`{other}`) WHERE {where} "
        f"RETURN {source}.id AS source, {target}.id AS target, r.eid AS eid{props} ORDER BY eid LIMIT $cap"
    )
    return _Arm(query, ids, more)


class _Front:
    """One end of a two-sided search: nodes reached so far, and the edge by which each was reached first."""

    def __init__(self, start: str) -> None:
        self.reached: dict[str, tuple[str, Row] | None] = {start: None}
        self.edge = [start]
        self.length = 0

    def step(self, store: Asked, types: Sequence[str], degree_cap: int) -> None:
        found = neighborhood(store, self.edge, types, EVERYTHING, degree_cap).edges
        here, fresh = set(self.edge), []
        for row in found:
            for near, far in ((row["source"], row["target"]), (row["target"], row["source"])):
                if near in here and far not in self.reached:
                    self.reached[far] = (near, row)
                    fresh.append(far)
        self.edge = sorted(fresh)
        self.length += 1

    def trail(self, node: str) -> list[Row]:
        """Return the edges from ``node`` back to the start."""
        rows: list[Row] = []
        while (step := self.reached[node]) is not None:
            node, row = step
            rows.append(row)
        return rows


def shortest(store: Asked, a: str, b: str, types: Sequence[str], max_len: int, degree_cap: int) -> list[Row]:
    """Return a shortest path; see `graph.store.GraphStore.path`."""
    if a == b:
        return []
    wanted = followed(store.schema, types)
    left, right = _Front(a), _Front(b)
    while left.length + right.length < max_len and left.edge and right.edge:
        front = left if len(left.edge) <= len(right.edge) else right
        front.step(store, wanted, degree_cap)
        met = sorted(set(left.reached) & set(right.reached))
        if met:
            paths = [[*reversed(left.trail(node)), *right.trail(node)] for node in met]
            return min(paths, key=lambda rows: (len(rows), [row["eid"] for row in rows]))
    return []


def followed(schema: GraphSchema, types: Sequence[str]) -> list[str]:
    """Return the edge types that a path may use: those named, else all but those to sorts that are hubs."""
    return [kind for kind in _known(schema, types) if types or not _touches_hub(schema, kind)]


def _touches_hub(schema: GraphSchema, kind: str) -> bool:
    edge = schema.edges[kind]
    return schema.nodes[edge.from_].hub or schema.nodes[edge.to].hub
