"""A town of a dozen rows: records and entities written as ingest and resolution leave them, then built."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from graph import build
from jiwang.config import Settings
from jiwang.progress import SilentProgress
from jiwang.tables import Entities, Links, PossibleSame, record_schema, write, write_records
from jiwang.workspace import Workspace

KINDS = {"p": "person", "e": "employer", "c": "clinic", "a": "account"}


class Town:
    """Rows by hand; an entity is founded when it is first named, its kind told by its first letter."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.tables: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.links: list[dict[str, Any]] = []
        self.entities: dict[str, dict[str, Any]] = {}
        self.leads: list[dict[str, Any]] = []

    def entity(self, entity_id: str, **attributes: Any) -> None:
        fresh = dict.fromkeys(Entities.column_names()) | {
            "kind": KINDS[entity_id[0]], "entity_id": entity_id, "name": entity_id, "other_names": [],
            "n_records": 1, "conflicts": [],
        }  # fmt: skip
        self.entities[entity_id] = self.entities.get(entity_id, fresh) | attributes

    def row(self, table: str, *about: str, counterparty: str | None = None, **fields: Any) -> str:
        """Add a record about these entities, one a kind; return its id."""
        record = f"r{len(self.links):03d}-{table}"
        place = {"record_id": record, "region": "r", "source_file": f"{table}.csv"}
        rows = self.tables[table]
        rows.append(
            dict.fromkeys(record_schema(table))
            | place
            | {"source_row": len(rows) + 1, "verdicts": []}
            | fields
        )
        for name in (*about, *([counterparty] if counterparty else [])):
            self.entity(name)
            role = "counterparty" if name == counterparty else "about"
            self.links.append(
                place
                | {"source_row": len(rows), "kind": KINDS[name[0]], "role": role, "primary": role == "about"}
                | {"entity_id": name, "table": table, "how": "number"}
            )
        return record

    def account(self, holder: str, **fields: Any) -> str:
        """Open the account ``a-<holder>``; return it."""
        self.row("bank_account", holder, f"a-{holder}", account_no=f"a-{holder}", **fields)
        return f"a-{holder}"

    def pays(self, giver: str, taker: str, booked_at: Any, amount: float, purpose: str = "转账") -> str:
        """Book a transfer out of the account of ``giver`` into that of ``taker``; both have one."""
        fields = {
            "direction": "out",
            "channel": "mobile",
            "booked_at": booked_at,
            "amount": amount,
            "purpose": purpose,
        }
        return self.row("bank_flow", f"a-{giver}", counterparty=f"a-{taker}", **fields)

    def build(self) -> Graph:
        workspace = Workspace.open(self.root, create=True)
        with workspace.publish("records", {}) as folder:
            for name, rows in self.tables.items():
                write_records(
                    pl.DataFrame(rows, schema=record_schema(name)), name, folder / f"{name}.parquet"
                )
        with workspace.publish("entities", {}) as folder:
            write(_frame(self.links, Links), Links, folder / "links.parquet")
            write(_frame([*self.entities.values()], Entities), Entities, folder / "entities.parquet")
            write(_frame(self.leads, PossibleSame), PossibleSame, folder / "possible_same.parquet")
            nobody = {"clinic": pl.String, "employer": pl.String, "by": pl.String}
            pl.DataFrame(schema=nobody).write_parquet(folder / "same_organisation.parquet")
        build.run(workspace, Settings(), progress=SilentProgress(), stamp={})
        return Graph(workspace.folder("graph"))


class Graph:
    """The built graph."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def node(self, label: str, name: str) -> dict[str, Any]:
        found = pl.read_parquet(self.folder / "nodes" / f"{label}.parquet").filter(id=name)
        return found.row(0, named=True)

    def table(self, kind: str) -> pl.DataFrame:
        return pl.read_parquet(self.folder / "edges" / f"{kind}.parquet")

    def edges(self, kind: str) -> dict[tuple[str, str], dict[str, Any]]:
        """Return (source, target) → properties, its records among them; a pair may have one edge only."""
        frame = self.table(kind)
        borne = pl.read_parquet(self.folder / "evidence.parquet").group_by("eid").agg(records="record_id")
        rows = frame.join(borne, on="eid", how="left").to_dicts()
        found = {(r["source"], r["target"]): r for r in rows}
        assert len(found) == len(rows)
        return found


def _frame(rows: list[dict[str, Any]], contract: Any) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=contract.create_empty().schema)


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path / "w")
