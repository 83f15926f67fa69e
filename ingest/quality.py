"""The quality of a batch: completeness, validity, consistency and timeliness of every field.

One scan a table, aggregates only: memory does not grow with rows. A table that was taken over as it was keeps
its figures. No value of a row is kept: only counts, names of verdicts and the span of event dates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from ingest.staging import Staged
from jiwang.ids import digest
from jiwang.ontology import RecordTable, record_tables
from jiwang.tables import Quality, from_rows, write
from jiwang.workspace import Workspace

TABLE = "quality"
HISTORY = "history"
# What is said of a field without doubting it: 15 digits written as 18, a date that stands for "none".
_NO_DOUBT = ("upgraded", "sentinel")
# Of these every value is one of its own: to count them says nothing.
_UNCOUNTED = {"text", "list", "money", "number", "datetime"}
_DATED = {"date", "datetime", "month"}
_ID = r"^[0-9]{17}[0-9Xx]$"


def measure(folder: Path, before: Path, told: Mapping[str, Any], former: Mapping[str, Any]) -> pl.DataFrame:
    """Return the table ``quality`` of the record tables in ``folder``: one row a table and field.

    ``told`` and ``former`` say of each table of this batch and of the one in ``before`` from what it was made
    (`ingest.assembly.Assembly`): where they are equal its figures are taken over.
    """
    path = before / f"{TABLE}.parquet"
    known = pl.read_parquet(path) if path.is_file() else Quality.create_empty()
    parts: list[pl.DataFrame] = [Quality.create_empty()]
    with duckdb.connect() as db:
        db.execute("SET enable_progress_bar = false")  # a bar of its own would stand in our output
        for name, table in record_tables().items():
            old = known.filter(pl.col("table") == name)
            same = told[name]["key"] == former.get(name, {}).get("key")
            parts.append(old if same and old.height else _measured(db, folder / f"{name}.parquet", table))
    found = pl.concat(parts)
    as_of = found["last_event"].max()
    lag = (pl.lit(as_of, pl.Date) - pl.col("last_event")).dt.total_days()
    return found.with_columns(lag.alias("lag_days")).sort("table", "position")


def batch(staged: Sequence[Staged]) -> str:
    """Return the hash of a batch: of its files' names and bytes, whatever the code or the mappings."""
    return digest("batch", *sorted({f"{one.source.path.name}\0{one.content}" for one in staged}))


def history(workspace: Workspace) -> pl.DataFrame:
    """Return the figures of every batch that the workspace has read.

    The columns of ``quality`` led by ``batch``, which counts from 1, and ``input``, the hash of `batch`.
    """
    path = workspace.root / HISTORY / f"{TABLE}.parquet"
    if path.is_file():
        return pl.read_parquet(path)
    columns = {"batch": pl.Int64(), "input": pl.String(), **Quality.create_empty().schema}
    return pl.DataFrame(schema=columns)


def remember(workspace: Workspace, found: pl.DataFrame, input_: str) -> None:
    """Add the figures of a batch to the history; one that is there keeps its number, the later figures."""
    past = history(workspace)
    numbers: dict[str, int] = dict(past.select("input", "batch").unique().iter_rows())
    number = numbers.get(input_, max(numbers.values(), default=0) + 1)
    led = found.select(pl.lit(number, pl.Int64).alias("batch"), pl.lit(input_).alias("input"), pl.all())
    whole = pl.concat([past.filter(pl.col("input") != input_), led.select(past.columns)])
    path = workspace.root / HISTORY / f"{TABLE}.parquet"
    path.parent.mkdir(exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    whole.sort("batch", "table", "position").write_parquet(fresh)
    fresh.replace(path)


def publish(found: pl.DataFrame, folder: Path) -> None:
    """Write the table ``quality`` into a folder of record tables."""
    write(found, Quality, folder / f"{TABLE}.parquet")


def _measured(db: duckdb.DuckDBPyConnection, path: Path, table: RecordTable) -> pl.DataFrame:
    """Return the figures of one table, ``lag_days`` still empty."""
    asked = _asked(table)
    doubts: dict[tuple[str, str], int] = {}
    if pl.scan_parquet(path).select(pl.len()).collect().item():
        doubts = _doubts(db, path)
        # Names of fields are the ontology's, never the data's.
        row = db.execute(f"SELECT {', '.join(asked)} FROM read_parquet(?)", [str(path)]).fetchone()
        told = iter(row or ())
    else:  # most regions lack some tables: there is nothing to ask them
        told = iter([0 if sql.startswith(("count", "approx", "0")) else None for sql in asked])
    rows, duplicates, superseded = next(told), next(told), next(told)
    made = []
    for position, (name, field) in enumerate(table.fields.items()):
        filled, distinct, compared, agreeing = (next(told) for _ in range(4))
        said = {v: n for (f, v), n in sorted(doubts.items()) if f == name}
        made.append(
            {
                "table": table.name, "field": name, "position": position, "type": field.type, "rows": rows,
                "filled": filled, "doubtful": min(rows, sum(said.values())),
                "verdicts": [f"{v}:{n}" for v, n in said.items()],
                "distinct": None if distinct is None else min(distinct, filled),
                "compared": compared, "agreeing": agreeing, "duplicates": duplicates,
                "superseded": superseded, "first_event": None, "last_event": None, "lag_days": None,
            }
        )  # fmt: skip
    first, last = tuple(told) or (None, None)
    for one in made:
        if one["field"] == table.event_date:
            one |= {"first_event": first, "last_event": last}
    return from_rows(made, Quality)


def _asked(table: RecordTable) -> list[str]:
    """Return the SQL of every figure: three of the table, four a field, then its span of events."""
    asked = ["count(*)", "count(duplicate_of)", "count(superseded_by)"]
    pairs = _pairs(table)
    for name, field in table.fields.items():
        pair = pairs.get(name)
        asked += [
            f"count(*) FILTER (len({name}) > 0)" if field.type == "list" else f"count({name})",
            "NULL" if field.type in _UNCOUNTED else f"approx_count_distinct({name})",
            f"count(*) FILTER ({pair[0]})" if pair else "0",
            f"count(*) FILTER ({pair[0]} AND {pair[1]})" if pair else "0",
        ]
    return asked + _span(table)


def _doubts(db: duckdb.DuckDBPyConnection, path: Path) -> dict[tuple[str, str], int]:
    """Return (field, verdict) → rows, without what is no doubt."""
    said = db.execute(
        "SELECT v, count(*) FROM (SELECT unnest(verdicts) AS v FROM read_parquet(?) WHERE len(verdicts) > 0)"
        " GROUP BY v",
        [str(path)],
    ).fetchall()
    split = {tuple(v.split(":", 1)): n for v, n in said}
    return {(f, v): n for (f, v), n in split.items() if v not in _NO_DOUBT}


def _pairs(table: RecordTable) -> dict[str, tuple[str, str]]:
    """Return field → (SQL: can be held against another field of the row, SQL: agrees with it).

    A citizen id of 18 digits tells date of birth and sex (GB 11643): digits 7 to 14; digit 17 is odd for men.
    """
    found: dict[str, tuple[str, str]] = {}
    for keys in (p.keys for p in table.parties if "citizen_id" in p.keys):
        number = keys["citizen_id"]
        valid = f"regexp_matches({number}, '{_ID}')"
        checks = {
            "birth_date": ("{f} IS NOT NULL", f"strftime({{f}}, '%Y%m%d') = substr({number}, 7, 8)"),
            "sex": (
                "{f} IN ('male', 'female')",
                f"({{f}} = 'male') = (TRY_CAST(substr({number}, 17, 1) AS INTEGER) % 2 = 1)",
            ),
        }
        sides = []
        for attribute, (can, agrees) in checks.items():
            if name := keys.get(attribute):
                side = (f"({valid} AND {can.format(f=name)})", f"({agrees.format(f=name)})")
                found[name] = side
                sides.append(side)
        if sides:
            any_ = " OR ".join(can for can, _ in sides)
            every = " AND ".join(f"(NOT coalesce({can}, false) OR {agrees})" for can, agrees in sides)
            found[number] = (f"({any_})", f"({every})")
    return found


def _span(table: RecordTable) -> list[str]:
    """Return the SQL of the first and last event of the rows whose event date nobody doubts."""
    name = table.event_date
    if not name or table.fields[name].type not in _DATED:
        return []
    sure = f"len(list_filter(verdicts, lambda v: starts_with(v, '{name}:'))) = 0"
    return [f"CAST({side}({name}) FILTER ({sure}) AS DATE)" for side in ("min", "max")]
