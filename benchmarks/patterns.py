"""Every pattern on the embedded store and on Neo4j, in one run: seconds each, the ratio, and equal hits.

    python benchmarks/patterns.py [--workspace W] [--repeat 3]

The workspace holds `jiwang run`; without one, a region is simulated and built. Neo4j is the server that
JIWANG_NEO4J_URI names if it holds this very graph (`jiwang load --store neo4j`), else one started from its
jars in a temporary folder; where neither can be had, the embedded store is measured alone. Exit code 1 if a
pattern takes over ten seconds on either store, or the stores disagree.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
from _region import simulated, worked

from graph import neo4j_server
from graph.ladybug_store import LadybugStore
from graph.load import graph_tables, graph_tag
from graph.opening import open_store
from graph.patterns import Pattern, load_library
from graph.runner import run_pattern
from graph.schema import load_schema
from graph.store import GraphStore
from jiwang.config import Settings, load
from jiwang.errors import StoreError
from jiwang.progress import SilentProgress
from jiwang.workspace import Workspace

SLOWEST = 10.0  # seconds that one pattern may take


@contextmanager
def neo4j(workspace: Workspace, folder: Path) -> Iterator[GraphStore | None]:
    """Give a Neo4j that holds the workspace's graph, or None with one line that says why not."""
    if os.environ.get("JIWANG_NEO4J_URI"):
        with open_store(load(workspace.root, store="neo4j"), workspace) as store:
            if store.tag == graph_tag(workspace, load_schema()):
                yield store
                return
        sys.stdout.write(
            "the named Neo4j holds another graph and is left alone: a server of our own is started\n"
        )
    try:
        server = neo4j_server.up(folder / "neo4j", 0, heap_mb=1024, page_cache_mb=128)
    except StoreError as error:
        sys.stdout.write(f"no Neo4j: {error}\n")
        yield None
        return
    try:
        settings = Settings(
            store="neo4j", neo4j_uri=server.uri, neo4j_password=server.password, neo4j_timeout=60
        )
        with open_store(settings, workspace) as store:
            yield store
    finally:
        neo4j_server.down(folder / "neo4j")


def built(folder: Path) -> Path:
    """Simulate a region and run the stages up to its graph."""
    return worked(simulated(folder / "region"), folder / "workspace", ("ingest", "resolve", "build"))


def loaded(store: GraphStore, workspace: Workspace) -> float:
    """Load the workspace's graph; return seconds."""
    schema = load_schema()
    started = time.perf_counter()
    store.load(*graph_tables(workspace, schema), graph_tag(workspace, schema), SilentProgress())
    return time.perf_counter() - started


def timed(store: GraphStore, pattern: Pattern, repeat: int) -> tuple[float, pl.DataFrame]:
    """Return the best seconds of ``repeat`` runs, and the hits."""
    best = float("inf")
    for _ in range(repeat):
        started = time.perf_counter()
        hits = run_pattern(store, pattern, "", Settings())
        best = min(best, time.perf_counter() - started)
    return best, hits


def table(embedded: GraphStore, server: GraphStore | None, repeat: int) -> bool:
    """Print a line a pattern; return whether every limit is kept."""
    kept, sums = True, [0.0, 0.0]
    sys.stdout.write(f"{'pattern':<26}{'hits':>6}{'embedded s':>12}{'neo4j s':>10}{'ratio':>8}\n")
    for pattern in (p for p in load_library() if p.status == "active"):
        ours, hits = timed(embedded, pattern, repeat)
        line, told = f"{pattern.id:<26}{hits.height:>6}{ours:>12.4f}", "" if ours <= SLOWEST else "  SLOW"
        sums[0] += ours
        if server is not None:
            theirs, other = timed(server, pattern, repeat)
            sums[1] += theirs
            line += f"{theirs:>10.4f}{theirs / ours:>8.2f}"
            told += ("" if theirs <= SLOWEST else "  SLOW") + ("" if hits.equals(other) else "  HITS DIFFER")
        kept &= not told
        sys.stdout.write(f"{line}{told}\n")
    line = f"{'all':<32}{sums[0]:>12.4f}"
    sys.stdout.write(line + (f"{sums[1]:>10.4f}{sums[1] / sums[0]:>8.2f}\n" if server is not None else "\n"))
    return kept


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--workspace", type=Path)
    parser.add_argument("--repeat", type=int, default=3)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        workspace = Workspace.open(args.workspace or built(folder))
        schema = load_schema()
        with LadybugStore(folder / "store", schema=schema) as embedded, neo4j(workspace, folder) as server:
            sys.stdout.write(f"load embedded {loaded(embedded, workspace):.2f} s\n")
            if server is not None:
                sys.stdout.write(f"load neo4j    {loaded(server, workspace):.2f} s\n")
            return 0 if table(embedded, server, args.repeat) else 1


if __name__ == "__main__":
    sys.exit(main())
