"""What ring extraction reads: hits, evidence edges, entities and the nodes' properties, in plain maps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
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
    """

    hits: Sequence[Row]
    edges: dict[str, Edge]
    kinds: dict[str, str]
    nodes: Mapping[str, dict[str, dict[str, Any]]]
    records: dict[str, list[str]]
    money: dict[str, float]
    pairs: dict[str, set[tuple[str, str]]]
    transfers: dict[tuple[str, str], float]

    @classmethod
    def load(cls, workspace: Workspace) -> Facts:
        """Read them from the published folders ``hits``, ``graph``, ``entities`` and ``records``."""
        hits = pl.read_parquet(workspace.table("hits", "hits")).to_dicts()
        wanted = pl.Series("eid", sorted({e for h in hits for e in h["edges"]}), dtype=pl.String())
        graph = workspace.folder("graph")
        edges: dict[str, Edge] = {}
        for name in load_schema().edges:
            frame = pl.scan_parquet(graph / "edges" / f"{name}.parquet").filter(
                pl.col("eid").is_in(wanted.implode())
            )
            for row in frame.collect().iter_rows(named=True):
                edges[row["eid"]] = Edge(row["eid"], name, row["source"], row["target"], row)
        nodes = {
            label: {
                r["id"]: r
                for r in pl.read_parquet(graph / "nodes" / f"{label}.parquet").iter_rows(named=True)
            }
            for label in load_schema().nodes
        }
        evidence = (
            pl.scan_parquet(graph / "evidence.parquet")
            .filter(pl.col("eid").is_in(wanted.implode()))
            .collect()
        )
        records = {
            k[0]: v["record_id"].to_list()
            for k, v in evidence.sort("eid", "record_id").group_by("eid", maintain_order=True)
        }
        kinds = dict(
            pl.read_parquet(
                workspace.table("entities", "entities"), columns=["entity_id", "kind"]
            ).iter_rows()
        )
        return cls(
            hits, edges, kinds, nodes, records, _money(workspace), _pairs(workspace), _transfers(workspace)
        )

    @cached_property
    def people(self) -> dict[str, dict[str, Any]]:
        """Properties of persons by id."""
        return self.nodes["Person"]

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
