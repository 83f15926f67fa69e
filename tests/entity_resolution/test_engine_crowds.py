"""A million rows that share one value: named, left out by that rule; memory and time stay bounded."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

ROWS = 1_000_000
PROFILE = """
name = "crowd"
record = "record_id"
blocks = [["phone"], ["surname", "birth"]]
cap = 60
accept = 3.0

[[field]]
name = "given"
kind = "name"
columns = ["first_name"]

[[field]]
name = "surname"
kind = "name"
columns = ["surname"]

[[field]]
name = "birth"
kind = "date"
columns = ["dob"]

[[field]]
name = "phone"
kind = "phone"
columns = ["phone"]
"""
SYLLABLES = pl.Series(list("bcdfghjklmnprstv")) + pl.Series(list("aeioua") * 2 + list("eiou"))


def words(codes: np.ndarray[tuple[int], np.dtype[np.int64]], syllables: int) -> pl.Series:
    parts = {str(j): SYLLABLES.gather(codes >> (4 * j) & 15) for j in range(syllables)}
    return pl.DataFrame(parts).select(w=pl.concat_str(pl.all()))["w"]


def agency(rows: int) -> pl.DataFrame:
    """Return two rows a person, all with the one phone of an agency."""
    of = (np.arange(rows) % (rows // 2)).astype(np.uint64)
    code = (of * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(20)).astype(np.int64)
    days = pl.Series((code % 20_000).astype(np.int32)).cast(pl.Date)
    return pl.DataFrame(
        {
            "record_id": pl.Series(np.arange(rows)).cast(pl.String),
            "first_name": words(code, 2),
            "surname": words(code >> 8, 3),
            "dob": days.cast(pl.String),
            "phone": ["13800000001"] * rows,
        }
    )


@pytest.mark.slow
def test_a_million_rows_with_one_phone_are_named_and_bounded(tmp_path: Path) -> None:
    table, rules, out = tmp_path / "t.parquet", tmp_path / "crowd.toml", tmp_path / "out"
    agency(ROWS).write_parquet(table)
    rules.write_text(PROFILE, encoding="utf-8")
    command = [sys.executable, "-c", "import sys; from app.cli import main; sys.exit(main())",
               "resolve", "--table", table, "--profile", rules, "--out", out]  # fmt: skip
    told = os.open(tmp_path / "told.txt", os.O_CREAT | os.O_WRONLY)
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    child = os.posix_spawn(
        sys.executable, [str(c) for c in command], environment, file_actions=[(os.POSIX_SPAWN_DUP2, told, 2)]
    )
    _, status, used = os.wait4(child, 0)
    warnings = (tmp_path / "told.txt").read_text("utf-8")
    assert status == 0, warnings
    assert "1,000,000 records share phone=1…1" in warnings
    assert "1,000,000 of them were not compared by it" in warnings
    entities = pl.read_parquet(out / "entities.parquet")
    assert entities["n_records"].to_list() == [2] * (ROWS // 2)
    assert used.ru_maxrss / 1e6 < 2.5
    assert used.ru_utime + used.ru_stime < 90
