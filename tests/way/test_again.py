"""The same input again: nothing to do in its own workspace, the same rows in a fresh one, killed or not."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from jiwang.tables import OUT

# What a run may touch when there is nothing to do: its manifest and the lock.
TOUCHED = {"runs", ".lock"}


def footprint(workspace: Path) -> dict[str, tuple[int, int]]:
    return {
        str(path.relative_to(workspace)): (path.stat().st_mtime_ns, path.stat().st_size)
        for path in sorted(workspace.rglob("*"))
        if path.is_file() and path.relative_to(workspace).parts[0] not in TOUCHED
    }


def differing(one: Any, other: Any) -> list[str]:
    return [name for name in OUT if not one.out(name).equals(other.out(name))]


def killed_in(stage_folder: str, command: list[str], env: dict[str, str], workspace: Path) -> None:
    """Start the run, and kill it as soon as a stage begins to fill ``stage_folder``."""
    child = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    fresh = workspace / f".{stage_folder}.new"
    until = time.monotonic() + 120
    while not fresh.exists():
        assert child.poll() is None, "it ended before it came to that stage"
        assert time.monotonic() < until
        time.sleep(0.002)
    child.send_signal(signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL
    assert fresh.exists(), "the stage was done before the kill"


def test_a_second_run_has_nothing_to_do(region: Any, ran: Any, way: Any) -> None:
    before = footprint(ran.workspace)
    again = way.whole(region.raw, ran.workspace)
    assert again.said.startswith("nothing to do")
    assert again.code == ran.code
    assert footprint(ran.workspace) == before


@pytest.fixture
def elsewhere(region: Any, tmp_path: Path) -> Path:
    """The same hand-over in another folder, its files of another time."""
    copy = tmp_path / "handed-over"
    shutil.copytree(region.raw, copy, copy_function=shutil.copyfile)
    return copy


def test_a_killed_run_publishes_no_half_and_ends_like_any_other(
    region: Any, ran: Any, elsewhere: Path, way: Any, tmp_path: Path
) -> None:
    workspace = tmp_path / "w"
    # other threads and another hash seed, too: neither may shape a row
    other = {"JIWANG_THREADS": "3", "POLARS_MAX_THREADS": "1", "PYTHONHASHSEED": "7"}
    arguments = ["run", "--region", "town", "--dialect", "a", "--input", elsewhere, "--workspace", workspace]
    killed_in("graph", way.command(*arguments), way.environment(other), workspace)
    published = {p.name for p in workspace.iterdir() if p.is_dir() and not p.name.startswith(".")}
    assert published == {"records", "quarantine", "entities", "history", "runs", "staged"}
    again = way.whole(elsewhere, workspace, **other)
    assert "already there: ingest, resolve)" in again.said
    assert not list(workspace.glob(".*.new")) + list(workspace.glob(".*.old"))
    assert differing(ran, again) == []


def test_a_run_killed_over_an_older_one_leaves_the_older_whole(
    ran: Any, region: Any, elsewhere: Path, way: Any, tmp_path: Path
) -> None:
    workspace = tmp_path / "w"
    shutil.copytree(ran.workspace, workspace)
    before = footprint(workspace)
    with (elsewhere / "医保局" / "setl_d.jsonl").open("a", encoding="utf-8") as handle:
        handle.write("null\n")
    arguments = ["run", "--region", "town", "--dialect", "a", "--input", elsewhere, "--workspace", workspace]
    killed_in("records", way.command(*arguments), way.environment(), workspace)
    left = {name: seen for name, seen in footprint(workspace).items() if not name.startswith(".")}
    assert left == {name: seen for name, seen in before.items() if not name.startswith(".")}
    assert pl.read_parquet(workspace / "out" / "alerts.parquet").equals(ran.out("alerts"))
