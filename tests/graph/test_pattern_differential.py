"""Random graphs × every pattern of the library: embedded store, real Neo4j and oracle give equal rows.

Graphs grow from the patterns' own must-hit fixtures, seven laid over one another and then damaged, so that
patterns hit, nearly hit and hit in company. Many graphs are loaded at once, as islands with ids of their own;
each pattern is asked once with its defaults and once with parameters drawn at random.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from graph.fixtures import TinyGraph, load_fixture, write_tables
from graph.kept import Kept
from graph.ladybug_store import LadybugStore
from graph.neo4j_store import Neo4jStore, loader
from graph.patterns import Param, Pattern, load_library
from graph.schema import load_schema
from graph.store import GraphStore
from jiwang.progress import SilentProgress

from .oracle import Query, World

SCHEMA = load_schema()
LIBRARY = load_library()
HITS = [load_fixture(pattern).hit for pattern in LIBRARY]
# strings that tell groups apart: an island's must not meet another's
NAMES = frozenset(
    {"double_id", "clinic", "cycle", "doctor", "witness", "clerk", "household", "community", "number"}
)
ISLANDS = 210  # graphs that are loaded at once
PACKS = 7  # must-hit graphs that are laid over one another in each
MOST = 1_000_000
Rows = Counter[tuple[Any, ...]]
Graph = tuple[dict[str, list[dict[str, Any]]], dict[str, list[dict[str, Any]]]]


def dealt(seed: int) -> list[TinyGraph]:
    """Return must-hit graphs, a card of each of `PACKS` packs: none is met seldom by chance."""
    turn, place = divmod(seed, len(HITS))
    return [random.Random(f"{turn} {pack}").sample(HITS, len(HITS))[place] for pack in range(PACKS)]


def overlaid(draw: random.Random, fixtures: list[TinyGraph]) -> Graph:
    """Lay must-hit graphs over one another: what bears the same label and id is one node."""
    nodes: dict[str, dict[str, dict[str, Any]]] = {label: {} for label in SCHEMA.nodes}
    edges: dict[str, list[dict[str, Any]]] = {kind: [] for kind in SCHEMA.edges}
    homes: dict[str, str] = {}
    for fixture in fixtures:
        renamed = {}
        for label, rows in fixture.nodes.items():
            for row in rows:
                fits = homes.setdefault(str(row["id"]), label) == label and draw.random() < 0.7
                name = str(row["id"]) if fits else f"{row['id']}{draw.randrange(1000)}"
                homes[name] = label
                renamed[row["id"]] = name
                nodes[label][name] = nodes[label].get(name, {}) | row | {"id": name}
        for kind, given in fixture.edges.items():
            for row in given:
                ends = {end: renamed[row[end]] for end in ("source", "target")}
                edges[kind].append({**row, **ends})
    return {label: list(rows.values()) for label, rows in nodes.items()}, edges


def damaged(draw: random.Random, graph: Graph) -> Graph:
    """Lose, double, bend and redirect some edges, and change some properties."""
    nodes, edges = graph
    for kind, rows in edges.items():
        ends = {"source": SCHEMA.edges[kind].from_, "target": SCHEMA.edges[kind].to}
        for row in list(rows):
            fate = draw.random()
            if fate < 0.04:
                rows.remove(row)
            elif fate < 0.10:
                rows.append(dict(row))
            elif fate < 0.16:
                end = draw.choice(sorted(ends))
                row[end] = draw.choice(nodes[ends[end]])["id"]
            elif fate < 0.22:
                rows.append({**row, "source": draw.choice(nodes[ends["source"]])["id"]})
            bend(draw, row, SCHEMA.edges[kind].props)
    for label, rows in nodes.items():
        for row in rows:
            bend(draw, row, SCHEMA.nodes[label].props)
    return nodes, edges


def bend(draw: random.Random, row: dict[str, Any], props: Any) -> None:
    """Change, drop or invent a property now and then."""
    for name, kind in props.items():
        fate = draw.random()
        if fate > 0.05:
            continue
        if fate < 0.01 or name not in row:
            row.pop(name, None)
        elif kind == "int":
            row[name] = row[name] + draw.choice((-40, -1, 1, 40)) if row[name] > 1 else 1 - row[name]
        elif kind == "float":
            row[name] = round(row[name] * draw.choice((0.25, 0.9, 1.1, 4.0)), 2)


def island(seed: int) -> TinyGraph:
    """Return random graph number ``seed``, its ids and names marked with the number."""
    draw = random.Random(seed)
    nodes, edges = damaged(draw, overlaid(draw, dealt(seed)))
    mark = f"s{seed}."

    def marked(row: dict[str, Any], *keys: str) -> dict[str, Any]:
        return {k: f"{mark}{v}" if k in keys or k in NAMES else v for k, v in row.items()}

    return TinyGraph(
        nodes={label: [marked(r, "id") for r in rows] for label, rows in nodes.items()},
        edges={
            kind: [{**marked(r, "source", "target"), "eid": f"{mark}{kind}{n}"} for n, r in enumerate(rows)]
            for kind, rows in edges.items()
        },
    )


def archipelago(graphs: list[TinyGraph]) -> TinyGraph:
    """Return all graphs as one."""
    return TinyGraph(
        nodes={label: [r for g in graphs for r in g.nodes[label]] for label in SCHEMA.nodes},
        edges={kind: [r for g in graphs for r in g.edges[kind]] for kind in SCHEMA.edges},
    )


def drawn(draw: random.Random, param: Param) -> Any:
    """Return a value between a parameter's least and default: strict enough to cut, loose enough to hit."""
    if param.type not in ("int", "float") or param.min is None or not isinstance(param.default, int | float):
        return param.default
    value = param.min + draw.random() * (param.default - param.min)
    return round(value) if param.type == "int" else round(value, 3)


def choices(pattern: Pattern, seed: int) -> Iterator[dict[str, Any]]:
    """Yield the pattern's defaults, and a set drawn at random."""
    draw = random.Random(f"{pattern.id} {seed}")
    yield pattern.values()
    yield {name: drawn(draw, param) for name, param in pattern.params.items()}


def flat(value: Any) -> list[str]:
    """Return the items of nested lists, sorted, once each; nulls are no items."""
    found, todo = set(), [value]
    while todo:
        item = todo.pop()
        if isinstance(item, list):
            todo += item
        elif item is not None:
            found.add(item)
    return sorted(found)


def canonical(rows: list[dict[str, Any]]) -> Rows:
    """Return rows as they may be compared: lists as sets, yuan to the fen."""
    return Counter(
        (
            row["subject"],
            tuple(flat(row["members"])),
            None if row["amount"] is None else math.floor(float(row["amount"]) * 100 + 0.5),
            row["first_day"],
            row["last_day"],
            tuple(flat(row["edges"])),
        )
        for row in rows
    )


class Compared:
    """The oracle's answers about some graphs, and which of them hit anything."""

    def __init__(self, seeds: range) -> None:
        self.seeds = seeds
        self.graphs = [island(seed) for seed in seeds]
        self.hits: Counter[str] = Counter()
        self.answers = {
            (pattern.id, number): self._asked(pattern, values)
            for pattern in LIBRARY
            for number, values in enumerate(choices(pattern, seeds.start))
        }

    def _asked(self, pattern: Pattern, values: dict[str, Any]) -> Rows:
        query, found = Query(pattern.body), Counter[tuple[Any, ...]]()
        for graph in self.graphs:
            found += canonical(query.run(World(graph.nodes, graph.edges, values)))
        self.hits[pattern.id] += found.total()
        return found

    def check(self, store: GraphStore, folder: Path, held: Kept | None = None) -> None:
        """Load all graphs into ``store`` and compare the answer of every pattern."""
        tables = write_tables(archipelago(self.graphs), SCHEMA, folder)
        store.load(*tables, f"test-{self.seeds.start}", SilentProgress(), held)
        for pattern in LIBRARY:
            for number, values in enumerate(choices(pattern, self.seeds.start)):
                rows = store.run(pattern.body, {**values, "limit": MOST}, limit=MOST)
                found, expected = canonical(rows), self.answers[pattern.id, number]
                about = f"{pattern.id} with {values}"
                assert found - expected == Counter(), f"{about}: rows that the oracle does not find"
                assert expected - found == Counter(), f"{about}: rows that only the oracle finds"


FEW = range(ISLANDS)
MANY = [range(n, n + ISLANDS) for n in range(1_000, 2_050, ISLANDS)]


@pytest.fixture(scope="module")
def compared() -> Compared:
    return Compared(FEW)


@pytest.fixture(scope="module")
def real_server(neo4j_address: Any) -> Iterator[Neo4jStore]:
    with neo4j_address.open(SCHEMA) as store:
        yield store


def test_the_embedded_store_agrees_with_the_oracle(compared: Compared, tmp_path: Path) -> None:
    with LadybugStore(tmp_path / "store", schema=SCHEMA, memory_mb=128) as store:
        compared.check(store, tmp_path / "tables")


@pytest.mark.neo4j
def test_neo4j_agrees_with_the_oracle(compared: Compared, real_server: Neo4jStore, tmp_path: Path) -> None:
    compared.check(real_server, tmp_path / "tables")


def the_day_before(graph: TinyGraph) -> TinyGraph:
    """Return a graph from which ``graph`` came: edges came, went or changed since, and nodes changed."""
    draw = random.Random(1)
    edges: dict[str, list[dict[str, Any]]] = {kind: [] for kind in graph.edges}
    for kind, rows in graph.edges.items():
        numbers = [name for name, sort in SCHEMA.edges[kind].props.items() if sort != "str"]
        for row in rows:
            fate = draw.random()
            if fate < 0.04:
                edges[kind].append({**row, "eid": f"{row['eid']}-went"})
            if fate > 0.04 or fate < 0.02:
                edges[kind].append({**row, **{name: draw.randrange(99) for name in numbers if fate > 0.96}})
    nodes = {
        label: [{**row, "name": "改名"} if "name" in row and draw.random() < 0.05 else row for row in rows]
        for label, rows in graph.nodes.items()
    }
    return TinyGraph(nodes=nodes, edges=edges)


@pytest.mark.neo4j
def test_neo4j_agrees_after_a_day_s_change(
    real_server: Neo4jStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared, held = Compared(range(3_000, 3_030)), Kept(tmp_path / "loaded", SCHEMA)
    before = write_tables(the_day_before(archipelago(compared.graphs)), SCHEMA, tmp_path / "before")
    real_server.load(*before, "test-before", held=held)
    held.keep("test-before", before)
    monkeypatch.setattr(loader.Loader, "load", None)  # only the change may be written
    compared.check(real_server, tmp_path / "tables", held)
    assert compared.hits.total() > 100


def test_every_pattern_is_compared_on_hits(compared: Compared, record_testsuite_property: Any) -> None:
    record_testsuite_property("rows compared", compared.hits.total())
    seldom = {p.id: compared.hits[p.id] for p in LIBRARY if compared.hits[p.id] < 10}
    assert compared.hits.total() > 1_000
    assert not seldom, f"hardly ever hit, so hardly compared: {seldom}"


@pytest.mark.slow
@pytest.mark.parametrize("seeds", MANY, ids=lambda seeds: str(seeds.start))
def test_a_thousand_more_graphs_on_the_embedded_store(seeds: range, tmp_path: Path) -> None:
    with LadybugStore(tmp_path / "store", schema=SCHEMA, memory_mb=128) as store:
        Compared(seeds).check(store, tmp_path / "tables")


@pytest.mark.slow
@pytest.mark.neo4j
@pytest.mark.parametrize("seeds", MANY, ids=lambda seeds: str(seeds.start))
def test_a_thousand_more_graphs_on_neo4j(seeds: range, real_server: Neo4jStore, tmp_path: Path) -> None:
    Compared(seeds).check(real_server, tmp_path / "tables")


def test_the_oracle_sees_a_difference() -> None:
    pattern = next(p for p in LIBRARY if p.id == "shared_account")
    graph = load_fixture(pattern).hit
    rows = Query(pattern.body).run(World(graph.nodes, graph.edges, pattern.values()))
    wrong = Query(pattern.body.replace("d.own = 0", "d.own = 1")).run(
        World(graph.nodes, graph.edges, pattern.values())
    )
    assert canonical(rows).total() == 1
    assert canonical(rows) != canonical(wrong)


def test_the_oracle_refuses_what_it_does_not_know() -> None:
    with pytest.raises(ValueError, match="CALL"):
        Query("CALL db.labels()")
    with pytest.raises(ValueError, match="upper"):
        Query("MATCH (p:Person) RETURN upper(p.name) AS subject")
