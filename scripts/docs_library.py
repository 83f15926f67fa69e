"""Pages of the reference that describe data: the pattern library and the graph's schema. See gen_docs.py."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SCHEMA = ROOT / "jiwang" / "ontology" / "graph.toml"
EDGE_SQL = ROOT / "graph" / "build" / "sql" / "edges"
NODE_SQL = ROOT / "graph" / "build" / "sql" / "nodes"
WORDS = {language: ROOT / "app" / "i18n" / f"{language}.toml" for language in ("zh", "en")}
PROPERTY = re.compile(r"^(?P<name>\w+) = \"(?P<type>\w+)\"\s*(?:#\s*(?P<remark>.*))?$")


def cell(value: object) -> str:
    """Make a value safe inside a Markdown table's cell."""
    return str(value).replace("|", "\\|").replace("\n", " ").strip()


def table(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a Markdown table."""
    names = list(header)
    lines = [f"| {' | '.join(names)} |", f"|{'---|' * len(names)}"]
    lines += [f"| {' | '.join(cell(value) for value in row)} |" for row in rows]
    return "\n".join(lines) + "\n"


# ------------------------------------------------------------------ patterns


ABOUT_PATTERNS = """Each is one file in `cypher/`, with its fixture beside it: a graph that it must hit
and one that it must not. How they are written: [pattern language](pattern-language.md); how to add one:
[add a pattern](../how-to/add-a-pattern.md).

The severity is what a pattern promises before any closed case speaks: of red hits one in two is true, of
orange ones one in four, of yellow ones one in twelve.
"""


def patterns_page() -> str:
    """The pattern library at a glance, one row a pattern, by family."""
    from graph.patterns import load_library

    library = load_library()
    parts = [f"# Patterns\n\n{len(library)} patterns. {ABOUT_PATTERNS}"]
    for family in sorted({one.family for one in library}):
        rows = [
            (f"[{one.id}](patterns/{one.id}.md)", *both(one.title), f"`{one.typology}`", one.severity)
            for one in library
            if one.family == family
        ]
        parts.append(f"## {family}\n")
        parts.append(table(["id", "中文", "English", "typology", "severity"], rows))
    return "\n".join(parts)


def pattern_pages() -> Iterator[tuple[str, str]]:
    """Yield (file name, text) of one page a pattern."""
    from graph.patterns import load_library

    for pattern in load_library():
        yield f"patterns/{pattern.id}.md", "\n".join(_pattern(pattern))


def _pattern(pattern: Any) -> Iterator[str]:
    from jiwang.ontology import typologies

    typology = typologies()[pattern.typology]
    yield f"# {pattern.title.zh}\n\n{pattern.title.en}\n"
    facts = [
        ("version, status", f"{pattern.version}, {pattern.status}"),
        ("typology", f"`{typology.id}` {typology.title.zh} · {typology.title.en}"),
        ("severity", pattern.severity),
        ("funds", ", ".join(pattern.funds)),
        ("edges it needs", ", ".join(f"`{name}`" for name in pattern.requires)),
        ("basis 依据", pattern.basis),
        ("files", f"`cypher/{pattern.source}`, `cypher/{pattern.family}/{pattern.id}.fixture.toml`"),
    ]
    yield table(["id", f"`{pattern.id}`"], facts)
    yield "## Parameters 参数\n"
    yield from _parameters(pattern)
    yield "## A hit 命中\n"
    columns = ("subject", "members", "amount", "first_day", "last_day", "edges")
    meanings = ((f"`{name}`", spoken(getattr(pattern.returns, name))) for name in columns)
    yield table(["column", "meaning"], meanings)
    yield "## What else it may be 误报\n"
    yield "\n".join(f"- {spoken(text)}" for text in pattern.false_positives) + "\n"
    yield f"## Triage 核查\n\n{spoken(pattern.triage, '<br>')}\n"
    yield f"## Query 查询\n\n```cypher\n{pattern.body}\n```\n"


def _parameters(pattern: Any) -> Iterator[str]:
    if not pattern.params:
        yield "None.\n"
        return
    rows = [
        (f"`{name}`", one.type, f"`{shown(one.default)}`", span(one), spoken(one.doc))
        for name, one in pattern.params.items()
    ]
    yield table(["parameter", "type", "default", "range", "meaning"], rows)
    if pattern.regions:
        own = ((name, listed(values)) for name, values in pattern.regions.items())
        yield table(["region", "its own values"], own)


def both(label: Any) -> tuple[str, str]:
    """Return Chinese and English of a label."""
    return label.zh, label.en


def spoken(label: Any, between: str = " — ") -> str:
    """Return a label in both languages, once where they say the same."""
    return between.join(dict.fromkeys(both(label)))


def listed(values: Mapping[str, object]) -> str:
    """Show the values of parameters in a line."""
    return ", ".join(f"`{name}` = {shown(value)}" for name, value in values.items())


def shown(value: object) -> str:
    """Show a parameter's default."""
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def span(parameter: Any) -> str:
    """Show a parameter's range."""
    low, high = ("" if end is None else f"{end:g}" for end in (parameter.min, parameter.max))
    return f"{low} … {high}" if low or high else ""


# ------------------------------------------------------------------ the graph


ABOUT_GRAPH = """The property graph as `jiwang/ontology/graph.toml` declares it and `graph/build/sql/`
makes it. Every node has `id`; every edge has `source`, `target` and `eid` besides its properties. Days are
days since 1970-01-01, money is yuan, shares are 0..1, flags are 0 or 1. `graph/evidence.parquet` names the
records that bear an evidence edge (`eid`, `record_id`).
"""


def graph_page() -> str:
    """Nodes and edges with their properties; what each edge means, from the SQL that makes it."""
    from graph.schema import load_schema

    schema = load_schema()
    remarks = property_remarks(SCHEMA.read_text(encoding="utf-8"))
    words = {k: tomllib.loads(path.read_text(encoding="utf-8")) for k, path in WORDS.items()}
    parts = [f"# Graph\n\n{ABOUT_GRAPH}\n## Nodes\n"]
    for label, node in schema.nodes.items():
        parts.append(heading(label, words, "node"))
        parts.append(about(NODE_SQL / f"{label}.sql"))
        rows = ((f"`{name}`", kind, remarks.get((label, name), "")) for name, kind in node.props.items())
        parts.append(table(["property", "type", "meaning"], rows))
    for title, wanted in (("Evidence edges", True), ("Other edges", False)):
        parts.append(f"## {title}\n")
        parts += [EVIDENCE] if wanted else []
        for kind, edge in schema.edges.items():
            if edge.evidence == wanted:
                props = ", ".join(f"`{name}` {type_}" for name, type_ in edge.props.items())
                parts.append(heading(kind, words, "edge"))
                parts.append(f"{edge.from_} → {edge.to}. {props}\n")
                parts.append(about(EDGE_SQL / f"{kind}.sql"))
    return "\n".join(part for part in parts if part)


EVIDENCE = (
    "What rings are cut from: few, rare, and each backed by records "
    "([decision 5](../adr/0005-evidence-edges-not-raw-coemployment.md)).\n"
)


def heading(name: str, words: Mapping[str, Mapping[str, Any]], section: str) -> str:
    """Return the heading of a node label or edge type, with what the app calls it."""
    called = [words[language].get(section, {}).get(name, "") for language in ("zh", "en")]
    return f"### {name}\n\n" + (f"*{' · '.join(filter(None, called))}*\n" if any(called) else "")


def about(sql: Path) -> str:
    """Return the comment at the head of an SQL file as a paragraph; empty where there is none."""
    lines: Sequence[str] = sql.read_text(encoding="utf-8").splitlines() if sql.is_file() else ()
    comment = []
    for line in lines:
        if not line.startswith("--"):
            break
        comment.append(line.removeprefix("--").strip())
    return " ".join(comment) + "\n" if comment else ""


def property_remarks(text: str) -> dict[tuple[str, str], str]:
    """Collect the comments behind the nodes' properties in graph.toml: (label, property) → remark."""
    remarks, label = {}, ""
    for line in text.splitlines():
        if line.startswith("["):
            label = line.strip("[]").removeprefix("nodes.").removesuffix(".props")
        elif found := PROPERTY.match(line.strip()):
            remarks[label, found["name"]] = found["remark"] or ""
    return remarks
