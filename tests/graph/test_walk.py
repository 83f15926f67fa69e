"""Neighbourhoods and paths: complete up to their caps, hubs named and not followed, the same everywhere."""

from __future__ import annotations

from typing import Any

import pytest

from graph.ladybug_store import LadybugStore
from graph.neo4j_store import Neo4jStore
from graph.store import GraphStore

NODES = {
    "Person": [{"id": f"p{i}"} for i in range(9)],
    "Account": [{"id": "a1"}, {"id": "a2"}],
    "Clinic": [{"id": "c1"}],
}
EDGES = {
    "DRAWS": [
        {"source": "p0", "target": "a1", "amount": 5.0},
        {"source": "p1", "target": "a1"},
        {"source": "p1", "target": "a2"},
        {"source": "p2", "target": "a2"},
    ],
    "VISITS": [{"source": f"p{i}", "target": "c1", "week": i} for i in range(9)],
    "POSSIBLY_SAME": [{"source": "p2", "target": "p3"}, {"source": "p4", "target": "p3"}],
}


@pytest.fixture(params=["embedded", pytest.param("server", marks=pytest.mark.neo4j)])
def store(request: pytest.FixtureRequest, tables: Any) -> GraphStore:
    store: LadybugStore | Neo4jStore = request.getfixturevalue(request.param)
    store.load(*tables(NODES, EDGES), "test-walk")
    return store


def test_one_hop_brings_edges_of_both_directions_with_their_properties(store: GraphStore) -> None:
    found = store.neighbors(["p3", "a1"])
    assert [(r["type"], r["source"], r["target"]) for r in found.edges] == [
        ("DRAWS", "p0", "a1"), ("DRAWS", "p1", "a1"),
        ("POSSIBLY_SAME", "p2", "p3"), ("POSSIBLY_SAME", "p4", "p3"),
        ("VISITS", "p3", "c1"),
    ]  # fmt: skip
    assert found.edges[0] == {
        "source": "p0", "target": "a1", "eid": "DRAWS-1", "type": "DRAWS",
        "benefit": None, "n": None, "amount": 5.0, "first_day": None, "last_day": None,
    }  # fmt: skip
    assert (found.hubs, found.cut) == ({}, False)


def test_a_hub_is_counted_and_not_followed(store: GraphStore) -> None:
    found = store.neighbors(["c1", "p0"], types=["VISITS"], degree_cap=5)
    assert [row["eid"] for row in found.edges] == ["VISITS-1"]
    assert found.hubs == {("c1", "VISITS"): 9}


def test_a_cut_is_said_and_the_same_edges_are_left(store: GraphStore) -> None:
    found = store.neighbors(["c1"], cap=4)
    assert ([row["eid"] for row in found.edges], found.cut) == (
        ["VISITS-1", "VISITS-2", "VISITS-3", "VISITS-4"],
        True,
    )
    assert not store.neighbors(["c1"], cap=9).cut


def test_nobody_and_the_unknown_have_no_neighbours(store: GraphStore) -> None:
    assert store.neighbors([]).edges == store.neighbors(["zz"]).edges == []
    with pytest.raises(ValueError, match="no edges OWNS"):
        store.neighbors(["p0"], types=["OWNS"])


def test_the_shortest_path_goes_round_the_hub_unless_told(store: GraphStore) -> None:
    assert [r["eid"] for r in store.path("p0", "p3")] == [
        "DRAWS-1", "DRAWS-2", "DRAWS-3", "DRAWS-4", "POSSIBLY_SAME-1",
    ]  # fmt: skip
    assert [r["eid"] for r in store.path("p0", "p3", types=["VISITS"])] == ["VISITS-1", "VISITS-4"]


def test_a_path_too_long_or_to_itself_is_none(store: GraphStore) -> None:
    assert store.path("p0", "p3", max_len=4) == []
    assert store.path("p0", "p0") == store.path("p0", "zz") == store.path("p0", "p8") == []
