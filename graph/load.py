"""The stage that brings the graph's tables into the store."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from graph.opening import open_store
from graph.schema import GraphSchema, load_schema
from jiwang.config import Settings
from jiwang.errors import WorkspaceError
from jiwang.ids import digest
from jiwang.manifest import file_digest
from jiwang.progress import Progress
from jiwang.workspace import Workspace


def graph_tables(workspace: Workspace, schema: GraphSchema) -> tuple[dict[str, Path], dict[str, Path]]:
    """Return label → file and type → file of the graph that `build` published.

    Raises:
        WorkspaceError: a table is missing.
    """
    folder = workspace.folder("graph")
    nodes = {label: folder / "nodes" / f"{label}.parquet" for label in schema.nodes}
    edges = {kind: folder / "edges" / f"{kind}.parquet" for kind in schema.edges}
    missing = [
        str(path.relative_to(workspace.root))
        for path in (*nodes.values(), *edges.values())
        if not path.is_file()
    ]
    if missing:
        raise WorkspaceError(
            f"{workspace.root}: {', '.join(missing)} missing", "run `jiwang build`, or `jiwang run`"
        )
    return nodes, edges


def graph_tag(workspace: Workspace, schema: GraphSchema) -> str:
    """Return the fingerprint of the published graph: its schema and the bytes of its tables."""
    nodes, edges = graph_tables(workspace, schema)
    named = sorted([*nodes.items(), *edges.items()])
    return "g" + digest(
        "graph", schema.fingerprint(), *(f"{name}={file_digest(path)}" for name, path in named)
    )


def run(
    workspace: Workspace,
    settings: Settings,
    *,
    progress: Progress,
    stamp: Mapping[str, Any] | None = None,
    schema: GraphSchema | None = None,
) -> dict[str, Any]:
    """Load the published graph into the store that ``settings`` names; the same graph again is a no-op.

    ``stamp`` is not used: the store knows by its own tag which graph it holds.

    Returns:
        tag, engine, nodes and edges (rows by table), unchanged (nothing had to be done).
    """
    del stamp
    schema = schema or load_schema()
    nodes, edges = graph_tables(workspace, schema)
    tag = graph_tag(workspace, schema)
    with open_store(settings, workspace, schema) as store:
        unchanged = store.tag == tag
        rows = store.load(nodes, edges, tag, progress)
        return {
            "tag": tag,
            "engine": f"{store.capabilities.engine} {store.capabilities.version}",
            "nodes": {label: rows[label] for label in schema.nodes},
            "edges": {kind: rows[kind] for kind in schema.edges},
            "unchanged": unchanged,
        }
