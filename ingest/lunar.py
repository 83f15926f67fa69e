"""Days of the Chinese calendar, as older registers write births: 农历1985年三月初八, 乙丑年闰四月十五.

A year of the sexagenary cycle comes back every 60 years: which one is meant is told by a year nearby (the
birth year in a citizen id, at most a year from the lunar one), or not at all.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache

_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_DIGITS = {c: str(i) for i, c in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0"}
_TEXT = re.compile(
    r"^(?:农历|阴历|旧历)?(?:(?P<year>[0-9]{4}|[〇零○一二三四五六七八九]{4})|(?P<cycle>["
    + _STEMS
    + "]["
    + _BRANCHES
    + "]))年"
    r"(?P<leap>闰?)(?P<month>正|冬|腊|十[一二]|[一二三四五六七八九十]|1[0-2]|0?[1-9])月"
    r"(?P<day>初[一二三四五六七八九十]|[二廿]?十[一二三四五六七八九]?|廿[一二三四五六七八九]|三十|[0-3]?[0-9])日?$"
)
_MONTHS = {c: i for i, c in enumerate("正二三四五六七八九十", 1)} | {
    "一": 1,
    "十一": 11,
    "冬": 11,
    "十二": 12,
    "腊": 12,
}
_NEAR = 1  # years between a lunar birth and the one in the citizen id
FIRST, LAST = 1900, 2100  # the years that the library knows


def read(text: str, near: int | None = None) -> tuple[date | None, str | None]:
    """Return the day that a text means in the common calendar, or ``bad_date`` or ``ambiguous``.

    ``near`` is a year not more than one away from the lunar one.
    """
    found = _TEXT.match(re.sub(r"\s", "", text))
    if not found:
        return None, "bad_date"
    month = _MONTHS.get(found["month"]) or int(found["month"])
    leap, day = bool(found["leap"]), _day(found["day"])
    if found["year"]:
        year = int("".join(_DIGITS.get(c, c) for c in found["year"]))
        solar = _solar(year, month, day, leap)
        return solar, None if solar else "bad_date"
    cycle = [y for y in range(FIRST, LAST) if _cycle(y) == found["cycle"]]
    days = [
        d for y in cycle if near is not None and abs(y - near) <= _NEAR and (d := _solar(y, month, day, leap))
    ]
    if len(days) == 1:
        return days[0], None
    return None, "ambiguous"


def _cycle(year: int) -> str:
    return _STEMS[(year - 4) % 10] + _BRANCHES[(year - 4) % 12]


def _day(text: str) -> int:
    if text.isdigit():
        return int(text)
    tens = {"初": 0, "十": 10, "廿": 20, "二": 20, "三": 30}
    if text in ("初十", "十"):
        return 10
    units = "一二三四五六七八九".find(text[-1]) + 1 if text[-1] != "十" else 0
    return tens[text[0]] + units


@cache
def _solar(year: int, month: int, day: int, leap: bool) -> date | None:
    from borax.calendars.lunardate import InvalidLunarDateError, LunarDate  # noqa: PLC0415 - few files are lunar

    try:
        found: date = LunarDate(year, month, day, int(leap)).to_solar_date()
    except (InvalidLunarDateError, ValueError):
        return None
    return found
