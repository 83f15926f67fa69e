"""The server's store: loads that can be killed and run again, reads that cannot write, errors that help."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from neo4j.exceptions import Neo4jError, ServiceUnavailable

from graph.neo4j_server import free_port
from graph.neo4j_store import Neo4jStore, loader, store
from graph.neo4j_store.failures import explained
from graph.schema import GraphSchema
from jiwang.config import Settings
from jiwang.errors import ContractError, PatternError, StoreError
from jiwang.workspace import Workspace

NODES = {
    "Person": [{"id": f"p{i}", "name": "甲", "birth_day": i} for i in range(30)],
    "Account": [{"id": "a1"}],
}
EDGES = {"DRAWS": [{"source": f"p{i}", "target": "a1", "amount": float(i)} for i in range(30)]}
DRAWN = "MATCH (p:Person)-[d:DRAWS]->(a:Account)"
SUM = f"{DRAWN} RETURN count(*) AS n, sum(d.amount) AS amount, count(DISTINCT p.id) AS p"


@pytest.mark.neo4j
def test_a_load_replaces_the_graph_and_leaves_other_peoples_data(server: Neo4jStore, tables: Any) -> None:
    server._driver.execute_query("CREATE (:Person {id: 'theirs'})-[:OWNS]->(:Car {id: 'x'})")
    server.load(*tables(NODES, EDGES), "test-1")
    assert server.run(SUM) == [{"n": 30, "amount": 435.0, "p": 30}]
    smaller = {"Person": [{"id": "p1"}, {"id": "p99"}], "Account": [{"id": "a1"}]}
    server.load(
        *tables(smaller, {"DRAWS": [{"source": "p99", "target": "a1", "amount": 2.0}]}, name="b"), "test-2"
    )
    assert server.tag == "test-2"
    assert server.run(SUM) == [{"n": 1, "amount": 2.0, "p": 1}]
    people = server.run("MATCH (p:Person) RETURN p.id AS id, p.name AS name ORDER BY id")
    assert people == [{"id": p, "name": None} for p in ("p1", "p99", "theirs")]
    assert server.run("MATCH (:Person)-[o:OWNS]->(:Car) RETURN count(o) AS n") == [{"n": 1}]


@pytest.mark.neo4j
def test_the_same_load_again_is_nothing_and_repeats_nothing(server: Neo4jStore, tables: Any) -> None:
    written = tables(NODES, EDGES)
    server.load(*written, "test-1")
    before = server.run(SUM)
    server.load(*written, "test-1")
    server.load(*written, "test-2")  # another tag over the same rows merges every one of them
    assert server.run(SUM) == before


@pytest.mark.neo4j
def test_sessions_that_merge_at_the_same_hubs_do_not_lock_one_another_out(
    server: Neo4jStore,
    tables: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(loader, "BATCH", 200)
    nodes = {
        "Person": [{"id": f"p{i:04}"} for i in range(2000)],
        "Clinic": [{"id": f"c{i}"} for i in range(6)],
    }

    def visits(day: int) -> Any:
        ends = [
            {"source": f"p{i:04}", "target": f"c{(i * 7 + n) % 6}"} for i in range(2000) for n in range(3)
        ]
        rows = [end | {"eid": f"v{day}.{n:05}"} for n, end in enumerate(ends)]
        return tables(nodes, {"VISITS": rows}, name=f"day{day}")

    server.load(*visits(1), "test-1")
    server.load(*visits(2), "test-2")  # every row is new, and looked for before it is written
    assert server.run("MATCH (:Person)-[v:VISITS]->(:Clinic) RETURN count(v) AS n") == [{"n": 6000}]
    assert "Deadlock" not in caplog.text


@pytest.mark.neo4j
def test_a_killed_load_is_never_asked_and_goes_on_where_it_was(
    server: Neo4jStore, tables: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = tables(NODES, EDGES)
    server.load(*written, "test-old")
    monkeypatch.setattr(loader, "BATCH", 10)
    changed = tables({**NODES, "Clinic": [{"id": "c1"}]}, EDGES, name="changed")
    monkeypatch.setattr(loader, "BLOCK", 10)
    whole = loader.Loader._write
    batches = 0

    def die_in_the_second_batch_of_edges(self: loader.Loader, query: str, **params: Any) -> int:
        nonlocal batches
        batches += "DRAWS" in query
        if batches == 2:
            raise KeyboardInterrupt
        return whole(self, query, **params)

    monkeypatch.setattr(loader.Loader, "_write", die_in_the_second_batch_of_edges)
    with pytest.raises(KeyboardInterrupt):
        server.load(*changed, "test-new")
    with pytest.raises(StoreError, match="another graph was or is being loaded"):
        server.run(SUM)
    asked: list[str] = []

    def listen(self: loader.Loader, query: str, **params: Any) -> int:
        asked.append(query)
        return whole(self, query, **params)

    monkeypatch.setattr(loader.Loader, "_write", listen)
    server.load(*changed, "test-new")
    assert server.run(SUM) == [{"n": 30, "amount": 435.0, "p": 30}]
    assert not [query for query in asked if "UNWIND" in query and "(n:`Person`" in query]
    assert len([query for query in asked if "DRAWS" in query and "MERGE" in query]) == 2, "of three blocks"


@pytest.mark.neo4j
def test_half_a_graph_is_not_opened(
    server: Neo4jStore, neo4j_address: Any, tables: Any, toy_schema: GraphSchema
) -> None:
    server.load(*tables(NODES, EDGES), "test-1")
    server._driver.execute_query("MATCH (m:JiwangLoad) SET m.state = 'loading'")
    with neo4j_address.open(toy_schema) as other:
        assert other.tag is None
        with pytest.raises(StoreError, match="holds no whole graph — run `jiwang load`"):
            other.run(SUM)
        assert other.doctor()[-1].level == "warning"


@pytest.mark.neo4j
@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("CREATE (:Person {id: 'p99'}) RETURN 1 AS x", "tries to write"),
        ("MATCH (p:Person) SET p.name = 'x' RETURN 1 AS x", "tries to write"),
        ("MTCH (p:Person) RETURN p.id", "a query failed: Invalid input 'MTCH'"),
        ("MATCH (p:Person) RETURN p", "returns a node"),
        ("MATCH (p:Person) RETURN collect(p) AS p", "returns a node"),
        ("UNWIND [1, 2, 3, 4] AS x RETURN x", "more than 3 rows"),
        ("MATCH (p:Person) RETURN $nothing AS x", r"Expected parameter\(s\): nothing"),
    ],
)
def test_a_wrong_query_is_explained_and_changes_nothing(
    server: Neo4jStore, tables: Any, query: str, says: str
) -> None:
    server.load(*tables(NODES, EDGES), "test-1")
    with pytest.raises(PatternError, match=says):
        server.run(query, limit=3)
    assert server.run("MATCH (p:Person) RETURN count(p.name) AS n, min(p.name) AS name") == [
        {"n": 30, "name": "甲"}
    ]


@pytest.mark.neo4j
def test_an_endless_query_is_stopped(server: Neo4jStore, tables: Any) -> None:
    server.load(*tables(NODES, EDGES), "test-1")
    people = ", ".join(f"(x{i}:Person)" for i in range(9))
    days = " + ".join(f"x{i}.birth_day" for i in range(9))
    started = time.monotonic()
    with pytest.raises(PatternError, match="took more than 1 s"):
        server.run(f"MATCH {people} WHERE {days} < 0 RETURN count(*) AS n", timeout=1)
    assert time.monotonic() - started < 20
    assert server.run(SUM)[0]["n"] == 30


@pytest.mark.neo4j
def test_a_wrong_table_does_not_touch_the_graph(server: Neo4jStore, tables: Any) -> None:
    server.load(*tables(NODES, EDGES), "test-1")
    nodes, edges = tables(NODES, EDGES, name="lost")
    pl.read_parquet(edges["DRAWS"]).with_columns(target=pl.lit("a9")).write_parquet(edges["DRAWS"])
    with pytest.raises(ContractError, match="30 rows whose target is no Account"):
        server.load(nodes, edges, "test-2")
    assert server.run(SUM)[0]["n"] == 30


@pytest.mark.neo4j
def test_what_was_put_into_words_comes_back_as_it_was(server: Neo4jStore, tables: Any) -> None:
    name = "'}) DETACH DELETE (n) //\\ \"`$x"
    server.load(*tables({"Person": [{"id": name, "name": name}], "Account": [{"id": "a1"}]}), "test-1")
    assert server.run("MATCH (p:Person) WHERE p.id = $id RETURN p.name AS name", {"id": name}) == [
        {"name": name}
    ]


@pytest.mark.neo4j
def test_a_wrong_password_and_a_wrong_database_say_so(neo4j_address: Any, toy_schema: GraphSchema) -> None:
    if neo4j_address.password:
        with pytest.raises(StoreError, match=r"refuses user or password.*JIWANG_NEO4J_PASSWORD"):
            neo4j_address.open(toy_schema, password="wrong")
    with pytest.raises(StoreError, match="correct JIWANG_NEO4J_DATABASE"):
        neo4j_address.open(toy_schema, database="elsewhere")


@pytest.mark.parametrize(
    ("code", "message", "says"),
    [
        ("Neo.ClientError.Cluster.NotALeader", "no longer the leader", r"read-only.*routed"),
        ("Neo.ClientError.General.ForbiddenOnReadOnlyDatabase", "forbidden", r"is read-only"),
        (
            "Neo.DatabaseError.Transaction.TransactionCommitFailed",
            "No space left on device",
            r"cannot write: No space left on device — free space.*it goes on",
        ),
        ("Neo.TransientError.Database.DatabaseUnavailable", "is unavailable", "cannot write"),
    ],
)
def test_what_keeps_a_server_from_writing_is_told_with_its_remedy(code: str, message: str, says: str) -> None:
    with pytest.raises(StoreError, match=says), explained("bolt://somewhere"):
        raise Neo4jError._hydrate_neo4j(code=code, message=message)


@pytest.mark.neo4j
def test_a_server_that_is_too_old_is_named(
    neo4j_address: Any, toy_schema: GraphSchema, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "OLDEST", (9999, 1))
    with pytest.raises(StoreError, match=r"9999\.1 is the oldest that works — use a newer server"):
        neo4j_address.open(toy_schema)


def test_a_certificate_that_is_not_there_is_named(toy_schema: GraphSchema) -> None:
    about: dict[str, Any] = {"user": "neo4j", "password": "x", "database": "neo4j", "timeout": 1.0}
    with pytest.raises(StoreError, match=r"nowhere\.pem — correct JIWANG_NEO4J_CA_FILE"):
        Neo4jStore("bolt://127.0.0.1:9", schema=toy_schema, ca_file="nowhere.pem", **about)


@pytest.mark.neo4j
def test_a_network_cut_in_mid_load_is_told_and_the_load_goes_on(
    server: Neo4jStore, tables: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = tables(NODES, EDGES)
    whole = loader.Loader._write

    def cut(self: loader.Loader, query: str, **params: Any) -> int:
        if "DRAWS" in query:
            raise ServiceUnavailable("Connection reset by peer")
        return whole(self, query, **params)

    monkeypatch.setattr(loader.Loader, "_write", cut)
    with pytest.raises(StoreError, match="does not answer: Connection reset"):
        server.load(*written, "test-cut")
    assert server._whole(server._marker()) is None
    monkeypatch.setattr(loader.Loader, "_write", whole)
    server.load(*written, "test-cut")
    assert server.run(SUM)[0]["n"] == 30


def open_store(uri: str, schema: GraphSchema) -> Neo4jStore:
    return Neo4jStore(uri, user="neo4j", password="x", database="neo4j", timeout=1.5, schema=schema)


def test_a_server_that_is_not_there_is_told_in_time(toy_schema: GraphSchema) -> None:
    started = time.monotonic()
    with pytest.raises(StoreError, match=r"does not answer.*jiwang neo4j up"):
        open_store(f"bolt://127.0.0.1:{free_port()}", toy_schema)
    assert time.monotonic() - started < 10


@pytest.fixture
def silence() -> Iterator[int]:
    """Something that takes a connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_a_server_that_never_answers_is_told_in_time(silence: int, toy_schema: GraphSchema) -> None:
    started = time.monotonic()
    with pytest.raises(StoreError, match="jiwang neo4j up"):
        open_store(f"bolt://127.0.0.1:{silence}", toy_schema)
    assert time.monotonic() - started < 15


def test_an_address_that_is_none_is_told(toy_schema: GraphSchema) -> None:
    with pytest.raises(StoreError, match="JIWANG_NEO4J_URI"):
        open_store("ftp://127.0.0.1", toy_schema)


@pytest.mark.neo4j
def test_the_store_of_the_settings_is_opened_with_the_kept_password(
    neo4j_address: Any, tmp_path: Path, toy_schema: GraphSchema
) -> None:
    from graph.opening import open_store

    workspace = Workspace.open(tmp_path / "w", create=True)
    (workspace.root / "neo4j").mkdir()
    (workspace.root / "neo4j" / "password").write_text(neo4j_address.password, encoding="utf-8")
    with open_store(Settings(store="neo4j", neo4j_uri=neo4j_address.uri), workspace, toy_schema) as store:
        assert store.capabilities.engine == "neo4j"
