"""How many rings, of which kind: by the share of the people that are to be guilty.

A share of 0.1 to 1 % is what is believed of real funds. A demonstration of a few thousand people would hold
too few rings to show anything; there a least number of rings takes over and the share is higher. The truth's
table ``prevalence`` says what it came to.
"""

from collections.abc import Iterator
from itertools import count

from simulation.chance import stream
from simulation.crimes import CRIMES
from simulation.crimes.cast import Order
from simulation.plan import Ring
from simulation.scene import Scene

SHARE = 0.005
TIERS, WEIGHTS = (1, 2, 3), (40, 35, 25)
HAMLET, CORE = 2000, 8  # a region below so many people has the first so many typologies only


def least(size: int) -> int:
    """Return the least number of rings of a region: one of each typology from 2,000 people on, fewer below.

    A hamlet of 200 has people for four rings, not for eight.
    """
    if size < HAMLET:
        return min(CORE, max(4, size // 50))
    return len(CRIMES)


def orders(size: int, scene: Scene) -> Iterator[Order]:
    """Yield orders for ever: typologies in turn, variants in turn, tiers by chance."""
    rng, kinds = scene.rng, list(CRIMES)
    if size < HAMLET:
        kinds = kinds[:CORE]
    else:
        # One order for the region, each district from another place on: together they have every kind.
        own = scene.world.numbering
        stream(own.seed, "typologies").shuffle(kinds)
        begin = own.district * len(kinds) // own.districts
        kinds = kinds[begin:] + kinds[:begin]
    shift = {kind: rng.randrange(2) for kind in kinds}
    for at in count():
        kind = kinds[at % len(kinds)]
        variant = CRIMES[kind].variants[(shift[kind] + at // len(kinds)) % 2]
        name = f"R{scene.registry.entity():07d}"
        yield Order(name, kind, rng.choices(TIERS, WEIGHTS)[0], variant)


def guilty(ring: Ring) -> int:
    """Return how many people of a ring knew what they did."""
    return sum(kind == "person" and role != "unwitting" for kind, _, role in ring.members)


def plant(scene: Scene, size: int, floor: int, share: float = SHARE) -> None:
    """Plant rings until ``share`` of ``size`` people are guilty and there are ``floor`` rings.

    Stops where twenty orders in a row find no people left.
    """
    found, failed = 0, 0
    for order in orders(size, scene):
        if (found >= share * size and len(scene.plan.rings) >= floor) or failed >= 20:
            return
        ring = CRIMES[order.typology].plant(scene, order)
        failed = 0 if ring else failed + 1
        if ring:
            scene.plan.rings.append(ring)
            found += guilty(ring)
