"""Telephone numbers: a soft cleaner on whole columns."""

from __future__ import annotations

import polars as pl

from jiwang.codes.folding import fold


def inspect(numbers: pl.Series) -> pl.DataFrame:
    """Read a column of telephone numbers.

    Returns:
        One row a number: ``canonical`` (11 digits of a mobile without +86, or a landline with its area code,
        null for anything else), ``cleaned`` and ``verdict`` (mobile, landline, format, missing).
    """
    cleaned = fold(numbers).str.replace_all(r"[-()_]", "").str.replace(r"^(\+|00)?86(1[0-9]{10})$", "$2")
    frame = cleaned.to_frame("c").select(
        "c",
        pl.when(pl.col("c").is_null())
        .then(pl.lit("missing"))
        .when(pl.col("c").str.contains(r"^1[3-9][0-9]{9}$"))
        .then(pl.lit("mobile"))
        .when(pl.col("c").str.contains(r"^(0[0-9]{9,11}|[2-8][0-9]{6,7})$"))
        .then(pl.lit("landline"))
        .otherwise(pl.lit("format"))
        .alias("verdict"),
    )
    return frame.select(
        pl.when(pl.col("verdict").is_in(["mobile", "landline"])).then("c").alias("canonical"),
        pl.col("c").alias("cleaned"),
        "verdict",
    )
