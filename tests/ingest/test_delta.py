"""A day's delta: only what changed is read again, with the result of a full run; a killed run goes on."""

from __future__ import annotations

import polars as pl
import pytest

from ingest import staging
from jiwang.workspace import Workspace

HEADER = "number,id,name,month,amount,paid,reason,account"
A, B = "1,,甲,202401,100.00,20240115,01,", "1,,甲,202401,200.00,20240115,01,"
OTHER = "2,,乙,202401,100.00,20240115,01,"
NOTES = """
id = "notes"
department = "稽核"
table = "note"
files = ["notes.csv"]
business_key = ["note_no"]
[columns]
n = { field = "note_no" }
t = { field = "text" }
"""


@pytest.fixture
def delivered(desk):
    desk.mappings["notes"] = NOTES
    desk.lay(
        {
            "人社局/pay1.csv": [HEADER, A, OTHER],
            "人社局/pay2.csv": [HEADER, A, "8"],
            "notes.csv": "n,t\n1,来电\n".encode(),
        }
    )
    return desk


def tables(told):
    """Return every published table: rows, and the bytes of none, for files are written at other times."""
    root: Workspace = told.workspace
    paths = [*root.folder("records").glob("*.parquet"), *root.folder("quarantine").glob("*.parquet")]
    return {p.stem: pl.read_parquet(p).to_dicts() for p in paths}


def test_only_changed_files_are_read_again(delivered, read_names):
    delivered.ingest()
    assert read_names == ["notes.csv", "人社局/pay1.csv", "人社局/pay2.csv"]
    read_names.clear()
    delivered.lay({"人社局/pay2.csv": [HEADER, B, "8"], "人社局/pay3.csv": [HEADER, OTHER]})
    day = delivered.ingest()
    assert read_names == ["人社局/pay2.csv", "人社局/pay3.csv"]
    assert tables(day) == tables(delivered.ingest(workspace="full"))
    assert (day.counts["superseded"], day.counts["duplicates"]) == (1, 1)


def test_repeats_are_found_across_what_was_read_before(delivered):
    assert delivered.ingest().counts["duplicates"] == 1
    (delivered.input / "人社局/pay1.csv").unlink()
    assert delivered.ingest().counts["duplicates"] == 0


def test_a_table_whose_files_stayed_is_taken_over(delivered):
    first = delivered.ingest()
    before = first.workspace.table("records", "note").stat().st_ino
    delivered.lay({"人社局/pay2.csv": [HEADER, B]})
    assert delivered.ingest().workspace.table("records", "note").stat().st_ino == before


def test_a_change_of_the_mapping_reads_its_files_again(delivered, read_names):
    delivered.ingest()
    read_names.clear()
    delivered.mappings["notes"] = NOTES.replace('"note_no" }', '"note_no", optional = true }')
    delivered.mappings["dialect"] = '[codes.colour]\n1 = "red"'
    delivered.ingest()
    assert read_names == ["notes.csv"]


def test_a_killed_run_goes_on_where_it_stopped(delivered, read_names, monkeypatch):
    reading = staging._batches

    def stopping(source, *args):
        for batch in reading(source, *args):
            if source.name.endswith("pay2.csv"):
                raise KeyboardInterrupt
            yield batch

    monkeypatch.setattr(staging, "_batches", stopping)
    with pytest.raises(KeyboardInterrupt):
        delivered.ingest()
    assert not (delivered.root / "ws" / "records").exists()
    monkeypatch.setattr(staging, "_batches", reading)
    read_names.clear()
    again = delivered.ingest()
    assert read_names == ["人社局/pay2.csv"]
    assert tables(again) == tables(delivered.ingest(workspace="full"))


def test_what_was_staged_of_files_that_are_gone_is_deleted(delivered):
    root = delivered.ingest().workspace.root / staging.FOLDER
    assert len(list(root.iterdir())) == 3
    (delivered.input / "人社局/pay2.csv").unlink()
    delivered.ingest()
    assert len(list(root.iterdir())) == 2


def test_repeats_are_the_same_some_keys_at_a_time(delivered, monkeypatch):
    from ingest import assembly

    rows = [f"{n % 40},,甲,202401,{n % 3}.00,20240115,01," for n in range(400)]
    delivered.lay({"人社局/pay1.csv": [HEADER, *rows]})
    whole = tables(delivered.ingest())
    monkeypatch.setattr(assembly, "AT_ONCE", 7)
    assert tables(delivered.ingest(workspace="parts")) == whole
