"""The tutorial, word for word: what it tells a newcomer to type works, in its order, in one folder."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = 1_200  # the tutorial's region is larger; what is typed is the same
# What a reader types that does not come back, or builds the environment which this test runs in.
NOT_HERE = ("make demo", ".venv/bin/jiwang app ")
FENCE = re.compile(r"^```\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def blocks(text: str) -> list[str]:
    """Return what the tutorial has its reader type, block by block, without the lines of `NOT_HERE`."""
    kept = []
    for block in FENCE.findall(text):
        lines = [line for line in block.splitlines() if not line.startswith(NOT_HERE)]
        kept.append("\n".join(lines).replace("demo --no-serve", f"demo --no-serve --people {PEOPLE}"))
    return [block for block in kept if block.strip()]


@pytest.fixture
def newcomer(tmp_path: Path, way: Any) -> Any:
    """Return a way to type a block in a folder that looks like a checkout after `make install`."""
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    for name, typed_for in (("python", [sys.executable]), ("jiwang", way.command())):
        stand_in = tmp_path / ".venv" / "bin" / name
        stand_in.write_text(f'#!/bin/sh\nexec {shlex.join(typed_for)} "$@"\n', encoding="utf-8")
        stand_in.chmod(0o755)
    (tmp_path / "benchmarks").symlink_to(ROOT / "benchmarks")

    def typed(block: str) -> str:
        told = subprocess.run(
            ["bash", "-eu", "-c", block], cwd=tmp_path, env=way.environment(), capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert told.returncode == 0, f"{block}\n{told.stdout}\n{told.stderr}"
        return told.stdout

    return typed


def test_the_tutorial_works_as_it_is_written(newcomer: Any, tmp_path: Path) -> None:
    text = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    steps = blocks(text)
    made, alert, spreadsheet, truth = map(newcomer, steps)  # a step more: say here what it should show
    assert {p.name for p in (tmp_path / "demo-region").iterdir()} >= {"raw", "truth", "workspace"}
    assert "rings" in made
    assert "innocent_checks" in alert
    assert spreadsheet.startswith("nothing to do") or "csv" in spreadsheet
    assert (tmp_path / "demo-region" / "workspace" / "out" / "alerts.csv").is_file()
    assert "innocent groups" in truth
    assert "nothing to do" in newcomer(steps[0])
