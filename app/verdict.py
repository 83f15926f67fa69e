"""The verdict on what was read: exit code 0, or 3 where a file has too many quarantined rows."""

from __future__ import annotations

import polars as pl

from jiwang.config import Settings
from jiwang.workspace import Workspace

QUARANTINED = 3
SHARE_COLUMN = "quarantine_share"  # a mapping that allows more, or less, than the setting says so here


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
