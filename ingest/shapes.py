"""Shapes: what the values of each column of a file look like, learnt from its own head.

Types alone do not tell a number of an employer from one of a person. How long they are and what they are made
of does: a value of a shape that its column hardly has is a hint, one among others, that columns slipped.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from ingest.raw import ROW

HEAD = 5_000  # rows that are learnt from
LEAST = 100  # rows from which on something is learnt
RARE = 0.001  # share of a column's values that a shape must have
MOST = 24  # shapes beyond which a column is free text, of which nothing can be said


class Shapes:
    """The shapes of a file's columns; it knows none until it has learnt."""

    def __init__(self) -> None:
        self._known: dict[str, list[str]] = {}
        self._learnt = False

    def learn(self, frame: pl.DataFrame, faults: pl.Series) -> None:
        """Learn from the first rows without faults; once there were enough, nothing is added."""
        if self._learnt:
            return
        head = frame.filter(faults == 0).head(HEAD)
        if head.height < LEAST:
            return
        self._learnt = True
        for name in head.columns:
            if name != ROW and len(values := head[name].drop_nulls()) >= LEAST:
                counted = values.to_frame("t").select(_shape(pl.col("t")))["t"].value_counts()
                usual = counted.filter(pl.col("count") > RARE * len(values))["t"]
                if len(usual) <= MOST:
                    self._known[name] = sorted(usual)

    def strange(self, frame: pl.DataFrame, spared: Mapping[str, pl.Series] | None = None) -> pl.Series:
        """Return for each row how many values have a shape that their column hardly has.

        ``spared`` are rows by column that are not counted: something else was said of them already.
        """
        spared = spared or {}
        odd = [
            (
                pl.col(n).is_not_null()
                & ~_shape(pl.col(n)).is_in(shapes)
                & ~(pl.lit(spared[n]) if n in spared else pl.lit(value=False))
            ).cast(pl.Int64)
            for n, shapes in self._known.items()
            if n in frame.columns
        ]
        if not odd:
            return pl.zeros(frame.height, dtype=pl.Int64, eager=True)
        return frame.select(pl.sum_horizontal(odd).fill_null(0).alias("s"))["s"]


def _shape(text: pl.Expr) -> pl.Expr:
    """Return a text with every digit as 9, every letter as A, and each run of Chinese as one 中."""
    plain = text.str.slice(0, 40).str.replace_all(r"[0-9]", "9").str.replace_all(r"[A-Za-z]", "A")
    return plain.str.replace_all(r"[\p{Han}·（）()]+", "中")
