"""Headers: which of the first rows names the columns, and what rows of another width are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ingest.raw import SPACE

_YEARLY = r"(?:19|20)\d\d(?:年|[-./])?(?:0?[1-9]|1[0-2])(?!\d)(?:月|-01 00:00:00)?"
MONTH = re.compile(
    rf"(?<!\d){_YEARLY}|(?<!\d)(?:1[0-2]|0?[1-9])(?=月)|(?:十[一二]?|[一二三四五六七八九])(?=月)"
)  # in a header
MONTHS = 3  # headers that are months, a quarter, from which on they are no values
HEAD = 40  # rows among which the header is looked for
_FEW_ROWS, _FEW_SHARE = 8, 0.02  # rows of another width that are no drift but broken


@dataclass
class Rows:
    """Rows laid out: the format with what was learnt of it, column → values, notes, the header's columns."""

    layout: dict[str, Any]
    columns: dict[str, list[str]]
    notes: list[str]
    header: tuple[str, ...]

    @property
    def height(self) -> int:
        """Rows that were laid out."""
        return len(next(iter(self.columns.values()), []))


def headed(layout: dict[str, Any], parted: Sequence[Sequence[str]], known: Sequence[str] = ()) -> Rows:
    """Find the header among parted rows, and lay what follows out as columns.

    ``known`` are the columns that a dictionary names: they tell the names of columns that a file grew from
    some row on without a header to say so.
    """
    width = Counter(len(r) for r in parted[:2000]).most_common(1)[0][0]
    top = parted[: HEAD + 1]
    near = [i for i in range(len(top) - 1) if _is_header(top[i]) and len(top[i + 1]) == len(top[i])]
    at = next((i for i in near if len(top[i]) * 2 > width), None)
    if at is None and len(top) == 1 and _is_header(top[0]):
        at = 0
    notes = []
    merged = _merged(top) if layout["kind"] == "xlsx" else None
    if merged and (at is None or merged[0] <= at):
        at, layout = merged[0] + 1, layout | {"header_rows": 2}
        parted = [*parted[:at], merged[1], *parted[at + 1 :]]
    if at is None:
        names = [f"c{i + 1}" for i in range(width)]
        layout = layout | {"names": names}
        notes.append("no header line was found: name the columns in `format.names` after its dictionary")
        rows = parted
    else:
        names, rows = _numbered([n.strip(SPACE) for n in parted[at]]), parted[at + 1 :]
        if at and not merged:
            notes.append(f"{at} lines stand above the header")
    grown = _grown(names, rows, known) if layout["kind"] == "csv" else []
    if grown:
        layout = layout | {"layouts": grown}
        notes.append("some rows have other columns than the header, and no header of their own")
    found = Rows(layout, _laid(names, grown, rows), notes, tuple(names))
    if found.height < len(rows):
        notes.append(f"{len(rows) - found.height} of {len(rows)} rows have another number of fields")
    return found


def _merged(top: Sequence[Sequence[str]]) -> tuple[int, list[str]] | None:
    """Return where a header of two rows begins, and its joined names; None where there is none.

    Each of its rows has cells that the other leaves empty: merged to the right above, downwards below.
    """
    for i, (above, below) in enumerate(pairwise(top)):
        pairs = [(a.strip(SPACE), b.strip(SPACE)) for a, b in zip(above, below, strict=False)]
        if not (any(a and not b for a, b in pairs) and any(b and not a for a, b in pairs)):
            continue
        names, over = [], ""
        for a, b in pairs:
            over = a or (over if b else "")
            names.append(f"{over}/{b}" if over and b else over or b)
        if not any(b.isdigit() and not MONTH.fullmatch(b) for _, b in pairs) and _is_header(names):
            return i, names
    return None


def _grown(names: list[str], rows: Sequence[Sequence[str]], known: Sequence[str]) -> list[list[str]]:
    """Return the columns of rows that are many and of another width than the header."""
    widths = Counter(len(r) for r in rows)
    found = []
    for width, count in widths.items():
        if width != len(names) and width > 1 and count > max(_FEW_ROWS, _FEW_SHARE * len(rows)):
            more = [f"_{i + 1}" for i in range(len(names), width)]
            told = len(known) == width and set(known) & set(names)
            found.append(list(known) if told else [*names, *more][:width])
    return found


def _laid(names: list[str], grown: list[list[str]], rows: Sequence[Sequence[str]]) -> dict[str, list[str]]:
    """Return column → values over the rows of every known width, empty where a row lacks the column."""
    columns = list(dict.fromkeys([*names, *(c for columns in grown for c in columns)]))
    places = {len(c): [c.index(n) if n in c else None for n in columns] for c in (names, *grown)}
    cells: list[list[str]] = [[] for _ in columns]
    for row in rows:
        if len(row) in places and list(row) != names:
            for values, at in zip(cells, places[len(row)], strict=True):
                values.append("" if at is None else row[at].strip(SPACE))
    return dict(zip(columns, cells, strict=True))


def _is_header(cells: Sequence[str]) -> bool:
    """Say whether a row looks like a header: of words, few of them twice, none of them long."""
    said = [c.strip(SPACE) for c in cells]
    if sum(map(bool, said)) < max(2, 0.8 * len(said)):
        return False
    months = {c for c in said if MONTH.fullmatch(c)}
    words = [c for c in said if c not in months or len(months) < MONTHS]
    numbers = sum(c.replace(".", "").replace("-", "").replace(":", "").isdigit() for c in words)
    return numbers == 0 and max(map(len, said)) <= 40 and len(set(said)) > 0.8 * len(said)


def _numbered(names: list[str]) -> list[str]:
    """Number the headers that occur twice, as the reader does: ``金额#1``, ``金额#2``."""
    counts, seen = Counter(names), Counter[str]()
    told = []
    for name in names:
        seen[name] += 1
        told.append(f"{name}#{seen[name]}" if counts[name] > 1 else name)
    return told
