"""What a reader hands on: rows of text with their source_row, and what could not be read as a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import polars as pl

from ingest.quarantine import RULES, Rule
from jiwang.errors import InputError

ROW = "source_row"
BROKEN_SCHEMA = {ROW: pl.Int64, "rule": pl.String, "detail": pl.String}
SPACE = " \t\r\n\u00a0\u3000\ufeff"


@dataclass(frozen=True)
class Broken:
    """A row that cannot be read as one record: where it stands, by which rule, and what was seen."""

    source_row: int
    rule: Rule
    detail: str

    @classmethod
    def by(cls, source_row: int, rule: Rule, seen: str = "") -> Broken:
        """Return a row broken by ``rule``, with what the rule says as its detail, and what was seen."""
        return cls(source_row, rule, f"{RULES[rule].zh}；{seen}" if seen else RULES[rule].zh)


@dataclass
class Batch:
    """Some rows of one file.

    Attributes:
        frame: `ROW` and one column of text for every mapped column of the file: stripped, null where there is
            nothing.
        broken: rows that are broken for certain.
        misfits: rows of another number of fields, by source_row: whether they slipped or were cut off is seen
            only against the columns' types.
        keys: the file's columns in its order, as the mapping knows them (text and sheets).
        totals: numbers of rows that the file states of itself, in order.
        seen: columns met in the rows (JSON only; others have a header).
        faults: what is wrong with a header inside the file.
        size: bytes of the file that the batch took.
        raw: what a row says as it stands, of files whose rows are no lines of text; None of what has no text.
    """

    frame: pl.DataFrame
    broken: list[Broken] = field(default_factory=list)
    misfits: dict[int, list[str]] = field(default_factory=dict)
    keys: tuple[str, ...] = ()
    totals: list[int] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    faults: list[InputError] = field(default_factory=list)
    size: int = 0
    raw: Callable[[int], str | None] | None = None

    @property
    def rows_read(self) -> int:
        """Rows of the file that this batch accounts for."""
        return self.frame.height + len(self.broken) + len(self.misfits)


def stripped(raw: pl.Series) -> pl.Series:
    """Return the texts without outer spaces (full-width ones too); empty becomes null."""
    t = pl.col("t").str.strip_chars(SPACE)
    return raw.cast(pl.String).alias("t").to_frame().select(pl.when(t != "").then(t))["t"].alias(raw.name)


def text_frame(
    rows: Sequence[int], columns: Sequence[str], values: Sequence[Sequence[str | None]]
) -> pl.DataFrame:
    """Return a batch's frame from lists: one list of values a row."""
    laid = zip(*values, strict=True) if values else [()] * len(columns)
    texts = [pl.Series(c, v, dtype=pl.String) for c, v in zip(columns, laid, strict=True)]
    t = pl.exclude(ROW).str.strip_chars(SPACE)
    return pl.DataFrame([pl.Series(ROW, rows, dtype=pl.Int64), *texts]).with_columns(pl.when(t != "").then(t))


def broken_frame(broken: Sequence[Broken]) -> pl.DataFrame:
    """Return broken rows as a table."""
    return pl.DataFrame(
        [[b.source_row, b.rule, b.detail] for b in broken], schema=BROKEN_SCHEMA, orient="row"
    )
