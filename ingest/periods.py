"""Periods: which time a file is of, as its name says, which mapping is for it, and which file came later."""

from __future__ import annotations

import calendar
import fnmatch
import re
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import PurePosixPath

from ingest.mapping import Mapping

# Months as headers may write them: 一月 to 十二月.
NUMERALS = {text: str(n) for n, text in enumerate((*"一二三四五六七八九十", "十一", "十二"), 1)}
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_DIGITS = {"{yyyy}": 4, "{yyyyMM}": 6, "{yyyyMMdd}": 8}


@cache
def _pattern(glob: str) -> re.Pattern[str]:
    for token, count in _DIGITS.items():
        glob = glob.replace(token, f"PERIOD{count}DIGITS")
    return re.compile(re.sub(r"PERIOD([468])DIGITS", r"([0-9]{\1})", fnmatch.translate(glob)))


def fits(globs: Iterable[str], name: str) -> str | None:
    """Return the period that a file's name says (empty: none) under a mapping's globs, or None: none fits."""
    found = [m for glob in globs if (m := _pattern(glob).match(name))]
    if not found:
        return None
    periods = [g for m in found for g in m.groups()]
    return periods[0] if periods else ""


def is_valid(mapping: Mapping, period: str) -> bool:
    """Say whether a mapping's dates hold some day of a period; a file that says none may be of any time."""
    if not period:
        return True
    try:
        first, last = _days(period)
    except ValueError:
        return True  # digits that are no date: the name says something else
    return (mapping.valid_from is None or mapping.valid_from <= last) and (
        mapping.valid_to is None or first <= mapping.valid_to
    )


def stated_year(*names: str) -> str:
    """Return the year that the first of some names states, such as 养老金2024; nothing if none does."""
    return next((found[0] for name in names if (found := _YEAR.search(name))), "")


def delivery(name: str) -> tuple[str | int, ...]:
    """Return a key that sorts names in the order of delivery: pay.csv, pay(1).csv, pay2.csv, pay10.csv.

    Digits count as numbers, and the suffix last: a copy or a correction comes after what it repeats.
    """
    path = PurePosixPath(name)
    pieces = re.split(r"([0-9]+)", str(path.with_suffix("")))
    return (*(int(p) if i % 2 else p for i, p in enumerate(pieces)), -1, path.suffix)


def _days(period: str) -> tuple[date, date]:
    year, month, day = int(period[:4]), int(period[4:6] or 0), int(period[6:8] or 0)
    first = date(year, month or 1, day or 1)
    if day:
        return first, first
    end = month or 12
    return first, date(year, end, calendar.monthrange(year, end)[1])
