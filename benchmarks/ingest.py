"""Rows per second of ingest, beside pydantic row by row: a CSV of settlements in GB18030, 30 columns.

    python benchmarks/ingest.py [--rows 1000000] [--sample 50000]

Ours is the stage as a child process, from the raw file to published tables: start, staging, record ids,
verdicts, repeats, quarantine and quality included. The peer (`_pydantic_rows`) does the same work a row at a
time, on the first rows of the same file in this process, scaled up per row. The second pair is the inner step
alone, on the same rows in memory: texts in, typed values with verdicts out, no file read or written.
CPU seconds are user and system, of all threads; the wall time means something on an idle machine only.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from _pydantic_rows import ingested
from _region import ROOT
from _settlements import HEADER, MAPPING, simulated

HERE = Path(__file__).parent
STEP = "import sys; sys.path.append(sys.argv[4]); import _inner_step; _inner_step.main(*sys.argv[1:4])"
CHILD = """
import sys, resource
from pathlib import Path
import ingest
from jiwang.config import Settings
from jiwang.progress import SilentProgress
from jiwang.workspace import Workspace
folder = Path(sys.argv[2])
told = ingest.run(Workspace.open(folder / "ws", create=True), Settings(), region="bench", dialect="bench",
                  source=Path(sys.argv[1]), allow_unknown=False, progress=SilentProgress(),
                  sources=folder / "sources")
print(told["accepted"], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def ours(raw: Path, folder: Path) -> tuple[float, float, int, int]:
    """Return CPU and wall seconds, peak MiB and rows accepted of the stage."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    accepted, peak = map(int, _child(CHILD, str(raw), str(folder)).split())
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall, peak, accepted


def inner(raw: Path, folder: Path, sample: int) -> tuple[float, float]:
    """Return the CPU microseconds a row of mapping and checking alone: ours, and pydantic's."""
    ours, theirs = map(float, _child(STEP, str(raw), str(folder), str(sample), str(HERE)).split())
    return ours, theirs


def _child(*arguments: str) -> str:
    """Run Python apart, for which `ingest` is the package and not this file; return what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", *arguments],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    return done.stdout


def main() -> None:
    """Print both pairs, and their ratios."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--sample", type=int, default=50_000)
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        raw = folder / "raw" / "settlement.csv"
        mapping = folder / "sources" / "bench" / "settlement.toml"
        for path in (raw, mapping):
            path.parent.mkdir(parents=True)
        mapping.write_text(MAPPING, encoding="utf-8")
        simulated(told.rows, raw)
        size = raw.stat().st_size / (1 << 20)
        seconds, wall, peak, accepted = ours(raw.parent, folder)
        theirs, read, rules = ingested(raw, folder, min(told.sample, told.rows))
        step, their_step = inner(raw.parent, folder, told.sample)
    scaled = theirs * told.rows / read
    say = sys.stdout.write
    say(f"file                   {told.rows:>12,} rows, {len(HEADER)} columns, {size:,.0f} MiB of GB18030\n")
    say(
        f"jiwang ingest          {seconds:>12.2f} CPU s   {wall:.2f} s wall   {peak:,} MiB at most"
        f"   {accepted:,} rows accepted\n"
    )
    say(
        f"pydantic, row by row   {scaled:>12.2f} CPU s   scaled from {theirs:.2f} s for {read:,} rows,"
        f" {rules.total():,} of them broken\n"
    )
    say(f"ratio                  {scaled / seconds:>12.2f}\n")
    say(f"mapped and checked     {step:>12.2f} CPU µs a row   pydantic {their_step:.2f}\n")
    say(f"ratio                  {their_step / step:>12.2f}\n")


if __name__ == "__main__":
    main()
