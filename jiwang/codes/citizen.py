"""Citizen identity numbers (GB 11643-1999), 18 and 15 digits: soft verdicts on whole columns.

A number is 6 digits of a division, 8 of the birth date, 3 of sequence (odd: male) and a check digit mod 11.
The division is where the number was issued; codes were given when numbers were (from the mid-1980s), so it is
never held against the year of birth. An unknown or historic division is a note, not a fault.
"""

from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np
import numpy.typing as npt
import polars as pl

from jiwang.codes.divisions import known_codes
from jiwang.codes.folding import Bytes, fold, from_matrix, matrix

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # 2^(17-i) mod 11
CHECKS = "10X98765432"
VERDICTS = ("ok", "upgraded", "region", "sequence", "checksum", "date", "masked", "format", "missing")
_OK, _UPGRADED, _REGION, _SEQUENCE, _CHECKSUM, _DATE, _MASKED, _FORMAT, _MISSING = range(len(VERDICTS))
_FIRST_YEAR, _LAST_YEAR = 1850, 2199
_NO_DAY = np.iinfo(np.int32).min
_CHECK_BYTES = np.frombuffer(CHECKS.encode("ascii"), dtype=np.uint8)
_WHOLE = r"^[0-9]{17}[0-9X]$"
_MASK = r"^[0-9]{2,}[0-9*]*\*[0-9*]*[0-9X*]$"

Flags = npt.NDArray[np.bool_]
States = npt.NDArray[np.uint8]
Days = npt.NDArray[np.int32]


def check_digit(first17: str) -> str:
    """Return the check digit ("0" to "9" or "X") of the first 17 digits of a number."""
    return CHECKS[sum(int(d) * w for d, w in zip(first17, WEIGHTS, strict=True)) % 11]


def inspect(ids: pl.Series, today: date | None = None) -> pl.DataFrame:
    """Read a column of citizen ids.

    Args:
        ids: texts as delivered: full-width, spaced, lower-case, ``*`` for X in the last place, 15 digits.
        today: births after this day get the verdict ``date``; None leaves the future unchecked.

    Returns:
        One row an id: ``canonical`` (18 characters, null where the text is no complete number), ``cleaned``,
        ``verdict`` (of `VERDICTS`; the gravest that applies), ``usable`` (checksum and date are right: it may
        found an identity), ``birth_date``, ``sex`` (male, female) and ``region`` (6 digits).
    """
    cleaned, whole, states = _complete(ids)
    at = whole.is_not_null().arg_true().to_numpy()
    rows = matrix(whole.drop_nulls(), 18)
    places = np.ascontiguousarray(rows.T) - 48  # one contiguous line per place: fast column sums
    checks = _CHECK_BYTES[_weighted(places) % 11]
    upgraded = states[at] == _UPGRADED
    days = np.full(len(states), _NO_DAY, dtype=np.int32)
    days[at] = _birth_days(places, today)
    states[at] = _verdicts(places, days[at], checks == rows[:, 17], upgraded)
    sexes = np.full(len(states), 2, dtype=np.uint8)
    sexes[at] = places[16] & 1
    canonical = _with_checks(whole, at[upgraded], checks[upgraded])
    return pl.DataFrame(
        {
            "canonical": canonical,
            "cleaned": cleaned,
            "verdict": pl.Series(VERDICTS).gather(states),
            "usable": states <= _SEQUENCE,
            "birth_date": _dates(days),
            "sex": pl.Series(["female", "male", None]).gather(sexes),
            "region": canonical.str.slice(0, 6),
        }
    )


def masked_parts(ids: pl.Series) -> pl.DataFrame:
    """Return what masked ids still show: ``head`` and ``tail`` around the stars, and ``length`` (15 or 18).

    A tail that ends in ``*`` after digits is a masked X: it comes back as X. Null where nothing is masked.
    """
    cleaned = fold(ids).to_frame("c").select(pl.when(pl.col("c").str.contains(_MASK)).then("c"))
    parts = pl.col("c").str.extract_groups(r"^([0-9]+)\*+([0-9]*[0-9X*])$")
    tail = parts.struct.field("2").str.replace(r"\*$", "X")
    return cleaned.select(
        parts.struct.field("1").alias("head"),
        pl.when(tail != "X").then(tail).alias("tail"),
        pl.when(pl.col("c").str.len_bytes() <= 15).then(15).otherwise(18).alias("length")
        * pl.when(pl.col("c").is_not_null()).then(1),
    )


def _complete(ids: pl.Series) -> tuple[pl.Series, pl.Series, States]:
    """Return ids folded, the 18 characters of those that are complete (else null), and their states by form.

    A number of 15 digits gets a place held for its check digit and the state `_UPGRADED`.
    """
    texts = ids.cast(pl.String)
    states = np.zeros(len(texts), dtype=np.uint8)
    at = (~texts.str.contains(_WHOLE).fill_null(value=False)).arg_true()
    if not len(at):
        return texts, texts, states
    c = pl.col("c")
    full, starred = c.str.contains(_WHOLE), c.str.contains(r"^[0-9]{17}\*$")
    old = c.str.contains(r"^[0-9]{15}$")
    upgraded = pl.concat_str(c.str.slice(0, 6), pl.lit("19"), c.str.slice(6), pl.lit("0"))
    folded = fold(texts.gather(at)).to_frame("c")
    others = folded.select(
        "c",
        pl.when(full)
        .then(c)
        .when(starred)
        .then(c.str.replace("*", "X", literal=True))
        .when(old)
        .then(upgraded)
        .alias("whole"),
        pl.when(c.is_null())
        .then(_MISSING)
        .when(full)
        .then(_OK)
        .when(old)
        .then(_UPGRADED)
        .when(c.str.contains(_MASK))
        .then(_MASKED)
        .otherwise(_FORMAT)
        .alias("state"),
    )
    states[at.to_numpy()] = others["state"].to_numpy()
    return texts.clone().scatter(at, others["c"]), texts.clone().scatter(at, others["whole"]), states


def _weighted(places: Bytes) -> npt.NDArray[np.uint16]:
    total = np.zeros(places.shape[1], dtype=np.uint16)
    for line, weight in zip(places[:17], WEIGHTS, strict=True):
        total += line * np.uint16(weight)
    return total


def _number(places: Bytes) -> npt.NDArray[np.int32]:
    """Return the numbers that these places write, most significant first."""
    total: npt.NDArray[np.int32] = places[0].astype(np.int32)
    for line in places[1:]:
        total *= 10
        total += line
    return total


@cache
def _calendar() -> Days:
    """Return days since 1970 for every (year, two digits, two digits), `_NO_DAY` where there is none."""
    table = np.full((_LAST_YEAR - _FIRST_YEAR + 1, 100, 100), _NO_DAY, dtype=np.int32)
    every = np.arange(f"{_FIRST_YEAR}-01-01", f"{_LAST_YEAR + 1}-01-01", dtype="datetime64[D]")
    months = every.astype("datetime64[M]")
    years = every.astype("datetime64[Y]")
    day = (every - months.astype("datetime64[D]")).astype(int) + 1
    month = (months - years.astype("datetime64[M]")).astype(int) + 1
    table[years.astype(int) + 1970 - _FIRST_YEAR, month, day] = every.astype(np.int64)
    return table


def _birth_days(places: Bytes, today: date | None) -> Days:
    years, days = _number(places[6:10]) - _FIRST_YEAR, _number(places[10:14])
    inside = (years >= 0) & (years <= _LAST_YEAR - _FIRST_YEAR)
    found: Days = _calendar().ravel()[np.where(inside, years * 10_000 + days, 0)]  # 0: month 0, no such day
    if today is not None:
        found[found > (today - date(1970, 1, 1)).days] = _NO_DAY
    return found


def _verdicts(places: Bytes, days: Days, check_right: Flags, upgraded: Flags) -> States:
    """Return the gravest verdict of each number: the later line overwrites the earlier."""
    states = np.zeros(len(days), dtype=np.uint8)
    states[_number(places[14:17]) == 0] = _SEQUENCE
    states[~known_codes()[_number(places[:6])]] = _REGION
    states[upgraded] = _UPGRADED
    states[~check_right & ~upgraded] = _CHECKSUM
    states[days == _NO_DAY] = _DATE
    return states


def _with_checks(whole: pl.Series, at: npt.NDArray[np.int64], checks: Bytes) -> pl.Series:
    """Put the check digits of upgraded numbers into the place held for them."""
    if not len(at):
        return whole
    rows = matrix(whole.gather(at), 18).copy()
    rows[:, 17] = checks
    return whole.clone().scatter(pl.Series(at), from_matrix(rows))


def _dates(days: Days) -> pl.Series:
    dated = pl.when(pl.col("d") != int(_NO_DAY)).then("d").cast(pl.Date)
    return pl.Series(days).to_frame("d").select(dated)["d"]
