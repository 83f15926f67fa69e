"""Households: who is registered together, under which number, as what to the head, and where."""

from __future__ import annotations

import polars as pl

from entity_resolution.normalize import addresses
from entity_resolution.parties import Records
from jiwang.ids import digest

REGISTER = "resident"
SCHEMA = {
    "household_id": pl.String, "household_no": pl.String, "entity_id": pl.String, "relation": pl.String,
    "head": pl.String, "division": pl.String, "home": pl.String, "record_id": pl.String,
}  # fmt: skip


def members(records: Records, links: pl.DataFrame) -> pl.DataFrame:
    """Return one row a registered person.

    Args:
        records: the record tables.
        links: all links.

    Returns:
        ``household_id`` (a hash of number and region), ``household_no, entity_id, relation`` (to the head),
        ``head`` (entity of the head; null where the register names none, or two), ``division`` (code of the
        county of the address, as far down as it is known), ``home`` (as `addresses.keys`) and ``record_id``.
    """
    if REGISTER not in {t.name for t in records.tables()}:
        return pl.DataFrame(schema=SCHEMA)
    rows = records.read(REGISTER, ["record_id", "region", "household_no", "relation", "address"])
    rows = rows.filter(pl.col("household_no").is_not_null())
    mine = links.filter((pl.col("table") == REGISTER) & pl.col("primary") & (pl.col("kind") == "person"))
    rows = rows.join(mine.select("record_id", "entity_id"), on="record_id")
    rows = rows.with_columns(addresses.parts(rows["address"]).select("division", "home"))
    heads = (
        rows.filter(pl.col("relation") == "head").select("region", "household_no", head="entity_id").unique()
    )
    heads = heads.filter(pl.len().over("region", "household_no") == 1)
    rows = rows.join(heads, on=["region", "household_no"], how="left")
    names = [
        f"h{digest('household', *row, length=16)}" for row in rows.select("region", "household_no").rows()
    ]
    rows = rows.with_columns(pl.Series("household_id", names, dtype=pl.String))
    return rows.select(pl.col(c).cast(t) for c, t in SCHEMA.items()).sort(
        "household_no", "entity_id", "record_id"
    )
