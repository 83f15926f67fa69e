"""One resolution, spread out: in memory, in partitions on disk, on Spark; the links must be the same.

Every way is a process of its own. CPU seconds are user + system of the process and of its workers, without
Spark's Java. Memory is the peak of the largest process: of partitions, this one and each worker hold about as
much at most. People are drawn as in ``resolution.py``, 250,000 at a time, each a file of the table.

Run: ``python benchmarks/scale_out.py [--records 200000] [--partitions 8] [--seed 3] [--spark]``.
Ten million: ``python benchmarks/scale_out.py --records 10000000 --partitions 40 --only-parts``.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import polars as pl
from _clusters import agreement
from _hard_people import CHUNK, RECORDS_A_PERSON, people, records
from resolution import _CLI, Spent, spent

PROFILE = "person_cn"


def drawn(rows: int, seed: int, folder: Path) -> int:
    """Write a population of about so many records as Parquet files of a folder; return how many there are."""
    folder.mkdir()
    wanted, written = int(rows / RECORDS_A_PERSON), 0
    for first in range(0, wanted, CHUNK):
        part = records(people(min(CHUNK, wanted - first), seed, first, wanted), seed)
        part = part.with_row_index("row", offset=written)
        part = part.select(pl.format("h{}", "row").alias("record_id"), pl.exclude("row"))
        part.write_parquet(folder / f"{first:09d}.parquet")
        written += part.height
    return written


def resolved(table: Path, out: Path, *more: str) -> tuple[Spent, float]:
    """Resolve a table by the command line; return what it took, and the seconds on the clock."""
    start = time.perf_counter()
    used = spent("-c", _CLI, "resolve", "--table", table, "--profile", PROFILE, "--out", out, *more)
    return used, time.perf_counter() - start


def told(name: str, used: Spent, clock: float, truth: Path, out: Path) -> None:
    """Print a row: what a way took, and how well it found the people."""
    both = pl.read_parquet(truth, columns=["record_id", "person"]).join(
        pl.read_parquet(out / "links.parquet"), on="record_id"
    )
    a = agreement(both["person"], both["entity_id"])
    sys.stdout.write(
        f"  {name:24}{a.precision:9.5f}{a.recall:9.5f}{a.f1:9.5f}{a.b3:9.5f}"
        f"{used.cpu:9.1f}{clock:9.1f}{used.gb:8.2f}\n"
    )
    sys.stdout.flush()


def assert_same(one: Path, other: Path) -> None:
    """Stop unless two resolutions published the same links and the same scores."""
    for name in ("links", "edges"):
        a, b = (pl.read_parquet(out / f"{name}.parquet") for out in (one, other))
        if not a.equals(b):
            raise SystemExit(f"{name} of {one.name} and {other.name} differ")
    sys.stdout.write(f"    links and scores are those of {one.name}\n")


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="One resolution, spread out.")
    parser.add_argument("--records", type=int, default=200_000)
    parser.add_argument("--partitions", type=int, default=8)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--spark", action="store_true", help="on Spark too: needs pyspark and Java")
    parser.add_argument("--only-parts", action="store_true", help="leave out the way that memory must hold")
    args = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        table = folder / "table"
        start = time.process_time()
        rows = drawn(args.records, args.seed, table)
        sys.stdout.write(
            f"{rows:,} records, seed {args.seed}; drawn in {time.process_time() - start:.1f} CPU-s\n"
        )
        sys.stdout.write(f"  {'':24}{'P':>9}{'R':>9}{'F1':>9}{'B3':>9}{'CPU-s':>9}{'clock':>9}{'GB':>8}\n")
        ways = {"partitions": ("--partitions", str(args.partitions))}
        if not args.only_parts:
            ways = {"memory": (), **ways}
        if args.spark:
            ways["spark"] = ("--engine", "spark", "--partitions", str(args.partitions))
        first = next(iter(ways))
        for name, more in ways.items():
            used, clock = resolved(table, folder / name, *more)
            told(name, used, clock, table, folder / name)
            if name != first:
                assert_same(folder / first, folder / name)


if __name__ == "__main__":
    main()
