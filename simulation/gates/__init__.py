"""The honesty gates: they fail the world, not the model (a world that one column solves proves nothing).

``measure`` reads a simulated region of dialect a as its recipient would, together with the truth, and returns
one reading a measure, each with the bounds within which a world is fit to prove something on.
"""

from collections.abc import Iterator
from pathlib import Path

from simulation.gates import features, leaks, margins, numbers, shape
from simulation.gates.measures import Reading
from simulation.gates.region import Written


def measure(folder: Path) -> Iterator[Reading]:
    """Yield the readings of the region in ``folder``, which holds ``raw`` and ``truth``."""
    region = Written(folder)
    people = features.people(region)
    for part in (leaks, numbers, margins, shape):
        yield from part.readings(region, people)
