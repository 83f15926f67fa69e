"""Offline import: the very same tables, swapped in whole; a failure leaves the old graph standing."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from graph import neo4j_import, neo4j_server
from graph.contract import check_tables
from graph.neo4j_files import README, write_files
from graph.neo4j_import import import_whole
from graph.neo4j_server import STORES, Server
from graph.neo4j_store import Neo4jStore
from graph.schema import GraphSchema
from jiwang.errors import ContractError, StoreError
from jiwang.progress import SilentProgress

NODES = {
    "Person": [{"id": f"p{i}", "name": "甲,\n\"乙'", "birth_day": i - 3} for i in range(30)],
    "Account": [{"id": "a1"}],
}
EDGES = {"DRAWS": [{"source": f"p{i}", "target": "a1", "amount": i / 3} for i in range(30)]}
DRAWN = "MATCH (p:Person)-[d:DRAWS]->(a:Account)"
SUM = f"{DRAWN} RETURN count(*) AS n, sum(d.amount) AS amount, min(p.name) AS name"
Open = Callable[[Server], Neo4jStore]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory, neo4j_address: Any) -> Iterator[Server]:
    """A server of this module's own, started like that of the session, which may be somebody's."""
    home = tmp_path_factory.mktemp("own") / "a home"
    yield neo4j_server.up(home, 0, heap_mb=512, page_cache_mb=64)
    neo4j_server.down(home)


@pytest.fixture
def opened(toy_schema: GraphSchema) -> Open:
    def open_at(server: Server) -> Neo4jStore:
        about = {"user": "neo4j", "database": "neo4j", "timeout": 20.0}
        return Neo4jStore(server.uri, password=server.password, schema=toy_schema, **about)

    return open_at


def test_the_files_are_the_tables_with_headers_beside_them(
    tmp_path: Path, tables: Any, toy_schema: GraphSchema
) -> None:
    nodes, edges = tables(NODES, EDGES)
    arguments = write_files(toy_schema, nodes, edges, "t1", tmp_path / "out")
    assert "--nodes=Person=./Person.header.csv,./Person.parquet" in arguments
    assert not [a for a in arguments if "VISITS" in a], "the importer takes no empty table"
    assert (tmp_path / "out" / "DRAWS.header.csv").read_text().splitlines() == [
        ":START_ID,:END_ID,eid:string,benefit:string,n:long,amount:double,first_day:long,last_day:long",
        "source,target,eid,benefit,n,amount,first_day,last_day",
    ]
    drawn = pl.read_parquet(tmp_path / "out" / "DRAWS.parquet")
    people = pl.read_parquet(tmp_path / "out" / "Person.parquet")
    account = pl.read_parquet(tmp_path / "out" / "Account.parquet")
    ids = dict(pl.concat([people.select("NUMBER", "id"), account.select("NUMBER", "id")]).iter_rows())
    assert sorted(ids) == list(range(31)), "a node's number is its own"
    named = drawn.with_columns(pl.col("source", "target").replace_strict(ids))
    assert named.equals(pl.read_parquet(edges["DRAWS"]))
    about = (tmp_path / "out" / README).read_text()
    assert "neo4j-admin database import full neo4j" in about
    assert all(argument in about for argument in arguments)


@pytest.mark.neo4j
@pytest.mark.timeout(300)
def test_an_import_is_taken_over_changed_and_survives_a_failed_one(
    own: Server, opened: Open, tables: Any, toy_schema: GraphSchema, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = tables(NODES, EDGES)
    looked: list[bool] = []
    server = import_whole(own, toy_schema, *written, "test-1", SilentProgress(), lambda: looked.append(True))
    assert looked
    with opened(server) as store:
        assert store.tag is None, "no constraints yet"
        store.load(*written, "test-1")
        assert store.tag == "test-1"
        assert store.run(SUM) == [
            {"n": 30, "amount": sum(i / 3 for i in range(30)), "name": NODES["Person"][0]["name"]}
        ]
        assert store.holds_only_ours()

    broken = tables(NODES, EDGES, name="broken")
    lost = pl.read_parquet(broken[1]["DRAWS"]).with_columns(target=pl.lit("nobody"))
    lost.write_parquet(broken[1]["DRAWS"])
    with pytest.raises(StoreError, match=r"offline import failed.*graph of before is still there"):
        import_whole(server, toy_schema, *broken, "test-2", SilentProgress(), dict)
    with pytest.raises(ContractError, match="30 rows whose target is no Account"):
        import_whole(
            server, toy_schema, *broken, "test-2", SilentProgress(), lambda: check_tables(toy_schema, *broken)
        )
    with opened(server) as store:  # it was never even stopped
        assert store.run(SUM)[0]["n"] == 30
        # What came untagged is taken away by a whole load over Bolt all the same.
        smaller = tables({"Person": [{"id": "p1"}], "Account": [{"id": "a1"}]}, {}, name="smaller")
        store.load(*smaller, "test-3")
        assert store.run("MATCH (n) RETURN count(n) AS n") == [{"n": 3}], "two nodes and the marker"


@pytest.mark.neo4j
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_server_killed_in_mid_load_goes_on_where_it_was(
    own: Server, opened: Open, tables: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from graph.neo4j_store import loader

    server = neo4j_server.up(Path(own.home), own.port)
    written = tables(NODES, EDGES)
    monkeypatch.setattr(loader, "BATCH", 5)
    monkeypatch.setattr(loader, "BLOCK", 10)
    whole, blocks = loader.Loader._write, 0

    def kill(self: Any, query: str, **params: Any) -> int:
        nonlocal blocks
        blocks += "DRAWS" in query
        if blocks == 4:
            os.kill(server.pid, signal.SIGKILL)
        return whole(self, query, **params)

    monkeypatch.setattr(loader.Loader, "_write", kill)
    with opened(server) as store:
        store._driver._pool.pool_config.connection_acquisition_timeout = 2
        with pytest.raises(StoreError, match=r"does not answer|jiwang neo4j up"):
            store.load(*written, "test-killed")
    monkeypatch.setattr(loader.Loader, "_write", whole)
    again = neo4j_server.up(Path(own.home), own.port, heap_mb=512, page_cache_mb=64)
    with opened(again) as store:
        assert store.tag is None
        store.load(*written, "test-killed")
        assert store.run(SUM)[0]["n"] == 30


def test_a_swap_cut_in_two_is_undone(tmp_path: Path) -> None:
    home, fresh = tmp_path / "home", tmp_path / "fresh"
    for name in STORES:
        (home / f"{name}.old").mkdir(parents=True)
        (home / f"{name}.old" / "graph").write_text("old")
    (home / STORES[1]).mkdir(parents=True)  # half of the new one
    neo4j_server._recover(home)
    assert all((home / name / "graph").read_text() == "old" for name in STORES)
    for name in STORES:
        (fresh / name).mkdir(parents=True)
        (fresh / name / "graph").write_text("new")
    neo4j_import._swap(home, fresh)
    assert all((home / name / "graph").read_text() == "new" for name in STORES)
    shutil.copytree(home / STORES[0], home / f"{STORES[0]}.old")
    neo4j_server._recover(home)
    assert not (home / f"{STORES[0]}.old").exists()
