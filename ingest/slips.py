"""Slipped columns: rows whose values stand beside their columns, seen by what the columns can hold."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from ingest.convert import Converted, convert
from ingest.mapping import Mapping
from ingest.raw import ROW, Broken, text_frame

SUSPICIOUS = 2  # values of the wrong shape in one row before a slip is looked for
FURTHEST = 3  # columns that a row may have slipped by


def judge(misfits: dict[int, list[str]], names: Sequence[str], mapping: Mapping) -> list[Broken]:
    """Tell rows of another number of fields apart: ``shifted``, or ``field_count`` (cut off, empty extras).

    A row is held against the columns from the left. If all that it says fits, it was merely cut off (its last
    field may be half a value) or carries empty extras; else its columns have slipped.
    """
    if not misfits:
        return []
    count = len(names)
    rows = {n: [*fields[:count], *[None] * (count - len(fields))] for n, fields in misfits.items()}
    for n, fields in misfits.items():
        if len(fields) < count:
            rows[n][len(fields) - 1] = None
    faults = convert(text_frame(list(rows), names, list(rows.values())), mapping).faults
    found = []
    for (n, fields), faulty in zip(misfits.items(), faults, strict=True):
        slipped = faulty or any(f.strip() for f in fields[count:])
        found.append(Broken(n, "shifted" if slipped else "field_count", f"{len(fields)} 列，应为 {count} 列"))
    return found


def slipped(frame: pl.DataFrame, converted: Converted, mapping: Mapping) -> list[Broken]:
    """Find rows of the right number of fields whose columns have slipped all the same.

    Only a row with several faults (values of the wrong shape, needed ones that are missing) is looked at, and
    it is called slipped only if moving a run of its values by up to `FURTHEST` columns mends every one of
    them: a merely dirty row stays.
    """
    names = [n for n in frame.columns if n != ROW]
    suspects = frame.filter(_faults(converted) >= SUSPICIOUS)
    owners: list[int] = []
    tried: list[list[str | None]] = []
    for row, *fields in suspects.select(ROW, *names).iter_rows():
        moves = _moves(fields)
        owners += [row] * len(moves)
        tried += moves
    if not tried:
        return []
    moved = convert(text_frame(range(len(tried)), names, tried), mapping)
    fits = {n for n, faults in zip(owners, _faults(moved), strict=True) if not faults}
    return [Broken(n, "shifted", "各列按类型可整体移位复原 fits when moved") for n in sorted(fits)]


def _faults(converted: Converted) -> pl.Series:
    """Return for each row how many values are misshapen, and one more if a needed one is missing."""
    lacking = converted.values[ROW].is_in(converted.broken[ROW].to_list())
    return converted.faults.cast(pl.Int64) + lacking.cast(pl.Int64)


def _moves(fields: list[str | None]) -> list[list[str | None]]:
    """Return the row with a run of empties taken out, or with empties put in, and the tail moved to fit."""
    moves: list[list[str | None]] = []
    for by in range(1, FURTHEST + 1):
        for at in range(len(fields) - by):
            if not any(fields[at : at + by]):
                moves.append([*fields[:at], *fields[at + by :], *[None] * by])
            if not any(fields[-by:]):
                moves.append([*fields[:at], *[None] * by, *fields[at:-by]])
    return moves
