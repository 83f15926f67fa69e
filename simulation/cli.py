"""The door: ``python -m simulation --people 5000 --seed 7 --out DIR``."""

import argparse
import os
import sys
from pathlib import Path

from simulation.country import RegionPlan, districts, regions
from simulation.data import table
from simulation.errors import SimulationError
from simulation.ground import province_of
from simulation.production import simulate

LEAST, MOST = 200, 1_000_000  # people of a region


def parser() -> argparse.ArgumentParser:
    """Return the parser of the arguments."""
    dialects = table("country")["dialects"]
    made = argparse.ArgumentParser(
        prog="python -m simulation", description="Write synthetic pooling regions: raw files and the truth."
    )
    made.add_argument(
        "--people", type=int, default=5000, help=f"over all regions; a region has {LEAST} to {MOST}"
    )
    made.add_argument("--regions", type=int, default=1, help="number of regions, each in a folder of its own")
    made.add_argument("--seed", type=int, default=7, help="same seed, same bytes")
    made.add_argument("--out", type=Path, required=True, help="a new or empty folder")
    made.add_argument(
        "--division", default="361000", help="six digits of GB/T 2260, the code of the first pooling region"
    )
    made.add_argument("--name", default="", help="name of the first region's city, ending in 市")
    made.add_argument("--dialect", default="a", choices=dialects, help="how the first region's offices write")
    made.add_argument("--prevalence", type=float, default=0.005, help="share of the people who are in rings")
    made.add_argument(
        "--processes", type=int, default=os.cpu_count() or 1, help="districts simulated at a time"
    )
    made.add_argument(
        "--sample",
        type=float,
        help="share of the rows whose true fields truth/fields holds; by default 1 in 50, fewer of many",
    )
    return made


def check(given: argparse.Namespace) -> None:
    """Raise SimulationError where the arguments cannot be used."""
    most = len(table("country")["regions"])
    if not 1 <= given.regions <= most:
        raise SimulationError(f"--regions {given.regions} is out of range.", f"Choose 1 to {most}.")
    if not LEAST <= given.people // given.regions <= MOST:
        span = f"{LEAST * given.regions} to {MOST * given.regions}"
        raise SimulationError(f"--people {given.people} is out of range.", f"Choose {span}.")
    if not (len(given.division) == 6 and given.division.isascii() and given.division.isdigit()):
        raise SimulationError(
            f"--division {given.division} is no division code.", "Give six digits, for example 361000."
        )
    province_of(given.division)
    if given.name and not given.name.endswith("市"):
        raise SimulationError(f"--name {given.name} is no city.", "Give a name that ends in 市.")
    if given.processes < 1:
        raise SimulationError(f"--processes {given.processes} is out of range.", "Choose 1 or more.")
    if not 0 <= given.prevalence <= 0.1:
        raise SimulationError(f"--prevalence {given.prevalence} is no such share.", "Choose 0 to 0.1.")
    if given.sample is not None and not 0 <= given.sample <= 1:
        raise SimulationError(f"--sample {given.sample} is no share.", "Choose 0 to 1.")
    if given.out.exists() and not given.out.is_dir():
        raise SimulationError(f"{given.out} is a file.", "Give a folder to --out.")
    if given.out.is_dir() and any(given.out.iterdir()):
        raise SimulationError(f"{given.out} is not empty.", "Give a new folder, or empty this one first.")


def sampled(given: argparse.Namespace) -> float:
    """Return the share of rows told: as asked, or one in fifty, and never many times 50,000."""
    return float(given.sample) if given.sample is not None else min(0.02, 1000 / given.people)


def main(arguments: list[str] | None = None) -> int:
    """Run; return the exit code: 0 done, 2 unusable arguments."""
    given = parser().parse_args(arguments)
    try:
        check(given)
        city = given.name or str(table("places")["default_city"])
        first = RegionPlan("", given.division, city, given.dialect, given.people, given.seed)
        country = districts(
            regions(given.people, given.seed, first, given.regions), given.seed, given.prevalence
        )
        simulate(country, given.out, processes=given.processes, sample=sampled(given))
    except SimulationError as error:
        sys.stderr.write(f"error: {error.problem}\n  {error.remedy}\n")
        return 2
    return 0
