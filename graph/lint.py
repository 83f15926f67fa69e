"""What a pattern's query may not say: it would differ between the engines, write, or run without end.

Measured, statement by statement, on Ladybug 0.20.4, Neo4j 2026.08.1 and 5.26.30 (docs, pattern language).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from graph.patterns import COLUMNS, LIMIT, Pattern
from graph.schema import GraphSchema
from jiwang.ontology import typologies

_FUNCTIONS = (
    "type label labels id elementId startNode endNode start_node end_node properties keys "
    "head last tail reduce range isEmpty list_transform list_filter list_extract list_concat list_contains "
    "shortestPath allShortestPaths is_trail is_acyclic "
    "duration interval datetime localdatetime timestamp date_part "
    "toString toInteger toFloat toBoolean cast split substring left right "
    "round stDev stDevP rand randomUUID"
)
_WRITES = "CREATE MERGE SET DELETE DETACH REMOVE FOREACH DROP ALTER COPY INSERT"
_COMMANDS = "CALL LOAD USE INSTALL ATTACH EXPORT IMPORT PROFILE EXPLAIN CYPHER FINISH CHECKPOINT BEGIN COMMIT"


def _word(words: str) -> str:
    return rf"(?<![.\w$`:|])({'|'.join(words.split())})\b(?!\s*[.:=])"


# Each is looked for in the query without its comments, strings and quoted names.
FORBIDDEN: Sequence[tuple[str, str]] = (
    (_word(_WRITES), "writes"),
    (_word(_COMMANDS), "is a command, not a query"),
    (rf"(?<![.\w])({'|'.join(_FUNCTIONS.split())})\s*\(", "is not the same function on both engines"),
    (r"\[\s*\w+\s+IN\b", "is a list comprehension, which Ladybug does not have"),
    (r"[\w)\]]\[", "takes an item of a list, from 0 on one engine and from 1 on the other"),
    (r"\(\s*\w*\s*:\w+:\w+", "two labels mean OR on one engine and AND on the other"),
    (r"\b(WHERE|AND|OR|NOT)\s+\w+:\w+", "label test in WHERE is not known to Ladybug"),
    (r"[(\[]\s*\w*\s*(:[\w|]+)?\s*WHERE\b", "WHERE inside a node or relationship is not known to Ladybug"),
    (
        r"\[[^\]]*\*[^\]]*\]\s*-",
        "variable length walks on one engine and trails on the other: write each hop out",
    ),
    (r"\bSHORTEST\b", "shortest paths differ between the engines: use the store's path"),
    (r"[)>-]\s*(\{\s*\d*\s*,?\s*\d*\s*\}|\+\s*\()", "quantified path is not known to Ladybug"),
    (r"\b(EXISTS|COUNT)\s*\{(?!\s*MATCH\b)", "the short form is not known to Ladybug: write MATCH inside"),
    (r"\bCOLLECT\s*\{", "is not known to Ladybug"),
    (r"\|\|", "is not known to Ladybug: use +"),
    (r"\+=", "is not known to Ladybug"),
    (r";", "one statement only"),
    (r"\{\{", "templates are not part of a pattern"),
)
_CLAUSE = re.compile(
    r"(?<![.\w$])(OPTIONAL\s+MATCH|MATCH|WHERE|WITH|UNWIND|RETURN|ORDER\s+BY|SKIP|LIMIT|UNION(?:\s+ALL)?)\b|([{}])",
    re.I,
)
_NOISE = re.compile(r"//[^\n]*|/\*.*?\*/|'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|`[^`]*`", re.DOTALL)
_REL = re.compile(r"-\s*\[\s*\w*\s*(?::\s*([\w|\s:]+?))?\s*(?:\{.*?\})?\s*\]\s*-|--", re.DOTALL)
_NODE = re.compile(r"\(\s*\w*\s*:\s*([\w|\s:]+?)\s*[){]")
_EDGE = re.compile(r"\[\s*\w*\s*:\s*([\w|\s:]+?)\s*[\]{*]")
_AGGREGATE = re.compile(
    r"\b(count|collect|sum|avg|min|max|percentileCont)\s*\(\s*(DISTINCT\b)?", re.IGNORECASE
)
MISORDERED = "wrong on Ladybug after an aggregate with DISTINCT: put those with DISTINCT last"
_DISTINCT = re.compile(r"<>|\.\s*(?:id|eid)\s*[<>]")


def lint(patterns: Sequence[Pattern], schema: GraphSchema) -> list[str]:
    """Return a sentence ``file: what is wrong`` for everything wrong in ``patterns``, sorted by file."""
    return [f"{pattern.source}: {problem}" for pattern in patterns for problem in _problems(pattern, schema)]


def bare(query: str) -> str:
    """Return ``query`` of the same length with comments, strings and quoted names blanked."""

    def blank(match: re.Match[str]) -> str:
        text = match.group()
        filler = "_" if text[0] in "'\"`" else " "
        return filler * len(text)

    return _NOISE.sub(blank, query)


def misordered(query: str) -> str | None:
    """Return the first plain aggregate that stands after a DISTINCT one in the same WITH or RETURN, if any.

    Ladybug up to 0.20.4 (and kuzu) give null, 0 or garbage for it, or crash: measured on every pair of
    aggregates and on random graphs. The other way round all of them are right.
    """
    for clause, inside in _clauses(bare(query)):
        found = list(_AGGREGATE.finditer(inside)) if clause.upper() in {"WITH", "RETURN"} else []
        first = next((i for i, match in enumerate(found) if match[2]), len(found))
        if late := next((match for match in found[first:] if not match[2]), None):
            return f"`{' '.join(late.group().split())}`"
    return None


def _problems(pattern: Pattern, schema: GraphSchema) -> Iterator[str]:
    text = bare(pattern.body)
    yield from _metadata(pattern, schema)
    yield from _parameters(pattern, text)
    for regex, why in FORBIDDEN:
        for match in re.finditer(regex, text, re.IGNORECASE):
            yield f"`{' '.join(match.group().split())}`: {why}"
    yield from _names(text, schema)
    yield from _columns(text)
    yield from _distinctness(text)
    if found := misordered(pattern.body):
        yield f"{found}: {MISORDERED}"
    if _bare_sums(text):
        yield "sum() of nothing but nulls is null on one engine and 0 on the other: coalesce(sum(…), 0.0)"


def _metadata(pattern: Pattern, schema: GraphSchema) -> Iterator[str]:
    if pattern.source != f"{pattern.family}/{pattern.id}.cypher":
        yield f"the file should be called {pattern.id}.cypher"
    if pattern.typology not in typologies():
        yield f"typology {pattern.typology} is not one of the ontology's"
    unknown = sorted(set(pattern.requires) - set(schema.edges))
    if unknown:
        yield f"requires: the graph has no edges {', '.join(unknown)}"


def _parameters(pattern: Pattern, text: str) -> Iterator[str]:
    used, declared = set(re.findall(r"\$(\w+)", text)), set(pattern.params)
    if LIMIT in declared:
        yield f"${LIMIT} is given by the runner, do not declare it"
    for name in sorted(used - declared - {LIMIT}):
        yield f"${name} is used but not declared"
    for name in sorted(declared - used - {LIMIT}):
        yield f"parameter {name} is declared but not used"


def _names(text: str, schema: GraphSchema) -> Iterator[str]:
    """Neo4j finds nothing where a label is misspelt, without a word: compare with the schema."""
    for regex, known in ((_NODE, schema.nodes), (_EDGE, schema.edges)):
        used = {name.strip(" :") for match in regex.finditer(text) for name in match[1].split("|")}
        for name in sorted(used - set(known)):
            yield f"the graph has no {name}"


def _columns(text: str) -> Iterator[str]:
    for branch in re.split(r"\bUNION(?:\s+ALL)?\b", text, flags=re.IGNORECASE):
        final = re.split(r"(?<![.\w$])RETURN\b", branch, flags=re.IGNORECASE)
        if not re.search(rf"\bLIMIT\s+\${LIMIT}\s*\Z", branch, re.IGNORECASE):
            yield f"LIMIT ${LIMIT} is missing at the end"
        if len(final) < 2:
            yield "RETURN is missing"
            continue
        listed = re.split(r"\b(?:ORDER\s+BY|SKIP|LIMIT)\b", final[-1], flags=re.IGNORECASE)[0]
        names = [
            re.split(r"\bAS\b|\s", part.strip(), flags=re.IGNORECASE)[-1].strip() for part in _split(listed)
        ]
        if tuple(names) != COLUMNS:
            yield f"RETURN gives {', '.join(names)}; the columns are {', '.join(COLUMNS)}, in this order"


def _split(text: str) -> list[str]:
    """Split at the commas that stand outside of brackets."""
    parts, depth = [""], 0
    for char in text:
        depth += (char in "([{") - (char in ")]}")
        if char == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    return parts


def _distinctness(text: str) -> Iterator[str]:
    """Ladybug may walk one relationship twice in a MATCH, Neo4j may not: the query must say what it means."""
    spans = _clauses(text)
    for index, (clause, inside) in enumerate(spans):
        if not clause.upper().endswith("MATCH"):
            continue
        hops = [{t.strip(": ") for t in (m.group(1) or "").split("|")} for m in _REL.finditer(inside)]
        again = any(a & b or "" in a | b for i, a in enumerate(hops) for b in hops[i + 1 :])
        following = spans[index + 1] if index + 1 < len(spans) else ("", "")
        said = following[0].upper() == "WHERE" and _DISTINCT.search(following[1])
        if again and not said:
            yield f"MATCH{_shown(inside)}: one edge may serve twice; say in WHERE what differs (a.id <> b.id)"


def _clauses(text: str) -> list[tuple[str, str]]:
    """Return (keyword, what follows it) of every clause; braces count as clauses of their own."""
    marks = [*_CLAUSE.finditer(text)]
    spans = [(a.group(), text[a.end() : b.start()]) for a, b in pairwise(marks)]
    return spans + ([(marks[-1].group(), text[marks[-1].end() :])] if marks else [])


def _shown(text: str) -> str:
    return " " + " ".join(text.split())[:60]


def _bare_sums(text: str) -> bool:
    return any(
        not re.search(r"\bcoalesce\s*\(\s*\Z", text[: match.start()], re.IGNORECASE)
        for match in re.finditer(r"\bsum\s*\(", text, re.IGNORECASE)
    )
