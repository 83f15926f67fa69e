"""Both stores on a synthetic province: loads beside the engines' own, the explorer, a day's change.

    python benchmarks/stores.py [--scale 0.05] [--people 40] [--no-neo4j]

Scale 1 is a million people and 16 million rows, with the columns of our graph; the default ends in minutes.
Every ratio is of two measurements of this very run, on the same files:

- embedded: our load (checked, marked, published by rename) against a bare COPY with the engine's defaults;
- Neo4j offline: our first load against the bare importer on the same tables;
- Neo4j over Bolt: our sessions against one session of the plainest UNWIND loader, relationships a second;
- a day's change against a whole load, and the rows of both must be the same;
- the explorer's 95th percentile, ms: hops around people at random, the shortest path between two of them.

Exit code 1 if a change does not end as a whole load does.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import ladybug
import polars as pl
from _province import Tables, next_day, province

from graph import neo4j_server
from graph.explore import around
from graph.ladybug_store import LadybugStore
from graph.neo4j_files import write_files
from graph.neo4j_import import HEAP_MB, TOOL, import_whole
from graph.neo4j_jars import find_jars, find_java
from graph.neo4j_server import java_flags
from graph.neo4j_store import Neo4jStore
from graph.schema import GraphSchema, ladybug_ddl, load_schema
from graph.store import GraphStore
from jiwang.errors import StoreError
from jiwang.progress import SilentProgress

ROOT = Path(__file__).resolve().parents[1]
MEMORY_MB = 4096  # a bare COPY of the whole province needs as much
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
    child = subprocess.Popen(command, env=os.environ | {"PYTHONPATH": str(ROOT)})
    _, status, used = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"{part} failed")
    return time.perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss // 1024


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
            if pl.scan_parquet(file).select(pl.len()).collect().item():
                connection.execute(f"COPY `{name}` FROM '{file}'")
        connection.execute("CHECKPOINT")


def our_copy(schema: GraphSchema, tables: Tables, folder: Path) -> None:
    """Load the tables as `jiwang load` does."""
    with LadybugStore(folder, schema=schema, memory_mb=MEMORY_MB) as store:
        store.load(*tables, "province")


def embedded(folder: Path) -> None:
    """Print what the embedded load takes beside a bare COPY."""
    raw, mine = apart("copy", folder), apart("ours", folder)
    for name, (wall, cpu, rss) in (("bare COPY", raw), ("ours", mine)):
        say(f"embedded load, {name:<10} {wall:8.1f} s  {cpu:8.1f} CPU-s  {rss:6} MiB")
    say(f"embedded load, ratio      {mine[0] / raw[0]:8.2f}    {mine[1] / raw[1]:8.2f}")


def plain_unwind(store: Neo4jStore, schema: GraphSchema, tables: Tables) -> float:
    """Load with one session and UNWIND of maps, the common way; return relationships a second."""
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
        for part in pl.read_parquet(path).iter_slices(10_000):
            rows += part.height
            driver.execute_query(query, rows=part.to_dicts())
    return rows / (time.perf_counter() - started)


def emptied(store: Neo4jStore) -> None:
    """Take everything away, in bites that the server's memory can hold."""
    query = "MATCH (n) WITH n LIMIT 5000 DETACH DELETE n RETURN count(*) AS n"
    while store._driver.execute_query(query).records[0]["n"]:
        pass


def bolt(store: Neo4jStore, schema: GraphSchema, tables: Tables) -> None:
    """Print relationships a second, ours beside the plain loader's."""
    theirs = plain_unwind(store, schema, tables)
    emptied(store)
    none = {kind: path.with_name(f"none-{path.name}") for kind, path in tables[1].items()}
    for kind, path in tables[1].items():
        pl.read_parquet(path, n_rows=0).write_parquet(none[kind])
    nodes = timed(lambda: store.load(tables[0], none, "nodes"))
    count = sum(pl.scan_parquet(path).select(pl.len()).collect().item() for path in tables[1].values())
    whole = timed(lambda: store.load(*tables, "bolt"))
    ours = count / max(whole - nodes, 1e-9)
    say(f"Bolt, plain UNWIND, one session {theirs:10,.0f} relationships/s")
    say(
        f"Bolt, ours, {store._sessions} sessions          {ours:10,.0f} relationships/s   "
        f"{ours / theirs:.2f} ×"
    )


def explorer(name: str, store: GraphStore, tables: Tables, people: int) -> None:
    """Print the 95th percentiles of hops and paths."""
    ids = pl.read_parquet(tables[0]["Person"], columns=["id"])["id"].sample(2 * people, seed=3).to_list()
    work: Mapping[str, Callable[[int], Any]] = {
        "1 hop": lambda i: around(store, [ids[i]], hops=1),
        "2 hops": lambda i: around(store, [ids[i]], hops=2),
        "3 hops": lambda i: around(store, [ids[i]], hops=3),
        "path": lambda i: store.path(ids[i], ids[people + i]),
    }
    line = f"explorer p95 of {people}, {name:<9}"
    for what, ask in work.items():
        ask(0)  # a server's first question is planned
        taken = sorted(timed(lambda i=i, ask=ask: ask(i)) for i in range(people))
        line += f"  {what} {taken[int(0.95 * (people - 1))] * 1000:7.1f} ms"
    say(line)


def fingerprint(store: GraphStore, schema: GraphSchema) -> list[tuple[Any, ...]]:
    """Return what tells two graphs apart: rows and sums of every edge type."""
    rows = []
    for kind, edge in schema.edges.items():
        money = "sum(r.amount)" if "amount" in edge.props else "0"
        told = f"count(*) AS n, {money} AS x, min(r.eid) AS lo, max(r.eid) AS hi"
        query = f"MATCH (a)-[r:`{kind}`]->(b) RETURN {told}"
        for row in store.run(query, timeout=600):
            rows.append((kind, row["n"], round(row["x"] or 0, 2), row["lo"], row["hi"]))
    return rows


def change(store: Neo4jStore, schema: GraphSchema, tables: Tables, later: Tables) -> bool:
    """Print what a day's change takes against a whole load over Bolt; return whether both end the same."""
    emptied(store)
    whole = timed(lambda: store.load(*later, "later-whole"))
    wanted = fingerprint(store, schema)
    emptied(store)
    store.load(*tables, "today")
    small = timed(lambda: store.load(*later, "later", held={"today": tables}.get))
    same = fingerprint(store, schema) == wanted
    told = "the same rows" if same else "OTHER ROWS"
    say(f"a day's change, Neo4j: {small:.2f} s, a whole load {whole:.2f} s, {whole / small:.1f} × — {told}")
    return same


def bare_import(schema: GraphSchema, tables: Tables, folder: Path) -> float:
    """Return the seconds of the bare importer on the same tables."""
    java = find_java()
    _, lib = find_jars(java, QUIET)
    arguments = write_files(schema, *tables, "bare", folder / "bare")
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
    command += ["neo4j", "--input-type=parquet", *arguments]
    home = str(folder / "barehome")
    environment = os.environ | {"NEO4J_HOME": home, "NEO4J_CONF": f"{home}/conf"}
    return timed(
        lambda: subprocess.run(command, env=environment, cwd=folder / "bare", capture_output=True, check=True)
    )


def server_side(schema: GraphSchema, tables: Tables, later: Tables, folder: Path, people: int) -> bool:
    """Measure Neo4j; return whether its changes end as whole loads do."""
    try:
        server = neo4j_server.up(folder / "neo4j", 0, heap_mb=2048, page_cache_mb=1024)
    except StoreError as error:
        say(f"no Neo4j: {error}")
        return True

    def opened(at: neo4j_server.Server) -> Neo4jStore:
        about = {"user": "neo4j", "password": at.password, "database": "neo4j", "timeout": 60.0}
        return Neo4jStore(at.uri, schema=schema, **about)

    try:
        raw = bare_import(schema, tables, folder)
        started = time.perf_counter()
        server = import_whole(server, schema, *tables, "province", QUIET)
        with opened(server) as store:
            store.load(*tables, "province")
            ours = time.perf_counter() - started
            say(f"Neo4j offline: bare import {raw:.1f} s, ours till open {ours:.1f} s, {ours / raw:.2f} ×")
            explorer("neo4j", store, tables, people)
            emptied(store)
            bolt(store, schema, tables)
            return change(store, schema, tables, later)
    finally:
        neo4j_server.down(folder / "neo4j")


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scale", type=float, default=0.05)
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
        return 0
    with tempfile.TemporaryDirectory() as name:
        return measured(schema, Path(name), args.scale, args.people, neo4j=not args.no_neo4j)


def read_back(schema: GraphSchema, folder: Path) -> Tables:
    """Return the tables that `province` wrote into ``folder``."""
    nodes = {label: folder / "nodes" / f"{label}.parquet" for label in schema.nodes}
    return nodes, {kind: folder / "edges" / f"{kind}.parquet" for kind in schema.edges}


def measured(schema: GraphSchema, folder: Path, scale: float, people: int, *, neo4j: bool) -> int:
    """Print every line of the table."""
    tables = province(folder / "today", scale)
    files = [*tables[0].values(), *tables[1].values()]
    rows = sum(pl.scan_parquet(path).select(pl.len()).collect().item() for path in files)
    size = sum(path.stat().st_size for path in files) >> 20
    say(f"province at scale {scale:g}: {rows:,} rows, {size} MiB of Parquet")
    embedded(folder)
    with LadybugStore(folder / "store", schema=schema) as store:
        explorer("embedded", store, tables, people)
    if not neo4j:
        return 0
    return 0 if server_side(schema, tables, next_day(tables, folder / "later"), folder, people) else 1


if __name__ == "__main__":
    sys.exit(main())
