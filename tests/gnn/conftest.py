"""A toy region that follows the graph's schema: rings planted, innocent look-alikes, closed cases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from graph.schema import load_schema
from jiwang.config import Settings
from jiwang.tables import Hits, RingCandidates, RingMembers, record_schema
from jiwang.workspace import Workspace

EPOCH = date(1970, 1, 1)
START = 19_723  # 2024-01-01


@dataclass
class Toy:
    """A region under construction: what is written when `publish` is called."""

    persons: int = 400
    seed: int = 7
    rings: list[list[str]] = field(default_factory=list)
    kin_groups: list[list[str]] = field(default_factory=list)
    nodes: dict[str, list[dict[str, object]]] = field(default_factory=dict)
    edges: dict[str, list[dict[str, object]]] = field(default_factory=dict)
    hits: list[dict[str, object]] = field(default_factory=list)
    cases: list[dict[str, object]] = field(default_factory=list)
    links: list[dict[str, object]] = field(default_factory=list)

    def edge(self, kind: str, source: str, target: str, **props: object) -> str:
        rows = self.edges.setdefault(kind, [])
        eid = f"{kind}:{source}:{target}:{len(rows)}"
        rows.append({"source": source, "target": target, "eid": eid, **props})
        return eid

    def hit(self, pattern: str, typology: str, members: list[str], severity: str = "orange") -> None:
        self.hits.append(
            {
                "hit_id": f"h{len(self.hits):03d}",
                "pattern_id": pattern,
                "pattern_version": 1,
                "typology": typology,
                "severity": severity,
                "kind": "person",
                "subject": members[0],
                "members": members,
                "amount": 1.0,
                "first_seen": date(2024, 3, 1),
                "last_seen": date(2025, 3, 1),
                "edges": [],
            }
        )

    def case(self, number: str, closed: date, finding: str, objects: list[tuple[str, str | None]]) -> None:
        """Close a case; an object of entity None resolves to nothing."""
        for kind, entity in objects:
            record = f"rc{len(self.cases):04d}"
            self.cases.append(
                {
                    "record_id": record,
                    "case_no": number,
                    "closed_date": closed,
                    "finding": finding,
                    "object_type": kind,
                }
            )
            if entity is not None:
                self.links.append(
                    {
                        "record_id": record,
                        "kind": kind,
                        "entity_id": entity,
                        "table": "past_case",
                        "role": "case_object",
                    }
                )

    def publish(self, root: Path) -> Workspace:
        workspace = Workspace.open(root, create=True)
        schema = load_schema()
        with workspace.publish("graph", {"fingerprint": "toy", "lineage": "toy"}) as folder:
            for label, table in schema.nodes.items():
                write(self.nodes.get(label, []), table.columns(), folder / "nodes" / f"{label}.parquet")
            for name, edge in schema.edges.items():
                write(self.edges.get(name, []), edge.columns(), folder / "edges" / f"{name}.parquet")
        with workspace.publish("hits", {}) as folder:
            write(self.hits, dict(Hits.create_empty().schema), folder / "hits.parquet")
        with workspace.publish("rings", {}) as folder:
            for name, contract in (("candidates", RingCandidates), ("members", RingMembers)):
                write([], dict(contract.create_empty().schema), folder / f"{name}.parquet")
        with workspace.publish("records", {}) as folder:
            write(self.cases, record_schema("past_case"), folder / "past_case.parquet")
        with workspace.publish("entities", {}) as folder:
            columns = {c: pl.String() for c in ("record_id", "kind", "entity_id", "table", "role")}
            write(self.links, columns, folder / "links.parquet")
        return workspace


def write(rows: list[dict[str, object]], columns: dict[str, pl.DataType], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    frame = pl.DataFrame([{c: row.get(c) for c in columns} for row in rows], schema=columns)
    frame.write_parquet(path)


def person(number: int) -> str:
    return f"p{number:016x}"


def populate(toy: Toy) -> None:
    """People, employers, clinics and own accounts; who is innocent differs in nothing but the ties."""
    draw = np.random.default_rng(toy.seed)
    toy.nodes["Person"] = [
        {
            "id": person(i),
            "birth_day": int(START - 365 * draw.integers(25, 75)),
            "wage_months": int(draw.integers(0, 24)),
            "n_records": int(draw.integers(2, 40)),
        }
        for i in range(toy.persons)
    ]
    toy.nodes["Employer"] = [
        {"id": f"e{i:016x}", "n_insured": int(draw.integers(3, 80)), "wage_reported": 1} for i in range(30)
    ]
    toy.nodes["Clinic"] = [{"id": f"c{i:016x}", "beds": int(draw.integers(0, 300))} for i in range(10)]
    toy.nodes["Account"] = [{"id": f"a{i:016x}", "n_payees": 1} for i in range(toy.persons)]
    for i in range(toy.persons):
        first = START + int(draw.integers(0, 300))
        toy.edge(
            "INSURED_BY",
            person(i),
            f"e{draw.integers(0, 30):016x}",
            months=int(draw.integers(1, 24)),
            first_day=first,
            last_day=first + 300,
            base=float(draw.integers(3000, 9000)),
        )
        toy.edge(
            "VISITS",
            person(i),
            f"c{draw.integers(0, 10):016x}",
            n=int(draw.integers(1, 9)),
            amount=float(draw.integers(100, 900)),
            first_day=first,
            last_day=first + 90,
        )
        toy.edge(
            "DRAWS",
            person(i),
            f"a{i:016x}",
            benefit="pension",
            n=12,
            amount=3000.0,
            own=1,
            kin=0,
            first_day=first,
            last_day=first + 300,
        )


def plant(toy: Toy, n_rings: int = 12, n_kin: int = 12, size: int = 5) -> None:
    """Rings swipe together without a tie; families and colleagues swipe together with one."""
    draw = np.random.default_rng(toy.seed + 1)
    chosen = [int(i) for i in draw.permutation(toy.persons)[: (n_rings + n_kin) * size]]
    groups = [sorted(person(i) for i in chosen[k * size : (k + 1) * size]) for k in range(n_rings + n_kin)]
    toy.rings, toy.kin_groups = groups[:n_rings], groups[n_rings:]
    for number, group in enumerate(groups):
        innocent = number >= n_rings
        for i, one in enumerate(group):
            for other in group[i + 1 :]:
                first = START + int(draw.integers(0, 200))
                toy.edge(
                    "CO_SWIPES",
                    one,
                    other,
                    days=int(draw.integers(2, 6)),
                    terminals=1,
                    amount=float(draw.integers(200, 2000)),
                    first_day=first,
                    last_day=first + 60,
                    kin=int(innocent and number % 2),
                    colleagues=int(innocent and not number % 2),
                    neighbours=0,
                    clinic="c" + f"{number % 10:016x}",
                )
        if number % 2 or not innocent:
            toy.hit("swipe_series", "H2", group)


def close_cases(toy: Toy, n_true: int = 6, n_false: int = 8) -> None:
    for i, ring in enumerate(toy.rings[:n_true]):
        toy.case(
            f"T{i:03d}",
            date(2025, 1, 1) + timedelta(days=20 * i),
            "substantiated",
            [("person", p) for p in ring],
        )
    for i, family in enumerate(toy.kin_groups[:n_false]):
        toy.case(
            f"F{i:03d}",
            date(2025, 1, 5) + timedelta(days=15 * i),
            "unsubstantiated",
            [("person", p) for p in family],
        )


@pytest.fixture
def toy() -> Toy:
    """An empty region."""
    return Toy()


@pytest.fixture(scope="session")
def region(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, Toy]:
    """A region of 400 people, 12 rings, 12 innocent groups, 14 closed cases; read-only."""
    toy = Toy()
    populate(toy)
    plant(toy)
    close_cases(toy)
    return toy.publish(tmp_path_factory.mktemp("toy") / "w"), toy


@pytest.fixture
def publish(tmp_path: Path) -> Callable[[Toy], Workspace]:
    """Write a region into a workspace of its own."""
    return lambda toy: toy.publish(tmp_path / "w")


@pytest.fixture
def settings() -> Settings:
    """Settings of a quick training."""
    return Settings(gnn_epochs=25)
