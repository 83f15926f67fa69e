"""The country before anybody lives in it: its regions, their districts, and what several of them share.

A region's people are simulated district by district, each apart from the others, so that memory is bounded
and several processes can work; what crosses districts is therefore decided here, from one seed.
"""

from dataclasses import dataclass
from math import ceil

from simulation.chance import stream
from simulation.data import table
from simulation.numbering import Numbering

DISTRICT = 15_000  # people of a district at most, while the divisions of the region suffice
DIVISIONS = 60  # districts of a region at most: each needs a county of its own


@dataclass(frozen=True, slots=True)
class RegionPlan:
    """A pooling region: ``folder`` is where it lies below the output, nothing where it is the only one."""

    folder: str
    division: str
    city: str
    dialect: str
    people: int
    seed: int


@dataclass(frozen=True, slots=True)
class District:
    """A part of a region that is simulated by itself."""

    region: RegionPlan
    people: int
    seed: int
    numbering: Numbering

    @property
    def lot(self) -> int:
        """Its place in the country."""
        return self.numbering.lot


def regions(people: int, seed: int, first: RegionPlan, count: int) -> list[RegionPlan]:
    """Return ``count`` regions that share ``people``; a single one is ``first`` as it stands."""
    if count == 1:
        return [first]
    others = [row for row in table("country")["regions"] if row["division"][:4] != first.division[:4]]
    dialects = list(table("country")["dialects"])
    dialects = dialects[dialects.index(first.dialect) :] + dialects[: dialects.index(first.dialect)]
    made = []
    for at in range(count):
        row = others[at - 1] if at else {"division": first.division, "city": first.city}
        share = people // count + (at < people % count)
        own = stream(seed, "region", at).getrandbits(48)
        dialect = dialects[at % len(dialects)]
        made.append(RegionPlan(f"region_{chr(97 + at)}", row["division"], row["city"], dialect, share, own))
    return made


def districts(plans: list[RegionPlan], seed: int) -> list[list[District]]:
    """Return the districts of each region."""
    counts = [max(1, ceil(plan.people / max(DISTRICT, ceil(plan.people / DIVISIONS)))) for plan in plans]
    lots = sum(counts)
    made: list[list[District]] = []
    for plan, count in zip(plans, counts, strict=True):
        lot = sum(map(len, made))
        made.append([_district(plan, seed, (at, count), (lot + at, lots)) for at in range(count)])
    return made


def _district(plan: RegionPlan, seed: int, place: tuple[int, int], lot: tuple[int, int]) -> District:
    at, count = place
    people = plan.people // count + (at < plan.people % count)
    own = plan.seed if count == 1 else stream(plan.seed, "district", at).getrandbits(48)
    return District(plan, people, own, Numbering(plan.seed, seed, *place, *lot, people=plan.people))
