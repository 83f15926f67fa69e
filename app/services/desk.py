"""The desk: the published tables of one workspace, read when first asked for."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

import polars as pl

from jiwang.tables import (
    OUT,
    Checks,
    Doubts,
    Evidence,
    Hits,
    IdentityLeads,
    Judgements,
    Mentions,
    PossibleSame,
    Review,
)
from jiwang.workspace import Workspace

GRADES = ("red", "orange", "yellow", "none")
KINDS = ("person", "employer", "clinic", "account")
_CONTRACTS = dict(OUT) | {
    "hits": Hits, "mentions": Mentions, "possible_same": PossibleSame, "review": Review, "doubts": Doubts,
    "identity_leads": IdentityLeads, "evidence": Evidence, "judgements": Judgements,
    "checks": Checks,
}  # fmt: skip


class Desk:
    """The tables of a workspace. Small ones are kept; large ones are scanned for what is asked.

    Raises:
        WorkspaceError: there is no workspace, or it has published nothing yet.
    """

    def __init__(self, root: Path) -> None:
        self.workspace = Workspace.open(root)
        self.workspace.table("out", "rings")

    @staticmethod
    def stamp(root: Path) -> str:
        """Return what changes whenever the workspace publishes anew: the key of every cache over it."""
        paths = [root / folder / "_stage.json" for folder in ("out", "entities", "graph", "records")]
        return "|".join(str(p.stat().st_mtime_ns) if p.is_file() else "-" for p in paths)

    def scan(self, folder: str, name: str) -> pl.LazyFrame:
        """Return a table to be filtered; an empty one by its contract if its stage has not run."""
        path = self.workspace.folder(folder) / f"{name}.parquet"
        if not path.is_file() and name in _CONTRACTS:
            return _CONTRACTS[name].create_empty().lazy()
        return pl.scan_parquet(path)

    def out(self, name: str) -> pl.LazyFrame:
        """Return a published table to be filtered."""
        return self.scan("out", name)

    @cached_property
    def region(self) -> str:
        """The region whose hand-over this is."""
        return str((self.workspace.stamp("out") or {}).get("region") or "")

    @cached_property
    def rings(self) -> pl.DataFrame:
        """Every ring by rank, with its ``grade``: the worst of its alerts."""
        order = pl.Enum(GRADES)
        graded = self.alerts.with_columns(pl.col("grade").cast(pl.String).cast(order))
        worst = graded.filter(pl.col("ring_id").is_not_null()).group_by("ring_id").agg(pl.col("grade").min())
        joined = self.out("rings").collect().join(worst, on="ring_id", how="left", maintain_order="left")
        return joined.with_columns(pl.col("grade").cast(pl.String).fill_null("none")).sort("rank")

    @cached_property
    def alerts(self) -> pl.DataFrame:
        """Every alert, the worst first."""
        frame = self.out("alerts").collect().with_columns(pl.col("grade").cast(pl.String))
        order = pl.col("grade").replace_strict(GRADES, range(len(GRADES)), return_dtype=pl.Int8)
        keys = [order, -pl.col("score"), -pl.col("amount").fill_null(0), pl.col("alert_id")]
        return frame.sort(keys)

    @cached_property
    def members(self) -> pl.DataFrame:
        """Every member of every ring."""
        return self.out("ring_members").collect().with_columns(pl.col("role").cast(pl.String))

    @cached_property
    def files(self) -> pl.DataFrame:
        """The account of every file."""
        return self.out("files").collect()

    @cached_property
    def departments(self) -> dict[str, str]:
        """Source file → department."""
        return dict(self.files.select("source_file", "department").iter_rows())

    def entities(self, ids: Iterable[str]) -> pl.DataFrame:
        """Return the entities of these ids with score and grade; unknown ids are left out."""
        wanted = sorted(set(ids))
        found = self.out("entities").filter(pl.col("entity_id").is_in(wanted)).collect()
        scores = self.out("scores").filter(pl.col("entity_id").is_in(wanted)).collect()
        scores = scores.select("entity_id", "score", pl.col("grade").cast(pl.String), "reasons", "reasons_en")
        joined = found.join(scores, on="entity_id", how="left").sort("entity_id")
        return joined.with_columns(pl.col("grade").fill_null("none"))

    def names(self, ids: Iterable[str]) -> dict[str, str]:
        """Return entity id → name (an account's number), clear, for those that have one."""
        wanted = sorted(set(ids))
        frame = self.out("entities").filter(pl.col("entity_id").is_in(wanted))
        caption = pl.when(pl.col("kind") == "account").then("account_no").otherwise("name")
        named = frame.select("entity_id", caption.alias("caption")).drop_nulls().collect()
        return dict(named.sort("entity_id").iter_rows())
