"""How a value is written: styles of dates, money, codes and lists, each a function over a whole column."""

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cache, partial
from typing import Any

from simulation.period import first
from simulation.render.slip import Misdated, Slip

Write = Callable[[Sequence[Any]], Sequence[str]]
FOREVER = date(9999, 12, 31)  # the end of what has none, where an office writes one
EPOCH = date(1899, 12, 30).toordinal()  # day 0 of a spreadsheet

DATES: dict[str, Callable[[date], str]] = {
    "yyyyMMdd": lambda day: f"{day.year}{day.month:02d}{day.day:02d}",
    "yyyy-MM-dd": lambda day: f"{day.year}-{day.month:02d}-{day.day:02d}",
    "yyyy/M/d": lambda day: f"{day.year}/{day.month}/{day.day}",
    "yyyy.M.d": lambda day: f"{day.year}.{day.month}.{day.day}",
    "yyyy年M月d日": lambda day: f"{day.year}年{day.month}月{day.day}日",
    "excel": lambda day: str(day.toordinal() - EPOCH),
}
ISO = "yyyy-MM-dd HH:mm:ss"  # as Python itself writes a moment without fractions
CLOCKS = {
    "yyyyMMddHHmmss": ("yyyyMMdd", "", ""),
    ISO: ("yyyy-MM-dd", " ", ":"),
    "yyyy/M/d HH:mm:ss": ("yyyy/M/d", " ", ":"),
    "yyyy年M月d日 HH:mm:ss": ("yyyy年M月d日", " ", ":"),
}
MONTHS = {"yyyyMM": "{}{:02d}", "yyyy-MM": "{}-{:02d}", "yyyy年M月": "{}年{}月"}
MONEY: dict[str, Callable[[float], str]] = {
    "yuan": "%.2f".__mod__,
    "fen": lambda amount: str(round(amount * 100)),
    "wan": lambda amount: f"{amount / 10000:.6f}".rstrip("0").rstrip("."),
    "plain": repr,
    "wan plain": lambda amount: repr(amount / 10000),
}
# Days are few and come again: each is spelt once in a style.
_days: dict[str, dict[date | None, str]] = {}


class _Spelt(dict[Any, str]):
    """Texts of values, made as they are asked for."""

    def __init__(self, spell: Callable[[Any], str]) -> None:
        super().__init__()
        self._spell = spell

    def __missing__(self, value: Any) -> str:
        text = self[value] = self._spell(value)
        return text


def days(style: str) -> dict[Any, str]:
    """Return the texts of days in a style; ``style?text`` writes the text where there is no day."""
    if style not in _days:
        form, _, none = style.partition("?")
        spell = DATES[form]
        # A day in other words stands as it was written.
        _days[style] = _Spelt(lambda day: day if isinstance(day, Slip) else spell(day) if day else none)
    return _days[style]


@cache
def _clock(gap: str, colon: str) -> list[str]:
    """Return the texts of the seconds of a day."""
    minutes = [f"{gap}{hour:02d}{colon}{minute:02d}{colon}" for hour in range(24) for minute in range(60)]
    return [f"{minute}{second:02d}" for minute in minutes for second in range(60)]


def _stamps(style: str, column: Sequence[datetime]) -> list[str]:
    if style == ISO:
        return list(map(str, column))
    form, gap, colon = CLOCKS[style]
    spelt, clock = days(form), _clock(gap, colon)
    return [spelt[time.date()] + clock[time.hour * 3600 + time.minute * 60 + time.second] for time in column]


def _looked_up(spelt: dict[Any, str], column: Sequence[Any]) -> Sequence[str]:
    return list(map(spelt.__getitem__, column))


def _mapped(spell: Callable[[Any], str], column: Sequence[Any]) -> list[str]:
    if None in column:
        return ["" if value is None else spell(value) for value in column]
    return list(map(spell, column))


def _text(column: Sequence[Any]) -> Sequence[str]:
    return column


def month_text(style: str, month: int) -> str:
    """Write a month number."""
    day = first(month)
    return MONTHS[style].format(day.year, day.month)


def _items(style: str, value: Sequence[Any]) -> str:
    """Write a list: ``objects:a,b`` as JSON objects, ``each:{0}({1})|;`` as text, ``join:;`` plain."""
    way, _, rest = style.partition(":")
    if way == "objects":
        keys = rest.split(",")
        return json.dumps([dict(zip(keys, item, strict=True)) for item in value or ()], ensure_ascii=False)
    if way == "each":
        pattern, _, separator = rest.rpartition("|")
        return separator.join(pattern.format(*item) for item in value or ())
    return json.dumps(value, ensure_ascii=False) if way == "list" else rest.join(value or ())


def writer(kind: str, style: str, codes: dict[str, str]) -> Write:
    """Return how a column of that kind is written in that style.

    Args:
        kind: As in data/tables.toml.
        style: As in a dialect.
        codes: What is written for a canonical code; others are written as they are.

    Raises:
        KeyError: the dialect names a style that does not exist.
    """
    if kind == "date":
        return partial(_looked_up, days(style))
    if kind == "stamp":
        return partial(_stamps, style)
    if kind == "month":
        return partial(_looked_up, _Spelt(partial(month_text, style)))
    if kind == "money":
        return partial(_mapped, MONEY[style])
    if kind in ("int", "number"):
        return partial(_mapped, str)
    if kind in ("list", "items"):
        return partial(_mapped_whole, partial(_items, style))
    if codes:
        return partial(_looked_up, _Spelt(lambda code: codes.get(code, code)))
    return _text


def _mapped_whole(spell: Callable[[Any], str], column: Sequence[Any]) -> list[str]:
    nothing = spell(None)
    return [nothing if value is None else spell(value) for value in column]


def canonical(value: Any, kind: str) -> str:
    """Return the truth of a value as text: ISO dates, yuan, lists joined by ``;``, nothing for None."""
    if kind == "month":
        return first(value).isoformat()
    if isinstance(value, Slip):
        return value.true
    if value is None or value == FOREVER:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return (value.true if isinstance(value, Misdated) else value).isoformat()
    if isinstance(value, float):
        return f"{value:.2f}"
    if isinstance(value, list | tuple):
        return ";".join(
            ":".join(map(str, item)) if isinstance(item, list | tuple) else item for item in value
        )
    return str(value)
