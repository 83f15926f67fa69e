"""The index beside the embedded graph: right on random graphs, and never that of another graph."""

from __future__ import annotations

import random
import shutil
from collections import defaultdict
from itertools import pairwise
from typing import Any

import polars as pl
import pytest

from graph.adjacency import Adjacency, write
from graph.explore import around, between
from graph.ladybug_store import LadybugStore
from graph.schema import GraphSchema
from graph.store import GraphStore, Row, Window
from jiwang.errors import StoreError

LINKS = {"DRAWS": ("p", "a"), "VISITS": ("p", "c"), "POSSIBLY_SAME": ("p", "p")}
SIZES = {"p": 30, "a": 12, "c": 2}


def random_graph(seed: int) -> tuple[dict[str, list[Row]], dict[str, list[Row]]]:
    """Return nodes and edges: doubled ties, ties to oneself, days that are missing, sources in any order."""
    draw = random.Random(seed)
    nodes = {
        label: [{"id": f"{mark}{i}"} for i in range(SIZES[mark])]
        for label, mark in (("Person", "p"), ("Account", "a"), ("Clinic", "c"))
    }
    edges: dict[str, list[Row]] = {}
    for kind, (source, target) in LINKS.items():
        edges[kind] = []
        for n in range(draw.randrange(60)):
            first = draw.choice([None, draw.randrange(100)])
            row: Row = {"eid": f"{draw.randrange(10**6):06}{kind[0]}{n}"}
            row |= {"source": f"{source}{draw.randrange(SIZES[source])}"}
            row |= {"target": f"{target}{draw.randrange(SIZES[target])}"}
            if kind == "DRAWS":
                row |= {"amount": n / 7}
                row |= {} if first is None else {"first_day": first, "last_day": first + 30}
            edges[kind].append(row)
    return nodes, edges


def hop(edges: dict[str, list[Row]], ids: set[str], types: list[str], degree_cap: int, window: Window) -> Any:
    """Return edges and hubs as plainly as can be."""
    degrees: dict[tuple[str, str, str], int] = defaultdict(int)
    for kind in types:
        for row in edges[kind]:
            for end in ("source", "target"):
                degrees[row[end], kind, end] += 1
    found, hubs = {}, defaultdict(int)
    for (node, kind, _), degree in degrees.items():
        if node in ids and degree > degree_cap:
            hubs[node, kind] += degree
    for kind in types:
        for row in edges[kind]:
            followed = any(
                row[end] in ids and degrees[row[end], kind, end] <= degree_cap for end in ("source", "target")
            )
            first, last = row.get("first_day"), row.get("last_day")
            late = window.until is not None and first is not None and first > window.until
            early = window.since is not None and last is not None and last < window.since
            if followed and not late and not early:
                found[kind, row["eid"]] = row
    return [found[key] for key in sorted(found)], dict(hubs)


def shortest_of(edges: dict[str, list[Row]], a: str, b: str, degree_cap: int, max_len: int) -> list[str]:
    """Return the eids of the shortest way, first by eids, by trying every way."""
    ties: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for kind in ("DRAWS", "POSSIBLY_SAME"):
        out, back = defaultdict(int), defaultdict(int)
        for row in edges[kind]:
            out[row["source"]] += 1
            back[row["target"]] += 1
        for row in edges[kind]:
            if out[row["source"]] <= degree_cap and back[row["target"]] <= degree_cap:
                ties[row["source"]].append((row["target"], row["eid"]))
                ties[row["target"]].append((row["source"], row["eid"]))
    ways: list[tuple[tuple[str, ...], tuple[str, ...]]] = [((a,), ())]
    for _ in range(max_len):
        ways = [
            ((*nodes, far), (*eids, eid))
            for nodes, eids in ways
            for far, eid in ties[nodes[-1]]
            if far not in nodes
        ]
        if arrived := [eids for nodes, eids in ways if nodes[-1] == b]:
            return list(min(arrived))
    return []


@pytest.mark.parametrize("seed", range(6))
def test_hops_and_paths_are_those_of_the_plainest_search(
    embedded: LadybugStore, tables: Any, seed: int
) -> None:
    nodes, edges = random_graph(seed)
    embedded.load(*tables(nodes, edges, name=f"g{seed}"), f"test-random-{seed}")
    draw = random.Random(seed)
    everybody = [row["id"] for rows in nodes.values() for row in rows]
    for _ in range(12):
        ids = draw.sample(everybody, 4)
        types = sorted(draw.sample(sorted(LINKS), draw.randrange(1, 4)))
        window = draw.choice([Window(), Window(40, 60), Window(since=50), Window(until=30)])
        cap, degree_cap = draw.choice([3, 1000]), draw.choice([2, 4, 1000])
        rows, hubs = hop(edges, set(ids), types, degree_cap, window)
        found = embedded.neighbors(ids, types, cap, degree_cap, window)
        assert [row["eid"] for row in found.edges] == [row["eid"] for row in rows[:cap]]
        assert (found.hubs, found.cut) == (hubs, len(rows) > cap)
        for told, row in zip(found.edges, rows, strict=False):
            assert told | row == told, "ends and properties as they were given"
        a, b = draw.sample(everybody, 2)
        way = embedded.path(a, b, max_len=5, degree_cap=degree_cap)
        assert [row["eid"] for row in way] == shortest_of(edges, a, b, degree_cap, 5)
        for one, other in pairwise(way):
            assert {one["source"], one["target"]} & {other["source"], other["target"]}


@pytest.mark.neo4j
def test_the_server_answers_alike(embedded: LadybugStore, server: GraphStore, tables: Any) -> None:
    nodes, edges = random_graph(99)
    for store in (embedded, server):
        store.load(*tables(nodes, edges), "test-alike")
    asked = {"cap": 15, "degree_cap": 4, "window": Window(20, 60)}
    for i in range(0, SIZES["p"], 3):
        assert embedded.neighbors(["a1", f"p{i}"], **asked) == server.neighbors(["a1", f"p{i}"], **asked)
        for degree_cap in (4, 1000):
            ends = f"p{i}", "p1"
            assert embedded.path(*ends, degree_cap=degree_cap) == server.path(*ends, degree_cap=degree_cap)
    assert around(embedded, ["p0"], hops=3) == around(server, ["p0"], hops=3)
    assert between(embedded, "p0", "p1") == between(server, "p0", "p1")


def test_a_graph_without_its_index_counts_as_not_loaded(
    embedded: LadybugStore, tables: Any, toy_schema: GraphSchema
) -> None:
    graph = tables(*random_graph(1))
    embedded.load(*graph, "t1")
    embedded.close()
    [index] = embedded.folder.glob("adjacency-*")
    shutil.rmtree(index)
    with LadybugStore(embedded.folder, schema=toy_schema, memory_mb=64) as store:
        assert store.tag is None
        with pytest.raises(StoreError, match=r"no graph is loaded .* that this version can read"):
            store.neighbors(["p1"])
        store.load(*graph, "t1")
        assert store.tag == "t1"
        assert store.neighbors([f"p{i}" for i in range(30)], degree_cap=1000).edges


def test_an_index_goes_with_its_graph(embedded: LadybugStore, tables: Any) -> None:
    embedded.load(*tables(*random_graph(1)), "t1")
    [first] = embedded.folder.glob("adjacency-*")
    embedded.load(*tables(*random_graph(2), name="second"), "t2")
    [second] = embedded.folder.glob("adjacency-*")
    assert first != second


def test_a_damaged_index_says_how_to_get_rid_of_it(
    embedded: LadybugStore, tables: Any, toy_schema: GraphSchema
) -> None:
    embedded.load(*tables(*random_graph(1)), "t1")
    embedded.close()
    [index] = embedded.folder.glob("adjacency-*")
    (index / "VISITS" / "eid.arrow").write_bytes(b"no arrow")
    with pytest.raises(StoreError, match=r"cannot be read.*remove the folder `store`"):
        LadybugStore(embedded.folder, schema=toy_schema)


def test_tables_in_any_order_give_the_same_index(tables: Any, toy_schema: GraphSchema, tmp_path: Any) -> None:
    nodes, edges = tables(*random_graph(3))
    answers = []
    for turn in range(2):
        for path in (*nodes.values(), *edges.values()):
            pl.read_parquet(path).sample(fraction=1.0, shuffle=True, seed=turn).write_parquet(path)
        write(tmp_path / f"index{turn}", toy_schema, nodes, edges)
        index = Adjacency(tmp_path / f"index{turn}", toy_schema)
        answers.append(index.neighborhood([f"p{i}" for i in range(30)], [], 50, 8))
    assert answers[0] == answers[1]
