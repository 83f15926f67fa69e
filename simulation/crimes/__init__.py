"""Rings, one module a typology (facts of the trade: who, how, with which camouflage).

``CRIMES`` maps a typology to its planter and its variants: ``plant(scene, order) -> Ring | None``; None where
the region is too small to supply the people. The first eight need the fewest people: a hamlet has those.
"""

from collections.abc import Callable
from typing import NamedTuple

from simulation.crimes import (
    affiliation,
    agent,
    back_payment,
    cards,
    collection,
    crossing,
    dead_pension,
    doctor,
    double_pension,
    early,
    insider,
    late_cover,
    moonlight,
    motherhood,
    prison,
    resale,
    shell,
    split_stay,
    staged,
    takeover,
    understated,
    wards,
)
from simulation.crimes.cast import Order
from simulation.plan import Ring
from simulation.scene import Scene
from simulation.sharing import Cell


class Crime(NamedTuple):
    """How rings of a typology are planted, and in which variants."""

    plant: Callable[[Scene, Order], Ring | None]
    variants: tuple[str, str]


CRIMES: dict[str, Crime] = {
    "P1": Crime(dead_pension.plant, ("round", "wire")),
    "A1": Crime(collection.plant, ("diverted", "kept")),
    "U2": Crime(shell.plant, ("shell", "borrowed")),
    "M1": Crime(motherhood.plant, ("shell", "borrowed")),
    "H2": Crime(cards.plant, ("shop", "surgery")),
    "P2": Crime(double_pension.plant, ("schemes", "alias")),
    "P5": Crime(affiliation.plant, ("paper", "staff")),
    "H1": Crime(wards.plant, ("bus", "absent")),
    "E1": Crime(understated.plant, ("base", "unlisted")),
    "H4": Crime(resale.plant, ("shops", "recycled")),
    "I1": Crime(agent.plant, ("claims", "mixed")),
    "P7": Crime(takeover.plant, ("swap", "chain")),
    "W1": Crime(late_cover.plant, ("recorded", "redated")),
    "U1": Crime(moonlight.plant, ("wages", "insured")),
    "A2": Crime(insider.plant, ("mule", "namesake")),
    "H6": Crime(split_stay.plant, ("same", "sister")),
    "P4": Crime(early.plant, ("birthday", "trade")),
    "P6": Crime(back_payment.plant, ("employer", "alone")),
    "P3": Crime(prison.plant, ("running", "raised")),
    "H5": Crime(doctor.plant, ("chronic", "surgery")),
    "W2": Crime(staged.plant, ("staged", "brother")),
}

# Rings of several regions: each plays its part, ``play(scene, cell) -> Ring | None``.
CELLS: dict[str, Callable[[Scene, Cell], Ring | None]] = {
    "X1": crossing.twice,
    "X2": crossing.wandering,
}
