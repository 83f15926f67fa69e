"""A customer's hand-over: link rates that a lost rule would lower, and promises that hold on any data."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import entity_resolution
import ingest
from jiwang import config
from jiwang.progress import SilentProgress
from jiwang.workspace import Workspace

pytestmark = pytest.mark.inbox

LEAST = {
    "bank_account": 0.98,
    "business": 0.9,
    "cremation": 0.9,
    "death_certificate": 0.9,
    "labour_contract": 0.97,
    "life_trace": 0.93,
    "resident": 0.99,
    "settlement": 0.99,
    "wage_tax": 0.98,
}


@pytest.fixture(scope="module")
def resolved(inbox: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = Workspace.open(tmp_path_factory.mktemp("inbox") / "w", create=True)
    settings, silent = config.load(), SilentProgress()
    ingest.run(
        workspace,
        settings,
        region="a",
        dialect="a",
        source=inbox / "region_a",
        allow_unknown=False,
        progress=silent,
    )
    entity_resolution.run(workspace, settings, progress=silent)
    return workspace


def test_rows_are_linked_to_persons(resolved: Workspace) -> None:
    links = pl.read_parquet(resolved.table("entities", "links"))
    persons = links.filter((pl.col("kind") == "person") & pl.col("primary")).group_by("table").len()
    linked = dict(persons.rows())
    for table, least in LEAST.items():
        frame = pl.read_parquet(resolved.table("records", table))
        rows = (
            frame.filter(pl.col("holder_type") == "person").height
            if table == "bank_account"
            else frame.height
        )
        assert linked[table] / rows >= least, table


def test_no_person_bears_two_registered_ids(resolved: Workspace) -> None:
    links = pl.read_parquet(resolved.table("entities", "links"))
    residents = pl.read_parquet(resolved.table("records", "resident")).select("record_id", "citizen_id")
    both = links.filter((pl.col("table") == "resident") & pl.col("primary")).join(residents, on="record_id")
    assert both.group_by("entity_id").agg(pl.col("citizen_id").n_unique())["citizen_id"].max() == 1


def test_employers_are_not_more_than_the_register_and_the_strangers(resolved: Workspace) -> None:
    entities = pl.read_parquet(resolved.table("entities", "entities")).filter(pl.col("kind") == "employer")
    assert entities["uscc"].is_not_null().mean() > 0.98
