"""The stage that brings the graph's tables into the store."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from graph import neo4j_files
from graph.contract import check_tables, rows_of
from graph.kept import FOLDER, Kept
from graph.neo4j_import import import_whole
from graph.neo4j_server import own_server
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

    A whole graph of many rows goes into a Neo4j that was started here by offline import, everything else over
    Bolt. ``stamp`` is not used: the store knows by its own tag which graph it holds.

    Returns:
        tag, engine, nodes and edges (rows by table), unchanged (nothing had to be done).
    """
    del stamp
    schema = schema or load_schema()
    nodes, edges = graph_tables(workspace, schema)
    tag = graph_tag(workspace, schema)
    held = Kept(workspace.root / FOLDER, schema)
    if settings.store == "neo4j":
        _import_if_better(workspace, settings, held, tag, progress)
    with open_store(settings, workspace, schema) as store:
        unchanged = store.tag == tag
        rows = store.load(nodes, edges, tag, progress, held)
        held.keep(tag, (nodes, edges))
        return {
            "tag": tag,
            "engine": f"{store.capabilities.engine} {store.capabilities.version}",
            "nodes": {label: rows[label] for label in schema.nodes},
            "edges": {kind: rows[kind] for kind in schema.edges},
            "unchanged": unchanged,
        }


def offline_files(workspace: Workspace, settings: Settings, folder: Path) -> Path:
    """Write the published graph into ``folder`` for `neo4j-admin database import`; return its README.

    Raises:
        WorkspaceError: nothing is built yet.
        ContractError: a table breaks the schema.
    """
    schema = load_schema()
    nodes, edges = graph_tables(workspace, schema)
    check_tables(schema, nodes, edges)
    tag = graph_tag(workspace, schema)
    neo4j_files.write_files(schema, nodes, edges, tag, folder, settings.neo4j_database)
    return folder / neo4j_files.README


def _import_if_better(
    workspace: Workspace, settings: Settings, held: Kept, tag: str, progress: Progress
) -> None:
    """Import offline if the server is ours, holds nothing but ours, and no small change would do."""
    from graph.neo4j_store import Neo4jStore  # noqa: PLC0415 - only who has a server waits for its driver

    schema = held.schema
    nodes, edges = graph_tables(workspace, schema)
    total = sum(map(rows_of, (*nodes.values(), *edges.values())))
    server = own_server(settings.neo4j_uri, workspace.root)
    if server is None or total < settings.neo4j_import_rows:
        return
    with open_store(settings, workspace, schema) as store:
        there = store.tag
        alone = isinstance(store, Neo4jStore) and store.holds_only_ours()
    if there == tag or not alone or (there and held.former(there)):
        return

    def check() -> None:
        held.note(tag, check_tables(schema, nodes, edges))

    import_whole(server, schema, nodes, edges, tag, progress, check)
