"""Values: one raw column of text becomes a typed column and, where something is to be said, verdicts.

Every reader takes texts as `ingest.raw.Batch` has them (stripped, empty is null) and returns the pair
(values, verdicts); a doubtful value is kept and named, never thrown away.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType

import polars as pl

from ingest import moments
from ingest.column import OTHERWISE, UNIT_WORDS, UNITS, Column
from ingest.paths import ITEMS
from ingest.raw import SPACE
from jiwang.codes import bankcard, citizen, phone, uscc
from jiwang.ontology import FieldType

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
    near: pl.Series | None = None


def read(texts: pl.Series, meaning: Meaning) -> Read:
    """Read a column of texts (stripped, null where empty) as what it means; both series have its length."""
    return READERS[meaning.type](texts, meaning)


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


def _key(texts: pl.Series, meaning: Meaning) -> Read:
    """Read a number that is a name, without what spreadsheets put around it (an apostrophe, an =)."""
    del meaning
    dressed = texts.str.contains(r"^[\'=]").fill_null(value=False).arg_true()
    if len(dressed):
        bare = texts.gather(dressed).str.replace(r"^=?[\'\"]?(.*?)\"?$", "$1")
        texts = texts.clone().scatter(dressed, bare)
    return texts, _silent(texts)


def _code(texts: pl.Series, meaning: Meaning) -> Read:
    table = {k: v for k, v in meaning.codes.items() if k != OTHERWISE}
    values = texts.replace_strict(table, default=None, return_dtype=pl.String)
    missed = (texts.is_not_null() & values.is_null()).arg_true()
    if not len(missed):
        return values, _silent(texts)
    plain = _plain_codes(table)
    others = {
        t: plain.get(_plain_code(t), meaning.codes.get(OTHERWISE)) for t in texts.gather(missed).unique()
    }
    found = texts.gather(missed).replace_strict(others, return_dtype=pl.String)
    unknown = pl.DataFrame({"v": found}).select(pl.when(pl.col("v").is_null()).then(pl.lit("unknown_code")))
    return values.scatter(missed, found), _silent(texts).scatter(missed, unknown.to_series())


def _plain_codes(table: Mapping[str, str]) -> dict[str, str]:
    """Return the table by codes without width, case and leading zeros, those that are still told apart."""
    plain: dict[str, set[str]] = {}
    for raw, code in table.items():
        plain.setdefault(_plain_code(raw), set()).add(code)
    return {raw: codes.pop() for raw, codes in plain.items() if len(codes) == 1}


def _plain_code(text: str) -> str:
    """Return a code as spreadsheets leave it: 01, １ and 1.0 are one."""
    plain = unicodedata.normalize("NFKC", text).strip("'\" ").upper()
    return plain.removesuffix(".0").lstrip("0") or "0"


def _moment(texts: pl.Series, meaning: Meaning) -> Read:
    column = meaning.column
    how = moments.Styles(meaning.styles, column.sentinels, column.pivot, meaning.near)
    found = moments.read(texts, meaning.type, how)
    return found["value"], found["verdict"]


def _number(texts: pl.Series, meaning: Meaning) -> Read:
    """Read money in yuan (separators and the unit folded in), plain numbers, and integers such as 4.0."""
    plain = texts.cast(pl.Float64, strict=False)
    units = meaning.units
    dressed = (plain.is_null() & texts.is_not_null()).arg_true()
    if len(dressed):
        bare, said = _undressed(texts.gather(dressed))
        if meaning.type != "money":  # a unit of money beside what is none
            bare = (
                pl.DataFrame({"v": bare, "u": said})
                .select(pl.when(pl.col("u").is_null()).then("v"))
                .to_series()
            )
        plain = plain.scatter(dressed, bare)
        if meaning.type == "money" and said.null_count() < len(said):
            units = pl.repeat(None, len(texts), dtype=pl.String, eager=True) if units is None else units
            own = pl.DataFrame({"a": said, "b": units.gather(dressed)}).select(pl.coalesce("a", "b"))
            units = units.clone().scatter(dressed, own.to_series())
    v = pl.col("v")
    value: pl.Expr = pl.when(v.is_finite()).then(v)
    if meaning.type == "money":
        value = (value * _factor(meaning, units)).round(4)
    if meaning.type == "int":
        value = pl.when(value == value.round(0)).then(value).cast(pl.Int64)
    # the units apart: beside a scalar, columns without rows lose their types
    found = pl.DataFrame({"t": texts, "v": plain}).with_columns(u=units)
    found = found.with_columns(value.alias("value"))
    bad = pl.col("t").is_not_null() & pl.col("value").is_null()
    below = (pl.col("value") < 0) if meaning.type == "money" else pl.lit(value=False)
    verdict = pl.when(bad).then(pl.lit("bad_number")).when(below).then(pl.lit("negative"))
    return found["value"], found.select(verdict.alias("s"))["s"]


def _undressed(texts: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return the numbers in texts with separators, currency signs, brackets, and the unit that each says."""
    t = pl.col("t")
    folded = t.str.normalize("NFKC").str.replace_all(r"[,\s¥$\'\"=]|RMB|CNY", "")
    parts = folded.str.extract_groups(
        r"^(\(?)([-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?)\)?(-?)(亿元|万元|万|千元|元|角|分)?(?:整|正)?$"
    )
    number = parts.struct.field("2").cast(pl.Float64, strict=False)
    minus = (parts.struct.field("1") == "(") | (parts.struct.field("3") == "-")
    unit = parts.struct.field("4")
    found = (
        texts.alias("t")
        .to_frame()
        .select(
            pl.when(minus).then(-number).otherwise(number).alias("v"),
            unit.alias("u"),
        )
    )
    return found["v"], found["u"]


def _factor(meaning: Meaning, units: pl.Series | None) -> pl.Expr:
    fixed = UNITS[meaning.column.unit]
    if units is None:
        return pl.lit(fixed)
    named = {**UNIT_WORDS, **meaning.column.units}
    factors = {word: UNITS[unit] for word, unit in named.items()}
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
    "key": _key,
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
