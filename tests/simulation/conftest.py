"""One small region for all tests of this room, made as a user makes it: by a child process."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

ROOT = Path(__file__).resolve().parents[2]
DIALECTS = {
    path.stem: tomllib.loads(path.read_text(encoding="utf-8"))
    for path in sorted((ROOT / "simulation/data/dialects").glob("*.toml"))
}
SPECS: dict[str, Any] = DIALECTS["a"]["tables"]


def simulate(out: Path, people: int = 400, seed: int = 7, *more: str) -> subprocess.CompletedProcess[str]:
    """Run the simulator; the caller looks at the exit code."""
    command = [sys.executable, "-m", "simulation", "--people", str(people), "--seed", str(seed)]
    return subprocess.run(
        [*command, "--out", str(out), *more], cwd=ROOT, capture_output=True, text=True, check=False
    )


@cache
def read_lines(raw: Path, name: str) -> list[str]:
    """Decode a table's file once a session."""
    # Bytes that do not decode are part of the dirt.
    text = (raw / SPECS[name]["path"]).read_bytes().decode(SPECS[name]["encoding"], errors="surrogateescape")
    return text.split("\r\n" if SPECS[name]["format"] == "csv" else "\n")[:-1]


@dataclass(frozen=True)
class Made:
    """A region on disk, read back with nothing but the standard library."""

    out: Path

    def truth(self, name: str) -> pl.DataFrame:
        """Return a table of the truth."""
        return pl.read_parquet(self.out / "truth" / f"{name}.parquet")

    def lines(self, name: str) -> list[str]:
        """Return the physical lines of a table's file: the header first in CSV, no header in JSON lines."""
        return read_lines(self.out / "raw", name)

    def row(self, name: str, source_row: int) -> dict[str, Any]:
        """Return the record that stands at a source row."""
        if SPECS[name]["format"] == "jsonl":
            return dict(json.loads(self.lines(name)[source_row - 1]))
        values = next(csv.reader(io.StringIO(self.lines(name)[source_row])))
        return dict(zip([column[0] for column in SPECS[name]["columns"]], values, strict=True))


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Return a region of 400 people."""
    out = tmp_path_factory.mktemp("region") / "out"
    done = simulate(out)
    assert done.returncode == 0, done.stderr
    return Made(out)


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Return a region of 2,000 people: large enough for both tiers of every typology."""
    out = tmp_path_factory.mktemp("town") / "out"
    done = simulate(out, 2000, 11)
    assert done.returncode == 0, done.stderr
    return Made(out)


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Return a region of 10,000 people, on which rates can be measured."""
    out = tmp_path_factory.mktemp("city") / "out"
    done = simulate(out, 10_000, 17)
    assert done.returncode == 0, done.stderr
    return Made(out)
