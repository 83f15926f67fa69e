"""Evidence: record ids led back to the row of the file that says it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import polars as pl

from app.services import terms
from app.services.desk import Desk
from app.services.masking import Mask

LIMIT = 300
_MONEY = ("amount", "fund_amount", "income", "total_amount")


def of_ring(desk: Desk, ring: dict[str, Any]) -> list[str]:
    """Return the ids of the records behind a ring: those of its alerts, then those of its edges; sorted."""
    alerts = desk.alerts.filter(pl.col("ring_id") == ring["ring_id"])
    found = set(alerts["evidence"].explode(empty_as_null=True).drop_nulls())
    path = desk.workspace.folder("graph") / "evidence.parquet"
    if path.is_file():
        of_edges = pl.scan_parquet(path).filter(pl.col("eid").is_in(list(ring["edges"]))).select("record_id")
        found |= set(of_edges.collect()["record_id"])
    return sorted(found)


def located(desk: Desk, record_ids: Iterable[str]) -> pl.DataFrame:
    """Return record_id, table, source_file, source_row of records, at most `LIMIT`, by file and row."""
    wanted = sorted(set(record_ids))
    links = desk.out("links").filter(pl.col("record_id").is_in(wanted))
    places = links.select("record_id", "table", "source_file", "source_row").unique().collect()
    return places.sort("source_file", "source_row").head(LIMIT)


def timeline(desk: Desk, record_ids: Iterable[str], mask: Mask, language: str) -> pl.DataFrame:
    """Return what happened, by day.

    Returns:
        day (date or null), what, amount (yuan or null), about, department, source_file, source_row; at most
        `LIMIT` rows.
    """
    places = located(desk, record_ids)
    parts = [
        _events(desk, str(table), group, mask, language)
        for (table,), group in places.group_by("table", maintain_order=True)
    ]
    schema = {"day": pl.Date, "what": pl.String, "amount": pl.Float64, "about": pl.String}
    schema |= {"department": pl.String, "source_file": pl.String, "source_row": pl.Int64}
    if not parts:
        return pl.DataFrame(schema=schema)
    return pl.concat(parts).sort("day", "source_file", "source_row", nulls_last=True)


def records(desk: Desk, table: str, record_ids: Iterable[str]) -> pl.DataFrame:
    """Return the rows of a record table with these ids, by file and row; empty if there is no such table."""
    path = desk.workspace.folder("records") / f"{table}.parquet"
    if not path.is_file():
        return pl.DataFrame()
    found = pl.scan_parquet(path).filter(pl.col("record_id").is_in(sorted(set(record_ids)))).collect()
    return found.sort("source_file", "source_row")


def _events(desk: Desk, table: str, places: pl.DataFrame, mask: Mask, language: str) -> pl.DataFrame:
    rows = records(desk, table, places["record_id"])
    contract = terms.fields(table)
    day = pl.lit(None, dtype=pl.Date)
    if contract and contract.event_date in rows.columns:
        day = pl.col(contract.event_date).cast(pl.Date)
    money = next((c for c in _MONEY if c in rows.columns), None)
    title = terms.table(table, language)
    if rows.is_empty():
        rows = places
    return rows.select(
        day.alias("day") if rows is not places else pl.lit(None, dtype=pl.Date).alias("day"),
        pl.lit(title).alias("what"),
        (pl.col(money).cast(pl.Float64) if money else pl.lit(None, dtype=pl.Float64)).alias("amount"),
        pl.Series("about", [_about(row, table, mask, language) for row in rows.to_dicts()], dtype=pl.String),
        pl.col("source_file").replace(desk.departments).alias("department"),
        "source_file",
        "source_row",
    )


def _about(row: dict[str, Any], table: str, mask: Mask, language: str) -> str:
    """Return the few fields that tell what a record says, masked, on one line."""
    contract = terms.fields(table)
    if contract is None:
        return ""
    told = []
    for name, field in contract.fields.items():
        value = row.get(name)
        if value in (None, [], "") or name in _MONEY or name == contract.event_date:
            continue
        if field.type in ("name", "org_name", "code", "account_no", "device", "month"):
            told.append(shown(value, field.type, field.codes, mask, language))
    return " · ".join(dict.fromkeys(told[:6]))


def shown(value: Any, kind: str, codelist: str | None, mask: Mask, language: str) -> str:
    """Return one value of a record as the screen may show it."""
    if value is None:
        return ""
    if kind == "code":
        return terms.code(codelist, value, language)
    if kind == "list":
        return "、".join(mask.people(value))
    if kind == "month":
        return f"{value:%Y-%m}"
    if kind == "datetime":
        return f"{value:%Y-%m-%d %H:%M}"
    if kind in ("money", "number"):
        return f"{value:,.2f}"
    return mask.value(kind, str(value))


def readable(frame: pl.DataFrame, table: str, mask: Mask, language: str) -> list[dict[str, str]]:
    """Return the rows of a record table as {label: shown value}, empty fields of all rows left out."""
    contract = terms.fields(table)
    if contract is None or frame.is_empty():
        return []
    used = [n for n in contract.fields if n in frame.columns and frame[n].null_count() < frame.height]
    rows = []
    for row in frame.to_dicts():
        rows.append(
            {
                contract.fields[n].in_language(language): shown(
                    row[n], contract.fields[n].type, contract.fields[n].codes, mask, language
                )
                for n in used
            }
        )
    return rows
