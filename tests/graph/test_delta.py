"""A day later: only what changed is found and written, and the store is as after a full load."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from graph.contract import check_tables
from graph.delta import changes, keeps_contract
from graph.neo4j_store import Neo4jStore, loader
from graph.schema import GraphSchema
from jiwang.errors import ContractError, StoreError

NODES = {
    "Person": [{"id": f"p{i}", "name": "甲"} for i in range(40)],
    "Account": [{"id": "a1"}, {"id": "a2"}],
}
EDGES = {"DRAWS": [{"source": f"p{i}", "target": "a1", "amount": float(i)} for i in range(40)]}
DRAWN = "MATCH (p:Person)-[d:DRAWS]->(a:Account)"
ALL = f"{DRAWN} RETURN p.id AS p, a.id AS a, d.eid AS e, d.amount AS x ORDER BY e"
PEOPLE = "MATCH (p:Person) RETURN p.id AS id, p.name AS name ORDER BY id"


@pytest.fixture
def days(tables: Any) -> Any:
    """Two days: one person goes with an edge, one comes, one amount and one name change."""
    people = [{"id": f"p{i}", "name": "乙" if i == 5 else "甲"} for i in range(1, 41)]
    draws = [
        {"source": f"p{i}", "target": "a1", "amount": -1.0 if i == 7 else float(i), "eid": f"DRAWS-{i + 1}"}
        for i in range(1, 40)
    ]
    draws.append({"source": "p40", "target": "a2", "amount": 1.0, "eid": "DRAWS-new"})
    later = {"Person": people, "Account": NODES["Account"]}
    return tables(NODES, EDGES), tables(later, {"DRAWS": draws}, name="later")


def test_only_what_changed_is_found(days: Any, toy_schema: GraphSchema) -> None:
    before, after = days
    found = changes(toy_schema, before, after)
    assert list(found) == ["Person", "DRAWS"]
    assert sorted(found["Person"].written["id"]) == ["p40", "p5"]
    assert found["Person"].gone.rows() == [("p0",)]
    assert sorted(found["DRAWS"].written["eid"]) == ["DRAWS-8", "DRAWS-new"]
    assert found["DRAWS"].gone.rows() == [("p0", "a1", "DRAWS-1")]
    assert changes(toy_schema, before, before) == {}


def test_an_edge_that_moved_is_taken_away_where_it_was(tables: Any, toy_schema: GraphSchema) -> None:
    moved = [EDGES["DRAWS"][0] | {"target": "a2"}, *EDGES["DRAWS"][1:]]
    found = changes(toy_schema, tables(NODES, EDGES), tables(NODES, {"DRAWS": moved}, name="moved"))
    assert found["DRAWS"].gone.rows() == [("p0", "a1", "DRAWS-1")]
    assert found["DRAWS"].written.select("source", "target").rows() == [("p0", "a2")]


def test_a_sound_change_is_known_without_looking_at_everything(days: Any, toy_schema: GraphSchema) -> None:
    before, after = days
    nodes, _ = after
    nobody_gone = pl.concat([pl.read_parquet(before[0]["Person"]).head(1), pl.read_parquet(nodes["Person"])])
    nobody_gone.write_parquet(nodes["Person"])
    assert keeps_contract(toy_schema, before, after, changes(toy_schema, before, after))


@pytest.mark.parametrize(
    ("table", "spoil"),
    [
        ("DRAWS", lambda f: pl.concat([f, f.head(1)])),
        ("DRAWS", lambda f: pl.concat([f, f.head(1).with_columns(amount=pl.lit(9.5))])),
        (
            "DRAWS",
            lambda f: f.with_columns(
                eid=pl.when(pl.col("eid") == "DRAWS-9").then(pl.lit("V-1")).otherwise("eid")
            ),
        ),
        (
            "DRAWS",
            lambda f: f.with_columns(
                target=pl.when(pl.col("eid") == "DRAWS-9").then(pl.lit("a9")).otherwise("target")
            ),
        ),
        (
            "DRAWS",
            lambda f: f.with_columns(eid=pl.when(pl.col("eid") == "DRAWS-9").then(None).otherwise("eid")),
        ),
        ("Person", lambda f: f.filter(pl.col("id") != "p9")),
        ("Person", lambda f: pl.concat([f, f.head(1).with_columns(id=pl.lit("a1"))])),
    ],
)
def test_a_change_that_breaks_the_contract_is_left_to_the_whole_check(
    tables: Any, toy_schema: GraphSchema, table: str, spoil: Any
) -> None:
    edges = EDGES | {"VISITS": [{"source": "p1", "target": "c1", "eid": "V-1"}]}
    nodes = NODES | {"Clinic": [{"id": "c1"}]}
    before, after = tables(nodes, edges), tables(nodes, edges, name="spoilt")
    path = after[table == "DRAWS"][table]
    spoil(pl.read_parquet(path)).write_parquet(path)
    with pytest.raises(ContractError):
        check_tables(toy_schema, *after)
    assert not keeps_contract(toy_schema, before, after, changes(toy_schema, before, after))


@pytest.mark.neo4j
def test_a_change_is_all_that_is_written_and_ends_as_a_full_load(
    server: Neo4jStore, days: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, after = days
    server.load(*before, "test-1")
    whole, written = loader.Loader._write, 0

    def count(self: Any, query: str, **params: Any) -> int:
        nonlocal written
        written += len(params.get("id") or params.get("eid") or []) if "UNWIND" in query else 0
        return whole(self, query, **params)

    monkeypatch.setattr(loader.Loader, "_write", count)
    server.load(*after, "test-2", held={"test-1": before}.get)
    changed = server.run(ALL), server.run(PEOPLE)
    assert (server.tag, written) == ("test-2", 6)
    server._driver.execute_query("MATCH (n) DETACH DELETE n")
    server.load(*after, "test-2b")
    assert (server.run(ALL), server.run(PEOPLE)) == changed


@pytest.mark.neo4j
def test_a_change_cut_off_is_never_asked_and_ends_the_same(
    server: Neo4jStore, days: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, after = days
    server.load(*before, "test-1")
    whole = loader.Loader._write

    def die(self: Any, query: str, **params: Any) -> int:
        if "MERGE (a)" in query:
            raise KeyboardInterrupt
        return whole(self, query, **params)

    monkeypatch.setattr(loader.Loader, "_write", die)
    with pytest.raises(KeyboardInterrupt):
        server.load(*after, "test-2", held={"test-1": before}.get)
    with pytest.raises(StoreError, match="another graph was or is being loaded"):
        server.run(ALL)
    monkeypatch.setattr(loader.Loader, "_write", whole)
    server.load(*after, "test-2", held={"test-1": before}.get)
    expected = (
        pl.read_parquet(after[1]["DRAWS"]).sort("eid").select("source", "target", "eid", "amount").rows()
    )
    assert [tuple(row.values()) for row in server.run(ALL)] == expected
