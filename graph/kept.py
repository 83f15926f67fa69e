"""The tables of graphs that were loaded, kept as hard links: what a later load compares the new ones with."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from graph.schema import GraphSchema
from graph.store import Tables
from jiwang.workspace import Workspace

FOLDER = "store/loaded"
KEPT = 2  # one for each of two stores


def keep(workspace: Workspace, tag: str, tables: Tables) -> None:
    """Keep the tables of the graph ``tag``, and of those before it the newest: `KEPT` in all."""
    root = workspace.root / FOLDER
    fresh, place = root / f".{tag}.new", root / tag
    if not place.is_dir():
        shutil.rmtree(fresh, ignore_errors=True)
        for sort, named in zip(("nodes", "edges"), tables, strict=True):
            (fresh / sort).mkdir(parents=True)
            for name, path in named.items():
                _link(path, fresh / sort / f"{name}.parquet")
        fresh.rename(place)
    os.utime(place)
    for old in sorted(root.iterdir(), key=lambda p: p.stat().st_mtime_ns, reverse=True)[KEPT:]:
        shutil.rmtree(old, ignore_errors=True)


def kept(workspace: Workspace, tag: str, schema: GraphSchema) -> Tables | None:
    """Return the tables of the graph ``tag``, or None if they were not kept or are of another schema."""
    place = workspace.root / FOLDER / tag
    nodes = {label: place / "nodes" / f"{label}.parquet" for label in schema.nodes}
    edges = {kind: place / "edges" / f"{kind}.parquet" for kind in schema.edges}
    whole = all(path.is_file() for path in (*nodes.values(), *edges.values()))
    return (nodes, edges) if whole else None


def _link(path: Path, target: Path) -> None:
    try:
        os.link(path, target)
    except OSError:  # a file system without links
        shutil.copyfile(path, target)
