"""The explorer's questions on both engines: caps, hubs, windows, ways between two, what came and went."""

from __future__ import annotations

from typing import Any

import pytest

from graph.explore import around, between, difference
from graph.store import GraphStore, Window

NODES = {
    "Person": [{"id": f"p{i}"} for i in range(12)],
    "Account": [{"id": f"a{i}"} for i in range(4)],
    "Clinic": [{"id": "c1"}],
}
EDGES = {
    "DRAWS": [
        {"source": "p0", "target": "a1", "first_day": 10, "last_day": 20},
        {"source": "p1", "target": "a1", "first_day": 30, "last_day": 40},
        {"source": "p0", "target": "a2", "first_day": 10, "last_day": 40},
        {"source": "p2", "target": "a2"},
        {"source": "p1", "target": "a2", "first_day": 15, "last_day": 35},
        *({"source": f"p{i}", "target": "a3"} for i in range(3, 12)),
    ],
    "VISITS": [{"source": f"p{i}", "target": "c1"} for i in range(12)],
    "POSSIBLY_SAME": [{"source": "p2", "target": "p3"}, {"source": "p3", "target": "p1"}],
}


@pytest.fixture(params=["embedded", pytest.param("server", marks=pytest.mark.neo4j)])
def store(request: pytest.FixtureRequest, tables: Any) -> GraphStore:
    store: Any = request.getfixturevalue(request.param)
    store.load(*tables(NODES, EDGES), "test-explore")
    return store


def eids(rows: Any) -> list[str]:
    return [row["eid"] for row in rows]


def test_a_walk_goes_hop_by_hop_and_counts_hubs_instead_of_following(store: GraphStore) -> None:
    found = around(store, ["p0"], hops=2, degree_cap=8)
    assert found.depth == {"p0": 0, "a1": 1, "a2": 1, "c1": 1, "p1": 2, "p2": 2}
    assert eids(found.edges) == [
        "DRAWS-1", "DRAWS-2", "DRAWS-3", "DRAWS-4", "DRAWS-5", "VISITS-1",
    ]  # fmt: skip
    assert found.hubs == {("c1", "VISITS"): 12}
    assert found.left_out == 0


def test_the_cap_takes_those_tied_most_and_says_how_many_it_left(store: GraphStore) -> None:
    found = around(store, ["p0"], hops=2, types=["DRAWS"], node_cap=4)
    assert found.depth == {"p0": 0, "a1": 1, "a2": 1, "p1": 2}, "p1 has two ties, p2 one"
    assert found.left_out == 1


@pytest.mark.parametrize(
    ("window", "accounts"),
    [
        (Window(), ["a1", "a2"]),
        (Window(since=21), ["a2"]),
        (Window(until=9), []),
        (Window(20, 20), ["a1", "a2"]),
    ],
)
def test_a_window_shows_what_was_within_it(store: GraphStore, window: Window, accounts: list[str]) -> None:
    found = around(store, ["p0"], types=["DRAWS"], window=window)
    assert sorted(found.depth.keys() - {"p0"}) == accounts


def test_what_has_no_day_is_in_every_window(store: GraphStore) -> None:
    assert "a2" in around(store, ["p2"], types=["DRAWS"], window=Window(900, 901)).depth


def test_ways_between_two_come_shortest_first_and_go_round_the_hub(store: GraphStore) -> None:
    ways = between(store, "p0", "p1", k=5)
    assert [eids(way) for way in ways] == [
        ["DRAWS-1", "DRAWS-2"],
        ["DRAWS-3", "DRAWS-5"],
        ["DRAWS-3", "DRAWS-4", "POSSIBLY_SAME-1", "POSSIBLY_SAME-2"],
    ]
    assert [eids(way) for way in between(store, "p0", "p1", k=1)] == [["DRAWS-1", "DRAWS-2"]]
    assert [eids(way) for way in between(store, "p0", "p9", k=1, types=["VISITS"])] == [
        ["VISITS-1", "VISITS-10"]
    ]


def test_no_way_is_no_way(store: GraphStore) -> None:
    assert between(store, "p0", "p0") == between(store, "p0", "nobody") == []
    assert between(store, "p0", "p9", max_len=3) == []
    assert len(between(store, "p0", "p9", max_len=6)[0]) == 5


def test_what_came_and_what_ended_between_two_days(store: GraphStore) -> None:
    rows = around(store, ["a1", "a2"], types=["DRAWS"]).edges
    came, ended = difference(rows, 12, 32)
    assert (eids(came), eids(ended)) == (["DRAWS-2", "DRAWS-5"], ["DRAWS-1"])
    assert difference(rows, 50, 60) == ([], [])
