"""Views of the valid records, each row with the entities that it is about, and the tables built on them."""

from __future__ import annotations

from importlib.resources import files

import duckdb

from jiwang.ontology import KINDS, record_tables
from jiwang.tables import record_schema
from jiwang.workspace import Workspace

BASE = ("settings", "people", "accounts", "benefits", "money", "kin", "work", "retirement", "peers", "stays")


def sql(folder: str, name: str) -> str:
    """Return the text of ``sql/<folder>/<name>.sql``."""
    return (files(__package__) / "sql" / folder / f"{name}.sql").read_text(encoding="utf-8")


def create(con: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    """Create a table per record table (valid rows with their entities), then the base tables over them.

    A record table that the hand-over lacks is there all the same, empty.
    """
    links = workspace.table("entities", "links")
    con.execute(
        "CREATE TABLE about AS SELECT record_id, "
        + ", ".join(f"min(entity_id) FILTER (kind = '{k}') AS {k}" for k in KINDS)
        + f" FROM read_parquet('{links}') WHERE \"primary\" GROUP BY record_id"
    )
    con.execute(
        "CREATE TABLE counterparty AS SELECT record_id, min(entity_id) AS counter_account "
        f"FROM read_parquet('{links}') WHERE role = 'counterparty' GROUP BY record_id"
    )
    for table in record_tables():
        _create_table(con, workspace, table)
    for name in ("entities", "possible_same", "same_organisation"):
        con.execute(
            f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{workspace.table('entities', name)}')"
        )
    for name in BASE:
        con.execute(sql("base", name))


def _create_table(con: duckdb.DuckDBPyConnection, workspace: Workspace, table: str) -> None:
    path = workspace.folder("records") / f"{table}.parquet"
    if path.is_file():
        source = f"read_parquet('{path}')"
    else:
        columns = ", ".join(f"NULL::{_duck(str(t))} AS {c}" for c, t in record_schema(table).items())
        source = f"(SELECT {columns} WHERE false)"
    con.execute(
        f"CREATE TABLE {table} AS SELECT r.*, a.person, a.employer, a.clinic, a.account, c.counter_account "
        f"FROM {source} r LEFT JOIN about a USING (record_id) LEFT JOIN counterparty c USING (record_id) "
        "WHERE r.duplicate_of IS NULL AND r.superseded_by IS NULL"
    )


def _duck(polars_type: str) -> str:
    if polars_type.startswith("List"):
        return "VARCHAR[]"
    if polars_type.startswith("Datetime"):
        return "TIMESTAMP"
    return {"String": "VARCHAR", "Date": "DATE", "Float64": "DOUBLE", "Int64": "BIGINT"}[polars_type]
