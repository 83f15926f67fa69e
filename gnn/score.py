"""The stage `score`: every person, employer, clinic and account gets a score, a grade and reasons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from gnn import rank
from gnn.dataset import KINDS
from gnn.explain import Explainer, Explanation
from gnn.grades import ORDER, grade_of
from gnn.kept import Kept, read_kept
from jiwang.config import Settings
from jiwang.ids import digest
from jiwang.progress import Progress
from jiwang.tables import Scores, write
from jiwang.workspace import Workspace

FOLDER = "scores"
DIGITS = 6


def run(
    workspace: Workspace, settings: Settings, *, progress: Progress, stamp: Mapping[str, Any]
) -> dict[str, Any]:
    """Score the entities of ``workspace`` and publish ``scores/scores.parquet``.

    Returns:
        ``model`` and ``model_run``, ``scored``, ``grades`` per kind, and ``note`` where patterns stood alone.

    Raises:
        WorkspaceError: the stages before have not run.
        ModelError: what training left cannot be read.
    """
    del settings
    kept = read_kept(workspace)
    run_id = model_run(stamp)
    with progress.task("score every entity") as task:
        frame = scored(kept)
        frame = frame.with_columns(pl.lit(run_id).alias("model_run"))
        task.say(f"{frame.height} entities")
    with progress.task("reasons"):
        explainer = Explainer(workspace, kept)
        frame = _with_reasons(frame, explainer)
    with workspace.publish(FOLDER, stamp) as folder:
        write(frame, Scores, folder / "scores.parquet")
        rings = rank.publish(workspace, frame, folder)
    return _account(frame, kept, run_id) | {"rings": rings}


def model_run(stamp: Mapping[str, Any]) -> str:
    """Return the id of a scoring: a digest of inputs, code version and settings as the stamp has them."""
    return "m" + digest("model_run", stamp.get("lineage") or sorted(stamp.items()))


def scored(kept: Kept) -> pl.DataFrame:
    """Return kind, entity_id, score and grade of every entity, in the order of kinds and ids."""
    parts = []
    for kind in KINDS:
        ids, margin = kept.margins.get(kind, ([], pl.Series([], dtype=pl.Float64).to_numpy()))
        score = kept.blend.score(margin, kept.patterns.of(ids))
        schema = {"entity_id": pl.String, "score": pl.Float64}
        parts.append(
            pl.DataFrame({"entity_id": ids, "score": score}, schema=schema).with_columns(kind=pl.lit(kind))
        )
    rounded = pl.concat(parts).with_columns(pl.col("score").round(DIGITS))
    return rounded.with_columns(grade_of(pl.col("score")).alias("grade")).select(
        "kind", "entity_id", "score", "grade"
    )


def _with_reasons(frame: pl.DataFrame, explainer: Explainer) -> pl.DataFrame:
    """Give reasons to whoever bears a grade; an ordinary entity needs none."""
    graded = frame.filter(pl.col("grade") != "none")
    found: dict[str, Explanation] = {}
    for kind in KINDS:
        ids = graded.filter(pl.col("kind") == kind)["entity_id"].to_list()
        found |= explainer.explain(kind, ids)
    told = {
        column: [found[entity].reasons(language) if entity in found else [] for entity in frame["entity_id"]]
        for column, language in (("reasons", "zh"), ("reasons_en", "en"))
    }
    return frame.with_columns(pl.Series(c, r, dtype=pl.List(pl.String)) for c, r in told.items())


def _account(frame: pl.DataFrame, kept: Kept, run_id: str) -> dict[str, Any]:
    grades = {
        kind: {
            grade: frame.filter((pl.col("kind") == kind) & (pl.col("grade") == grade)).height
            for grade in ORDER
        }
        for kind in KINDS
    }
    account = {
        "model": kept.model or "patterns",
        "model_run": run_id,
        "scored": frame.height,
        "grades": grades,
    }
    return account if kept.model else account | {"note": kept.figures["why"]}
