"""Dates, times and months in the styles of the departments: whole columns, softly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import polars as pl

from ingest import lunar

_Y, _M, _D = r"(?<y>[0-9]{4})", r"(?<m>[0-9]{1,2})", r"(?<d>[0-9]{1,2})"
_YY = r"(?<yy>[0-9]{2})"
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
        "yyMMdd": rf"^{_YY}{_MONTH}{_DAY}$",
        "yy-MM-dd": rf"^{_YY}[-/.]{_M}[-/.]{_D}$",
        "d/M/yyyy": rf"^{_D}[-/.]{_M}[-/.]{_Y}$",
        "M/d/yyyy": rf"^{_M}[-/.]{_D}[-/.]{_Y}$",
        "excel": r"^(?<serial>[0-9]{4,5})(?:\.(?<part>[0-9]+))?$",
        "epoch": r"^(?<seconds>[0-9]{9,10})(?:[0-9]{3})?$",
        "lunar": "",  # taken apart by `ingest.lunar`
    }
)
_AMBIGUOUS = ("yyMMdd", "yy-MM-dd", "d/M/yyyy", "M/d/yyyy", "excel", "epoch", "lunar")
# Tried after the declared ones: none of these can be mistaken for another.
_OTHERS = tuple(s for s in STYLES if s not in _AMBIGUOUS)
# Styles of one length that are read as they are, without being taken apart: most times are distinct.
_QUICK = {
    "yyyyMMddHHmmss": (r"^[0-9]{14}$", "%Y%m%d%H%M%S"),
    "yyyy-MM-dd HH:mm:ss": (r"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$", "%Y-%m-%d %H:%M:%S"),
}
SENTINELS = (
    "00000000", "00000000000000", "000000", "0000-00-00", "0001-01-01", "1899-12-30",
    "99991231", "99999999", "99991231235959", "9999-12-31", "999912", "999999",
)  # fmt: skip
_EARLIEST, _LATEST = pl.datetime(1850, 1, 1), pl.datetime(2101, 1, 1)
_EXCEL_EPOCH = pl.datetime(1899, 12, 30)
_UNIX_EPOCH = pl.datetime(1970, 1, 1, 8)  # in China's one time zone


@dataclass(frozen=True)
class Styles:
    """How one column writes its moments.

    Attributes:
        styles: of `STYLES`, tried in order.
        sentinels: texts that mean no date, beside the usual ones.
        pivot: two digits of a year from here on are of the 1900s.
        near: a year close to each row's, where a lunar year needs one.
    """

    styles: Sequence[str]
    sentinels: Sequence[str] = ()
    pivot: int = 30
    near: pl.Series | None = None


def read(texts: pl.Series, kind: str, how: Styles) -> pl.DataFrame:
    """Read a column of dates (``kind`` date), times (datetime) or months (month: the first day).

    Returns:
        ``value`` and ``verdict``: null where nothing is to be said, ``sentinel`` (a date that means none),
        ``bad_date``, ``ambiguous`` (a lunar year of no known cycle), ``partial`` (a time whose last parts are
        missing) or ``style`` (read, in a style that the mapping does not declare).
    """
    if "lunar" in how.styles:
        return _with_lunar(texts, kind, how)
    if kind == "datetime":
        quick = next((_QUICK[s] for s in how.styles if s in _QUICK), None)
        if quick:
            return _quickly(texts, kind, how, quick)
    return _by_parts(texts, kind, how)


def _quickly(texts: pl.Series, kind: str, how: Styles, quick: tuple[str, str]) -> pl.DataFrame:
    """Read what has the length of the style as it is, and only the rest by its parts."""
    shape, pattern = quick
    t = pl.col("t")
    value = pl.when(t.str.contains(shape)).then(t).str.to_datetime(pattern, strict=False, time_unit="us")
    found = texts.alias("t").to_frame().select("t", value.alias("value"))
    value = pl.when(pl.col("value").is_between(_EARLIEST, _LATEST, closed="left")).then("value")
    found = found.select("t", value.alias("value"), pl.lit(None, pl.String).alias("verdict"))
    rest = (found["value"].is_null() & found["t"].is_not_null()).arg_true()
    if len(rest):
        slow = _by_parts(texts.gather(rest), kind, how)
        found = found.with_columns(found[c].scatter(rest, slow[c]) for c in ("value", "verdict"))
    return found.select("value", "verdict")


def _with_lunar(texts: pl.Series, kind: str, how: Styles) -> pl.DataFrame:
    """Read a column in which some or all days are of the Chinese calendar."""
    others = replace(how, styles=[s for s in how.styles if s != "lunar"])
    found = _by_parts(texts, kind, others)
    near = how.near if how.near is not None else pl.repeat(None, len(texts), dtype=pl.Int32, eager=True)
    at = (found["verdict"] == "bad_date").arg_true()
    told = [lunar.read(t, y) for t, y in zip(texts.gather(at), near.gather(at), strict=True)]
    days = pl.Series([day for day, _ in told], dtype=pl.Date).cast(found["value"].dtype)
    said = pl.Series([verdict for _, verdict in told], dtype=pl.String)
    return found.with_columns(found["value"].scatter(at, days), found["verdict"].scatter(at, said))


def _by_parts(texts: pl.Series, kind: str, how: Styles) -> pl.DataFrame:
    # Few distinct dates occur in a column; each is taken apart once.
    coded = texts.to_arrow().dictionary_encode()
    found = _taken_apart(pl.Series(coded.dictionary, dtype=pl.String), kind, how)
    return found.select(pl.all().gather(pl.Series(coded.indices)))


def _taken_apart(texts: pl.Series, kind: str, how: Styles) -> pl.DataFrame:
    """Return ``value`` and ``verdict`` of texts that are all distinct."""
    t = pl.col("t")
    unset = t.is_in([*SENTINELS, *how.sentinels])
    declared = [_moment(t, s, how.pivot) for s in how.styles]
    others = [
        _moment(t, s, how.pivot) for s in _OTHERS if s not in how.styles and (kind == "month" or "d" in s)
    ]
    never = [pl.lit(None, pl.Datetime("us"))]
    found = texts.alias("t").to_frame().with_columns(pl.coalesce(declared or never).alias("own"))
    strange = found["own"].is_null().arg_true()  # few: the others are tried on them alone
    other = found[strange].select(pl.coalesce(others or never).alias("o"))["o"]
    value = pl.col("value")
    value = pl.when(~unset & value.is_between(_EARLIEST, _LATEST, closed="left")).then(value)
    found = found.with_columns(found["own"].scatter(strange, other).alias("value"))
    found = found.select("t", "own", value.alias("value"))
    return found.select(_cast(pl.col("value"), kind), _verdict(t, unset, kind).alias("verdict"))


def _moment(text: pl.Expr, style: str, pivot: int) -> pl.Expr:
    parts = text.str.extract_groups(STYLES[style])
    names = STYLES[style]
    if style == "excel":
        day = parts.struct.field("serial").cast(pl.Int64)
        seconds = (
            pl.concat_str(pl.lit("0."), parts.struct.field("part").fill_null("0")).cast(pl.Float64) * 86_400
        ).round(0)
        return _EXCEL_EPOCH + pl.duration(days=day, seconds=seconds.cast(pl.Int64))
    if style == "epoch":
        return _UNIX_EPOCH + pl.duration(seconds=parts.struct.field("seconds").cast(pl.Int64))

    def part(name: str, absent: str) -> pl.Expr:
        if f"?<{name}>" not in names:
            return pl.lit(absent)
        return parts.struct.field(name).fill_null(absent).str.zfill(2)

    if "?<yy>" in names:
        two = parts.struct.field("yy")
        century = pl.when(two.cast(pl.Int32) >= pivot).then(pl.lit("19")).otherwise(pl.lit("20"))
        year = pl.concat_str(century, two)
    else:
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
        pl.when(unset)
        .then(pl.lit("sentinel"))
        .when(pl.col("value").is_null())
        .then(pl.lit("bad_date"))
        .when(cut)
        .then(pl.lit("partial"))
        .when(pl.col("own").is_null())
        .then(pl.lit("style"))
    )
