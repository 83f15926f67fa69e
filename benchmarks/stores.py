"""Both stores on a synthetic province: loads beside the engines' own, the explorer, a day's change.

    python benchmarks/stores.py [--scale 0.02] [--bolt 0.02] [--people 40] [--no-neo4j]

Scale 1 is a million people and 16 million rows, with the columns of our graph: about ten minutes on two idle
cores, and ten more with `--bolt 1`, 10 GB of disk, 8 GB of memory; the default ends in minutes. Every ratio
is of two measurements of this very run, on the same files (but the plain loader over Bolt writes at most
300,000 rows of a table):

- embedded: our load (checked, indexed for hops, published by rename) against a bare COPY with the engine's
  defaults;
- Neo4j offline: our first load against the bare importer on the same tables;
- Neo4j over Bolt: our sessions against one session of the plainest UNWIND loader, relationships a second;
- a day's change against the whole load, offline and over Bolt; the rows must be those of the tables;
- the explorer's 95th percentile, ms: hops around people at random, the shortest path between two of them,
  of a server just started and of one that has answered some hundred questions.

Exit code 1 if a change does not end in the rows of the tables.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ladybug
import polars as pl
from _memory import most_held
from _province import Tables, next_day, province

from graph import neo4j_server
from graph.contract import check_tables, rows_of
from graph.explore import around
from graph.kept import Kept
from graph.ladybug_store import LadybugStore
from graph.neo4j_import import HEAP_MB, TOOL, import_whole
from graph.neo4j_jars import find_jars, find_java
from graph.neo4j_server import java_flags
from graph.neo4j_store import Neo4jStore
from graph.schema import NUMBER, GraphSchema, import_headers, ladybug_ddl, load_schema
from graph.store import GraphStore
from jiwang.errors import StoreError
from jiwang.progress import SilentProgress

ROOT = Path(__file__).resolve().parents[1]
MEMORY_MB = 4096  # a bare COPY of the whole province needs as much
PLAIN = 300_000  # rows of a table that the plain loader writes at most, when a server is long warm
ROUNDS = 4  # of people that the explorer is asked about; the first and the last are told
QUIET = SilentProgress()


def say(text: str) -> None:
    """Write one line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def timed(work: Callable[[], Any]) -> float:
    """Return the seconds that ``work`` takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def apart(part: str, folder: Path) -> tuple[float, float, int]:
    """Do a part of this script in a process of its own; return seconds, CPU-seconds and most MiB."""
    command = [sys.executable, __file__, "--part", part, "--folder", str(folder)]
    started = time.perf_counter()
    with subprocess.Popen(
        command, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        told = child.stdout.read()
        _, status, used = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"{part} failed")
    return time.perf_counter() - started, used.ru_utime + used.ru_stime, int(told)


def bare_copy(schema: GraphSchema, tables: Tables, path: Path) -> None:
    """COPY the tables with nothing of ours around it."""
    path.unlink(missing_ok=True)
    with (
        ladybug.Database(path, buffer_pool_size=MEMORY_MB << 20, max_num_threads=2) as db,
        ladybug.Connection(db, 2) as connection,
    ):
        for statement in ladybug_ddl(schema):
            connection.execute(statement)
        for name, file in {**tables[0], **tables[1]}.items():
            if rows_of(file):
                connection.execute(f"COPY `{name}` FROM '{file}'")
        connection.execute("CHECKPOINT")


def our_copy(schema: GraphSchema, tables: Tables, folder: Path) -> None:
    """Load the tables as `jiwang load` does, with the memory of its default."""
    with LadybugStore(folder, schema=schema) as store:
        store.load(*tables, "province")


def embedded(folder: Path) -> None:
    """Print what the embedded load takes beside a bare COPY."""
    raw = apart("copy", folder)
    (folder / "raw.lbug").unlink()
    mine = apart("ours", folder)
    for name, (wall, cpu, rss) in (("bare COPY", raw), ("ours", mine)):
        say(f"embedded load, {name:<10} {wall:8.1f} s  {cpu:8.1f} CPU-s  {rss:6} MiB")
    say(f"embedded load, ratio      {mine[0] / raw[0]:8.2f}    {mine[1] / raw[1]:8.2f}")


def plain_unwind(store: Neo4jStore, schema: GraphSchema, tables: Tables) -> float:
    """Load with one session and UNWIND of maps, the common way; return relationships a second.

    Of each table at most `PLAIN` relationships.
    """
    driver, rows = store._driver, 0
    for label, path in tables[0].items():
        driver.execute_query(f"CREATE CONSTRAINT IF NOT EXISTS FOR (n:`{label}`) REQUIRE n.id IS UNIQUE")
        for part in pl.read_parquet(path).iter_slices(10_000):
            driver.execute_query(
                f"UNWIND $rows AS row CREATE (n:`{label}`) SET n = row", rows=part.to_dicts()
            )
    started = time.perf_counter()
    for kind, path in tables[1].items():
        ends = schema.edges[kind].from_, schema.edges[kind].to
        query = (
            f"UNWIND $rows AS row MATCH (a:`{ends[0]}` {{id: row.source}}) "
            f"MATCH (b:`{ends[1]}` {{id: row.target}}) CREATE (a)-[r:`{kind}`]->(b) SET r = row"
        )
        for part in pl.read_parquet(path, n_rows=PLAIN).iter_slices(10_000):
            rows += part.height
            driver.execute_query(query, rows=part.to_dicts())
    return rows / (time.perf_counter() - started)


def bolt(schema: GraphSchema, tables: Tables, folder: Path) -> bool:
    """Print relationships a second, ours beside the plain loader's, and what a change takes beside a load."""
    with fresh_store(schema, folder / "plain") as store:
        theirs = plain_unwind(store, schema, tables)
    none = {kind: path.with_name(f"none-{path.name}") for kind, path in tables[1].items()}
    for kind, path in tables[1].items():
        pl.read_parquet(path, n_rows=0).write_parquet(none[kind])
    count = counted(tables[1])
    held = Kept(folder / "bolt-loaded", schema)
    with fresh_store(schema, folder / "ours") as store:
        nodes = timed(lambda: store.load(tables[0], none, "nodes"))
        edges = timed(lambda: store.load(*tables, "bolt", held=held))
        held.keep("bolt", tables)
        ours = count / edges
        say(f"Bolt, plain UNWIND, one session {theirs:10,.0f} relationships/s")
        told = f"Bolt, ours, {store._sessions} sessions          {ours:10,.0f} relationships/s"
        say(f"{told}   {ours / theirs:.2f} ×")
        later = next_day(tables, folder / "bolt-later")
        return change(store, later, held, nodes + edges, "load over Bolt")


def explorer(name: str, store: GraphStore, tables: Tables, people: int) -> None:
    """Print the 95th percentiles of hops and paths: of the first people asked about, then of later ones.

    A server plans and compiles at its first questions; one that runs for weeks is as quick as at the later.
    """
    every = pl.read_parquet(tables[0]["Person"], columns=["id"])["id"]
    ids = every.sample((ROUNDS + 1) * people, seed=3).to_list()
    work: Mapping[str, Callable[[int], Any]] = {
        "1 hop": lambda i: around(store, [ids[i]], hops=1),
        "2 hops": lambda i: around(store, [ids[i]], hops=2),
        "3 hops": lambda i: around(store, [ids[i]], hops=3),
        "path": lambda i: store.path(ids[i], ids[people + i]),
    }
    for turn in range(ROUNDS):
        line = f"explorer p95, {name:<9} {'first' if not turn else 'later'} {people} people"
        for what, ask in work.items():
            taken = sorted(timed(lambda i=turn * people + i, ask=ask: ask(i)) for i in range(people))
            line += f"  {what} {taken[int(0.95 * (people - 1))] * 1000:7.1f} ms"
        if turn in (0, ROUNDS - 1):
            say(line)


def fingerprint(store: GraphStore) -> list[tuple[Any, ...]]:
    """Return what tells two graphs apart: rows and sums of every edge type."""
    rows = []
    for kind, edge in store.schema.edges.items():
        money = "sum(r.amount)" if "amount" in edge.props else "sum(0)"
        told = f"count(*) AS n, {money} AS x, min(r.eid) AS lo, max(r.eid) AS hi"
        [row] = store.run(f"MATCH (a)-[r:`{kind}`]->(b) RETURN {told}", timeout=600)
        rows.append((kind, row["n"], round(row["x"] or 0), row["lo"], row["hi"]))
    return rows


def wanted(tables: Tables) -> list[tuple[Any, ...]]:
    """Return the same of the tables."""
    rows = []
    for kind, path in tables[1].items():
        frame = pl.scan_parquet(path)
        money = pl.col("amount").sum() if "amount" in frame.collect_schema() else pl.lit(0)
        told = frame.select(n=pl.len(), x=money, lo=pl.col("eid").min(), hi=pl.col("eid").max())
        n, x, low, high = told.collect().row(0)
        rows.append((kind, n, round(x or 0), low, high))
    return rows


def change(store: GraphStore, later: Tables, held: Kept, whole: float, how: str) -> bool:
    """Print what a day's change of the graph takes; return whether the store ends as the tables."""
    small = timed(lambda: store.load(*later, "later", held=held))
    same = fingerprint(store) == wanted(later)
    told = "the same rows" if same else "OTHER ROWS"
    say(f"a day's change: {small:.2f} s; a whole {how} {whole:.2f} s, {whole / small:.1f} × — {told}")
    return same


def plain_files(schema: GraphSchema, tables: Tables, folder: Path) -> list[str]:
    """Lay the tables as they are, with plain headers, into a folder; return the importer's arguments."""
    folder.mkdir()
    headers, arguments = import_headers(schema), ["--input-type=parquet"]
    for option, named in zip(("nodes", "relationships"), tables, strict=True):
        for name, path in named.items():
            header = headers[name] | ({"id": "id:ID"} if option == "nodes" else {})
            header.pop(NUMBER, None)
            text = f"{','.join(header.values())}\n{','.join(header)}\n"
            (folder / f"{name}.header.csv").write_text(text, encoding="utf-8")
            if rows_of(path):
                arguments.append(f"--{option}={name}=./{name}.header.csv,{path}")
    return arguments


def bare_import(schema: GraphSchema, tables: Tables, folder: Path) -> float:
    """Return the seconds of the bare importer on the same tables."""
    java = find_java()
    _, lib = find_jars(java, QUIET)
    arguments = plain_files(schema, tables, folder / "bare")
    (folder / "barehome" / "conf").mkdir(parents=True)
    (folder / "barehome" / "conf" / "neo4j.conf").touch()
    command = [
        str(java.path),
        *java_flags(java, HEAP_MB),
        "-cp",
        f"{lib}/*",
        TOOL,
        "database",
        "import",
        "full",
    ]
    command += ["neo4j", *arguments]
    home = str(folder / "barehome")
    environment = os.environ | {"NEO4J_HOME": home, "NEO4J_CONF": f"{home}/conf"}
    took = timed(
        lambda: subprocess.run(command, env=environment, cwd=folder / "bare", capture_output=True, check=True)
    )
    shutil.rmtree(folder / "bare")
    shutil.rmtree(home)
    return took


@contextmanager
def fresh_store(schema: GraphSchema, home: Path) -> Iterator[Neo4jStore]:
    """Give a store on a server of its own; both are gone afterwards."""
    server = neo4j_server.up(home, 0, heap_mb=2048, page_cache_mb=1024)
    try:
        with opened(schema, server) as store:
            yield store
    finally:
        neo4j_server.down(home)
        shutil.rmtree(home)


def opened(schema: GraphSchema, server: neo4j_server.Server) -> Neo4jStore:
    """Return a store on a server."""
    about = {"user": "neo4j", "password": server.password, "database": "neo4j", "timeout": 60.0}
    return Neo4jStore(server.uri, schema=schema, **about)


def server_side(schema: GraphSchema, tables: Tables, folder: Path, people: int) -> bool:
    """Measure Neo4j offline and at the explorer; return whether a change ends as the tables."""
    home = folder / "neo4j"
    server = neo4j_server.up(home, 0, heap_mb=2048, page_cache_mb=1024)
    try:
        raw = bare_import(schema, tables, folder)
        held = Kept(folder / "loaded", schema)
        started = time.perf_counter()
        note = lambda: held.note("province", check_tables(schema, *tables))  # noqa: E731
        server = import_whole(server, schema, *tables, "province", QUIET, note)
        with opened(schema, server) as store:
            store.load(*tables, "province")
            held.keep("province", tables)
            ours = time.perf_counter() - started
            say(f"Neo4j offline: bare import {raw:.1f} s, ours till open {ours:.1f} s, {ours / raw:.2f} ×")
            explorer("neo4j", store, tables, people)
            later = next_day(tables, folder / "later")
            return change(store, later, held, ours, "offline import")
    finally:
        neo4j_server.down(home)
        shutil.rmtree(home)


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scale", type=float, default=0.02)
    parser.add_argument("--bolt", type=float, default=0.02, help="scale of what goes over Bolt")
    parser.add_argument("--people", type=int, default=40, help="people to ask the explorer about")
    parser.add_argument("--no-neo4j", action="store_true")
    parser.add_argument("--part", choices=("copy", "ours"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    schema = load_schema()
    if args.part:
        tables = read_back(schema, args.folder / "today")
        if args.part == "copy":
            bare_copy(schema, tables, args.folder / "raw.lbug")
        else:
            our_copy(schema, tables, args.folder / "store")
        say(str(most_held()))
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tables = province(folder / "today", args.scale)
        embedded_side(schema, tables, folder, args.people)
        same = []
        if not args.no_neo4j and neo4j_is_here():
            same.append(server_side(schema, tables, folder, args.people))
            shutil.rmtree(folder / "today")
            same.append(bolt(schema, province(folder / "bolt", args.bolt), folder))
        return 0 if all(same) else 1


def read_back(schema: GraphSchema, folder: Path) -> Tables:
    """Return the tables that `province` wrote into ``folder``."""
    nodes = {label: folder / "nodes" / f"{label}.parquet" for label in schema.nodes}
    return nodes, {kind: folder / "edges" / f"{kind}.parquet" for kind in schema.edges}


def counted(tables: Mapping[str, Path]) -> int:
    """Return the rows of tables."""
    return sum(map(rows_of, tables.values()))


def embedded_side(schema: GraphSchema, tables: Tables, folder: Path, people: int) -> None:
    """Measure the embedded store's load and its explorer."""
    rows = counted(tables[0]) + counted(tables[1])
    size = sum(path.stat().st_size for path in (*tables[0].values(), *tables[1].values())) >> 20
    say(f"province: {rows:,} rows, {size} MiB of Parquet")
    embedded(folder)
    with LadybugStore(folder / "store", schema=schema) as store:
        explorer("embedded", store, tables, people)
    shutil.rmtree(folder / "store")


def neo4j_is_here() -> bool:
    """Say whether there is a Neo4j to measure; tell why where there is none."""
    try:
        find_jars(find_java(), QUIET)
    except StoreError as error:
        say(f"no Neo4j: {error}")
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
