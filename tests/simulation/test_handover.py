"""The hand-over: every file, decodable, in the dialect, with its dirt and its row account."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

if TYPE_CHECKING:
    from conftest import Made

DATA = Path(__file__).resolve().parents[2] / "simulation/data/dialects/a.toml"
TABLES: dict[str, Any] = tomllib.loads(DATA.read_text(encoding="utf-8"))["tables"]
ROWS = [name for name, spec in TABLES.items() if spec["format"] != "json"]
BAD_DATES, BAD_NUMBERS = {"20241345", "待查", "2024-02-31"}, {"--", "见附件", "#VALUE!"}
LOOSE = {"数据字典.md"}


def test_every_file_is_there_and_no_other(made: Made) -> None:
    raw = made.out / "raw"
    found = {str(path.relative_to(raw)) for path in raw.rglob("*") if path.is_file()}
    assert found == {spec["path"] for spec in TABLES.values()} | LOOSE


@pytest.mark.parametrize("name", ROWS)
def test_a_table_decodes_and_begins_with_its_header(made: Made, name: str) -> None:
    columns = [column[0] for column in TABLES[name]["columns"]]
    lines = made.lines(name)
    if TABLES[name]["format"] == "csv":
        assert lines[0] == ",".join(columns)
    else:
        assert list(json.loads(lines[0])) == columns


@pytest.mark.parametrize("name", ROWS)
def test_the_row_account_holds(town: Made, name: str) -> None:
    path = TABLES[name]["path"]
    head = TABLES[name]["format"] == "csv"
    read = len(town.lines(name)) - head
    broken = town.truth("quarantine").filter(pl.col("source_file") == path)
    about = town.truth("entities").filter(pl.col("source_file") == path)
    accepted = set(about["source_row"])
    assert accepted.isdisjoint(broken["source_row"])
    unsaid = set(range(1, read + 1)) - accepted - set(broken["source_row"])
    assert max(accepted | set(broken["source_row"])) <= read
    assert not unsaid or name == "note"  # a tip-off may name nobody


def test_broken_rows_look_as_the_truth_says(town: Made) -> None:
    width = {spec["path"]: len(spec["columns"]) for spec in TABLES.values()}
    by_path = {spec["path"]: name for name, spec in TABLES.items()}
    seen: Counter[str] = Counter()
    for file, row, rule in town.truth("quarantine").iter_rows():
        if file not in by_path or TABLES[by_path[file]]["format"] == "json":
            continue
        lines = town.lines(by_path[file])
        seen[rule] += 1
        if rule in {"bad_json", "null_record"}:
            line = lines[row - 1]
            assert (line == "null") == (rule == "null_record")
            continue
        if rule == "missing_key" and not file.endswith(".csv"):
            assert not all(json.loads(lines[row - 1]).values())
            continue
        fields = lines[row].split(",")
        assert {
            "repeated_header": lines[row] == lines[0],
            "total_line": fields[0] == "合计" and len(fields) == width[file] - 1,
            "placeholder": set(fields) == {"测试", "test"},
            "undecodable": fields[0] == "锟斤拷烫烫烫" or "\udcff" in fields[0],
            "blank_line": lines[row] == "",
            "field_count": len(fields) < width[file],
            "shifted": fields[3:5] == ["", ""],
            "missing_key": "" in fields and len(fields) == width[file],
            "bad_date": bool(BAD_DATES & set(fields)),
            "bad_number": bool(BAD_NUMBERS & set(fields)),
        }[rule], (file, row, rule)
    assert seen.keys() >= {
        "repeated_header",
        "placeholder",
        "undecodable",
        "field_count",
        "shifted",
        "bad_json",
    }


def test_totals_count_the_accepted_rows(town: Made) -> None:
    totals = town.truth("quarantine").filter(pl.col("rule") == "total_line")
    assert len(totals)
    by_path = {spec["path"]: name for name, spec in TABLES.items()}
    for file, row in totals.select("source_file", "source_row").iter_rows():
        about = town.truth("entities").filter(pl.col("source_file") == file)
        assert int(town.lines(by_path[file])[row].split(",")[-1]) == about["source_row"].n_unique()


def test_the_business_register_counts_itself(made: Made) -> None:
    register = json.loads((made.out / "raw" / TABLES["business"]["path"]).read_text(encoding="utf-8"))
    assert register["total"] == len(register["data"])


def test_duplicates_are_what_they_are_said_to_be(town: Made) -> None:
    by_path = {spec["path"]: name for name, spec in TABLES.items() if spec["format"] == "csv"}
    seen = set()
    for file, row, other, relation in town.truth("duplicates").iter_rows():
        if file in by_path:
            lines = town.lines(by_path[file])
            assert (lines[row] == lines[other]) == (relation == "duplicate_of")
            assert (row > other) == (relation == "duplicate_of")
            seen.add(relation)
    assert seen == {"duplicate_of", "superseded_by"}


def test_the_ways_of_writing_a_person_are_all_there(town: Made) -> None:
    ids = [line.split(",")[1] for line in town.lines("enrolment")[1:] if line.count(",") > 3]
    shapes = {"x": False, "X": False, "Ｘ": False, "*": False, " ": False}
    for cid in ids:
        for mark in shapes:
            shapes[mark] |= cid.endswith(mark)
    assert all(shapes.values())
    assert {15, 18} <= {len(cid.strip()) for cid in ids}
    assert any("*****" in line for line in town.lines("trace"))
