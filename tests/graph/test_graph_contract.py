"""Tables that would make a wrong graph are refused before a store sees them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from graph.contract import check_tables
from graph.schema import GraphSchema
from jiwang.errors import ContractError

NODES = {"Person": [{"id": "p1"}, {"id": "p2"}], "Account": [{"id": "a1"}], "Clinic": [{"id": "c1"}]}
EDGES = {
    "DRAWS": [{"source": "p1", "target": "a1"}, {"source": "p2", "target": "a1"}],
    "VISITS": [{"source": "p1", "target": "c1"}],
}


def rewrite(path: Path, change: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
    change(pl.read_parquet(path)).write_parquet(path)


def test_rows_are_counted(tables: Any, toy_schema: GraphSchema) -> None:
    hashes = check_tables(toy_schema, *tables(NODES, EDGES))
    assert {name: len(its.rows) for name, its in hashes.items()} == {
        "Person": 2, "Account": 1, "Clinic": 1, "DRAWS": 2, "VISITS": 1, "POSSIBLY_SAME": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("table", "change", "says"),
    [
        ("Account", lambda f: f.drop("bank"), "nodes/Account: bank is missing"),
        (
            "Account",
            lambda f: f.with_columns(colour=pl.lit("red")),
            "nodes/Account: colour is not in the schema",
        ),
        (
            "VISITS",
            lambda f: f.with_columns(pl.col("week").cast(pl.String)),
            "edges/VISITS: week is String, wanted Int64",
        ),
        ("Person", lambda f: pl.concat([f, f.head(1)]), "nodes/Person: 1 rows repeat another's id"),
        ("Person", lambda f: f.with_columns(id=pl.lit(None, pl.String)), "nodes/Person: 2 rows without id"),
        (
            "Account",
            lambda f: f.with_columns(id=pl.lit("p1")),
            r"nodes/\*: 1 rows bear the id of another table",
        ),
        ("VISITS", lambda f: f.with_columns(eid=pl.lit("DRAWS-1")), r"edges/\*: 1 rows bear the eid"),
        (
            "DRAWS",
            lambda f: f.with_columns(target=pl.lit("a9")),
            "edges/DRAWS: 2 rows whose target is no Account",
        ),
        (
            "DRAWS",
            lambda f: f.with_columns(source=pl.lit(None, pl.String)),
            "edges/DRAWS: 2 rows whose source is no Person",
        ),
        (
            "VISITS",
            lambda f: f.with_columns(target=pl.lit("a1")),
            "edges/VISITS: 1 rows whose target is no Clinic",
        ),
    ],
)
def test_a_wrong_table_is_named(
    tables: Any,
    toy_schema: GraphSchema,
    table: str,
    change: Callable[[pl.DataFrame], pl.DataFrame],
    says: str,
) -> None:
    nodes, edges = tables(NODES, EDGES)
    rewrite((nodes | edges)[table], change)
    with pytest.raises(ContractError, match=says):
        check_tables(toy_schema, nodes, edges)


def test_a_missing_an_unknown_and_a_damaged_table_are_named(tables: Any, toy_schema: GraphSchema) -> None:
    nodes, edges = tables(NODES, EDGES)
    with pytest.raises(ContractError, match="tables missing: Clinic"):
        check_tables(toy_schema, {k: v for k, v in nodes.items() if k != "Clinic"}, edges)
    with pytest.raises(ContractError, match="does not know: OWNS"):
        check_tables(toy_schema, nodes, edges | {"OWNS": edges["DRAWS"]})
    edges["DRAWS"].write_bytes(b"no parquet")
    with pytest.raises(ContractError, match="edges/DRAWS cannot be read"):
        check_tables(toy_schema, nodes, edges)
