"""What the last stage reads, by hand: three pensioners drained through one account, and one more alone."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from casework import alert
from graph.fixtures import TinyGraph, write_tables
from graph.schema import load_schema
from jiwang import tables
from jiwang.config import Settings
from jiwang.progress import SilentProgress
from jiwang.tables import record_schema, write, write_records
from jiwang.workspace import Workspace

RING = ("p1", "p2", "p3", "a1")
KINDS = {"p": "person", "a": "account"}


class Desk:
    """A workspace up to scoring; `raise_alerts` is the stage."""

    def __init__(self, root: Path) -> None:
        self.workspace = Workspace.open(root, create=True)
        self.score = 0.8
        self.last_paid = date(2024, 6, 5)
        self.hits = [
            self.hit("shared_account", "a1", RING, "DRAWS-1", "DRAWS-2", "DRAWS-3"),
            self.hit("emptied_at_one_machine", "p1", ("p1", "p2", "p3"), "CO_CASHES-1"),
        ]

    def hit(self, pattern: str, subject: str, members: tuple[str, ...], *edges: str) -> dict[str, Any]:
        return {
            "hit_id": f"h-{pattern}-{subject}",
            "pattern_id": pattern,
            "pattern_version": 1,
            "typology": "A1",
            "severity": "orange",
            "kind": KINDS[subject[0]],
            "subject": subject,
            "members": sorted(members),
            "amount": 900.0,
            "first_seen": date(2024, 1, 5),
            "last_seen": date(2024, 6, 5),
            "edges": sorted(edges),
        }

    def raise_alerts(self) -> pl.DataFrame:
        for folder, publish in (
            ("records", self._records), ("graph", self._graph), ("entities", self._entities),
            ("hits", self._hits), ("scores", self._scores), ("quarantine", self._quarantine),
        ):  # fmt: skip
            with self.workspace.publish(folder, {}) as fresh:
                publish(fresh)
        alert.run(self.workspace, Settings(), progress=SilentProgress(), stamp={})
        return pl.read_parquet(self.workspace.table("out", "alerts"))

    def _records(self, folder: Path) -> None:
        blank = dict.fromkeys(record_schema("pension_payment")) | {
            "region": "r",
            "source_file": "f",
            "verdicts": [],
        }
        rows = [
            blank | {"record_id": f"r{n}", "source_row": n, "amount": 300.0, "paid_date": self.last_paid}
            for n in range(1, 5)
        ]
        frame = pl.DataFrame(rows, schema=record_schema("pension_payment"))
        write_records(frame, "pension_payment", folder / "pension_payment.parquet")
        tables.Files.create_empty().write_parquet(folder / "files.parquet")

    def _quarantine(self, folder: Path) -> None:
        tables.Quarantine.create_empty().write_parquet(folder / "quarantine.parquet")

    def _graph(self, folder: Path) -> None:
        people = [{"id": f"p{n}", "name": f"甲{n}", "birth_day": -9000} for n in range(1, 5)]
        draws = [{"source": f"p{n}", "target": "a1", "own": 0, "kin": 0, "amount": 300.0} for n in (1, 2, 3)]
        together = [{"source": "p1", "target": "p2", "days": 5, "machines": 1, "kin": 0}]
        graph = TinyGraph(
            nodes={"Person": people, "Account": [{"id": "a1", "holder": "丙"}]},
            edges={"DRAWS": [*draws, {"source": "p4", "target": "a1"}], "CO_CASHES": together},
        )
        write_tables(graph, load_schema(), folder)
        borne = {"eid": [f"DRAWS-{n}" for n in range(1, 5)], "record_id": [f"r{n}" for n in range(1, 5)]}
        pl.DataFrame(borne).write_parquet(folder / "evidence.parquet")

    def _entities(self, folder: Path) -> None:
        blank = dict.fromkeys(tables.Entities.column_names()) | {
            "other_names": [],
            "conflicts": [],
            "n_records": 1,
        }
        rows = [blank | {"kind": KINDS[n[0]], "entity_id": n} for n in (*RING, "p4")]
        write(tables.from_rows(rows, tables.Entities), tables.Entities, folder / "entities.parquet")
        tables.Links.create_empty().write_parquet(folder / "links.parquet")

    def _hits(self, folder: Path) -> None:
        write(tables.from_rows(self.hits, tables.Hits), tables.Hits, folder / "hits.parquet")

    def _scores(self, folder: Path) -> None:
        ring: dict[str, Any] = {column: [] for column in tables.Rings.column_names()} | {
            "ring_id": "g1",
            "rank": 1,
            "score": self.score,
            "typology": "A1",
            "title": "题",
            "title_en": "title",
            "amount_at_risk": 900.0,
            "first_seen": None,
            "last_seen": None,
            "n_members": 4,
            "innocent_checks": ["查"],
            "innocent_checks_en": ["checked"],
            "edges": ["CO_CASHES-1", "DRAWS-1", "DRAWS-2", "DRAWS-3"],
            "patterns": ["emptied_at_one_machine", "shared_account"],
        }
        write(tables.from_rows([ring], tables.Rings), tables.Rings, folder / "rings.parquet")
        roles = ("beneficiary", "unwitting", "unwitting", "account")
        members = [
            {"ring_id": "g1", "kind": KINDS[name[0]], "entity_id": name, "role": role}
            for name, role in zip(RING, roles, strict=True)
        ]
        write(
            tables.from_rows(members, tables.RingMembers), tables.RingMembers, folder / "ring_members.parquet"
        )
        tables.Scores.create_empty().write_parquet(folder / "scores.parquet")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "w")
