"""The two years of the hand-over, counted in months from 0."""

from calendar import monthrange
from datetime import date, datetime, time, timedelta
from functools import cache

START = date(2024, 1, 1)
END = date(2025, 12, 31)
MONTHS = 24


@cache
def first(month: int) -> date:
    """Return the first day of month ``month`` (0 = January 2024; negative months lie before)."""
    years, rest = divmod(month, 12)
    return date(START.year + years, rest + 1, 1)


@cache
def last(month: int) -> date:
    """Return the last day of the month."""
    return first(month + 1) - timedelta(days=1)


@cache
def length(month: int) -> int:
    """Return the number of days of the month."""
    day = first(month)
    return monthrange(day.year, day.month)[1]


@cache
def days(month: int) -> list[date]:
    """Return the days of the month."""
    return [first(month) + timedelta(days=at) for at in range(length(month))]


@cache
def midnight(day: date) -> datetime:
    """Return the moment at which the day begins."""
    return datetime.combine(day, time())


@cache
def seconds() -> list[timedelta]:
    """Return what has passed of a day at each of its seconds: millions of moments are made of them."""
    return [timedelta(seconds=at) for at in range(86400)]


def month_of(day: date) -> int:
    """Return the month number that a day falls in."""
    return (day.year - START.year) * 12 + day.month - 1


@cache
def label(month: int) -> str:
    """Return yyyymm."""
    day = first(month)
    return f"{day.year}{day.month:02d}"


def in_window(day: date) -> bool:
    """Tell whether the day lies in the two years."""
    return START <= day <= END


def years_between(born: date, day: date) -> int:
    """Return the age in full years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def compact(day: date | None) -> str:
    """Return yyyymmdd, or nothing."""
    return f"{day:%Y%m%d}" if day else ""
