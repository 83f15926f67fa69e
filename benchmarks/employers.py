"""Employers put together: ours, the core name, the core name with the credit code, and Splink, in one run.

Run: ``python benchmarks/employers.py [N]`` (default 4,000 firms). Rules were chosen on seed 1, and are
reported on seed 2. CPU seconds are user and system of this process; Splink is left out where it is not there.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable

os.environ.setdefault("POLARS_MAX_THREADS", "2")

import polars as pl
from _clusters import agreement
from _hard_employers import rows

from entity_resolution import employers
from entity_resolution.cluster import union
from entity_resolution.normalize.employers import OrganisationNames, bracketed_regions
from entity_resolution.parties import PARTY_COLUMNS, condense
from jiwang.codes import organisation

SEEDS = {"tuned on": 1, "reported": 2}


def ours(frame: pl.DataFrame) -> pl.Series:
    """Resolve the rows as the stage does."""
    parties_ = employers.read(frame).with_columns(
        record_id=pl.format("{}", pl.int_range(pl.len())), region=pl.lit("a"), source_file=pl.col("table"),
        source_row=pl.int_range(pl.len(), dtype=pl.Int64), role=pl.lit("employer"),
        primary=pl.lit(value=True), reference=pl.lit(value=False),
    )  # fmt: skip
    parties = condense([parties_.select(*PARTY_COLUMNS, *employers.ATTRIBUTES)], employers.ATTRIBUTES)
    former = parties_.select("uscc", name="former_names").explode("name").drop_nulls()
    found = parties.rows.join(employers.resolve(parties, former), on="profile", how="left")
    return found.sort("source_row")["entity"]


def core_name(frame: pl.DataFrame) -> pl.Series:
    """Put together what has one core name: place, brackets, legal form and branch stripped."""
    names = frame["name"]
    table = OrganisationNames(bracketed_regions(names.unique().to_list())).table(names)
    return frame.join(table, on="name", how="left", maintain_order="left")["core"]


def core_and_code(frame: pl.DataFrame) -> pl.Series:
    """Put together what has one usable code, else one core name that one code bears."""
    keyed = frame.with_columns(core=core_name(frame), code=organisation.read(frame["uscc"])["uscc"])
    rows_ = keyed.with_row_index("i").with_columns(me=pl.format("{}", "i"))
    groups = [rows_.drop_nulls(c).group_by(c).agg("me")["me"].to_list() for c in ("code", "number")]
    one = rows_.group_by("core").agg(pl.col("me"), n=pl.col("code").n_unique())
    leader = union([*groups[0], *groups[1], *one.filter(pl.col("n") <= 2)["me"].to_list()])
    return rows_["me"].replace(leader)


def splink(frame: pl.DataFrame) -> pl.Series | None:
    """Link with Splink 5 on DuckDB: code, number, core, full name; expectation maximisation; components."""
    try:
        from _splink_employers import link  # noqa: PLC0415 - the peer may be absent
    except ImportError:
        return None
    return link(frame.with_columns(core=core_name(frame), code=organisation.read(frame["uscc"])["uscc"]))


SYSTEMS: dict[str, Callable[[pl.DataFrame], pl.Series | None]] = {
    "jiwang": ours, "core name": core_name, "core name + code": core_and_code, "Splink 5": splink,
}  # fmt: skip


def main(count: int) -> None:
    """Print precision, recall, F1, B³ and CPU seconds of each system on both seeds."""
    for said, seed in SEEDS.items():
        frame = rows(count, seed)
        sys.stdout.write(
            f"\n{said} seed {seed}: {frame.height:,} rows on {frame['truth'].n_unique():,} firms\n"
        )
        sys.stdout.write(f"{'':18}{'P':>8}{'R':>8}{'F1':>8}{'B3':>8}{'CPU-s':>8}\n")
        for name, system in SYSTEMS.items():
            started = time.process_time()
            found = system(frame)
            spent = time.process_time() - started
            if found is None:
                sys.stdout.write(f"{name:18} not installed\n")
                continue
            a = agreement(frame["truth"], found)
            line = f"{name:18}{a.precision:8.4f}{a.recall:8.4f}{a.f1:8.4f}{a.b3:8.4f}{spent:8.2f}\n"
            sys.stdout.write(line)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 4_000)
