"""Repeats: rows with one business key are one fact told again, or corrected."""

from __future__ import annotations

import polars as pl

from ingest.mapping import Mapping

_SPACED = frozenset({"name", "org_name", "address"})
_NOTHING = "\x00"
_SEED = 20241121


def key_hash(records: pl.DataFrame, mapping: Mapping) -> pl.Series:
    """Return a hash of each record's business key: equal keys have equal hashes, within one run."""
    key = pl.concat_str(
        [_normal(n, mapping).fill_null(_NOTHING) for n in mapping.business_key], separator="\x1f"
    )
    return records.select(key.alias("key"))["key"].hash(_SEED)


def needed(mapping: Mapping) -> list[str]:
    """Return the columns of a record table that `mark` looks at."""
    return ["record_id", *mapping.contract.fields]


def mark(records: pl.DataFrame, mapping: Mapping) -> pl.DataFrame:
    """Return ``record_id``, ``duplicate_of`` and ``superseded_by`` of the records, given in delivery order.

    A row equal to the one of its key before it is ``duplicate_of`` the first of that run. Of runs with other
    values the last is valid: the first rows of the earlier ones are ``superseded_by`` its first. Values are
    compared as normalised; a sex that one copy does not state is no other value. Rows of which nothing is to
    be said are left out.
    """
    fields = mapping.contract.fields
    key = pl.struct(_normal(n, mapping) for n in mapping.business_key)
    ordered = records.with_row_index("_at").with_columns(key.alias("_key"))
    groups = ordered.filter(pl.col("_key").is_duplicated())
    told = pl.concat_str([_normal(n, mapping).fill_null(_NOTHING) for n in fields], separator="\x1f")
    runs = groups.select("_at", "_key", "record_id", told.alias("_told")).sort("_at")
    before = pl.col("_told").shift(1).over("_key", order_by="_at")
    runs = runs.with_columns((before.is_null() | (before != pl.col("_told"))).alias("_starts"))
    start = pl.when("_starts").then("record_id").forward_fill().over("_key", order_by="_at")
    runs = runs.with_columns(start.alias("_start"))
    last = pl.col("_start").last().over("_key", order_by="_at")
    marks = runs.select(
        "record_id",
        pl.when(~pl.col("_starts")).then("_start").alias("duplicate_of"),
        pl.when(pl.col("_starts") & (pl.col("_start") != last)).then(last).alias("superseded_by"),
    )
    return marks.filter(pl.col("duplicate_of").is_not_null() | pl.col("superseded_by").is_not_null())


def _normal(name: str, mapping: Mapping) -> pl.Expr:
    """Return a field as it is compared: names without spaces and width, lists as text, sex where stated."""
    field = mapping.contract.fields[name]
    column = pl.col(name)
    if field.type in _SPACED:
        column = column.str.normalize("NFKC").str.replace_all(r"\s", "")
    if field.type == "list":
        column = column.list.join("\x1e")
    if field.codes == "sex":
        stated = pl.when(column != "unknown").then(column)
        in_key = name in mapping.business_key
        return stated if in_key else stated.fill_null(stated.drop_nulls().first().over("_key"))
    return column.cast(pl.String)
