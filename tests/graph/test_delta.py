"""A day later: only what changed is found and written, and the store is as after a full load."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import graph.delta
from graph.contract import check_tables
from graph.delta import delta, keeps_contract
from graph.hashes import hashed
from graph.kept import Former, Kept
from graph.neo4j_store import Neo4jStore, loader
from graph.schema import GraphSchema, Tables
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


@pytest.fixture(params=[7, 1 << 20], autouse=True)
def sliced(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables are compared in several slices, and in one."""
    monkeypatch.setattr(graph.delta, "SLICE", request.param)


@pytest.fixture
def held(tmp_path: Path, toy_schema: GraphSchema) -> Kept:
    return Kept(tmp_path / "loaded", toy_schema)


def former(held: Kept, tables: Tables, tag: str = "g1", *, noted: bool = True) -> Former:
    """Keep the tables as a graph that was loaded, with hashes or as an older version did, without."""
    if noted:
        held.note(tag, check_tables(held.schema, *tables))
    held.keep(tag, tables)
    found = held.former(tag)
    assert found
    return found


@pytest.mark.parametrize("noted", [True, False])
def test_only_what_changed_is_found(days: Any, held: Kept, noted: bool) -> None:
    before, after = days
    found = delta(held.schema, former(held, before, noted=noted), after)
    assert found
    assert list(found.changed) == ["Person", "DRAWS"]
    people, draws = found.changed["Person"], found.changed["DRAWS"]
    assert sorted(people.written["id"]) == ["p40", "p5"]
    assert people.gone.rows() == [("p0",)]
    assert sorted(draws.written["eid"]) == ["DRAWS-8", "DRAWS-new"]
    assert draws.gone.rows() == [("p0", "a1", "DRAWS-1")]
    assert found.rows == 6


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("turned", [False, True])
def test_what_is_found_is_what_differs(tables: Any, held: Kept, seed: int, turned: bool) -> None:
    draw = random.Random(seed)
    ends = sorted((f"p{draw.randrange(40)}", f"a{draw.randrange(1, 3)}", n) for n in range(90))
    rows = [{"source": p, "target": a, "eid": f"D{n}", "amount": float(n)} for p, a, n in ends]
    later = [row | {"amount": -1.0} if draw.random() < 0.2 else row for row in rows if draw.random() < 0.8]
    for n in range(draw.randrange(30)):
        later.insert(
            draw.randrange(len(later)), {"source": "p1", "target": "a2", "eid": f"N{n}", "amount": 0.5}
        )
    before = tables(NODES, {"DRAWS": rows})
    after = tables(NODES, {"DRAWS": later[::-1] if turned else later}, name="later")
    found = delta(held.schema, former(held, before), after)
    assert found
    assert list(found.changed) == ["DRAWS"]
    assert keeps_contract(held.schema, found)
    draws, known = found.changed["DRAWS"], {row["eid"]: row for row in rows}
    assert sorted(draws.written["eid"]) == sorted(r["eid"] for r in later if known.get(r["eid"]) != r)
    assert sorted(draws.gone["eid"]) == sorted(known.keys() - {row["eid"] for row in later})
    assert (
        found.hashes["DRAWS"].rows.tolist()
        == hashed(after[1]["DRAWS"], held.schema.edges["DRAWS"])["row"].to_list()
    )


def test_nothing_changed_and_too_much_changed(days: Any, held: Kept) -> None:
    before, after = days
    nothing = delta(held.schema, former(held, before), before)
    assert nothing
    assert not nothing.changed
    assert delta(held.schema, former(held, before), after, most=0.04) is None  # 4 of 82 rows were written
    assert delta(held.schema, former(held, before), after, most=0.05)


def test_hashes_that_were_noted_are_used_and_only_the_newest_graphs_kept(days: Any, held: Kept) -> None:
    before, after = days
    known = former(held, before)
    before[1]["DRAWS"].write_bytes(b"")  # one file with the kept one, which nobody reads for its rows
    assert len(known.rows("DRAWS")) == 40
    held.note("g2", {})  # of a load that will fail
    former(held, after, "g3")
    former(held, after, "g4")
    assert sorted(path.name for path in held.folder.iterdir()) == ["g3", "g4"]


def test_hashes_are_the_same_in_another_process(days: Any, held: Kept, tmp_path: Path) -> None:
    script = f"""
        from pathlib import Path
        from graph.kept import Former
        from graph.schema import load_schema
        schema = load_schema(Path({str(Path(__file__).parent / "toy_schema.toml")!r}))
        print(Former(Path({str(held.folder / "g1")!r}), schema).rows("DRAWS").tolist())
    """
    known = former(held, days[0], noted=False).rows("DRAWS").tolist()
    told = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], capture_output=True, check=True)
    assert json.loads(told.stdout) == known
    assert len(set(known)) == 40


def test_an_edge_that_moved_or_turned_is_taken_away_where_it_was(tables: Any, held: Kept) -> None:
    moved = [EDGES["DRAWS"][0] | {"target": "a2"}, *EDGES["DRAWS"][1:]]
    same = {"POSSIBLY_SAME": [{"source": "p1", "target": "p2"}]}
    turned = {"POSSIBLY_SAME": [{"source": "p2", "target": "p1"}]}
    known = former(held, tables(NODES, EDGES | same))
    found = delta(held.schema, known, tables(NODES, {"DRAWS": moved} | turned, name="moved"))
    assert found
    assert found.changed["DRAWS"].gone.rows() == [("p0", "a1", "DRAWS-1")]
    assert found.changed["DRAWS"].written.select("source", "target").rows() == [("p0", "a2")]
    assert found.changed["POSSIBLY_SAME"].gone.rows() == [("p1", "p2", "POSSIBLY_SAME-1")]


def test_a_sound_change_is_known_without_looking_at_everything(days: Any, held: Kept) -> None:
    before, after = days
    nodes, _ = after
    nobody_gone = pl.concat([pl.read_parquet(before[0]["Person"]).head(1), pl.read_parquet(nodes["Person"])])
    nobody_gone.write_parquet(nodes["Person"])
    found = delta(held.schema, former(held, before), after)
    assert found
    assert keeps_contract(held.schema, found)


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
    tables: Any, held: Kept, table: str, spoil: Any
) -> None:
    edges = EDGES | {"VISITS": [{"source": "p1", "target": "c1", "eid": "V-1"}]}
    nodes = NODES | {"Clinic": [{"id": "c1"}]}
    before, after = tables(nodes, edges), tables(nodes, edges, name="spoilt")
    path = after[table == "DRAWS"][table]
    spoil(pl.read_parquet(path)).write_parquet(path)
    with pytest.raises(ContractError):
        check_tables(held.schema, *after)
    found = delta(held.schema, former(held, before), after)
    assert found
    assert not keeps_contract(held.schema, found)


@pytest.mark.neo4j
def test_a_change_is_all_that_is_written_and_ends_as_a_full_load(
    server: Neo4jStore, days: Any, held: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, after = days
    server.load(*before, "test-1", held=held)
    held.keep("test-1", before)
    whole, written = loader.Loader._write, 0

    def count(self: Any, query: str, **params: Any) -> int:
        nonlocal written
        written += len(params.get("id") or params.get("eid") or []) if "UNWIND" in query else 0
        return whole(self, query, **params)

    monkeypatch.setattr(loader.Loader, "_write", count)
    server.load(*after, "test-2", held=held)
    changed = server.run(ALL), server.run(PEOPLE)
    assert (server.tag, written) == ("test-2", 6)
    server._driver.execute_query("MATCH (n) DETACH DELETE n")
    server.load(*after, "test-2b")
    assert (server.run(ALL), server.run(PEOPLE)) == changed


@pytest.mark.neo4j
def test_a_change_cut_off_is_never_asked_and_ends_the_same(
    server: Neo4jStore, days: Any, held: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, after = days
    server.load(*before, "test-1", held=held)
    held.keep("test-1", before)
    whole = loader.Loader._write

    def die(self: Any, query: str, **params: Any) -> int:
        if "MERGE (a)" in query:
            raise KeyboardInterrupt
        return whole(self, query, **params)

    monkeypatch.setattr(loader.Loader, "_write", die)
    with pytest.raises(KeyboardInterrupt):
        server.load(*after, "test-2", held=held)
    with pytest.raises(StoreError, match="another graph was or is being loaded"):
        server.run(ALL)
    monkeypatch.setattr(loader.Loader, "_write", whole)
    server.load(*after, "test-2", held=held)
    expected = (
        pl.read_parquet(after[1]["DRAWS"]).sort("eid").select("source", "target", "eid", "amount").rows()
    )
    assert [tuple(row.values()) for row in server.run(ALL)] == expected
