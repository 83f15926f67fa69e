"""Conversion: a batch of text rows becomes records with verdicts; what lacks a needed value is broken."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from dataclasses import dataclass

import polars as pl

from ingest.mapping import Column, Mapping
from ingest.raw import ROW
from ingest.values import MISFITS, Meaning, read, stripped
from jiwang.tables import POLARS_TYPES

_NEEDED: MappingOf[str, str] = {
    "date": "bad_date",
    "datetime": "bad_date",
    "month": "bad_date",
    "money": "bad_number",
    "number": "bad_number",
    "int": "bad_number",
}


@dataclass(frozen=True)
class Converted:
    """Rows as the record table has them, not yet parted into accepted and broken.

    Attributes:
        values: `ROW` and one column for every field of the table.
        verdicts: a text column a field, null where nothing is to be said.
        faults: how many values of each row have not the shape of their column.
        broken: rows that lack what the contract needs, with rule and detail.
    """

    values: pl.DataFrame
    verdicts: pl.DataFrame
    faults: pl.Series
    broken: pl.DataFrame

    def accepted(self) -> pl.DataFrame:
        """Return the whole rows, with their ``verdicts`` as a list of ``field:verdict``."""
        said = [
            pl.when(pl.col(n).is_not_null()).then(pl.concat_str(pl.lit(n + ":"), pl.col(n)))
            for n in self.verdicts.columns
        ]
        told = self.verdicts.select(pl.concat_list(said).list.drop_nulls().alias("verdicts"))
        whole = self.values.with_columns(told["verdicts"])
        return whole.join(self.broken, on=ROW, how="anti", maintain_order="left")


def convert(frame: pl.DataFrame, mapping: Mapping) -> Converted:
    """Convert a batch's frame; columns of the mapping that it lacks become nulls."""
    fields = mapping.contract.fields
    values: dict[str, pl.Series] = {ROW: frame[ROW]}
    verdicts: dict[str, pl.Series] = {}
    for name, column in sorted(mapping.columns.items(), key=lambda item: bool(item[1].switch)):
        if name in frame.columns:  # columns that switch come last: they look at what the others hold
            _fill(frame, name, column, mapping, values, verdicts)
    for name, field in fields.items():
        if name not in values:
            empty = POLARS_TYPES.get(field.type, pl.String())
            values[name] = pl.repeat(None, frame.height, dtype=empty, eager=True)
    told = pl.DataFrame(verdicts) if verdicts else pl.DataFrame()
    laid = pl.DataFrame(values).select(ROW, *fields)
    return Converted(laid, told, _faults(told, frame.height), _broken(laid, mapping))


def _fill(
    frame: pl.DataFrame,
    name: str,
    column: Column,
    mapping: Mapping,
    values: dict[str, pl.Series],
    verdicts: dict[str, pl.Series],
) -> None:
    """Read one column into its field, and into other fields for the rows that switch."""
    elsewhere = pl.repeat(value=False, n=frame.height, dtype=pl.Boolean, eager=True)
    for switch in column.switch:
        here = pl.all_horizontal([pl.col(f) == code for f, code in switch.when.items()]).fill_null(
            value=False
        )
        rows = pl.DataFrame({f: values[f] for f in switch.when}).select(here.alias("here"))["here"]
        _read_into(
            frame[name], rows, switch.field, _meaning(frame, column, switch.field, mapping), values, verdicts
        )
        elsewhere = elsewhere | rows
    _read_into(
        frame[name],
        ~elsewhere,
        column.field,
        _meaning(frame, column, column.field, mapping),
        values,
        verdicts,
    )


def _read_into(
    raw: pl.Series,
    rows: pl.Series,
    field: str,
    meaning: Meaning,
    values: dict[str, pl.Series],
    verdicts: dict[str, pl.Series],
) -> None:
    texts = pl.DataFrame({"t": raw, "here": rows}).select(pl.when("here").then("t"))["t"]
    found, said = read(texts, meaning)
    if field in values:  # a switch's second source of one field: keep what is there
        both = pl.DataFrame({"a": values[field], "b": found, "va": verdicts[field], "vb": said})
        found, said = both.select(pl.coalesce("a", "b"))["a"], both.select(pl.coalesce("va", "vb"))["va"]
    values[field], verdicts[field] = found.alias(field), said.alias(field)


def _meaning(frame: pl.DataFrame, column: Column, field: str, mapping: Mapping) -> Meaning:
    unit = column.unit_column
    return Meaning(
        type=mapping.contract.fields[field].type,
        column=column,
        codes=mapping.code_table(column),
        styles=(*column.dates, *mapping.dates),
        units=stripped(frame[unit]) if unit and unit in frame.columns else None,
    )


def _faults(verdicts: pl.DataFrame, height: int) -> pl.Series:
    if not verdicts.width:
        return pl.zeros(height, dtype=pl.UInt32, eager=True)
    return verdicts.select(
        pl.sum_horizontal(pl.all().is_in(list(MISFITS)).fill_null(value=False)).alias("f")
    )["f"]


def _broken(values: pl.DataFrame, mapping: Mapping) -> pl.DataFrame:
    """Return rows without their business key, or without a value that the contract needs."""
    fields = mapping.contract.fields
    headers = {c.field: n for n, c in mapping.columns.items()}
    no_key = pl.all_horizontal(pl.col(f).is_null() for f in mapping.business_key)
    keys = ", ".join(headers.get(f, f) for f in mapping.business_key)
    faults = [(no_key, "missing_key", keys)]
    faults += [
        (pl.col(n).is_null(), _NEEDED.get(f.type, "missing_key"), headers.get(n, n))
        for n, f in fields.items()
        if f.required
    ]
    rule, detail = pl.lit(None, pl.String), pl.lit(None, pl.String)
    for lacking, name, column in reversed(faults):
        rule = pl.when(lacking).then(pl.lit(name)).otherwise(rule)
        detail = pl.when(lacking).then(pl.lit(column)).otherwise(detail)
    found = values.select(ROW, rule.alias("rule"), detail.alias("detail"))
    return found.filter(pl.col("rule").is_not_null())
