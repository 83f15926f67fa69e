"""Values: one raw column of text becomes a typed column and, where something is to be said, verdicts.

Every reader takes the stripped texts (empty is null) and returns the pair (values, verdicts); a doubtful
value is kept and named, never thrown away.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType

import polars as pl

from ingest import moments
from ingest.mapping import UNIT_WORDS, UNITS, Column
from jiwang.codes import bankcard, citizen, phone, uscc
from jiwang.ontology import FieldType

SPACE = " \t\r\n\u00a0\u3000\ufeff"
ITEMS = "\x1f"  # parts the items of a JSON list within a raw text
Read = tuple[pl.Series, pl.Series]

# Verdicts that say that a value has not the shape of its column: what shows that columns slipped.
MISFITS = frozenset({"bad_date", "bad_number", "unknown_code", "format"})


@dataclass(frozen=True)
class Meaning:
    """What a column means, resolved: its type, its code table, its styles and the units of its rows."""

    type: FieldType
    column: Column
    codes: Mapping[str, str]
    styles: tuple[str, ...]
    units: pl.Series | None = None


def stripped(raw: pl.Series) -> pl.Series:
    """Return the texts without outer spaces (full-width ones too); empty becomes null."""
    t = pl.col("t").str.strip_chars(SPACE)
    return raw.cast(pl.String).alias("t").to_frame().select(pl.when(t != "").then(t))["t"]


def read(raw: pl.Series, meaning: Meaning) -> Read:
    """Read a raw column as what it means; both series have its length."""
    return READERS[meaning.type](stripped(raw), meaning)


def _silent(values: pl.Series) -> pl.Series:
    return pl.repeat(None, len(values), dtype=pl.String, eager=True)


def _text(texts: pl.Series, meaning: Meaning) -> Read:
    del meaning
    return texts, _silent(texts)


def _device(texts: pl.Series, meaning: Meaning) -> Read:
    del meaning
    return texts.str.to_uppercase(), _silent(texts)


def _identifier(codec: ModuleType, unsaid: tuple[str, ...]) -> Callable[[pl.Series, Meaning], Read]:
    def reader(texts: pl.Series, meaning: Meaning) -> Read:
        del meaning
        seen = codec.inspect(texts)
        verdict = pl.col("verdict")
        found = seen.select(
            pl.coalesce("canonical", "cleaned").alias("value"),
            pl.when(~verdict.is_in(unsaid)).then(verdict).alias("verdict"),
        )
        return found["value"], found["verdict"]

    return reader


def _code(texts: pl.Series, meaning: Meaning) -> Read:
    values = texts.replace_strict(dict(meaning.codes), default=None, return_dtype=pl.String)
    unknown = pl.when(pl.col("t").is_not_null() & pl.col("v").is_null()).then(pl.lit("unknown_code"))
    verdicts = pl.DataFrame({"t": texts, "v": values}).select(unknown.alias("u"))["u"]
    return values, verdicts


def _moment(texts: pl.Series, meaning: Meaning) -> Read:
    found = moments.read(texts, meaning.type, meaning.styles, meaning.column.sentinels)
    return found["value"], found["verdict"]


def _number(texts: pl.Series, meaning: Meaning) -> Read:
    """Read money in yuan (separators and the unit folded in), plain numbers, and integers such as 4.0."""
    plain = texts.cast(pl.Float64, strict=False)
    dressed = (plain.is_null() & texts.is_not_null()).arg_true()
    if len(dressed):
        bare = texts.gather(dressed).str.replace_all(r"[,，\s￥¥元]", "")
        plain = plain.scatter(dressed, bare.cast(pl.Float64, strict=False))
    v = pl.col("v")
    value: pl.Expr = pl.when(v.is_finite()).then(v)
    if meaning.type == "money":
        value = (value * _factor(meaning)).round(4)
    if meaning.type == "int":
        value = pl.when(value == value.round(0)).then(value).cast(pl.Int64)
    # the units apart: beside a scalar, columns without rows lose their types
    found = pl.DataFrame({"t": texts, "v": plain}).with_columns(u=meaning.units)
    found = found.with_columns(value.alias("value"))
    bad = pl.col("t").is_not_null() & pl.col("value").is_null()
    below = (pl.col("value") < 0) if meaning.type == "money" else pl.lit(value=False)
    said = pl.when(bad).then(pl.lit("bad_number")).when(below).then(pl.lit("negative"))
    return found["value"], found.select(said.alias("s"))["s"]


def _factor(meaning: Meaning) -> pl.Expr:
    fixed = UNITS[meaning.column.unit]
    if meaning.units is None:
        return pl.lit(fixed)
    factors = {word: UNITS[unit] for word, unit in UNIT_WORDS.items()}
    # A unit that is not said is the declared one; one that is not known makes the amount unreadable.
    given = pl.col("u").replace_strict(factors, default=None, return_dtype=pl.Float64)
    return pl.when(pl.col("u").is_null()).then(pl.lit(fixed)).otherwise(given)


def _items(texts: pl.Series, meaning: Meaning) -> Read:
    t = pl.col("t").str.replace_all(ITEMS, meaning.column.separator, literal=True)
    items = t.str.split(meaning.column.separator).list.eval(pl.element().str.strip_chars(SPACE))
    kept = items.list.eval(pl.element().filter(pl.element() != ""))
    return texts.alias("t").to_frame().select(kept)["t"], _silent(texts)


_CITIZEN = _identifier(citizen, ("ok", "missing"))
_PHONE = _identifier(phone, ("mobile", "landline", "missing"))

READERS: Mapping[FieldType, Callable[[pl.Series, Meaning], Read]] = {
    "key": _text,
    "str": _text,
    "text": _text,
    "name": _text,
    "org_name": _text,
    "address": _text,
    "device": _device,
    "phone": _PHONE,
    "citizen_id": _CITIZEN,
    "uscc": _identifier(uscc, ("ok", "missing")),
    "account_no": _identifier(bankcard, ("ok", "passbook", "missing")),
    "code": _code,
    "date": _moment,
    "datetime": _moment,
    "month": _moment,
    "money": _number,
    "number": _number,
    "int": _number,
    "list": _items,
}
