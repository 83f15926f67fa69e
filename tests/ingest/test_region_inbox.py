"""The customer's hand-over, where it is found: the account of every file closes, and its totals are ours."""

from __future__ import annotations

import time

import polars as pl
import pytest

import ingest
from jiwang.config import Settings
from jiwang.progress import SilentProgress
from jiwang.workspace import Workspace

pytestmark = pytest.mark.inbox


@pytest.fixture(scope="module")
def told(inbox, tmp_path_factory):
    workspace = Workspace.open(tmp_path_factory.mktemp("region") / "ws", create=True)
    started = time.process_time()
    counts = ingest.run(
        workspace,
        Settings(),
        region="a",
        dialect="a",
        source=inbox / "region_a",
        allow_unknown=False,
        progress=SilentProgress(),
    )
    return workspace, counts, time.process_time() - started


def physical_rows(path):
    raw = path.read_bytes()
    return raw.count(b"\n") - 1 + (not raw.endswith(b"\n"))


def test_every_file_is_accounted_for(told, inbox):
    workspace, counts, _ = told
    files = pl.read_parquet(workspace.table("records", "files"))
    root = inbox / "region_a"
    assert set(files["source_file"]) == {
        p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file()
    }
    assert counts["rows_read"] == counts["accepted"] + counts["quarantined"]
    for row in files.filter(pl.col("source_file").str.ends_with(".csv")).iter_rows(named=True):
        assert row["rows_read"] == physical_rows(root / row["source_file"])
    assert files.filter((pl.col("mapping") != "document") & (pl.col("accepted") == 0)).is_empty()


def test_control_totals_agree(told):
    workspace, counts, _ = told
    files = pl.read_parquet(workspace.table("records", "files")).filter(pl.col("control_total").is_not_null())
    of_rows = files.filter(pl.col("source_file").str.ends_with(".csv"))
    assert of_rows.height > 0
    assert of_rows.filter(pl.col("control_total") != pl.col("accepted")).is_empty()
    assert counts["warnings"] == []


def test_tables_agree_with_the_account(told):
    workspace, _, _ = told
    files = pl.read_parquet(workspace.table("records", "files"))
    for table, accepted in (
        files.drop_nulls("table").group_by("table").agg(pl.col("accepted").sum()).iter_rows()
    ):
        frame = pl.read_parquet(workspace.table("records", table))
        assert frame.height == accepted
        assert frame["record_id"].n_unique() == accepted
        assert not frame["superseded_by"].is_in(frame["record_id"].to_list()).not_().any()


def test_no_code_is_unknown_and_few_values_are_bad(told):
    workspace, _, _ = told
    for path in sorted(workspace.folder("records").glob("*.parquet")):
        if path.stem == "files":
            continue
        frame = pl.read_parquet(path)
        said = frame["verdicts"].explode(keep_nulls=False, empty_as_null=False).to_list()
        assert not [v for v in said if v.endswith((":unknown_code", ":bad_date", ":bad_number"))]


def test_it_is_quick(told):
    assert told[2] < 40  # CPU seconds; 8 on an idle machine
