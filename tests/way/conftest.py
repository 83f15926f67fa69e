"""One simulated region for the room, run once through the command line as a bulk user runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest

ROOT = Path(__file__).resolve().parents[2]
PEOPLE, SEED = 1_200, 11
REGION = "town"
CLI = "import sys; from app.cli import main; sys.exit(main())"
# A short training: the models' quality is not this room's question, and the way is gone over three times.
QUICK = {"JIWANG_GNN_EPOCHS": "4"}


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return ours without any JIWANG_ setting of the machine."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("JIWANG_")}
    return kept | {"PYTHONPATH": str(ROOT)} | QUICK | dict(more or {})


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-c", CLI, *map(str, arguments)]


def jiwang(*arguments: str | Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a verb as a child process; the caller looks at the exit code."""
    return subprocess.run(
        command(*arguments), env=environment(settings), capture_output=True, text=True, check=False
    )


def simulate(out: Path, people: int = PEOPLE, seed: int = SEED) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "simulation", "--people", str(people), "--seed", str(seed), "--out", str(out)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr


@dataclass(frozen=True)
class Region:
    """A hand-over, and its truth where no stage can come across it."""

    raw: Path
    hidden: Path

    def truth(self, name: str) -> pl.DataFrame:
        return pl.read_parquet(self.hidden / f"{name}.parquet")


@dataclass(frozen=True)
class Ran:
    """A workspace after the whole way."""

    workspace: Path
    code: int
    said: str

    def out(self, name: str) -> pl.DataFrame:
        return pl.read_parquet(self.workspace / "out" / f"{name}.parquet")


def whole_way(raw: Path, workspace: Path, *more: str, **settings: str) -> Ran:
    told = jiwang(
        "run",
        "--region",
        REGION,
        "--dialect",
        "a",
        "--input",
        raw,
        "--workspace",
        workspace,
        *more,
        **settings,
    )
    assert told.returncode in (0, 3), told.stderr
    return Ran(workspace, told.returncode, told.stdout)


@pytest.fixture(scope="session")
def region(tmp_path_factory: pytest.TempPathFactory) -> Region:
    out = tmp_path_factory.mktemp("region") / "out"
    simulate(out)
    hidden = tmp_path_factory.mktemp("sealed") / "truth"
    (out / "truth").rename(hidden)
    return Region(out / "raw", hidden)


@pytest.fixture(scope="session")
def ran(region: Region, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return whole_way(region.raw, tmp_path_factory.mktemp("first") / "w", "--format", "csv")


@pytest.fixture(scope="session")
def way() -> SimpleNamespace:
    """The functions above, for tests: files of one folder cannot import each other."""
    return SimpleNamespace(
        command=command, environment=environment, jiwang=jiwang, simulate=simulate, whole=whole_way
    )
