"""The whole way over a simulated region: every row accounted for, the right people named, the rings found."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl
import pytest

from jiwang.tables import OUT

ROW = ["source_file", "source_row"]
# DESIGN §3, written out: the promise to bulk users, not what the code happens to have.
PROMISED = {
    "files": "region source_file department mapping rows_read accepted quarantined control_total",
    "links": "region source_file source_row kind role primary entity_id record_id",
    "entities": "kind entity_id n_records conflicts",
    "scores": "kind entity_id score grade reasons model_run",
    "rings": "ring_id rank score typology title amount_at_risk first_seen last_seen n_members also",
    "ring_members": "ring_id kind entity_id role",
    "alerts": "alert_id ring_id kind entity_id pattern_id pattern_version grade score amount evidence"
    " innocent_checks opened_at",
    "quarantine": "region source_file source_row rule detail",
}


@pytest.fixture(scope="module")
def detection(repo_root: Path) -> ModuleType:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(repo_root / "benchmarks")
        return importlib.import_module("detection")


def pairs(frame: pl.DataFrame, *keys: str) -> int:
    """Return how many pairs of rows share ``keys``."""
    sizes = frame.group_by(keys).len()["len"].cast(pl.Int64)
    return int((sizes * (sizes - 1) // 2).sum())


def linked(region: Any, ran: Any, kind: str) -> pl.DataFrame:
    """Return the rows that the truth knows, beside the entity that we link them to, or null."""
    true, ours = (f.filter("primary", kind=kind) for f in (region.truth("entities"), ran.out("links")))
    return true.join(ours.select(*ROW, "entity_id"), on=ROW, how="left")


def test_every_file_is_accounted_for(region: Any, ran: Any) -> None:
    files = ran.out("files")
    there = {p.relative_to(region.raw).as_posix() for p in region.raw.rglob("*") if p.is_file()}
    assert set(files["source_file"]) == there
    assert (files["rows_read"] == files["accepted"] + files["quarantined"]).all()
    counted = files.filter(pl.col("rows_read") > 0).select("rows_read", "quarantined").sum().row(0)
    assert counted[1] == region.truth("quarantine").height < counted[0]


def test_the_broken_rows_are_the_ones_that_were_broken(region: Any, ran: Any) -> None:
    wanted, found = (
        f.select(*ROW, "rule").sort(*ROW) for f in (region.truth("quarantine"), ran.out("quarantine"))
    )
    assert found.join(wanted, on=[*ROW, "rule"], how="anti").is_empty(), "quarantined and whole"
    assert wanted.join(found, on=[*ROW, "rule"], how="anti").is_empty(), (
        "broken and accepted, or by another rule"
    )


# Two valid numbers never merge by themselves, so a false merge is a fault; a split is what a masked or lost
# number costs. Names without a number are rarer among organisations and accounts.
@pytest.mark.parametrize(
    ("kind", "precision", "recall"),
    [("person", 0.995, 0.98), ("employer", 0.995, 0.99), ("clinic", 0.995, 0.99), ("account", 1.0, 0.99)],
)
def test_rows_of_one_entity_meet_and_others_do_not(
    region: Any, ran: Any, kind: str, precision: float, recall: float
) -> None:
    rows = linked(region, ran, kind)
    ours = rows.drop_nulls("entity_id")
    together = pairs(ours, "entity", "entity_id")
    assert together / pairs(ours, "entity_id") >= precision
    assert together / pairs(rows, "entity") >= recall


def test_most_planted_rings_are_found(region: Any, ran: Any, detection: ModuleType) -> None:
    names = detection.translate(ran.workspace, region.hidden)
    members = ran.out("ring_members").with_columns(
        entity=pl.col("entity_id").replace_strict(names, default=None, return_dtype=pl.Int64)
    )
    ours = detection.groups(members, "ring_id", "entity")
    true = detection.groups(region.truth("ring_members"), "ring_id", "entity")
    found = [ring for ring, people in true.items() if detection.best(people, ours)[0] >= 0.5]
    assert len(found) >= len(true) / 2 > 1


@pytest.mark.parametrize("name", sorted(PROMISED))
def test_tables_hold_to_their_contract(ran: Any, name: str) -> None:
    frame = ran.out(name)
    assert [c for c in PROMISED[name].split() if c not in frame.columns] == []
    OUT[name].validate(frame)
    assert frame.height > 0
    assert "region" not in frame.columns or frame["region"].unique().to_list() == ["town"]


def test_a_row_is_about_one_entity_of_a_kind_and_a_broken_row_about_none(ran: Any) -> None:
    links = ran.out("links")
    assert links.filter("primary").select(*ROW, "kind").is_duplicated().sum() == 0
    assert links.join(ran.out("quarantine"), on=ROW, how="semi").is_empty()
    known = ran.out("entities").select("kind", "entity_id")
    assert links.join(known, on=["kind", "entity_id"], how="anti").is_empty()


def test_rings_name_known_members_and_what_speaks_for_them(ran: Any) -> None:
    rings, members, entities = ran.out("rings"), ran.out("ring_members"), ran.out("entities")
    assert rings["rank"].to_list() == list(range(1, rings.height + 1))
    assert rings["score"].is_sorted(descending=True)
    assert rings["innocent_checks"].list.len().min() > 0
    sizes = rings.select("ring_id", "n_members").join(members.group_by("ring_id").len(), on="ring_id")
    assert sizes.height == rings.height
    assert (sizes["n_members"] == sizes["len"]).all()
    assert members.join(entities, on=["kind", "entity_id"], how="anti").is_empty()


def test_alerts_rest_on_records_and_on_rings_that_are_there(ran: Any) -> None:
    alerts, links = ran.out("alerts"), ran.out("links")
    assert set(alerts["ring_id"].drop_nulls()) <= set(ran.out("rings")["ring_id"])
    assert alerts["evidence"].list.len().min() > 0
    assert alerts["innocent_checks"].list.len().min() > 0
    assert set(alerts["evidence"].explode()) <= set(links["record_id"])
    assert set(alerts["entity_id"]) <= set(ran.out("entities")["entity_id"])


def test_csv_says_what_parquet_says(ran: Any) -> None:
    out = ran.workspace / "out"
    assert {p.stem for p in out.glob("*.csv")} == set(PROMISED)
    for name in PROMISED:
        told = pl.read_csv(out / f"{name}.csv", infer_schema=False)
        assert (told.height, told.columns) == (ran.out(name).height, ran.out(name).columns)
