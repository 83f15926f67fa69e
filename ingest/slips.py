"""Slipped columns: rows whose values stand beside their columns.

Two witnesses tell: what the other rows of the file look like (`ingest.likelihood`), and, in a file too small
to learn from, the types of the columns alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

from ingest.convert import Converted, convert
from ingest.likelihood import FURTHEST, Likelihood
from ingest.mapping import Mapping
from ingest.raw import ROW, Broken, text_frame
from ingest.source import Source
from ingest.values import MISFITS
from ingest.wide import readings

SUSPICIOUS = 2  # faults in one row before types alone are asked
SURE = 2  # faults that another reading of a row must mend: one may be dirt
LIKELIER = 6.0  # by how much (natural log) a row of another number of fields must be likelier otherwise
TRIED = 2_000  # rows of a batch for which every place of a slip is tried
MOVED = "各列整体移位后相符 fits when moved"
Fields = list[str | None]


class Slips:
    """What tells slipped rows of the file ``source``; ``likelihood`` is what was learnt of it."""

    def __init__(self, source: Source, likelihood: Likelihood | None = None) -> None:
        self.source, self.mapping = source, source.mapping
        self.likelihood = likelihood or Likelihood()

    def judge(self, misfits: dict[int, list[str]], names: Sequence[str]) -> list[Broken]:
        """Tell rows of another number of fields apart: ``shifted``, or ``field_count`` (cut off, padded).

        A row is held against the columns from the left, its last field left out where it is short (half a
        value). It has slipped if it says something beyond the last column, or if taking fields out somewhere,
        or putting empty ones in, makes it far likelier (makes more of its values fit).
        """
        count, rows = len(names), list(misfits.values())
        beyond = [any(f.strip() for f in fields[count:]) for fields in rows]
        inside = [i for i, b in enumerate(beyond) if not b]
        if self.likelihood.known:
            slipped = self._likelier(rows, inside, names)
        else:
            slipped = self._mended(rows, inside, names)
        return [
            Broken(
                n,
                "shifted" if beyond[i] or i in slipped else "field_count",
                f"{len(fields)} 列，应为 {count} 列",
            )
            for i, (n, fields) in enumerate(misfits.items())
        ]

    def _likelier(self, rows: Sequence[list[str]], inside: Sequence[int], names: Sequence[str]) -> set[int]:
        """Return which rows of another number of fields are far likelier with a gap or surplus elsewhere."""
        by_length: dict[int, list[int]] = {}
        for i in inside:
            by_length.setdefault(len(rows[i]), []).append(i)
        found: set[int] = set()
        for some in by_length.values():
            gains = self.likelihood.gains(names, [rows[i] for i in some])
            found |= {i for i, gain in zip(some, gains, strict=True) if gain >= LIKELIER}
        return found

    def _mended(self, rows: Sequence[list[str]], inside: Sequence[int], names: Sequence[str]) -> set[int]:
        """Return which rows of another number of fields have fewer faults with a gap or surplus elsewhere."""
        count = len(names)
        plain = self._tried(names, [self._from_the_left(rows[i], count) for i in inside])
        faults = {i: f for i, f in zip(inside, plain, strict=True) if f}
        doubtful = list(faults)
        owners: list[int] = []
        others: list[Fields] = []
        for i in doubtful[:TRIED]:
            tries = _realigned(rows[i], count)
            owners += [i] * len(tries)
            others += tries
        better = {i for i, f in zip(owners, self._tried(names, others), strict=True) if f + SURE <= faults[i]}
        return better | set(doubtful[TRIED:])

    def slipped(self, frame: pl.DataFrame, converted: Sequence[Converted]) -> list[Broken]:
        """Find rows of the right number of fields whose columns have slipped all the same.

        ``converted`` are the `readings` of the rows.

        Only a row with a hint is looked at: a value that has not the type of its column, a code in no table,
        nothing where there always is something. It is called slipped only if moving a run of its values by up
        to `FURTHEST` columns makes it far likelier (by types alone: makes every value fit): a merely dirty
        row stays. What fell off the end may be missing then.
        """
        names = [n for n in frame.columns if n != ROW]
        typed = _by_row(frame, converted, lambda c: _faults(c, self.mapping))
        self.likelihood.learn(frame, typed)
        if self.likelihood.known:
            unknown = _by_row(frame, converted, _unknown) > 0
            hints = (typed > 0) | unknown | self.likelihood.gaps(frame)
            doubted = frame.filter(hints).select(ROW, *names)
            better = self.likelihood.better(names, [fields for _, *fields in doubted.iter_rows()])
            return [Broken(n, "shifted", MOVED) for n, b in zip(doubted[ROW], better, strict=True) if b]
        owners: list[int] = []
        tried: list[Fields] = []
        for row, *fields in frame.filter(typed >= SUSPICIOUS).select(ROW, *names).iter_rows():
            moves = _moves(fields)
            owners += [row] * len(moves)
            tried += moves
        misshapen = self._counted(names, tried, lambda c: c.faults)
        fits = {n for n, f in zip(owners, misshapen, strict=True) if not f}
        return [Broken(n, "shifted", MOVED) for n in sorted(fits)]

    def _tried(self, names: Sequence[str], rows: Sequence[Fields]) -> list[int]:
        """Return how many faults rows have if their values stand where they are tried."""
        return self._counted(names, rows, lambda c: _faults(c, self.mapping))

    def _counted(
        self, names: Sequence[str], rows: Sequence[Fields], count: Callable[[Converted], pl.Series]
    ) -> list[int]:
        if not rows:
            return []
        frame = text_frame(range(len(rows)), names, rows)
        parts = readings(frame, self.mapping, self.source.told)
        converted = [convert(part.frame, self.mapping, self.source.constants) for part in parts]
        return _by_row(frame, converted, count).to_list()

    @staticmethod
    def _from_the_left(fields: list[str], count: int) -> Fields:
        if len(fields) >= count:
            return [*fields[:count]]
        return [*fields[:-1], *[None] * (count - len(fields) + 1)]


def _by_row(
    frame: pl.DataFrame, converted: Sequence[Converted], count: Callable[[Converted], pl.Series]
) -> pl.Series:
    """Return a count over the readings of each row of a frame; of most there is one."""
    if len(converted) == 1 and converted[0].values.height == frame.height:
        return count(converted[0]).cast(pl.Int64)
    every = pl.concat(
        pl.DataFrame({ROW: one.values[ROW], "n": count(one).cast(pl.Int64)}) for one in converted
    )
    counted = frame.select(ROW).join(
        every.group_by(ROW).agg(pl.col("n").sum()), on=ROW, how="left", maintain_order="left"
    )
    return counted["n"].fill_null(0)


def _faults(converted: Converted, mapping: Mapping) -> pl.Series:
    """Return for each row how many values are misshapen, and how many needed ones missing beside those."""
    needed = [n for n, f in mapping.contract.fields.items() if f.required]
    lacking = pl.zeros(converted.values.height, dtype=pl.Int64, eager=True)
    for name in needed:
        missing = converted.values[name].is_null()
        if name in converted.verdicts.columns:
            missing &= ~converted.verdicts[name].is_in(list(MISFITS)).fill_null(value=False)
        lacking += missing.cast(pl.Int64)
    return converted.faults.cast(pl.Int64) + lacking


def _unknown(converted: Converted) -> pl.Series:
    """Return the rows with a code that is in no code table."""
    if not converted.verdicts.width:
        return pl.repeat(value=False, n=converted.values.height, dtype=pl.Boolean, eager=True)
    said = pl.any_horizontal(pl.all().eq("unknown_code").fill_null(value=False))
    return converted.verdicts.select(said.alias("u"))["u"]


def _realigned(fields: list[str], count: int) -> list[Fields]:
    """Return a row of another number of fields as it would be had it lost, or gained, some in one place."""
    by = count - len(fields)
    if by > 0:
        cut = [*fields[:-1], None]
        return [[*cut[:at], *[None] * by, *cut[at:]] for at in range(len(fields))]
    return [[*fields[:at], *fields[at - by :]] for at in range(count)]


def _moves(fields: Fields) -> list[Fields]:
    """Return the row with a run of empties taken out, or with empties put in, and the tail moved to fit."""
    moves: list[Fields] = []
    for by in range(1, FURTHEST + 1):
        for at in range(len(fields) - by):
            if not any(fields[at : at + by]):
                moves.append([*fields[:at], *fields[at + by :], *[None] * by])
            if not any(fields[-by:]):
                moves.append([*fields[:at], *[None] * by, *fields[at:-by]])
    return moves
