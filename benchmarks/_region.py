"""What the benchmarks share: the command line as a child process, and a simulated region to measure on."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PEOPLE, SEED = 5_000, 1
_CLI = "import sys; from app.cli import main; sys.exit(main())"


def jiwang(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a verb of this checkout; the caller looks at the exit code."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", _CLI, *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def simulated(folder: Path) -> Path:
    """Simulate the region into ``folder``: raw/ and truth/; return raw/."""
    ended(jiwang("simulate", "--out", folder, "--people", str(PEOPLE), "--seed", str(SEED)))
    return folder / "raw"


def worked(raw: Path, workspace: Path, stages: Sequence[str] = ("run",)) -> Path:
    """Run the whole way over a simulated hand-over, or only these stages of it; return the workspace."""
    read = ["--region", "demo", "--dialect", "a", "--input", raw]
    for stage in stages:
        ended(jiwang(stage, *(read if stage in ("run", "ingest") else []), "--workspace", workspace))
    return workspace


def ended(told: subprocess.CompletedProcess[str]) -> None:
    """Stop the benchmark where a verb failed, with its last words."""
    if told.returncode not in (0, 3):
        raise SystemExit(told.stderr[-2000:])
