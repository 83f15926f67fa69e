"""All free text of the records (reports, audit notes, remarks), read into mentions and links."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from entity_resolution.parties import ROW_COLUMNS, Records
from jiwang.ontology import Kind, RecordTable
from jiwang.tables import Mentions


def read(
    records: Records, said: Mapping[Kind, pl.DataFrame], links: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the mentions of all free text, and their links.

    Args:
        records: the record tables.
        said: kind → profiles with their ``entity_id``, as `notes.registry` takes them.
        links: all links of the parties that fields name.
    """
    frames = [
        _texts(records, table, field)
        for table in records.tables()
        for field, of in table.fields.items()
        if of.type == "text"
    ]
    rows = pl.concat(frames).drop_nulls("text") if frames else pl.DataFrame()
    if rows.is_empty():
        return Mentions.create_empty(), links.clear()
    from entity_resolution import notes  # noqa: PLC0415 - loads spaCy

    known = notes.registry(rows["text"].to_list(), said, links)
    mentions, linked = notes.read(rows.select("record_id", "text", "year"), known)
    named = linked.join(rows, on="record_id").with_columns(
        role=pl.lit("mention"), primary=pl.lit(value=False)
    )
    return mentions, named.select(links.columns)


def _texts(records: Records, table: RecordTable, field: str) -> pl.DataFrame:
    """Return one text field with its place, its table, and the year in which it was taken down."""
    dated = [table.event_date] if table.event_date else []
    frame = records.read(table.name, [*ROW_COLUMNS, field, *dated])
    year = pl.col(dated[0]).dt.year() if dated else pl.lit(None, dtype=pl.Int32)
    return frame.select(*ROW_COLUMNS, text=field, year=year, table=pl.lit(table.name))
