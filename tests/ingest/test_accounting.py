"""The account closes in every layout, whatever the cells hold; files of any size pass bounded memory."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import fixed, handover, reading
from ingest.mapping import load

ROOT = Path(__file__).resolve().parents[2]
FIELDS = ("no", "name", "at", "sum", "note")
MAPPING = """
id = "care"
department = "医保局"
table = "settlement"
files = ["care.*"]
encoding = ["ENCODING"]
FORMAT
business_key = ["settlement_no"]
dates = ["yyyyMMdd"]

[columns]
no = { field = "settlement_no" }
name = { field = "name" }
at = { field = "settled_at" }
sum = { field = "total_amount" }
note = { field = "diagnosis_name" }
"""
HOSTILE = st.sampled_from(
    [",", '"', '""', "|", "\t", " ", "\u3000", "合计", "测试", "锟斤拷", "??", "null", "𬭎", "é",
     "\x00", "\x1f", "\x85", "'", "=1"]
)  # fmt: skip
PLAIN = st.characters(codec="gb18030", exclude_characters="\r\n")
CELL = st.one_of(st.sampled_from(["", "20240105", "12.50", "甲乙"]), HOSTILE, st.text(PLAIN, max_size=4))
TABLE = st.lists(st.lists(CELL, min_size=5, max_size=5), max_size=12)


def settled(folder, form, codec="gb18030"):
    """Return rows read, accepted and broken of the file that lies in ``folder/in``."""
    (folder / "src" / "m").mkdir(parents=True)
    text = MAPPING.replace("FORMAT", form).replace("ENCODING", codec)
    (folder / "src" / "m" / "care.toml").write_text(text, encoding="utf-8")
    [source] = handover.survey(folder / "in", load("m", folder / "src"), allow_unknown=False).sources
    read, accepted, broken = 0, [], []
    for batch in reading.batches(source):
        good, bad = reading.settle(batch, source)
        read += batch.rows_read
        accepted += good["source_row"].to_list()
        broken += bad["source_row"].to_list()
    assert read == len(accepted) + len(broken)
    assert len({*accepted, *broken}) == read  # no row twice
    return read, accepted, broken


def closes(rows, read, accepted, broken):
    assert read == rows
    assert sorted([*accepted, *broken]) == list(range(1, rows + 1))


def quoted(cell):
    return f'"{cell.replace(chr(34), chr(34) * 2)}"'


@settings(max_examples=60)
@given(TABLE, st.sampled_from([",", "|", "\t", "|+|"]), st.sampled_from(["gb18030", "utf-8", "utf-16"]))
def test_delimited_and_quoted(tmp_path_factory, rows, delimiter, codec):
    folder = tmp_path_factory.mktemp("csv")
    (folder / "in").mkdir()
    lines = [delimiter.join(FIELDS), *(delimiter.join(map(quoted, row)) for row in rows)]
    (folder / "in" / "care.csv").write_bytes("".join(f"{x}\n" for x in lines).encode(codec))
    closes(len(rows), *settled(folder, f"format = {{ delimiter = '{delimiter}' }}", codec))


@settings(max_examples=60)
@given(TABLE, st.sampled_from(["bytes", "characters"]))
def test_fixed_width(tmp_path_factory, rows, counted):
    folder = tmp_path_factory.mktemp("fixed")
    (folder / "in").mkdir()
    lines = ["".join(cell.ljust(9) for cell in row) for row in rows]
    (folder / "in" / "care.txt").write_bytes("".join(f"{x}\n" for x in lines or [""]).encode("gb18030"))
    widths = ", ".join(f"{f} = 9" for f in FIELDS)
    form = f'format = {{ kind = "fixed", counted = "{counted}", widths = {{ {widths} }} }}'
    closes(len(rows) or 1, *settled(folder, form))
    assert fixed.header(load("m", folder / "src").mappings[0]).names == FIELDS


@settings(max_examples=25)
@given(TABLE)
def test_workbooks(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("xlsx")
    (folder / "in").mkdir()
    book = openpyxl.Workbook()
    book.active.append(FIELDS)
    last = 0
    for number, row in enumerate(rows, 1):
        cells = ["".join(c for c in cell if c.isprintable() and c != "=") for cell in row]
        book.active.append([c or None for c in cells])
        last = number if any(cells) else last
    book.save(folder / "in" / "care.xlsx")
    closes(last, *settled(folder, 'format = "xlsx"'))  # a sheet ends with the last row that holds anything


@settings(max_examples=40)
@given(TABLE)
def test_parquet(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("parquet")
    (folder / "in").mkdir()
    frame = pl.DataFrame(rows, schema=dict.fromkeys(FIELDS, pl.String), orient="row")
    frame.write_parquet(folder / "in" / "care.parquet")
    closes(len(rows), *settled(folder, 'format = "parquet"'))


CHILD = """
import resource, sys
from pathlib import Path
import ingest
from ingest import detection, encoding
from jiwang.config import Settings
from jiwang.progress import SilentProgress
from jiwang.workspace import Workspace
encoding.BLOCK = detection.SAMPLE = 1 << 20
root = Path(sys.argv[1])
told = ingest.run(Workspace.open(root / "ws", create=True), Settings(), region="m", dialect="m",
                  source=root / "in", allow_unknown=False, progress=SilentProgress(), sources=root / "src")
print(told["accepted"], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def peak(folder: Path, rows: int) -> int:
    """Return the MiB that ingest of a file of so many rows takes at most."""
    (folder / "in").mkdir(parents=True)
    (folder / "src" / "m").mkdir(parents=True)
    text = MAPPING.replace("FORMAT", "").replace("ENCODING", "gb18030")
    (folder / "src" / "m" / "care.toml").write_text(text, encoding="utf-8")
    with (folder / "in" / "care.csv").open("w", encoding="gb18030") as file:
        file.write(",".join(FIELDS) + "\n")
        row = f",某某某,20240105,12.50,{'病' * 60}\n"
        for first in range(0, rows, 1000):
            file.write("".join(f"S{n:09}{row}" for n in range(first, first + 1000)))
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(folder)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    accepted, taken = map(int, done.stdout.split())
    assert accepted == rows
    return taken


@pytest.mark.slow
def test_a_file_ten_times_as_large_takes_no_more_memory(tmp_path):
    small, large = peak(tmp_path / "small", 30_000), peak(tmp_path / "large", 300_000)
    assert large < small + 60  # MiB; the file itself grew by 41
