"""The door: ``python -m simulation.gates DIR`` prints the table; exit code 1 where a gate fails."""

import sys
from pathlib import Path

from simulation.errors import SimulationError
from simulation.gates import measure


def main(arguments: list[str]) -> int:
    """Print the readings of each folder; return 0 where all hold, 1 where one fails, 2 on bad arguments."""
    if not arguments:
        sys.stderr.write("usage: python -m simulation.gates DIR [DIR …]\n")
        return 2
    failed = 0
    sys.stdout.write("| gate | measure | value | bounds | where | holds |\n|---|---|---|---|---|---|\n")
    try:
        for folder in arguments:
            for reading in measure(Path(folder)):
                failed += not reading.holds
                bounds = f"{reading.low:.3g} to {reading.high:.3g}"
                word = "yes" if reading.holds else "**no**"
                cells = (reading.gate, reading.measure, f"{reading.value:.3f}", bounds, reading.why, word)
                sys.stdout.write(f"| {' | '.join(cells)} |\n")
    except SimulationError as error:
        sys.stderr.write(f"error: {error.problem}\n  {error.remedy}\n")
        return 2
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
