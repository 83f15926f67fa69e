"""Slipped columns: rows whose values stand beside their columns, seen by what the columns can hold."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from collections.abc import Sequence

import polars as pl

from ingest.convert import Converted, convert
from ingest.mapping import Mapping
from ingest.raw import ROW, Broken, text_frame
from ingest.shapes import Shapes
from ingest.values import MISFITS

SUSPICIOUS = 2  # hints in one row before a slip is looked for
SURE = 2  # faults that another reading of a row must mend: one may be dirt
FURTHEST = 3  # columns that a row may have slipped by
TRIED = 2_000  # rows of a batch for which every place of a slip is tried
Fields = list[str | None]


class Slips:
    """What tells slipped rows of one file.

    ``constants`` are those of the mapping, which fill needed fields as well.
    """

    def __init__(
        self, mapping: Mapping, constants: MappingOf[str, str], shapes: Shapes | None = None
    ) -> None:
        self.mapping, self.constants = mapping, constants
        self.shapes = shapes or Shapes()

    def judge(self, misfits: dict[int, list[str]], names: Sequence[str]) -> list[Broken]:
        """Tell rows of another number of fields apart: ``shifted``, or ``field_count`` (cut off, padded).

        A row is held against the columns from the left, its last field left out where it is short (half a
        value). It has slipped if it says something beyond the last column, or if taking fields out somewhere,
        or putting empty ones in, makes more of its values fit.
        """
        count = len(names)
        plain = [self._from_the_left(fields, count) for fields in misfits.values()]
        faults = self._tried(names, plain)
        beyond = [any(f.strip() for f in fields[count:]) for fields in misfits.values()]
        doubtful = [i for i, f in enumerate(faults) if f and not beyond[i]]
        better = set(doubtful[TRIED:])
        owners: list[int] = []
        others: list[Fields] = []
        rows = list(misfits.values())
        for i in doubtful[:TRIED]:
            tries = _realigned(rows[i], count)
            owners += [i] * len(tries)
            others += tries
        better |= {
            i for i, f in zip(owners, self._tried(names, others), strict=True) if f + SURE <= faults[i]
        }
        gone = [beyond[i] or i in better for i in range(len(rows))]
        return [
            Broken(n, "shifted" if slipped else "field_count", f"{len(fields)} 列，应为 {count} 列")
            for (n, fields), slipped in zip(misfits.items(), gone, strict=True)
        ]

    def slipped(self, frame: pl.DataFrame, converted: Converted) -> list[Broken]:
        """Find rows of the right number of fields whose columns have slipped all the same.

        Only a row with a fault of type (a value of the wrong shape, a needed one that is missing) and another
        hint is looked at. It is called slipped only if moving a run of its values by up to `FURTHEST` columns
        makes every one of them fit: a merely dirty row stays. (What fell off the end may be missing then.)
        """
        names = [n for n in frame.columns if n != ROW]
        typed = _faults(converted, self.mapping)
        self.shapes.learn(frame, typed)
        at = (typed > 0).arg_true()
        some, told = frame[at], converted.verdicts[at] if converted.verdicts.width else converted.verdicts
        suspects = some.filter(
            typed.gather(at) + self.shapes.strange(some, self._misfits(told)) >= SUSPICIOUS
        )
        owners: list[int] = []
        tried: list[Fields] = []
        for row, *fields in suspects.select(ROW, *names).iter_rows():
            moves = _moves(fields)
            owners += [row] * len(moves)
            tried += moves
        fits = {n for n, f in zip(owners, self._misshapen(names, tried), strict=True) if not f}
        return [Broken(n, "shifted", "各列按类型可整体移位复原 fits when moved") for n in sorted(fits)]

    def _misfits(self, verdicts: pl.DataFrame) -> dict[str, pl.Series]:
        """Return column → the rows whose value has not the type of its field."""
        fields = {c.field: n for n, c in self.mapping.columns.items()}
        return {
            fields[f]: verdicts[f].is_in(list(MISFITS)).fill_null(value=False)
            for f in verdicts.columns
            if f in fields
        }

    def _tried(self, names: Sequence[str], rows: Sequence[Fields]) -> list[int]:
        """Return how many faults rows have if their values stand where they are tried."""
        if not rows:
            return []
        frame = text_frame(range(len(rows)), names, rows)
        found = _faults(convert(frame, self.mapping, self.constants), self.mapping)
        return (found + self.shapes.strange(frame)).to_list()

    def _misshapen(self, names: Sequence[str], rows: Sequence[Fields]) -> list[int]:
        if not rows:
            return []
        frame = text_frame(range(len(rows)), names, rows)
        found = convert(frame, self.mapping, self.constants).faults.cast(pl.Int64)
        return (found + self.shapes.strange(frame)).to_list()

    @staticmethod
    def _from_the_left(fields: list[str], count: int) -> Fields:
        if len(fields) >= count:
            return [*fields[:count]]
        return [*fields[:-1], *[None] * (count - len(fields) + 1)]


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
