"""Dates, times and months in the styles of the departments: whole columns, softly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import polars as pl

_Y, _M, _D = r"(?<y>[0-9]{4})", r"(?<m>[0-9]{1,2})", r"(?<d>[0-9]{1,2})"
_CLOCK = r"(?<H>[0-9]{1,2}):(?<M>[0-9]{2})(?::(?<S>[0-9]{2})(?:\.[0-9]+)?)?"
_MONTH, _DAY = r"(?<m>[0-9]{2})", r"(?<d>[0-9]{2})"
_COMPACT = r"(?:(?<H>[0-9]{2})(?:(?<M>[0-9]{2})(?<S>[0-9]{2})?)?)?"

# Style → the pattern that takes a text apart. Compact times may be cut: hours, minutes, seconds missing.
STYLES: Mapping[str, str] = MappingProxyType(
    {
        "yyyyMMdd": rf"^{_Y}{_MONTH}{_DAY}$",
        "yyyy-MM-dd": rf"^{_Y}-{_M}-{_D}$",
        "yyyy/M/d": rf"^{_Y}/{_M}/{_D}$",
        "yyyy.M.d": rf"^{_Y}\.{_M}\.{_D}$",
        "yyyy年M月d日": rf"^{_Y}年{_M}月{_D}日?$",
        "yyyyMMddHHmmss": rf"^{_Y}{_MONTH}{_DAY}{_COMPACT}$",
        "yyyy-MM-dd HH:mm:ss": rf"^{_Y}[-/]{_M}[-/]{_D}(?:[ T]+{_CLOCK})?$",
        "yyyy年M月d日 HH:mm:ss": rf"^{_Y}年{_M}月{_D}日(?: *{_CLOCK})?$",
        "yyyyMM": rf"^{_Y}{_MONTH}$",
        "yyyy-MM": rf"^{_Y}[-/.]{_M}$",
        "yyyy年M月": rf"^{_Y}年{_M}月$",
        "excel": r"^(?<serial>[0-9]{4,5})(?:\.0+)?$",
    }
)
# Tried after the declared ones: none of these can be mistaken for another.
_OTHERS = tuple(s for s in STYLES if s != "excel")
SENTINELS = (
    "00000000", "00000000000000", "000000", "0000-00-00", "0001-01-01", "1899-12-30",
    "99991231", "99999999", "99991231235959", "9999-12-31", "999912", "999999",
)  # fmt: skip
_EARLIEST, _LATEST = pl.datetime(1850, 1, 1), pl.datetime(2101, 1, 1)
_EXCEL_EPOCH = pl.datetime(1899, 12, 30)


def read(texts: pl.Series, kind: str, styles: Sequence[str], sentinels: Sequence[str] = ()) -> pl.DataFrame:
    """Read a column of dates (``kind`` date), times (datetime) or months (month: the first day).

    Returns:
        ``value`` and ``verdict``: null where nothing is to be said, ``sentinel`` (a date that means none),
        ``bad_date``, ``partial`` (a time whose last parts are missing) or ``style`` (read, in a style that
        the mapping does not declare).
    """
    t = pl.col("t")
    unset = t.is_in([*SENTINELS, *sentinels])
    frame = texts.alias("t").to_frame()
    # Few distinct dates occur in a column; each is taken apart once.
    distinct = frame.unique(maintain_order=True)
    declared = [_moment(t, s) for s in styles]
    others = [_moment(t, s) for s in _OTHERS if s not in styles and (kind == "month" or "d" in s)]
    found = distinct.with_columns(
        pl.coalesce(declared).alias("own"),
        pl.coalesce(others or [pl.lit(None, pl.Datetime("us"))]).alias("other"),
    )
    value = pl.coalesce("own", "other")
    value = pl.when(~unset & value.is_between(_EARLIEST, _LATEST, closed="left")).then(value)
    found = found.select("t", "own", value.alias("value"))
    found = found.select("t", _cast(pl.col("value"), kind), _verdict(t, unset, kind).alias("verdict"))
    return frame.join(found, on="t", how="left", nulls_equal=True, maintain_order="left").select(
        "value", "verdict"
    )


def _moment(text: pl.Expr, style: str) -> pl.Expr:
    if style == "excel":
        serial = text.str.extract(STYLES[style]).cast(pl.Int64)
        return _EXCEL_EPOCH + pl.duration(days=serial)
    parts = text.str.extract_groups(STYLES[style])
    names = STYLES[style]

    def part(name: str, absent: str) -> pl.Expr:
        if f"?<{name}>" not in names:
            return pl.lit(absent)
        return parts.struct.field(name).fill_null(absent).str.zfill(2)

    year = parts.struct.field("y")
    day = pl.concat_str(year, pl.lit("-"), part("m", "01"), pl.lit("-"), part("d", "01"))
    clock = pl.concat_str(part("H", "00"), pl.lit(":"), part("M", "00"), pl.lit(":"), part("S", "00"))
    return pl.concat_str(day, pl.lit(" "), clock).str.to_datetime(
        "%Y-%m-%d %H:%M:%S", strict=False, time_unit="us"
    )


def _cast(value: pl.Expr, kind: str) -> pl.Expr:
    if kind == "datetime":
        return value
    return value.dt.date() if kind == "date" else value.dt.date().dt.month_start()


def _verdict(text: pl.Expr, unset: pl.Expr, kind: str) -> pl.Expr:
    cut = text.str.contains(r"^[0-9]{8}([0-9]{2}){0,2}$") if kind == "datetime" else pl.lit(value=False)
    return (
        pl.when(text.is_null())
        .then(None)
        .when(unset)
        .then(pl.lit("sentinel"))
        .when(pl.col("value").is_null())
        .then(pl.lit("bad_date"))
        .when(cut)
        .then(pl.lit("partial"))
        .when(pl.col("own").is_null())
        .then(pl.lit("style"))
    )
