"""What ring extraction reads: hits, evidence edges, entities and the nodes' properties, in plain maps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from graph.schema import load_schema
from jiwang.workspace import Workspace

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Edge:
    """One edge of the graph that bears a hit."""

    eid: str
    type: str
    source: str
    target: str
    props: Row


@dataclass(frozen=True)
class Facts:
    """Everything about one region that rings are cut from.

    Attributes:
        hits: rows of ``hits.parquet``.
        edges: the edges that some hit names, by id.
        kinds: entity id → person, employer, clinic or account.
        nodes: node label → id → properties.
        records: edge id → ids of the records that bear it.
        money: record id → yuan that a fund paid by it.
        pairs: name of an innocent tie (``kin``) → pairs of persons, the lesser id first.
        transfers: giver, taker → yuan that accounts of one sent to those of the other.
        ties: person of a hit → edges to what others share: employers, devices, those whom they pay.
        degrees: the far end of such an edge → how many people of the region it is shared by.
        leads: employer → its legal representatives.
    """

    hits: Sequence[Row]
    edges: dict[str, Edge]
    kinds: dict[str, str]
    nodes: Mapping[str, dict[str, dict[str, Any]]]
    records: dict[str, list[str]]
    money: dict[str, float]
    pairs: dict[str, set[tuple[str, str]]]
    transfers: dict[tuple[str, str], float]
    ties: Mapping[str, tuple[Edge, ...]] = field(default_factory=dict)
    degrees: Mapping[str, int] = field(default_factory=dict)
    leads: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def load(cls, workspace: Workspace) -> Facts:
        """Read them from the published folders ``hits``, ``graph``, ``entities`` and ``records``."""
        hits = pl.read_parquet(workspace.table("hits", "hits")).to_dicts()
        graph = workspace.folder("graph")
        people = pl.Series(sorted({m for h in hits for m in h["members"]}), dtype=pl.String())
        named = pl.Series(sorted({e for h in hits for e in h["edges"]}), dtype=pl.String())
        edges = {e.eid: e for name in load_schema().edges for e in _edges(graph, name, "eid", named)}
        ties: dict[str, list[Edge]] = {}
        for edge in (e for name in TIES for e in _edges(graph, name, "source", people)):
            ties.setdefault(edge.source, []).append(edge)
        entities = pl.read_parquet(workspace.table("entities", "entities"), columns=["entity_id", "kind"])
        return cls(
            hits,
            edges,
            dict(entities.iter_rows()),
            _nodes(graph),
            _records(graph, edges),
            _money(workspace),
            _pairs(workspace),
            _transfers(workspace),
            {person: tuple(found) for person, found in ties.items()},
            _degrees(graph),
            _leads(graph),
        )

    @cached_property
    def people(self) -> dict[str, dict[str, Any]]:
        """Properties of persons by id."""
        return self.nodes["Person"]

    @cached_property
    def payers(self) -> dict[str, int]:
        """Person → how many others ever sent money to that person's accounts."""
        return dict(Counter(taker for giver, taker in self.transfers if giver != taker))

    @cached_property
    def owners(self) -> dict[str, str]:
        """Account → the person or employer that holds it, of the accounts that some hit names."""
        return {e.target: e.source for e in self.edges.values() if e.type in ("OWNS", "ORGANISATION_OWNS")}

    def name(self, entity: str) -> str:
        """Return the display name of an entity, or its id."""
        for nodes in self.nodes.values():
            if entity in nodes:
                return str(nodes[entity].get("name") or nodes[entity].get("holder") or entity)
        return entity


# What people of hits may share beside the hits themselves.
TIES = ("CERTIFIED_ON", "CLAIMS_FROM", "GIVES_TO", "INSURED_BY", "WAGED_BY")


def _nodes(graph: Path) -> dict[str, dict[str, dict[str, Any]]]:
    """Return label → node id → properties."""
    tables = {n: pl.read_parquet(graph / "nodes" / f"{n}.parquet") for n in load_schema().nodes}
    return {label: {row["id"]: row for row in table.iter_rows(named=True)} for label, table in tables.items()}


def _records(graph: Path, edges: Iterable[str]) -> dict[str, list[str]]:
    """Return edge id → ids of the records that bear it."""
    wanted = pl.Series(sorted(edges), dtype=pl.String())
    evidence = pl.scan_parquet(graph / "evidence.parquet").filter(pl.col("eid").is_in(wanted.implode()))
    found = evidence.collect().sort("eid", "record_id").group_by("eid", maintain_order=True)
    return {eid: rows["record_id"].to_list() for (eid,), rows in found}


def _edges(graph: Path, name: str, column: str, wanted: pl.Series) -> list[Edge]:
    """Return the edges of one type whose ``column`` is wanted, in the order of the file."""
    rows = pl.scan_parquet(graph / "edges" / f"{name}.parquet").filter(pl.col(column).is_in(wanted.implode()))
    return [Edge(r["eid"], name, r["source"], r["target"], r) for r in rows.collect().iter_rows(named=True)]


def _degrees(graph: Path) -> dict[str, int]:
    """Return how many people each employer, device and taker of money is tied to, of all in the region."""
    ends = pl.concat(
        pl.scan_parquet(graph / "edges" / f"{n}.parquet").select("source", "target") for n in TIES
    )
    return dict(ends.group_by("target").agg(pl.col("source").n_unique()).collect().iter_rows())


def _leads(graph: Path) -> dict[str, tuple[str, ...]]:
    leads = pl.read_parquet(graph / "edges" / "LEADS.parquet", columns=["source", "target"])
    grouped = leads.sort("target", "source").group_by("target", maintain_order=True).agg("source")
    return {employer: tuple(people) for employer, people in grouped.iter_rows()}


# Record table → columns that hold what the funds paid, the personal medical account among them.
PAYING: Mapping[str, tuple[str, ...]] = {
    "pension_payment": ("amount",),
    "unemployment_payment": ("amount",),
    "maternity_payment": ("amount",),
    "injury_payment": ("amount",),
    "settlement": ("fund_amount", "account_amount"),
}


def _money(workspace: Workspace) -> dict[str, float]:
    money: dict[str, float] = {}
    for table, columns in PAYING.items():
        path = workspace.folder("records") / f"{table}.parquet"
        if path.is_file():
            frame = pl.read_parquet(path, columns=["record_id", *columns])
            money.update(frame.select("record_id", pl.sum_horizontal(columns)).iter_rows())
    return money


def _pairs(workspace: Workspace) -> dict[str, set[tuple[str, str]]]:
    """Return the pairs of persons that have an innocent tie: kin."""
    kin = pl.read_parquet(workspace.folder("graph") / "edges" / "KIN.parquet", columns=["source", "target"])
    return {"kin": {(a, b) if a < b else (b, a) for a, b in kin.iter_rows()}}


def _transfers(workspace: Workspace) -> dict[tuple[str, str], float]:
    """Return yuan that one person's accounts sent to another's."""
    edges = workspace.folder("graph") / "edges"
    owner = pl.read_parquet(edges / "OWNS.parquet", columns=["source", "target"]).rename(
        {"source": "person", "target": "account"}
    )
    flows = (
        pl.read_parquet(edges / "TRANSFERS.parquet", columns=["source", "target", "amount"])
        .join(owner.rename({"person": "giver"}), left_on="source", right_on="account")
        .join(owner.rename({"person": "taker"}), left_on="target", right_on="account")
        .group_by("giver", "taker")
        .agg(pl.col("amount").sum())
    )
    return {(a, b): amount for a, b, amount in flows.iter_rows()}
