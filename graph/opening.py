"""The way to open the graph of a workspace: in the store that the settings name."""

from __future__ import annotations

from graph.schema import GraphSchema, load_schema
from graph.store import GraphStore
from jiwang.config import Settings
from jiwang.workspace import Workspace

STORE_FOLDER = "store"


def open_store(settings: Settings, workspace: Workspace, schema: GraphSchema | None = None) -> GraphStore:
    """Open the store that ``settings.store`` names, for the graph of ``workspace``.

    Raises:
        StoreError: the engine is one known to give wrong rows, or the server does not answer or let us in.
    """
    schema = schema or load_schema()
    # Each driver is imported only when its store is wanted: it takes a second, and need not be installed.
    if settings.store == "neo4j":
        from graph.neo4j_server import kept_password  # noqa: PLC0415
        from graph.neo4j_store import Neo4jStore  # noqa: PLC0415

        password = settings.neo4j_password.get_secret_value() or kept_password(workspace.root)
        return Neo4jStore(
            settings.neo4j_uri,
            user=settings.neo4j_user,
            password=password,
            database=settings.neo4j_database,
            timeout=settings.neo4j_timeout,
            schema=schema,
            ca_file=settings.neo4j_ca_file,
            sessions=settings.neo4j_sessions,
        )
    from graph.ladybug_store import LadybugStore  # noqa: PLC0415

    folder = workspace.root / STORE_FOLDER
    return LadybugStore(folder, schema=schema, memory_mb=settings.store_memory_mb, threads=settings.threads)
