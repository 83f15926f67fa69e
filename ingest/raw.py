"""What a reader hands on: rows of text with their source_row, and what could not be read as a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from ingest.quarantine import Rule

ROW = "source_row"
BROKEN_SCHEMA = {ROW: pl.Int64, "rule": pl.String, "detail": pl.String}


@dataclass(frozen=True)
class Broken:
    """A row that cannot be read as one record: where it stands, by which rule, and what was seen."""

    source_row: int
    rule: Rule
    detail: str


@dataclass
class Batch:
    """Some rows of one file.

    Attributes:
        frame: `ROW` and one column of text for every mapped column of the file (null or empty: nothing).
        broken: rows that are broken for certain.
        misfits: rows of another number of fields, by source_row: whether they slipped or were cut off is seen
            only against the columns' types.
        totals: numbers of rows that the file states of itself, in order.
        seen: columns met in the rows (JSON only; a CSV's stand in its header).
    """

    frame: pl.DataFrame
    broken: list[Broken] = field(default_factory=list)
    misfits: dict[int, list[str]] = field(default_factory=dict)
    totals: list[int] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    @property
    def rows_read(self) -> int:
        """Rows of the file that this batch accounts for."""
        return self.frame.height + len(self.broken) + len(self.misfits)


def text_frame(
    rows: Sequence[int], columns: Sequence[str], values: Sequence[Sequence[str | None]]
) -> pl.DataFrame:
    """Return a batch's frame from lists: one list of values a row."""
    schema = {ROW: pl.Int64, **dict.fromkeys(columns, pl.String)}
    return pl.DataFrame([[n, *v] for n, v in zip(rows, values, strict=True)], schema=schema, orient="row")


def broken_frame(broken: Sequence[Broken]) -> pl.DataFrame:
    """Return broken rows as a table."""
    return pl.DataFrame(
        [[b.source_row, b.rule, b.detail] for b in broken], schema=BROKEN_SCHEMA, orient="row"
    )
