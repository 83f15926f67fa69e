"""All that is known of one entity: attributes, score, rings, alerts, source records, leads and mentions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from app.services.desk import Desk
from app.services.evidence import records
from app.services.masking import Mask
from app.services.triage import entity_ids

RECORD_LIMIT = 200
# attribute of the entities table → ontology type, in the order of the screen
ATTRIBUTES = {
    "name": "name", "citizen_id": "citizen_id", "sex": "code", "birth_date": "date", "uscc": "uscc",
    "code": "key", "account_no": "account_no", "number": "key", "phone": "phone", "address": "address",
    "household_no": "key", "other_names": "names", "n_records": "int",
}  # fmt: skip


@dataclass(frozen=True)
class Source:
    """The records of one table that speak of an entity.

    Attributes:
        table: record table.
        links: role, how, primary, source_file, source_row, record_id of each.
        rows: the records, at most `RECORD_LIMIT`, clear.
        total: how many there are.
    """

    table: str
    links: pl.DataFrame
    rows: pl.DataFrame
    total: int


def search(desk: Desk, text: str, limit: int = 50) -> pl.DataFrame:
    """Return the entities that ``text`` may mean, graded ones first, clear."""
    found = desk.entities(entity_ids(desk, text, limit=limit * 4))
    return found.sort(
        pl.col("score").fill_null(0), "n_records", "entity_id", descending=[True, True, False]
    ).head(limit)


def entity(desk: Desk, entity_id: str) -> dict[str, Any] | None:
    """Return the entity's row with score, grade and reasons, clear; None if unknown."""
    found = desk.entities([entity_id])
    return found.row(0, named=True) if found.height else None


def shown_attributes(row: dict[str, Any], mask: Mask) -> dict[str, str]:
    """Return attribute → shown value, of those that are known."""
    shown: dict[str, str] = {}
    for name, kind in ATTRIBUTES.items():
        value = row.get(name)
        if value in (None, "", []):
            continue
        if kind == "names":
            shown[name] = "、".join(mask.people(value) if row["kind"] == "person" else value)
        elif name == "name" and row["kind"] != "person":
            shown[name] = value if row["kind"] != "account" else mask.value("name", value)
        else:
            shown[name] = mask.value(kind, str(value))
    return shown


def rings_of(desk: Desk, entity_id: str) -> list[dict[str, Any]]:
    """Return the rings that the entity is in, by rank, with its ``role``."""
    mine = desk.members.filter(pl.col("entity_id") == entity_id).select("ring_id", "role")
    return desk.rings.join(mine, on="ring_id").sort("rank").to_dicts()


def alerts_of(desk: Desk, entity_id: str) -> list[dict[str, Any]]:
    """Return the alerts on the entity, the worst first."""
    return desk.alerts.filter(pl.col("entity_id") == entity_id).to_dicts()


def sources(desk: Desk, entity_id: str) -> list[Source]:
    """Return the source records of the entity by table, most records first."""
    links = desk.out("links").filter(pl.col("entity_id") == entity_id).collect()
    found = []
    for (table,), group in links.sort("table").group_by("table", maintain_order=True):
        ordered = group.sort("source_file", "source_row", "role")
        rows = records(desk, str(table), ordered["record_id"].head(RECORD_LIMIT))
        found.append(Source(str(table), ordered, rows, ordered["record_id"].n_unique()))
    return sorted(found, key=lambda s: (-s.total, s.table))


def possible_same(desk: Desk, entity_id: str) -> list[dict[str, Any]]:
    """Return the leads that another entity may be this one: other, reason, score, number of records."""
    ends = (pl.col("entity_a") == entity_id) | (pl.col("entity_b") == entity_id)
    found = desk.scan("entities", "possible_same").filter(ends).collect()
    other = pl.when(pl.col("entity_a") == entity_id).then("entity_b").otherwise("entity_a")
    return (
        found.with_columns(other.alias("other")).sort("score", "other", descending=[True, False]).to_dicts()
    )


def mentions(desk: Desk, entity_id: str, limit: int = 20) -> list[dict[str, Any]]:
    """Return the notes that mention the entity.

    Returns:
        text (clear), spans: all mentions in it as (start, end, label, is it this entity), place in the
        hand-over; at most ``limit`` notes.
    """
    every = desk.scan("entities", "mentions")
    notes = every.filter(pl.col("entity_id") == entity_id).select("record_id").unique()
    spans = every.join(notes, on="record_id").sort("record_id", "start").collect()
    ids = spans["record_id"].unique().sort().head(limit)
    texts = records(desk, "note", ids)
    if texts.is_empty():
        return []
    by_note = spans.partition_by("record_id", as_dict=True)
    told = []
    for note in texts.select("record_id", "text", "source_file", "source_row").to_dicts():
        rows = by_note[(note["record_id"],)].iter_rows(named=True)
        note["spans"] = [(r["start"], r["end"], r["label"], r["entity_id"] == entity_id) for r in rows]
        told.append(note)
    return told
