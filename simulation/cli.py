"""The door: ``python -m simulation --people 5000 --seed 7 --out DIR``."""

import argparse
import sys
from pathlib import Path

from simulation.data import table
from simulation.errors import SimulationError
from simulation.handover import simulate

LEAST, MOST = 200, 200_000


def parser() -> argparse.ArgumentParser:
    """Return the parser of the arguments."""
    made = argparse.ArgumentParser(
        prog="python -m simulation", description="Write a synthetic pooling region."
    )
    made.add_argument("--people", type=int, default=5000, help=f"number of people, {LEAST} to {MOST}")
    made.add_argument("--seed", type=int, default=7, help="same seed, same bytes")
    made.add_argument("--out", type=Path, required=True, help="a new or empty folder")
    made.add_argument(
        "--division", default="361000", help="six digits of GB/T 2260, the code of the pooling region"
    )
    made.add_argument("--name", default="", help="name of the city, ending in 市")
    return made


def check(people: int, out: Path, division: str, name: str) -> None:
    """Raise SimulationError where the arguments cannot be used."""
    if not LEAST <= people <= MOST:
        raise SimulationError(f"--people {people} is out of range.", f"Choose {LEAST} to {MOST}.")
    if not (len(division) == 6 and division.isascii() and division.isdigit()):
        raise SimulationError(
            f"--division {division} is no division code.", "Give six digits, for example 361000."
        )
    if name and not name.endswith("市"):
        raise SimulationError(f"--name {name} is no city.", "Give a name that ends in 市.")
    if out.exists() and not out.is_dir():
        raise SimulationError(f"{out} is a file.", "Give a folder to --out.")
    if out.is_dir() and any(out.iterdir()):
        raise SimulationError(f"{out} is not empty.", "Give a new folder, or empty this one first.")


def main(arguments: list[str] | None = None) -> int:
    """Run; return the exit code: 0 done, 2 unusable arguments."""
    given = parser().parse_args(arguments)
    city = given.name or str(table("places")["default_city"])
    try:
        check(given.people, given.out, given.division, given.name)
        simulate(given.people, given.seed, given.division, city, given.out)
    except SimulationError as error:
        sys.stderr.write(f"error: {error.problem}\n  {error.remedy}\n")
        return 2
    return 0
