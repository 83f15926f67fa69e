"""The stage that runs the pattern library over the store and publishes what it hits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from graph.load import graph_tag
from graph.opening import open_store
from graph.patterns import Pattern, load_library
from graph.runner import empty_hits, run_pattern
from graph.schema import GraphSchema, load_schema
from graph.store import GraphStore
from graph.versions import query_hash
from jiwang.config import Settings
from jiwang.errors import StoreError
from jiwang.progress import Progress
from jiwang.tables import Hits, write
from jiwang.workspace import Workspace


def run(
    workspace: Workspace,
    settings: Settings,
    *,
    progress: Progress,
    region: str,
    stamp: Mapping[str, Any] | None = None,
    patterns: Sequence[Pattern] | None = None,
    schema: GraphSchema | None = None,
) -> dict[str, Any]:
    """Run every active pattern and publish ``hits/hits.parquet``, sorted by pattern, subject and id.

    Returns:
        hits by pattern, their sum, and the engine that found them.

    Raises:
        StoreError: the store holds another graph than the workspace.
        PatternError: a pattern failed; nothing is published.
    """
    schema = schema or load_schema()
    active = [p for p in (load_library() if patterns is None else patterns) if p.status == "active"]
    tag = graph_tag(workspace, schema)
    with open_store(settings, workspace, schema) as store:
        if store.tag != tag:
            raise StoreError(
                "the store does not hold the workspace's graph", "run `jiwang load`, then this again"
            )
        hits = _all_hits(store, active, region, settings, progress)
        engine = f"{store.capabilities.engine} {store.capabilities.version}"
    counts = {p.id: hits.filter(pl.col("pattern_id") == p.id).height for p in active}
    asked = {"graph": tag, "region": region, "patterns": {p.id: [p.version, query_hash(p)] for p in active}}
    with workspace.publish("hits", stamp or asked) as folder:
        write(hits, Hits, folder / "hits.parquet")
    return {"patterns": counts, "hits": hits.height, "engine": engine}


def _all_hits(
    store: GraphStore, patterns: Sequence[Pattern], region: str, settings: Settings, progress: Progress
) -> pl.DataFrame:
    found = [empty_hits()]
    with progress.task("detect", total=len(patterns)) as task:
        for pattern in patterns:
            task.say(pattern.id)
            found.append(run_pattern(store, pattern, region, settings))
            task.advance()
        hits = pl.concat(found).sort("pattern_id", "subject", "hit_id")
        task.say(f"{hits.height:,} hits of {len(patterns)} patterns")
    return hits
