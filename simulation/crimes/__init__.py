"""Rings, one module a typology (facts of the trade: who, how, with which camouflage).

``PLANTERS`` maps a typology to its planter: ``plant(scene, tier, ring_id) -> Ring | None``; None where
the region is too small to supply the people.
"""

from collections.abc import Callable

from simulation.crimes import (
    affiliation,
    cards,
    collection,
    dead_pension,
    double_pension,
    motherhood,
    shell,
    wards,
)
from simulation.plan import Ring
from simulation.scene import Scene

PLANTERS: dict[str, Callable[[Scene, int, str], Ring | None]] = {
    "P1": dead_pension.plant,
    "A1": collection.plant,
    "U2": shell.plant,
    "M1": motherhood.plant,
    "H2": cards.plant,
    "P2": double_pension.plant,
    "P5": affiliation.plant,
    "H1": wards.plant,
}
