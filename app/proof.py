"""The proof of a pattern: its fixture's first graph gives the expected hits, its second gives none."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from graph.fixtures import TinyGraph, load_fixture, write_tables
from graph.opening import open_store
from graph.patterns import Pattern, load_library
from graph.runner import run_pattern
from graph.schema import load_schema
from jiwang.config import Settings
from jiwang.errors import PatternError, UsageError
from jiwang.ids import digest
from jiwang.progress import SilentProgress
from jiwang.workspace import Workspace


def proofs(settings: Settings, only: str | None = None) -> Iterator[tuple[str, str]]:
    """Yield (pattern id, complaint or "") for each pattern of the library, or for ``only``.

    A Neo4j server is used as the settings name it, and its graph is replaced.

    Raises:
        UsageError: there is no pattern of that id.
        StoreError: the store cannot be opened.
    """
    library = [p for p in load_library() if only in (None, p.id)]
    if not library:
        raise UsageError(f"there is no pattern {only}", "`jiwang patterns list` names them all")
    for pattern in library:
        yield pattern.id, _complaint(pattern, settings)


def _complaint(pattern: Pattern, settings: Settings) -> str:
    try:
        fixture = load_fixture(pattern)
        for name, graph in (("hit", fixture.hit), ("miss", fixture.miss)):
            found, expected = _found(pattern, graph, settings), graph.expected()
            if found != expected:
                lost, false = sorted(expected - found), sorted(found - expected)
                return f"[{name}] not found {lost}, found falsely {false}"
    except PatternError as error:
        return str(error)
    return ""


def _found(pattern: Pattern, graph: TinyGraph, settings: Settings) -> set[tuple[str, tuple[str, ...]]]:
    schema = load_schema()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        nodes, edges = write_tables(graph, schema, folder / "tables")
        workspace = Workspace.open(folder / "workspace", create=True)
        with open_store(settings, workspace, schema) as store:
            store.load(nodes, edges, "proof-" + digest(pattern.id, graph.model_dump_json()), SilentProgress())
            hits = run_pattern(store, pattern, "", settings)
    rows = hits.select("subject", pl.col("members").list.sort()).iter_rows()
    return {(subject, tuple(members)) for subject, members in rows}
