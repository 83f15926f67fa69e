"""Links: every row with the entities that it is about, and with those that it names besides."""

from __future__ import annotations

import polars as pl

from entity_resolution.parties import ROW_COLUMNS, Parties, Records
from jiwang.ontology import Kind, Party, RecordTable
from jiwang.tables import Links

ORDER = ["source_file", "source_row", "kind", "role", "entity_id"]


def direct(kind: Kind, parties: Parties, placed: pl.DataFrame) -> pl.DataFrame:
    """Return the links of the parties that fields name.

    Args:
        kind: kind of the parties.
        parties: rows and profiles.
        placed: ``profile, entity_id, how``, as `store.assign` gives it.
    """
    known = placed.select("profile", "entity_id", "how")
    return parties.rows.join(known, on="profile").with_columns(kind=pl.lit(kind)).select(Links.column_names())


def through(records: Records, kind: Kind, links: pl.DataFrame) -> pl.DataFrame:
    """Return the links of parties named only through another table's row (an item of a settlement, say).

    Args:
        records: the record tables.
        kind: kind of the parties.
        links: all direct links of that kind.
    """
    found = [
        _through_one(records, table, party, links)
        for table in records.tables()
        for party in table.parties
        if party.kind == kind and party.via
    ]
    return pl.concat(found) if found else links.clear()


def _through_one(records: Records, table: RecordTable, party: Party, links: pl.DataFrame) -> pl.DataFrame:
    assert party.via
    key = party.via.key
    known = {t.name for t in records.tables()}
    if party.via.table not in known:
        return links.clear()
    there = links.filter((pl.col("table") == party.via.table) & pl.col("primary")).select(
        "record_id", "entity_id"
    )
    holders = records.read(party.via.table, ["record_id", key]).drop_nulls().join(there, on="record_id")
    # A key under several entities (a number sent twice with other names) goes to the one of most rows.
    counts = (
        holders.group_by(key, "entity_id")
        .len()
        .sort([key, "len", "entity_id"], descending=[False, True, False])
    )
    owner = counts.group_by(key, maintain_order=True).agg(pl.col("entity_id").first())
    rows = records.read(table.name, [*ROW_COLUMNS, key]).join(owner, on=key)
    return rows.with_columns(
        table=pl.lit(table.name),
        role=pl.lit(party.role),
        primary=pl.lit(party.primary),
        kind=pl.lit(party.kind),
        how=pl.lit(f"via_{party.via.table}"),
    ).select(links.columns)


def tidy(links: pl.DataFrame) -> pl.DataFrame:
    """Sort links, one per row, kind, role and entity; a primary link stands alone for its row and kind."""
    links = links.unique(subset=["record_id", "kind", "role", "entity_id"], keep="first", maintain_order=True)
    links = links.sort(ORDER)
    first = pl.int_range(pl.len()).over("record_id", "kind", "primary") == 0
    return links.filter(~pl.col("primary") | first)
