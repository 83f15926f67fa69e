"""Random graphs: the embedded store, a real server and plain Python must give the same hits."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from graph.fixtures import TinyGraph, write_tables
from graph.ladybug_store import LadybugStore
from graph.neo4j_store import Neo4jStore
from graph.patterns import Pattern
from graph.runner import run_pattern
from graph.schema import GraphSchema
from jiwang.config import Settings

SEEDS = range(6)
SETTINGS = Settings(pattern_timeout=30)
Found = set[tuple[str, tuple[str, ...], float | None]]


def maybe(draw: random.Random, value: Any) -> dict[str, Any]:
    name, wanted = value
    return {name: wanted} if draw.random() > 0.2 else {}


def random_graph(seed: int) -> TinyGraph:
    draw = random.Random(seed)
    people = [f"p{i}" for i in range(14)]
    ends = {"DRAWS": [f"a{i}" for i in range(5)], "VISITS": ["c1", "c2"], "POSSIBLY_SAME": people}
    props = {
        "DRAWS": lambda: (
            maybe(draw, ("amount", draw.randrange(1, 900) / 10))
            | maybe(draw, ("last_day", draw.randrange(200)))
        ),
        "VISITS": lambda: {"week": draw.randrange(4)} | maybe(draw, ("cost", draw.randrange(1, 99) / 10)),
        "POSSIBLY_SAME": lambda: {"score": draw.randrange(1, 10) / 10},
    }
    return TinyGraph(
        nodes={
            "Person": [{"id": p, **maybe(draw, ("death_day", draw.randrange(150)))} for p in people],
            "Account": [{"id": a} for a in ends["DRAWS"]],
            "Clinic": [{"id": c} for c in ends["VISITS"]],
        },
        edges={
            kind: [
                {"source": draw.choice(people), "target": draw.choice(targets), **props[kind]()}
                for _ in range(draw.randrange(10, 60))
            ]
            for kind, targets in ends.items()
        },
    )  # fmt: skip


def total(rows: list[Any], name: str) -> float:
    return round(sum(row.get(name, 0.0) for row in rows), 2)


def shared(graph: TinyGraph) -> Iterator[tuple[str, set[str], float | None]]:
    into = defaultdict(list)
    for row in graph.edges["DRAWS"]:
        into[row["target"]].append(row)
    for account, rows in into.items():
        if len({row["source"] for row in rows}) >= 3:
            yield account, {row["source"] for row in rows}, total(rows, "amount")


def after_death(graph: TinyGraph) -> Iterator[tuple[str, set[str], float | None]]:
    for person in graph.nodes["Person"]:
        rows = [r for r in graph.edges["DRAWS"] if r["source"] == person["id"] and "last_day" in r]
        late = [r for r in rows if "death_day" in person and r["last_day"] > person["death_day"] + 30]
        if late:
            yield person["id"], {r["target"] for r in late}, total(late, "amount")


def triangle(graph: TinyGraph) -> Iterator[tuple[str, set[str], float | None]]:
    strong = [(r["source"], r["target"]) for r in graph.edges["POSSIBLY_SAME"] if r["score"] > 0.3]
    for x, y in strong:
        for z in {b for a, b in strong if a == y and (b, x) in strong}:
            if x < y and x < z and y != z:
                yield x, {y, z}, None


ORACLES = {"shared": shared, "after_death": after_death, "triangle": triangle}


def found(hits: pl.DataFrame) -> Found:
    return {(h["subject"], tuple(h["members"]), h["amount"]) for h in hits.to_dicts()}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_embedded_store_agrees_with_plain_python(
    seed: int,
    toy_library: dict[str, Pattern],
    embedded: LadybugStore,
    toy_schema: GraphSchema,
    tmp_path: Path,
) -> None:
    graph = random_graph(seed)
    embedded.load(*write_tables(graph, toy_schema, tmp_path), f"test-{seed}")
    for name, oracle in ORACLES.items():
        expected = {
            (subject, tuple(sorted({subject, *members})), amount)
            for subject, members, amount in oracle(graph)
        }
        assert found(run_pattern(embedded, toy_library[name], "", SETTINGS)) == expected, name


def test_the_random_graphs_give_every_pattern_something_to_find(
    toy_library: dict[str, Pattern], toy_schema: GraphSchema, tmp_path: Path
) -> None:
    hits = dict.fromkeys(toy_library, 0)
    with LadybugStore(tmp_path / "store", schema=toy_schema, memory_mb=64) as store:
        for seed in SEEDS:
            store.load(*write_tables(random_graph(seed), toy_schema, tmp_path / str(seed)), f"test-{seed}")
            for name, pattern in toy_library.items():
                hits[name] += run_pattern(store, pattern, "", SETTINGS).height
    assert min(hits.values()) > 0


@pytest.mark.neo4j
@pytest.mark.parametrize("seed", SEEDS)
def test_both_engines_give_the_same_hits(
    seed: int,
    toy_library: dict[str, Pattern],
    embedded: LadybugStore,
    server: Neo4jStore,
    toy_schema: GraphSchema,
    tmp_path: Path,
) -> None:
    written = write_tables(random_graph(seed), toy_schema, tmp_path)
    for store in (embedded, server):
        store.load(*written, f"test-{seed}")
    for name, pattern in sorted(toy_library.items()):
        one, other = (run_pattern(store, pattern, "", SETTINGS) for store in (embedded, server))
        assert one.equals(other), name
