"""Wide rows: a row with a column for each month, or the like, is read as a row for each of them.

A mapping names such columns by a pattern, ``{月份}基数``. The columns whose headers say the same at the
braces belong together, and are one reading of the row; what they say is the column ``月份`` of it. A reading
that holds nothing is left out: that somebody paid nothing in March is no row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from functools import cache
from math import inf

import polars as pl

from ingest import moments
from ingest.column import OTHERWISE, folded, placeholders
from ingest.mapping import Mapping
from ingest.periods import NUMERALS
from ingest.raw import ROW, Batch

AT_ONCE = 500_000  # records that wide rows are made into at a time
PART = "_part"  # in the records of wide rows: what tells apart those that stand in one row
_BRACED = re.compile(r"\\\{[^{}]*\\\}")
_MOMENTS = ("date", "datetime", "month")
_DATED = "[0-9一二三四五六七八九十].*?"  # how every moment begins
_MIDNIGHT = "00:00:00"  # behind the day of a header that a spreadsheet took for a date
_LONGEST = 100  # characters of a header; patterns of several braces take ages over a text
_UNSAID = r"(?i)^(无|空|null|none|nan|n/a|[-/—]+)$"


@dataclass(frozen=True)
class Reading:
    """Rows as they are to be converted: those of the file, or one reading of its wide ones.

    Attributes:
        frame: the rows, their columns named as the mapping names them.
        part: what the headers say that this reading is of; empty where the rows are not wide.
        headers: wide column → the header that it has in this reading.
    """

    frame: pl.DataFrame
    part: str = ""
    headers: MappingOf[str, str] = field(default_factory=dict)


def key(header: str, mapping: Mapping) -> str | None:
    """Return the name of a column that a wide one stands for: its pattern filled in; None if none does."""
    told = _told(header, mapping)
    return _filled(*told) if told else None


def is_ignored(header: str, mapping: Mapping) -> bool:
    """Say whether a column of the file is one that the mapping does not want, by name or by pattern."""
    plain = folded(header)
    return any(
        re.fullmatch(_BRACED.sub(".+", re.escape(folded(name))), plain) for name in mapping.ignore_columns
    )


def missing(keys: Iterable[str], mapping: Mapping) -> list[str]:
    """Return the wide columns that must be there, and stand for none of the ``keys``."""
    there = {told[0] for k in keys if (told := _told(k, mapping))}
    return [raw for raw in mapping.required() if placeholders(raw) and raw not in there]


def sliced(batch: Batch, mapping: Mapping) -> Iterator[Batch]:
    """Yield a batch of wide rows in pieces that make at most `AT_ONCE` records or so; others as they are."""
    parts = len(_parts(batch.frame, mapping))
    rows = max(1, AT_ONCE // max(1, parts))
    if batch.frame.height <= rows or not parts:
        yield batch
        return
    firsts = [0, *batch.frame[ROW].gather_every(rows)[1:], batch.frame[ROW][-1] + 1]
    for at, first in enumerate(firsts[:-1]):
        last = at == len(firsts) - 2
        end = inf if last else firsts[at + 1]
        piece = Batch(batch.frame.slice(at * rows, rows), keys=batch.keys, raw=batch.raw)
        piece.broken = [b for b in batch.broken if first <= b.source_row < end]
        piece.misfits = {n: fields for n, fields in batch.misfits.items() if first <= n < end}
        if last:
            piece.totals, piece.faults, piece.size = batch.totals, batch.faults, batch.size
        yield piece


def readings(frame: pl.DataFrame, mapping: Mapping, told: MappingOf[str, str]) -> list[Reading]:
    """Return the rows of a file as they are to be converted.

    ``told`` is what the file says of all its rows, as columns of the mapping (``{period}``).
    """
    of_file = {name: text or None for name, text in told.items() if name in mapping.read}
    if not mapping.wide:
        same = (pl.lit(text, pl.String).alias(name) for name, text in of_file.items())
        return [Reading(frame.with_columns(same))]
    parts = _parts(frame, mapping)
    cells = {name for headers in parts.values() for name in headers.values()}
    plain = [name for name in frame.columns if name not in cells]
    found: list[Reading] = []
    for said, headers in parts.items():
        texts: dict[str, str | None] = {**dict(zip(mapping.placeholders, said, strict=True)), **of_file}
        here = frame.filter(pl.any_horizontal(_says(name) for name in headers.values()))
        found.append(
            Reading(
                here.select(
                    *plain,
                    *(pl.col(name).alias(pattern) for pattern, name in headers.items()),
                    *(pl.lit(text, pl.String).alias(name) for name, text in texts.items()),
                ),
                "、".join(said),
                headers,
            )
        )
    return found or [Reading(frame.clear())]


def _parts(frame: pl.DataFrame, mapping: Mapping) -> dict[tuple[str, ...], dict[str, str]]:
    """Return what the headers of wide columns say → wide column → its column of the file."""
    found: dict[tuple[str, ...], dict[str, str]] = {}
    for name in frame.columns:
        if told := _told(name, mapping):
            found.setdefault(told[1], {})[told[0]] = name
    return found


def _says(name: str) -> pl.Expr:
    return pl.col(name).is_not_null() & ~pl.col(name).str.contains(_UNSAID)


def _told(header: str, mapping: Mapping) -> tuple[str, tuple[str, ...]] | None:
    """Return the wide column that a header is of, and what it says at its placeholders; None if of none."""
    plain = folded(header).replace(_MIDNIGHT, "")
    if len(plain) > _LONGEST:
        return None
    for raw, pattern in _patterns(*_spellings(mapping)):
        if fits := pattern.fullmatch(plain):
            texts = (fits[_group(name, mapping.placeholders)] for name in placeholders(raw))
            said = tuple(NUMERALS.get(text, text) for text in texts)
            if all(_means(text, name, mapping) for name, text in zip(placeholders(raw), said, strict=True)):
                return raw, said
    return None


Spelt = tuple[tuple[str, tuple[str, ...]], ...]
Shapes = tuple[tuple[str, str], ...]


def _spellings(mapping: Mapping) -> tuple[Spelt, Shapes]:
    """Return the wide columns with their spellings, and the placeholders with what may stand there."""
    return (
        tuple((raw, mapping.spelt(raw)) for raw in mapping.wide),
        tuple((name, _shape(name, mapping)) for name in mapping.placeholders),
    )


@cache
def _patterns(wide: Spelt, shapes: Shapes) -> list[tuple[str, re.Pattern[str]]]:
    """Return the patterns of wide columns, those first that say more of the header."""
    found = []
    for raw, spellings in wide:
        for spelling in spellings:
            text = folded(spelling)
            pattern = re.escape(text)
            for name, shape in shapes:
                group = f"(?P<{_group(name, [n for n, _ in shapes])}>{shape})"
                pattern = pattern.replace(re.escape(f"{{{folded(name)}}}"), group, 1)
            found.append((len(text), raw, re.compile(pattern)))
    return [(raw, pattern) for _, raw, pattern in sorted(found, key=lambda f: -f[0])]


def _group(name: str, names: Sequence[str]) -> str:
    return f"g{names.index(name)}"


def _filled(raw: str, said: tuple[str, ...]) -> str:
    for name, text in zip(placeholders(raw), said, strict=True):
        raw = raw.replace(f"{{{name}}}", text, 1)
    return raw


def _shape(name: str, mapping: Mapping) -> str:
    """Return the pattern of what may stand at a placeholder: one of its codes, a moment, or anything."""
    column = mapping.columns.get(name)
    codes = mapping.code_table(column) if column else {}
    known = [re.escape(folded(raw)) for raw in sorted(codes, key=len, reverse=True) if raw != OTHERWISE]
    if known and OTHERWISE not in codes:
        return "|".join(known)
    return _DATED if _moment(name, mapping) else "|".join([*known, ".+?"])


def _moment(name: str, mapping: Mapping) -> str:
    """Return of which type of moments a placeholder is; nothing if of none, or of a part of one."""
    column = mapping.columns.get(name)
    if column is None or column.join or column.field not in mapping.contract.fields:
        return ""
    kind = mapping.contract.fields[column.field].type
    return kind if kind in _MOMENTS else ""


def _means(text: str, name: str, mapping: Mapping) -> bool:
    """Say whether what a header says can be what its column means: 合计 is no month."""
    kind = _moment(name, mapping)
    if not kind:
        return True
    styles = (*mapping.columns[name].dates, *mapping.dates, *mapping.typed_styles())
    return _is_moment(text, kind, styles)


@cache
def _is_moment(text: str, kind: str, styles: tuple[str, ...]) -> bool:
    found = moments.read(pl.Series([text]), kind, moments.Styles(styles))
    return found["value"][0] is not None
