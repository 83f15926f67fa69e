"""Every active pattern over a whole synthetic province with planted rings: seconds, and rings found, a store.

    python benchmarks/scan.py [--scale 0.05] [--copies 20] [--no-neo4j]

Scale 1 is a million people and 16 million rows. Planted are copies of each pattern's must-hit fixture, with
ids of their own, among the province's nodes. A planted ring is found when the pattern hits its subject with
its members; a hit is right when its subject is planted. The province is silent where most patterns look, so
that precision here only shows that nothing is made up: benchmarks/detection.py measures it among innocents.
Neo4j is loaded by offline import. Memory is that of the process that scans the embedded store, and of the
server. Exit code 1 if a planted ring is missed or the stores disagree.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
from _memory import most_held
from _province import Tables, province

from graph import neo4j_server
from graph.contract import check_tables, rows_of
from graph.fixtures import load_fixture
from graph.ladybug_store import LadybugStore
from graph.neo4j_import import import_whole
from graph.neo4j_store import Neo4jStore
from graph.patterns import Pattern, load_library
from graph.runner import run_pattern
from graph.schema import load_schema
from graph.store import GraphStore
from jiwang.config import Settings
from jiwang.progress import SilentProgress

SCHEMA = load_schema()
HEAP_MB, CACHE_MB = 1024, 512  # of the server: 2 GB in all
SETTINGS = Settings(pattern_limit=1_000_000, pattern_timeout=600)
Ring = tuple[str, str, tuple[str, ...]]


def planted(tables: Tables, copies: int, patterns: list[Pattern]) -> set[Ring]:
    """Add ``copies`` of every must-hit graph to the tables; return (pattern, subject, members) of each."""
    rings: set[Ring] = set()
    nodes: dict[str, list[dict[str, Any]]] = {label: [] for label in SCHEMA.nodes}
    edges: dict[str, list[dict[str, Any]]] = {kind: [] for kind in SCHEMA.edges}
    names = {"double_id", "clinic", "cycle", "doctor", "witness", "clerk"}
    for pattern in patterns:
        graph = load_fixture(pattern).hit
        for copy in range(copies):
            mark = f"{pattern.id}.{copy}."

            def own(row: Any, *keys: str, mark: str = mark) -> dict[str, Any]:
                return {k: f"{mark}{v}" if k in keys or k in names else v for k, v in row.items()}

            for label, rows in graph.nodes.items():
                nodes[label] += [own(row, "id") for row in rows]
            for kind, rows in graph.edges.items():
                edges[kind] += [
                    {**own(row, "source", "target"), "eid": f"{mark}{kind}{n}"} for n, row in enumerate(rows)
                ]
            for subject, members in graph.expected():
                rings.add((pattern.id, f"{mark}{subject}", tuple(sorted(f"{mark}{m}" for m in members))))
    for paths, given, sort in ((tables[0], nodes, SCHEMA.nodes), (tables[1], edges, SCHEMA.edges)):
        for name, rows in given.items():
            columns = sort[name].columns()
            fresh = pl.DataFrame([{c: row.get(c) for c in columns} for row in rows], schema=dict(columns))
            pl.concat([pl.read_parquet(paths[name]), fresh]).write_parquet(paths[name])
    return rings


def scanned(
    name: str, store: GraphStore, patterns: list[Pattern], rings: set[Ring]
) -> dict[str, pl.DataFrame]:
    """Run every pattern on ``store``; print a line each and the sums; return the hits by pattern."""
    hits: dict[str, pl.DataFrame] = {}
    found, right, total, slowest = 0, 0, 0.0, ("", 0.0)
    subjects = {ring[:2] for ring in rings}
    for pattern in patterns:
        started = time.perf_counter()
        hits[pattern.id] = run_pattern(store, pattern, "", SETTINGS)
        took = time.perf_counter() - started
        total, slowest = total + took, max(slowest, (pattern.id, took), key=lambda s: s[1])
        told = {(pattern.id, h["subject"], tuple(h["members"])) for h in hits[pattern.id].to_dicts()}
        mine, good = told & rings, sum(t[:2] in subjects for t in told)
        found, right = found + len(mine), right + good
        wrong = "" if good == len(told) else f"  {len(told) - good} not planted"
        sys.stdout.write(f"  {pattern.id:<34}{len(told):>7} hits {took:>8.3f} s{wrong}\n")
    every = sum(frame.height for frame in hits.values())
    sys.stdout.write(
        f"{name}: {len(patterns)} patterns {total:.1f} s, slowest {slowest[0]} {slowest[1]:.1f} s; "
        f"planted rings found {found} of {len(rings)}; right {right} of {every} hits\n"
    )
    return hits


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scale", type=float, default=0.05)
    parser.add_argument("--copies", type=int, default=20)
    parser.add_argument("--no-neo4j", action="store_true")
    args = parser.parse_args()
    patterns = [p for p in load_library() if p.status == "active"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tables = province(folder / "tables", args.scale)
        rings = planted(tables, args.copies, patterns)
        rows = sum(rows_of(path) for paths in tables for path in paths.values())
        sys.stdout.write(f"{rows:,} rows, {len(rings)} rings planted\n")
        with LadybugStore(folder / "store", schema=SCHEMA) as store:
            store.load(*tables, "scan", SilentProgress())
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as apart:
            ours = apart.submit(_embedded, folder / "store", patterns, rings).result()
        kept = all(_found(ours, ring) for ring in rings)
        if not args.no_neo4j:
            kept &= _beside(folder, tables, patterns, rings, ours)
    return 0 if kept else 1


def _embedded(folder: Path, patterns: list[Pattern], rings: set[Ring]) -> dict[str, pl.DataFrame]:
    with LadybugStore(folder, schema=SCHEMA) as store:
        hits = scanned("embedded", store, patterns, rings)
    sys.stdout.write(f"embedded: at most {most_held():,} MiB\n")
    sys.stdout.flush()
    return hits


def _found(hits: dict[str, pl.DataFrame], ring: Ring) -> bool:
    return ring[1] in set(hits[ring[0]]["subject"])


def _beside(
    folder: Path, tables: Tables, patterns: list[Pattern], rings: set[Ring], ours: dict[str, pl.DataFrame]
) -> bool:
    """Scan on a Neo4j of our own; return whether its hits are the embedded store's."""
    server = neo4j_server.up(folder / "neo4j", 0, heap_mb=HEAP_MB, page_cache_mb=CACHE_MB)
    try:
        check = partial(check_tables, SCHEMA, *tables)
        server = import_whole(server, SCHEMA, *tables, "scan", SilentProgress(), check)
        access = {"user": "neo4j", "password": server.password, "database": "neo4j", "timeout": 60.0}
        with Neo4jStore(server.uri, schema=SCHEMA, **access) as store:
            store.load(*tables, "scan", SilentProgress())
            theirs = scanned("neo4j", store, patterns, rings)
        sys.stdout.write(f"neo4j: at most {most_held(server.pid):,} MiB in the server\n")
    finally:
        neo4j_server.down(folder / "neo4j")
    differ = [name for name, frame in ours.items() if not frame.equals(theirs[name])]
    sys.stdout.write(f"hits differ between the stores: {', '.join(differ) or 'none'}\n")
    return not differ


if __name__ == "__main__":
    sys.exit(main())
