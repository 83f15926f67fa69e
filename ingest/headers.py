"""Headers: which column of a file is which of its mapping, in whatever spelling, and what does not fit.

A mapping names a column by one header and knows other spellings of it (``aka``, and the dialect's). Width,
case and spaces never tell two headers apart. One that stands twice is named with its number: ``金额#2``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from ingest import wide
from ingest.column import folded
from ingest.layouts import Fixed
from ingest.mapping import Mapping
from jiwang.errors import MappingError

_NUMBERED = re.compile(r"^(.*)#([0-9]+)$")
_SUMMED = ("money", "number", "int")
REST = "*"  # in `ignore_columns`: every column that the mapping does not name


@dataclass(frozen=True)
class Header:
    """A file's columns as its mapping knows them.

    Attributes:
        at: index of the header line among the physical lines, from 0; -1 where there is none.
        text: the line, stripped; empty where there is none.
        names: the columns as the file has them.
        keys: the columns as the mapping has them, each once; one that is not wanted is ``_`` and its number.
    """

    at: int
    text: str
    names: tuple[str, ...]
    keys: tuple[str, ...]

    @property
    def wanted(self) -> list[str]:
        """The keys that the mapping reads."""
        return [k for k, n in zip(self.keys, range(len(self.keys)), strict=True) if k != f"_{n}"]


def recognise(names: Sequence[str], mapping: Mapping, *, at: int = -1, text: str = "") -> Header:
    """Return the header that ``names`` are; `header_faults` says what is wrong with it."""
    known = _known(mapping)
    counted: Counter[str] = Counter()
    keys: list[str] = []
    for place, name in enumerate(names):
        plain = folded(name)
        counted[plain] += 1
        key = known.get(f"{plain}#{counted[plain]}") or known.get(plain) or _wide(name, mapping)
        keys.append(key if key and key not in keys else f"_{place}")
    return Header(at, text, tuple(names), tuple(keys))


def is_header(names: Sequence[str], mapping: Mapping) -> bool:
    """Say whether these are most of the columns that the mapping reads, and no row of values."""
    known = _known(mapping)
    found = {known[f] for n in names if (f := folded(n)) in known}
    if mapping.wide and not any(_wide(n, mapping) for n in names):
        return False
    return 2 * len(found) > len(set(known.values()))


def besides_sums(fields: Sequence[str], header: Header, mapping: Mapping) -> str:
    """Return what a line of totals says beside the sums under its columns: a number of rows, it may be."""
    if len(fields) != len(header.keys):
        return " ".join(fields)
    kinds = mapping.contract.fields
    columns = mapping.columns.items()
    others = {raw for n, c in columns if kinds[c.field].type not in _SUMMED for raw in mapping.sources(n)}
    first = next((at for at, field in enumerate(fields) if field.strip()), 0)  # 合计 itself, perhaps with it
    told = enumerate(zip(fields, header.keys, strict=True))
    return " ".join(f for at, (f, k) in told if at <= first or k in others)


def looks_like_header(fields: Sequence[str], mapping: Mapping) -> bool:
    """Say whether a line inside a file is a header: of other columns, perhaps, but made of known names."""
    known, ignored = _known(mapping), {folded(c) for c in mapping.ignore_columns}
    said = [f for field in fields if (f := folded(field))]
    hits = sum(f in known or f in ignored or _wide(f, mapping) is not None for f in said)
    return hits >= 2 and 2 * hits > len(said)


def header_faults(
    name: str, header: Header, mapping: Mapping, *, row: int | None = None
) -> list[MappingError]:
    """Say which columns of a file its mapping does not know, which it lacks, and which are ambiguous."""
    place = f"{name}, row {row}" if row else name
    known = _known(mapping)
    ignored = {folded(c) for c in mapping.ignore_columns}
    unknown, repeated = [], []
    filler = isinstance(mapping.format, Fixed)
    for at, (found, key) in enumerate(zip(header.names, header.keys, strict=True)):
        plain = folded(found)
        number = sum(folded(n) == plain for n in header.names[: at + 1])
        if key != f"_{at}" or f"{plain}#{number}" in ignored or wide.is_ignored(found, mapping):
            continue
        if filler and found.startswith("_"):
            continue
        if first := known.get(plain) or _wide(found, mapping):
            repeated.append(f"{found} (column {at + 1}, beside column {header.keys.index(first) + 1})")
        elif REST not in mapping.ignore_columns and plain:
            unknown.append(found + _nearest(found, mapping, header))
        elif REST not in mapping.ignore_columns:
            unknown.append(f"(empty, column {at + 1})")
    absent = [c for c in mapping.required() if c not in (*header.keys, *mapping.wide)]
    missing = [_spelled(c, mapping) for c in (*absent, *wide.missing(header.keys, mapping))]
    said = {"unknown": unknown, "missing": missing, "ambiguous": repeated}
    return [
        MappingError(f"{place}: columns {what}: {', '.join(columns)}", _REMEDIES[what])
        for what, columns in said.items()
        if columns
    ]


_REMEDIES = {
    "unknown": "declare it under [columns], as `aka` of one of them, or in `ignore_columns`",
    "missing": "ask for a whole export, add the file's spelling as `aka`, or declare the column `optional`",
    "ambiguous": "name the columns with their number (`金额#1`, `金额#2`), or drop one of the spellings",
}


def _wide(name: str, mapping: Mapping) -> str | None:
    """Return the key of a column that a wide one stands for, unless the mapping ignores it."""
    if not mapping.wide or wide.is_ignored(name, mapping):
        return None
    return wide.key(name, mapping)


def _nearest(found: str, mapping: Mapping, header: Header) -> str:
    """Say which absent column an unknown one may be, misspelt."""
    absent = [c for c in mapping.raw_columns() if c not in header.keys]
    near = get_close_matches(folded(found), [folded(a) for a in absent], n=1, cutoff=0.6)
    return f" (is it {absent[[folded(a) for a in absent].index(near[0])]}?)" if near else ""


def _spelled(column: str, mapping: Mapping) -> str:
    others = mapping.spelt(column)[1:]
    return f"{column} ({' / '.join(others)})" if others else column


@cache
def _spellings(raw: tuple[tuple[str, tuple[str, ...]], ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for column, spelt in raw:
        for spelling in spelt:
            numbered = _NUMBERED.match(spelling)
            plain = f"{folded(numbered[1])}#{numbered[2]}" if numbered else folded(spelling)
            found.setdefault(plain, column)
    return found


def _known(mapping: Mapping) -> dict[str, str]:
    """Return folded spelling → column of the mapping."""
    return _spellings(tuple((c, mapping.spelt(c)) for c in mapping.raw_columns()))
