"""The stage that runs the pattern library over the store and publishes what it hits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from graph import history
from graph.load import graph_tag
from graph.opening import open_store
from graph.patterns import Pattern, load_library
from graph.runner import empty_hits, run_pattern
from graph.scenarios import Scenario, scenarios_of
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
    """Run every scenario that is switched on and publish ``hits/hits.parquet``, by pattern, subject and id.

    ``hits/scenarios.parquet`` (hit_id, scenario) says which scenario found which hit,
    ``hits/history.parquet`` what each found on this and on earlier graphs of the workspace.

    Returns:
        hits by pattern and by scenario, their sum, and the engine that found them.

    Raises:
        StoreError: the store holds another graph than the workspace.
        PatternError: a pattern failed; nothing is published.
    """
    schema = schema or load_schema()
    library = load_library() if patterns is None else patterns
    asked = [s for s in scenarios_of(library, region, settings.scenarios) if s.enabled]
    tag = graph_tag(workspace, schema)
    with open_store(settings, workspace, schema) as store:
        if store.tag != tag:
            raise StoreError(
                "the store does not hold the workspace's graph", "run `jiwang load`, then this again"
            )
        found = _ask(store, asked, settings, progress)
        engine = f"{store.capabilities.engine} {store.capabilities.version}"
    hits = _once(list(found.values()))
    past = history.read(workspace)
    with workspace.publish("hits", stamp or _stamp(tag, region, asked)) as folder:
        write(hits, Hits, folder / "hits.parquet")
        _links(found).write_parquet(folder / "scenarios.parquet")
        history.add(past, tag, found, asked).write_parquet(folder / history.FILE)
    return {**_counts(asked, found, hits), "hits": hits.height, "engine": engine}


def _counts(
    asked: Sequence[Scenario], found: Mapping[str, pl.DataFrame], hits: pl.DataFrame
) -> dict[str, dict[str, int]]:
    per_pattern = dict(hits.group_by("pattern_id").len().iter_rows())
    return {
        "patterns": {s.pattern.id: per_pattern.get(s.pattern.id, 0) for s in asked},
        "scenarios": {address: frame.height for address, frame in found.items()},
    }


def _stamp(tag: str, region: str, asked: Sequence[Scenario]) -> dict[str, Any]:
    shape = {s.address: [s.pattern.version, query_hash(s.pattern), dict(s.overrides)] for s in asked}
    return {"graph": tag, "region": region, "scenarios": shape}


def _ask(
    store: GraphStore, asked: Sequence[Scenario], settings: Settings, progress: Progress
) -> dict[str, pl.DataFrame]:
    """Return the hits of every scenario, by its address."""
    found: dict[str, pl.DataFrame] = {}
    with progress.task("detect", total=len(asked)) as task:
        for scenario in asked:
            task.say(scenario.address)
            found[scenario.address] = run_pattern(
                store, scenario.pattern, scenario.region, settings, scenario.overrides
            )
            task.advance()
        task.say(f"{sum(f.height for f in found.values()):,} hits of {len(asked)} scenarios")
    return found


def _once(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Return all hits; what two scenarios of a pattern find on the same people is one hit, the first's."""
    everything = pl.concat([empty_hits(), *frames])
    return everything.unique(("pattern_id", "subject", "members"), keep="first", maintain_order=True).sort(
        "pattern_id", "subject", "hit_id"
    )


def _links(found: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return hit_id, scenario: every scenario that found a published hit, under that hit's id."""
    key = ["pattern_id", "subject", "members"]
    empty = empty_hits().select(*key).with_columns(pl.lit("").alias("scenario"))
    told = pl.concat([empty, *(f.select(*key, pl.lit(a).alias("scenario")) for a, f in found.items())])
    return (
        told.join(_once(list(found.values())).select("hit_id", *key), on=key)
        .select("hit_id", "scenario")
        .sort("hit_id", "scenario")
    )
