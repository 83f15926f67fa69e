"""The embedded store: trusted or refused, replaced whole or not at all, and only ever read."""

from __future__ import annotations

import platform
import random
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from graph import canary
from graph.ladybug_store import LadybugStore, build, trust
from graph.ladybug_store.memory import given_back
from graph.schema import GraphSchema
from jiwang.errors import ContractError, PatternError, StoreError

NODES = {"Person": [{"id": "p1"}, {"id": "p2"}], "Account": [{"id": "a1", "bank": "it's \\ one"}]}
EDGES = {"DRAWS": [{"source": p, "target": "a1", "n": 2, "amount": 1.5} for p in ("p1", "p2")]}
COUNT = "MATCH (p:Person) RETURN count(*) AS n"


def count(store: LadybugStore) -> int:
    return int(store.run(COUNT)[0]["n"])


@pytest.mark.parametrize("version", ["0.22.0", "0.20.5"])
def test_a_version_that_is_not_known_to_be_right_is_refused(version: str) -> None:
    with pytest.raises(StoreError, match=rf"{version} is not known.* pip install ladybug==0\.20\.4"):
        trust.trust(version)


def test_an_engine_that_errs_on_the_canary_is_found_out() -> None:
    right = canary.truth(canary.graph())
    assert (right["all"], right["middle"], right["every"]) == (4279, 879, 17)  # two engines that agree
    wrong = right | {"middle": 816, "every": 24}  # what 0.22.0 gives
    answers = {query: wrong[name] for name, query in canary.QUESTIONS.items()}
    assert canary.differences(answers.__getitem__) == [
        "middle: 816 instead of 879",
        "every: 24 instead of 17",
    ]


def test_rows_come_as_plain_values(embedded: LadybugStore, tables: Any) -> None:
    embedded.load(*tables(NODES, EDGES), "t1")
    query = (
        "MATCH (p:Person)-[d:DRAWS]->(a:Account) "
        "RETURN a.bank AS bank, sum(d.n) AS n, sum(d.amount) AS amount, collect(d.n) AS list, "
        "max(d.first_day) AS last"
    )
    [row] = embedded.run(query)
    assert row == {"bank": "it's \\ one", "n": 4, "amount": 3.0, "list": [2, 2], "last": None}
    assert type(row["n"]) is int


def test_the_same_tag_is_not_loaded_again_and_another_replaces_it(
    embedded: LadybugStore, tables: Any
) -> None:
    embedded.load(*tables(NODES, EDGES), "t1")
    stamp = (embedded.folder / "graph.lbug").stat().st_mtime_ns
    embedded.load(*tables(NODES, EDGES), "t1")
    assert (embedded.folder / "graph.lbug").stat().st_mtime_ns == stamp
    embedded.load(*tables({"Person": [{"id": "p7"}]}, name="second"), "t2")
    assert (embedded.tag, count(embedded)) == ("t2", 1)


def test_a_graph_of_another_schema_counts_as_none(
    embedded: LadybugStore, tables: Any, toy_schema: GraphSchema
) -> None:
    embedded.load(*tables(NODES, EDGES), "t1")
    embedded.close()
    fewer = toy_schema.model_copy(update={"edges": {"DRAWS": toy_schema.edges["DRAWS"]}})
    with LadybugStore(embedded.folder, schema=fewer) as store:
        assert store.tag is None
        with pytest.raises(StoreError, match="no graph is loaded"):
            store.run(COUNT)


def test_a_table_that_breaks_its_contract_leaves_the_old_graph(embedded: LadybugStore, tables: Any) -> None:
    embedded.load(*tables(NODES, EDGES), "t1")
    nodes, edges = tables(NODES, {"DRAWS": [{"source": "p1", "target": "a9"}]}, name="lost")
    with pytest.raises(ContractError, match="1 rows whose target is no Account"):
        embedded.load(nodes, edges, "t2")
    assert (embedded.tag, count(embedded)) == ("t1", 2)


def test_a_load_killed_half_way_leaves_the_old_graph_and_is_run_again(
    embedded: LadybugStore, tables: Any, tmp_path: Path, toy_schema: GraphSchema
) -> None:
    embedded.load(*tables(NODES, EDGES), "t1")
    embedded.close()
    nodes, edges = tables({"Person": [{"id": "p1"}], "Account": [{"id": "a1"}]}, name="big")
    big = pl.DataFrame({"id": [f"p{i}" for i in range(300_000)]})
    columns = toy_schema.nodes["Person"].columns()
    big.with_columns(pl.lit(None, t).alias(n) for n, t in columns.items() if n != "id").write_parquet(
        nodes["Person"]
    )
    script = f"""
        from pathlib import Path
        from graph.ladybug_store import LadybugStore
        from graph.schema import load_schema
        nodes = {{k: Path(v) for k, v in { ({k: str(v) for k, v in nodes.items()})!r}.items()}}
        edges = {{k: Path(v) for k, v in { ({k: str(v) for k, v in edges.items()})!r}.items()}}
        schema = load_schema(Path({str(Path(__file__).parent / "toy_schema.toml")!r}))
        LadybugStore(Path({str(embedded.folder)!r}), schema=schema, memory_mb=64).load(nodes, edges, "t2")
    """
    child = subprocess.Popen([sys.executable, "-c", textwrap.dedent(script)], cwd=Path(__file__).parents[2])
    half = embedded.folder / "graph.lbug.new"
    while not half.exists() and child.poll() is None:
        time.sleep(0.005)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert half.exists()
    with LadybugStore(embedded.folder, schema=toy_schema, memory_mb=64) as store:
        assert (store.tag, count(store)) == ("t1", 2)
        store.load(nodes, edges, "t2")
        assert (store.tag, count(store)) == ("t2", 300_000)
    assert not half.exists()


def test_a_table_too_large_for_the_memory_comes_in_pieces_and_is_the_same(
    embedded: LadybugStore, tables: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "ROW_BYTES", 16 << 20)  # two rows of 64 MiB
    draw = random.Random(7)
    people = [{"id": f"p{n:02}"} for n in range(20)]
    ends = [(f"p{draw.randrange(20):02}", f"a{draw.randrange(3)}") for _ in range(61)]
    draws = [{"source": p, "target": a, "n": n, "benefit": f"b{n % 4}"} for n, (p, a) in enumerate(ends)]
    graph = tables({"Person": people, "Account": [{"id": f"a{n}"} for n in range(3)]}, {"DRAWS": draws})
    embedded.load(*graph, "t1")
    expected = sorted((d["source"], d["target"], d["n"], d["benefit"]) for d in draws)
    told = "RETURN p.id AS p, a.id AS a, d.n AS n, d.benefit AS b"
    for match in ("(p:Person)-[d:DRAWS]->(a:Account)", "(a:Account)<-[d:DRAWS]-(p:Person)"):
        assert sorted(tuple(row.values()) for row in embedded.run(f"MATCH {match} {told}")) == expected
    for account in ("a0", "a1", "a2"):  # from the key of the far end: the other order of the edges
        rows = embedded.run(f"MATCH (a:Account {{id: '{account}'}})<-[d:DRAWS]-(p:Person) {told}")
        assert sorted(tuple(row.values()) for row in rows) == [row for row in expected if row[1] == account]
    assert sorted(path.name for path in embedded.folder.iterdir() if path.is_file()) == ["graph.lbug"]


def resident() -> float:
    """Return the MiB of this process's own memory."""
    [line] = [x for x in Path("/proc/self/status").read_text().splitlines() if x.startswith("RssAnon")]
    return int(line.split()[1]) / 1024


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has to be told")
def test_what_was_freed_in_small_pieces_is_given_back() -> None:
    before = resident()
    blocks = [bytes(2000) for _ in range(60_000)]
    left = blocks[::100]  # so that nothing lies free at the end of the heap
    del blocks
    held = resident()
    assert held - before > 80
    with given_back():
        pass
    assert held - resident() > 80
    assert len(left) == 600


def test_a_damaged_file_says_how_to_get_rid_of_it(embedded: LadybugStore, toy_schema: GraphSchema) -> None:
    embedded.folder.mkdir(exist_ok=True)
    (embedded.folder / "graph.lbug").write_bytes(b"not a database" * 1000)
    with pytest.raises(StoreError, match=r"cannot be read.*remove the folder `store`"):
        LadybugStore(embedded.folder, schema=toy_schema)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("MTCH (p:Person) RETURN p.id", "a query failed: Parser exception"),
        ("MATCH (p:Persona) RETURN p.id", "Persona does not exist"),
        ("CREATE (:Person {id: 'p9'})", "tries to write"),
        ("MATCH (p:Person) SET p.name = 'x'", "tries to write"),
        ("MATCH (p:Person) RETURN p", "returns a node, a relationship or a map"),
        ("MATCH (p:Person) RETURN p.id; MATCH (p:Person) RETURN p.id", "several statements"),
        ("UNWIND [1, 2, 3, 4] AS x RETURN x", "more than 3 rows"),
        ("MATCH (p:Person) RETURN count(DISTINCT p.id) AS n, sum(p.birth_day) AS s", "DISTINCT last"),
    ],
)
def test_a_wrong_query_is_explained(embedded: LadybugStore, tables: Any, query: str, says: str) -> None:
    embedded.load(*tables(NODES, EDGES), "t1")
    with pytest.raises(PatternError, match=says):
        embedded.run(query, limit=3)
    assert count(embedded) == 2


def test_an_endless_query_is_stopped_and_the_next_one_runs(embedded: LadybugStore, tables: Any) -> None:
    embedded.load(*tables({"Person": [{"id": f"p{i}", "birth_day": i} for i in range(400)]}), "t1")
    people = "MATCH (a:Person), (b:Person), (c:Person), (d:Person)"
    endless = f"{people} WHERE a.birth_day + b.birth_day + c.birth_day + d.birth_day < 0"
    started = time.monotonic()
    with pytest.raises(PatternError, match=r"took more than 0\.3 s"):
        embedded.run(f"{endless} RETURN count(*) AS n", timeout=0.3)
    assert time.monotonic() - started < 10
    assert count(embedded) == 400


def test_the_doctor_says_what_is_there(embedded: LadybugStore, tables: Any) -> None:
    assert [finding.level for finding in embedded.doctor()] == ["ok", "warning"]
    embedded.load(*tables(NODES, EDGES), "t1")
    assert embedded.doctor()[-1].what == "graph t1: 3 nodes, 2 edges"
