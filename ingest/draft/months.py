"""Months: a table with a column for each month, named as a mapping's wide columns and laid out in rows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import chain

from ingest.column import YEAR
from ingest.draft import sound
from ingest.draft.headed import MONTH, MONTHS
from ingest.draft.nested import MOST_ROWS
from ingest.draft.sample import Sample
from ingest.periods import NUMERALS, stated_year

_WITH_YEAR = 4
_NO_YEAR = (
    "its months have no year, nor has its name: put one into the name of file or sheet, where `{year}` finds"
    " it, or join them with a column that says it"
)
_FOUR = re.compile(r"(?:19|20)\d\d")
_NUMBER = re.compile(r"^[-+]?[0-9,]*\.?[0-9]*$|^[-/—]$")
_MOSTLY = 0.8
_ANY_YEAR = "2000"
Parts = Mapping[str, Mapping[str, str]]  # month → wide column → header


def melt(sample: Sample) -> None:
    """Lay a file with columns a month out as a row a month, its wide columns as a mapping names them."""
    if sample.layout["kind"] in ("json", "jsonl"):
        return
    name = "月份" if "月份" not in sample.columns else "所属月份"
    parts = _parts(sample, name)
    if not parts:
        return
    bare = all(month.isdigit() and len(month) < _WITH_YEAR for month in parts)
    sample.month, sample.year = name, _year(sample) if bare else ""
    own = stated_year(sample.sheet, sample.name.rpartition("/")[2])
    if sample.year == YEAR and not own:
        sample.notes.append(_NO_YEAR)
    sample.notes.append(f"it has columns for {len(parts)} months: each row becomes a row a month")
    columns = sound.kept(sample.columns)
    years = columns.get(sample.year) or [own or _ANY_YEAR] * sample.rows
    sample.columns = _melted(columns, parts, name, years if bare else None)


def _parts(sample: Sample, name: str) -> Parts:
    found: dict[str, dict[str, str]] = {}
    for header, values in sample.columns.items():
        if (at := MONTH.search(header)) and _is_of_numbers(values):
            pattern = f"{header[: at.start()]}{{{name}}}{header[at.end() :]}"
            found.setdefault(pattern, {}).setdefault(NUMERALS.get(at[0], at[0]), header)
    found = {pattern: months for pattern, months in found.items() if len(months) >= MONTHS}
    months = dict.fromkeys(m for of in found.values() for m in of)
    return {m: {p: of[m] for p, of in found.items() if m in of} for m in months}


def _melted(
    columns: Mapping[str, list[str]], parts: Parts, name: str, years: Sequence[str] | None
) -> dict[str, list[str]]:
    """Return a row for every month that says something; ``years`` are those of the rows."""
    headers = {h for part in parts.values() for h in part.values()}
    plain = [c for c in columns if c not in headers]
    patterns = list(dict.fromkeys(chain.from_iterable(parts.values())))
    made: dict[str, list[str]] = {c: [] for c in (*plain, name, *patterns)}
    rows = len(next(iter(columns.values()), []))
    for at in range(min(rows, MOST_ROWS // len(parts))):
        for month, part in parts.items():
            cells = {pattern: columns[header][at] for pattern, header in part.items()}
            if not any(cells.values()):
                continue
            for column in plain:
                made[column].append(columns[column][at])
            made[name].append(f"{years[at]}-{month}" if years else month)
            for pattern in patterns:
                made[pattern].append(cells.get(pattern, ""))
    return made


def _year(sample: Sample) -> str:
    """Return the column that says the year of months that say none: of the rows, or of the file."""
    for column, values in sample.columns.items():
        said = [v for v in values if v]
        if said and "年" in column and all(_FOUR.fullmatch(v) for v in said[:1000]):
            return column
    return YEAR


def _is_of_numbers(values: Sequence[str]) -> bool:
    said = [v for v in values[:2000] if v]
    return sum(bool(_NUMBER.match(v)) for v in said) >= _MOSTLY * len(said)
