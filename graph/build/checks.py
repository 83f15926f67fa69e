"""Cross-department checks: what two departments that should agree say differently of one entity.

The checks are data (``checks.toml``) and SQL (``sql/checks``) over the views of ``views.py``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from graph.build.views import sql
from jiwang import tables
from jiwang.ids import digest
from jiwang.tables import Checks

WORDS = ("zh", "en", "value", "unit")


@cache
def definitions() -> Mapping[str, Mapping[str, Any]]:
    """Return id → titles ``zh`` and ``en``, ``value`` (date, sex, name, yuan), ``unit``, and tolerances."""
    text = (files(__package__) / "checks.toml").read_text(encoding="utf-8")
    return dict(tomllib.loads(text))


def create(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Run every check, return what they found (`tables.Checks`); nodes join the table ``disagreements``."""
    frames = [_run(con, name, about) for name, about in definitions().items()]
    found = pl.concat([Checks.create_empty(), *frames]).sort("check", "entity_id", "check_id")
    con.register("checks_found", found.select("entity_id", "check").to_arrow())
    con.execute(
        "CREATE TABLE disagreements AS "
        'SELECT entity_id, count(DISTINCT "check") AS n FROM checks_found GROUP BY entity_id'
    )
    con.unregister("checks_found")
    return found


def write(found: pl.DataFrame, folder: Path) -> dict[str, int]:
    """Write ``checks.parquet`` into ``folder``; return the findings per check."""
    tables.write(found, Checks, folder / "checks.parquet")
    return {name: found.filter(pl.col("check") == name).height for name in definitions()}


def _run(con: duckdb.DuckDBPyConnection, name: str, about: Mapping[str, Any]) -> pl.DataFrame:
    tolerances = {key: value for key, value in about.items() if key not in WORDS}
    found: pl.DataFrame = con.sql(sql("checks", name), params=tolerances or None).pl()
    frame = found.with_columns(
        pl.lit(name).alias("check"),
        pl.lit("person").alias("kind"),
        pl.col("records").list.sort(),
        pl.col("difference").round(4),
    )
    keys = frame.select(
        "entity_id", "left_table", "right_table", pl.col("records").list.join(" ")
    ).iter_rows()
    ids = [digest(name, *key, length=16) for key in keys]
    frame = frame.with_columns(pl.Series("check_id", ids, dtype=pl.String()))
    schema = Checks.create_empty().schema
    return frame.select(pl.col(column).cast(kind) for column, kind in schema.items())
