"""A world small enough to think through: record tables written by hand, resolved in a fresh workspace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import entity_resolution
from jiwang import config, ids, tables
from jiwang.progress import SilentProgress
from jiwang.workspace import Workspace

Row = dict[str, Any]


@dataclass
class World:
    """The published tables of a small world."""

    workspace: Workspace
    counts: dict[str, Any]

    def table(self, name: str) -> pl.DataFrame:
        return pl.read_parquet(self.workspace.table("entities", name))

    def entity(self, table: str, row: int, kind: str = "person", role: str | None = None) -> str | None:
        """Return the entity that a row is linked to: its primary one, or that of ``role``."""
        links = self.table("links").filter(
            (pl.col("table") == table) & (pl.col("source_row") == row) & (pl.col("kind") == kind)
        )
        chosen = links.filter(pl.col("role") == role) if role else links.filter("primary")
        return chosen["entity_id"].item() if len(chosen) else None

    def how(self, table: str, row: int) -> str:
        links = self.table("links").filter((pl.col("table") == table) & (pl.col("source_row") == row))
        return str(links.filter((pl.col("kind") == "person") & pl.col("primary"))["how"].item())


def write_records(workspace: Workspace, records: dict[str, list[Row]]) -> None:
    with workspace.publish("records", {"rows": {t: len(r) for t, r in records.items()}}) as folder:
        for table, rows in records.items():
            schema = tables.record_schema(table)
            full = [
                {
                    "record_id": ids.record_id("a", f"{table}.csv", n),
                    "region": "a",
                    "source_file": f"{table}.csv",
                    "source_row": n,
                    "verdicts": [],
                }
                | row
                for n, row in enumerate(rows, 1)
            ]
            assert all(set(r) <= set(schema) for r in full), (
                f"{table}: a field that the ontology does not have"
            )
            frame = pl.DataFrame([{c: r.get(c) for c in schema} for r in full], schema=schema)
            tables.write_records(frame, table, folder / f"{table}.parquet")


@pytest.fixture
def resolve(tmp_path: Path) -> Callable[..., World]:
    """Resolve records in a workspace; the same name goes on in the same workspace."""

    def run(name: str = "w", **records: list[Row]) -> World:
        workspace = Workspace.open(tmp_path / name, create=True)
        write_records(workspace, records)
        counts = entity_resolution.run(workspace, config.load(), progress=SilentProgress())
        return World(workspace, counts)

    return run
