"""Births by the Chinese calendar, as the old tell them: written down so, or as if they were common days."""

from datetime import date

from borax.calendars.lunardate import LunarDate

from simulation.render.slip import Misdated, Slip

LAST = 1970  # who was born later knows the common day


def spoken(day: date) -> Slip:
    """Return the day in words of the Chinese calendar, from which the common day can be had back."""
    lunar = LunarDate.from_solar(day)
    leap = "闰" if lunar.leap else ""
    text = f"农历{lunar.year}年{leap}{lunar.cn_month}月{lunar.cn_day}"
    return Slip(text, day.isoformat(), lost=False)


def mistaken(day: date) -> date:
    """Return the day of the Chinese calendar as if it were a common one: three to seven weeks early."""
    lunar = LunarDate.from_solar(day)
    try:
        return Misdated(date(lunar.year, lunar.month, lunar.day), day)
    except ValueError:  # no common month has that day
        return day
