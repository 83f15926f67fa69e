"""The simulator against its promise: a million people in ten minutes on two cores, in 6 GB altogether.

    python benchmarks/simulation.py [--people 60000] [--regions 3] [--seed 1] [--processes 2] [--keep DIR]

Prints rows, bytes, CPU seconds of all processes, CPU milliseconds a person, wall seconds and the peak of the
memory that the processes hold together (proportional set size, sampled). Fewer than a million people are
scaled to it; exit code 1 if the CPU time would not fit into ten minutes on two cores, or the memory does not.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pyarrow.parquet as pq
from _region import ROOT

FULL, CORES, MINUTES, MEMORY = 1_000_000, 2, 10, 6.0


def parser() -> argparse.ArgumentParser:
    """Return the parser of the arguments."""
    made = argparse.ArgumentParser(description=__doc__)
    made.add_argument("--people", type=int, default=60_000)
    made.add_argument("--regions", type=int, default=3)
    made.add_argument("--seed", type=int, default=1)
    made.add_argument("--processes", type=int, default=CORES)
    made.add_argument("--keep", type=Path, help="where to leave what was simulated")
    return made


def family(root: int) -> list[int]:
    """Return a process and all below it."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents.setdefault(int(fields[1]), []).append(int(entry.name))
    found, queue = [], [root]
    while queue:
        found.append(queue.pop())
        queue += parents.get(found[-1], [])
    return found


def held(root: int) -> int:
    """Return the bytes that a process and its children hold; shared pages are counted once."""
    total = 0
    for process in family(root):
        try:
            rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return total * 1024


def watch(child: subprocess.Popen[bytes], peaks: list[int]) -> None:
    """Note the peak of memory until the child ends."""
    while child.poll() is None:
        peaks[0] = max(peaks[0], held(child.pid))
        time.sleep(1.0)


def run(given: argparse.Namespace, out: Path) -> tuple[float, float, float]:
    """Simulate; return CPU seconds, wall seconds and peak memory in GB."""
    command = [sys.executable, "-m", "simulation", "--out", str(out)]
    for name in ("people", "regions", "seed", "processes"):
        command += [f"--{name}", str(getattr(given, name))]
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}) as child:
        peaks = [0]
        watcher = threading.Thread(target=watch, args=(child, peaks))
        watcher.start()
        if child.wait():
            raise SystemExit(f"the simulator ended with {child.returncode}")
        watcher.join()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, time.monotonic() - begun, peaks[0] / 1e9


def rows(out: Path) -> int:
    """Return how many references the truth holds: a little more than one a row."""
    return sum(pq.read_metadata(path).num_rows for path in out.rglob("truth/entities.parquet"))


def main() -> int:
    """Measure and print."""
    given = parser().parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        out = given.keep or Path(scratch) / "country"
        cpu, wall, memory = run(given, out)
        size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file()) / 1e9
        references = rows(out)
    scaled = cpu * FULL / given.people
    fits = scaled <= MINUTES * 60 * CORES and memory <= MEMORY
    sys.stdout.write(
        f"people {given.people:,}  regions {given.regions}  references {references:,}  files {size:.2f} GB\n"
        f"CPU {cpu:.1f} s, {1000 * cpu / given.people:.2f} ms a person; wall {wall:.1f} s; "
        f"peak {memory:.2f} GB\n"
        f"a million people: {scaled:.0f} CPU-s, {scaled / CORES / 60:.1f} min on {CORES} idle cores\n"
        f"limit {MINUTES} min and {MEMORY} GB: {'kept' if fits else 'BROKEN'}\n"
    )
    return 0 if fits else 1


if __name__ == "__main__":
    sys.exit(main())
