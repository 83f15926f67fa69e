"""The whole way over one hand-over, in child processes, against the limits that users were promised.

    python benchmarks/way.py [--input DIR] [--region NAME] [--dialect NAME] [--store embedded|neo4j]

Without ``--input``: region_a of the inbox (JIWANG_INBOX, default ../shared/inbox), or a simulated region
where there is none. Prints seconds and peak memory per stage, rows per second, the time of ``jiwang --help``
and the app's first page; exit code 1 if a limit is broken. The limits are for two cores and region_a's size
(a million rows); a smaller hand-over must keep them too.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from _region import ROOT, jiwang, simulated

from app.stages import NAMES
from app.web import claim_port, serving

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WHOLE, MEMORY, HELP, PAGE = 360.0, 6.0, 0.5, 3.0  # seconds, GB, seconds, seconds


@dataclass(frozen=True)
class Measure:
    """One line of the table; ``limit`` is in the unit of ``value``."""

    name: str
    value: float
    unit: str
    limit: float | None = None

    @property
    def broken(self) -> bool:
        return self.limit is not None and self.value > self.limit

    def line(self) -> str:
        told = "" if self.limit is None else f"  limit {self.limit:g} {self.unit}"
        return (
            f"{self.name:<34} {self.value:>12,.2f} {self.unit:<7}{told}{'  BROKEN' if self.broken else ''}\n"
        )


def whole_way(args: argparse.Namespace, source: Path, workspace: Path) -> Iterator[Measure]:
    """Run every stage and yield what each took, then the whole."""
    order = ["--region", args.region, "--dialect", args.dialect or args.region, "--input", source]
    order += ["--workspace", workspace, "--store", args.store]
    started = time.perf_counter()
    told = jiwang("run", *order)
    seconds = time.perf_counter() - started
    if told.returncode not in (0, 3):
        raise SystemExit(f"jiwang run ended with {told.returncode}\n{told.stderr[-2000:]}")
    manifest = max((workspace / "runs").glob("*/manifest.json"))
    told_of = json.loads(manifest.read_text(encoding="utf-8"))["stages"]
    stages = {name: told_of[name] for name in NAMES}  # in the order of the way
    for name, entry in stages.items():
        yield Measure(f"stage {name}", entry["seconds"], "s")
    for name, entry in stages.items():
        yield Measure(f"peak memory by the end of {name}", entry["peak_memory_mb"] / 1024, "GB")
    rows = int(pl.read_parquet(workspace / "out" / "files.parquet")["rows_read"].sum())
    yield Measure("rows read", rows, "rows")
    yield Measure("rows per second, whole way", rows / seconds, "rows/s")
    # the largest of our children so far: the run itself
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024**2
    yield Measure("whole way", seconds, "s", WHOLE)
    yield Measure("peak memory of the whole way", peak, "GB", MEMORY)
    yield Measure("the same again (nothing to do)", _again(order), "s")


def _again(order: list[str | Path]) -> float:
    started = time.perf_counter()
    told = jiwang("run", *order)
    if not told.stdout.startswith("nothing to do"):
        raise SystemExit(f"the second run had something to do:\n{told.stdout}{told.stderr}")
    return time.perf_counter() - started


def help_text() -> Measure:
    """The best of five, since the limit is about our imports and not the disk's mood."""
    seconds = []
    for _ in range(5):
        started = time.perf_counter()
        jiwang("--help")
        seconds.append(time.perf_counter() - started)
    return Measure("jiwang --help", min(seconds), "s", HELP)


def first_page(workspace: Path) -> Iterator[Measure]:
    """From a server that says it is well to the queue on screen, without an earlier visitor."""
    started = time.perf_counter()
    with serving(workspace, claim_port(18_600, settle=True)) as server:
        yield Measure("app: server up", time.perf_counter() - started, "s")
        asked = time.perf_counter()
        with urllib.request.urlopen(server.address, timeout=10) as answer:
            answer.read()
        yield Measure("app: first page, HTML", time.perf_counter() - asked, "s", PAGE)
        yield from _rendered(server.address)


def _rendered(address: str) -> Iterator[Measure]:
    path = os.environ.get("JIWANG_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - may be absent
    except ImportError:
        path = None
    if path is None:
        sys.stdout.write("no browser: the first render was not measured\n")
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--headless", "--no-sandbox"])
        page = browser.new_page()
        for name, limit in (("first page on screen", PAGE), ("second visit", PAGE)):
            started = time.perf_counter()
            page.goto(address)
            page.wait_for_selector(".jw-card")
            yield Measure(f"app: {name}", time.perf_counter() - started, "s", limit)
        browser.close()


@contextmanager
def hand_over(args: argparse.Namespace, folder: Path) -> Iterator[Path]:
    """Give the folder to read; simulate one where none is named and the inbox is not there."""
    inbox = (ROOT / os.environ.get("JIWANG_INBOX", "../shared/inbox")).resolve() / "region_a"
    source = args.input or (inbox if inbox.is_dir() else None)
    if source is None:
        source = simulated(folder / "region")
    sys.stdout.write(f"input: {source.name}, store: {args.store}\n")
    yield source


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--input", type=Path)
    parser.add_argument("--region", default="a")
    parser.add_argument("--dialect")
    parser.add_argument("--store", choices=("embedded", "neo4j"), default="embedded")
    parser.add_argument("--keep", type=Path, help="workspace to leave behind; default: a temporary one")
    args = parser.parse_args()
    measures: list[Measure] = []
    with tempfile.TemporaryDirectory() as name, hand_over(args, Path(name)) as source:
        workspace = args.keep or Path(name) / "workspace"
        for measure in (
            m
            for part in (whole_way(args, source, workspace), [help_text()], first_page(workspace))
            for m in part
        ):
            measures.append(measure)
            sys.stdout.write(measure.line())
            sys.stdout.flush()
    broken = [m.name for m in measures if m.broken]
    sys.stdout.write(f"limits broken: {', '.join(broken) or 'none'}\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
