"""Build: records and entities become the nodes and edges of the property graph, evidence edges among them.

One SQL file a node label or edge type (``sql/nodes``, ``sql/edges``), over views of the valid records with
the entities that they speak of (``views.py``, ``sql/base``), with the columns of the ontology's graph.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb

from graph.build import checks, shape, views
from graph.schema import load_schema
from jiwang.config import Settings
from jiwang.progress import Progress
from jiwang.workspace import Workspace


def run(
    workspace: Workspace, settings: Settings, *, progress: Progress, stamp: Mapping[str, Any]
) -> dict[str, Any]:
    """Write nodes, edges and what bears them into ``graph/``.

    ``nodes/*.parquet`` and ``edges/*.parquet``; ``evidence.parquet`` (eid, record_id) says which records bear
    an evidence edge, ``checks.parquet`` (`tables.Checks`) where departments disagree.

    Returns:
        Rows per node label, edge type and check.
    """
    schema = load_schema()
    counts: dict[str, Any] = {"nodes": {}, "edges": {}}
    steps = len(schema.nodes) + len(schema.edges) + 1
    with (
        workspace.publish("graph", stamp) as folder,
        duckdb.connect() as con,
        progress.task("build", steps) as task,
    ):
        con.execute(f"SET threads = {settings.threads}")
        con.execute("SET preserve_insertion_order = false")
        con.execute("SET enable_progress_bar = false")  # one of our own is shown
        views.create(con, workspace)
        counts["checks"] = checks.write(checks.create(con), folder)
        task.advance()
        write = shape.Writer(con, folder)
        for label in schema.nodes:
            counts["nodes"][label] = write.nodes(label, schema.nodes[label])
            task.advance()
        for name in schema.edges:
            counts["edges"][name] = write.edges(name, schema.edges[name])
            task.advance()
        counts["evidence_records"] = write.evidence()
        task.say(f"{sum(counts['nodes'].values())} nodes, {sum(counts['edges'].values())} edges")
    return counts
