"""Rank ring candidates: the strength of their evidence and the scores of their people together."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from jiwang.tables import RingMembers, Rings, write
from jiwang.workspace import Workspace

# Evidence weighs more than the model: with about twenty labelled cases the model orders rings that the
# evidence holds equal, it does not overrule it.
EVIDENCE = 0.8


def rank(candidates: pl.DataFrame, members: pl.DataFrame, scores: pl.DataFrame) -> pl.DataFrame:
    """Return the candidates as `jiwang.tables.Rings`, best first.

    Args:
        candidates: `jiwang.tables.RingCandidates`.
        members: `jiwang.tables.RingMembers`.
        scores: `jiwang.tables.Scores`.
    """
    suspicion = (
        members.filter(pl.col("kind") == "person", pl.col("role") != "unwitting")
        .join(scores.select("entity_id", "score"), on="entity_id", how="left")
        .group_by("ring_id")
        .agg(pl.col("score").fill_null(0.0).mean().alias("suspicion"))
    )
    blended = EVIDENCE * pl.col("strength") + (1 - EVIDENCE) * pl.col("strength") * pl.col(
        "suspicion"
    ).fill_null(0.0)
    return (
        candidates.join(suspicion, on="ring_id", how="left")
        .with_columns(blended.round(6).alias("score"))
        .sort("score", "amount_at_risk", "ring_id", descending=[True, True, False])
        .with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("rank"))
    )


def publish(workspace: Workspace, scores: pl.DataFrame, folder: Path) -> int:
    """Write ``rings.parquet`` and ``ring_members.parquet`` into ``folder``; return the number of rings."""
    candidates = pl.read_parquet(workspace.table("rings", "candidates"))
    members = pl.read_parquet(workspace.table("rings", "members"))
    rings = rank(candidates, members, scores)
    write(rings, Rings, folder / "rings.parquet")
    write(members.sort("ring_id", "kind", "entity_id"), RingMembers, folder / "ring_members.parquet")
    return rings.height
