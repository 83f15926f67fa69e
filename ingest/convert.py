"""Conversion: a batch of text rows becomes records with verdicts; what lacks a needed value is broken."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field

import polars as pl

from ingest.column import Column
from ingest.mapping import Mapping
from ingest.raw import ROW, stripped
from ingest.values import MISFITS, Meaning, read
from jiwang.codes import citizen
from jiwang.tables import POLARS_TYPES

_NEEDED: MappingOf[str, str] = {
    "date": "bad_date",
    "datetime": "bad_date",
    "month": "bad_date",
    "money": "bad_number",
    "number": "bad_number",
    "int": "bad_number",
}
LUNAR = "lunar"


@dataclass(frozen=True)
class Converted:
    """Rows as the record table has them, not yet parted into accepted and broken.

    Attributes:
        values: `ROW` and one column for every field of the table.
        verdicts: a text column for every field of which something is said, null in the other rows.
        faults: how many values of each row have not the shape of their column.
        broken: rows that lack what the contract needs, with rule and detail.
        outside: column → rows and texts of its codes that are in no code table.
    """

    values: pl.DataFrame
    verdicts: pl.DataFrame
    faults: pl.Series
    broken: pl.DataFrame
    outside: MappingOf[str, pl.DataFrame] = field(default_factory=dict)

    def accepted(self, out: pl.Series) -> pl.DataFrame:
        """Return the rows that are whole and not ``out``, with ``verdicts`` as lists of ``field:verdict``."""
        whole = self.values.with_columns(self._told().alias("verdicts"))
        gone = pl.concat([self.broken[ROW], out])
        return whole.filter(~pl.col(ROW).is_in(gone.implode())) if len(gone) else whole

    def _told(self) -> pl.Series:
        """Return the verdicts of every row as a list, which is empty for most."""
        import pyarrow as pa  # noqa: PLC0415 - slow to import

        said = [
            pl.when(pl.col(n).is_not_null()).then(pl.concat_str(pl.lit(n + ":"), pl.col(n)))
            for n in self.verdicts.columns
        ]
        ends, texts = pl.zeros(self.values.height, eager=True), pl.Series(dtype=pl.String)
        if said:
            ends = self.verdicts.select(pl.sum_horizontal(pl.all().is_not_null()).cum_sum().alias("e"))["e"]
            lists = self.verdicts.select(pl.concat_list(said).alias("s"))["s"]
            texts = lists.explode(empty_as_null=False, keep_nulls=False).drop_nulls()
        # Put together by where each list ends: to make them row by row takes ten times as long.
        starts = pl.concat([pl.zeros(1, dtype=pl.Int64, eager=True), ends.cast(pl.Int64)])
        return pl.Series(pa.LargeListArray.from_arrays(starts.to_arrow(), texts.to_arrow()))


class _Filling:
    """The fields of a table as they are filled from a batch's columns."""

    def __init__(self, frame: pl.DataFrame, mapping: Mapping) -> None:
        self.frame, self.mapping = frame, mapping
        self.values: dict[str, pl.Series] = {ROW: frame[ROW]}
        self.verdicts: dict[str, pl.Series] = {}
        self.outside: dict[str, pl.DataFrame] = {}

    def column(self, name: str, column: Column, raw: pl.Series) -> None:
        """Read one column into its field, and into other fields for the rows that switch."""
        if not column.switch:
            self._into(name, raw, column.field, column)
            return
        elsewhere = pl.repeat(value=False, n=len(raw), dtype=pl.Boolean, eager=True)
        for switch in column.switch:
            here = pl.all_horizontal([pl.col(f) == code for f, code in switch.when.items()]).fill_null(
                value=False
            )
            rows = pl.DataFrame({f: self.values[f] for f in switch.when}).select(here.alias("here"))["here"]
            self._into(name, _only(raw, rows), switch.field, column)
            elsewhere = elsewhere | rows
        self._into(name, _only(raw, ~elsewhere), column.field, column)

    def _into(self, name: str, texts: pl.Series, field_: str, column: Column) -> None:
        found, said = read(texts, self._meaning(field_, column))
        if self.mapping.contract.fields[field_].type == "code":
            unknown = (said == "unknown_code").arg_true()
            if len(unknown):
                self.outside[name] = pl.DataFrame({ROW: self.frame[ROW], "t": texts})[unknown]
        if field_ in self.values:  # a switch's second source of one field: keep what is there
            both = pl.DataFrame({"a": self.values[field_], "b": found}).select(pl.coalesce("a", "b"))
            found = both.to_series()
            if field_ in self.verdicts:
                said = (
                    pl.DataFrame({"a": self.verdicts[field_], "b": said})
                    .select(pl.coalesce("a", "b"))
                    .to_series()
                )
        self.values[field_] = found.alias(field_)
        if said.null_count() < len(said):
            self.verdicts[field_] = said.alias(field_)

    def _meaning(self, field_: str, column: Column) -> Meaning:
        unit = column.unit_column
        styles = (*column.dates, *self.mapping.dates, *self.mapping.typed_styles())
        return Meaning(
            type=self.mapping.contract.fields[field_].type,
            column=column,
            codes=self.mapping.code_table(column),
            styles=tuple(dict.fromkeys(styles)),
            units=self.frame[unit] if unit and unit in self.frame.columns else None,
            near=self._birth_years() if LUNAR in styles else None,
        )

    def _birth_years(self) -> pl.Series | None:
        """Return the years of birth in the rows' citizen ids, by which lunar years are told."""
        ids = self.values.get("citizen_id")
        return None if ids is None else citizen.inspect(ids)["birth_date"].dt.year()

    def constant(self, field_: str, text: str) -> None:
        """Fill a field with the same value in every row."""
        column = Column(field=field_, codes={text: text})
        codes = self.mapping.code_table(column)
        contract = self.mapping.contract.fields[field_]
        meaning = Meaning(contract.type, column, codes, (*self.mapping.dates, *PERIODS))
        value, _ = read(pl.Series([text], dtype=pl.String), meaning)
        self.values[field_] = value.new_from_index(0, self.frame.height).alias(field_)


PERIODS = ("yyyyMMdd", "yyyyMM", "yyyy-MM-dd", "yyyy-MM")  # how the period in a file's name is written


def convert(frame: pl.DataFrame, mapping: Mapping, constants: MappingOf[str, str] | None = None) -> Converted:
    """Convert a batch's frame; columns of the mapping that it lacks become nulls.

    ``constants`` are those of the mapping with what the file says of itself filled in.
    """
    fields = mapping.contract.fields
    filling = _Filling(frame, mapping)
    for name, text in (constants or {}).items():
        filling.constant(name, text)
    for name, column in sorted(mapping.columns.items(), key=lambda item: _late(item[1], mapping)):
        raw = _made(frame, name, column)
        if raw is not None:
            filling.column(name, column, raw)
    values = filling.values
    for name, contract in fields.items():
        if name not in values:
            empty = POLARS_TYPES.get(contract.type, pl.String())
            values[name] = pl.repeat(None, frame.height, dtype=empty, eager=True)
    told = pl.DataFrame(filling.verdicts) if filling.verdicts else pl.DataFrame()
    laid = pl.DataFrame(values).select(ROW, *fields)
    return Converted(laid, told, _faults(told, frame.height), _broken(laid, mapping), filling.outside)


def _late(column: Column, mapping: Mapping) -> int:
    """Return when a column is read: those that look at what other columns hold come after them."""
    return 2 if column.switch else int(LUNAR in (*column.dates, *mapping.dates))


def _made(frame: pl.DataFrame, name: str, column: Column) -> pl.Series | None:
    """Return the texts of a column of the mapping: as they are, made from several, or a part of another."""
    if column.either or column.filled:
        return _first_filled(frame, column)
    if column.join:
        parts = [frame[j] for j in column.join if j in frame.columns]
        if not parts:
            return None
        joined = pl.concat_str(pl.all(), separator=column.between, ignore_nulls=True)
        return stripped(
            pl.DataFrame([p.alias(str(i)) for i, p in enumerate(parts)]).select(joined).to_series()
        )
    source = column.split or name
    if source not in frame.columns:
        return None
    return stripped(frame[source].str.extract(column.pattern, 1)) if column.pattern else frame[source]


def _first_filled(frame: pl.DataFrame, column: Column) -> pl.Series | None:
    """Return the first of several columns that says something, or the code that it stands for then."""
    names = [n for n in (*column.either, *column.filled) if n in frame.columns]
    if not names:
        return None
    said = [pl.when(~pl.col(n).str.contains(r"^[-+]?[0.,]+$")).then(pl.col(n)) for n in names]
    if column.filled:
        said = [
            pl.when(e.is_not_null()).then(pl.lit(column.filled[n])) for e, n in zip(said, names, strict=True)
        ]
    return frame.select(pl.coalesce(said).alias("t"))["t"]


def _only(raw: pl.Series, rows: pl.Series) -> pl.Series:
    return pl.DataFrame({"t": raw, "here": rows}).select(pl.when("here").then("t")).to_series()


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
    told = [f for f in mapping.business_key if f not in mapping.constants]  # a constant is no key of a row
    no_key = pl.all_horizontal(pl.col(f).is_null() for f in told) if told else pl.lit(value=False)
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
