"""The verdict on what was read: exit code 0, or 3 where a file has too many quarantined rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from jiwang.config import Settings
from jiwang.workspace import Workspace

if TYPE_CHECKING:
    from app.pipeline import Pipeline

QUARANTINED = 3
SHARE_COLUMN = "quarantine_share"  # a mapping that allows more, or less, than the setting says so here


def pronounced(pipeline: Pipeline) -> tuple[pl.DataFrame, int]:
    """Return the `quarantined_files` of a run that is done, and its exit code; its manifest bears it too."""
    doubtful = quarantined_files(pipeline.workspace, pipeline.settings)
    code = QUARANTINED if doubtful.height else 0
    pipeline.manifest.close("done", code)
    return doubtful, code


def quarantined_files(workspace: Workspace, settings: Settings) -> pl.DataFrame:
    """Return the files whose share of quarantined rows is over what is allowed, worst first.

    Returns:
        source_file, rows_read, quarantined, share (0..1); only files of ``quarantine_min_rows`` rows or more.
    """
    files = pl.read_parquet(workspace.table("records", "files"))
    allowed = pl.lit(settings.quarantine_share)
    if SHARE_COLUMN in files.columns:
        allowed = pl.col(SHARE_COLUMN).fill_null(settings.quarantine_share)
    share = pl.col("quarantined") / pl.col("rows_read")
    return (
        files.filter(pl.col("rows_read") >= settings.quarantine_min_rows)
        .filter(share > allowed)
        .select("source_file", "rows_read", "quarantined", share.alias("share"))
        .sort("share", "source_file", descending=[True, False])
    )
