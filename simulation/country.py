"""The country before anybody lives in it: its regions, their districts, and what several of them share.

A region is simulated district by district, each apart from the others, so that memory is bounded and several
processes can work; what crosses districts is therefore decided here, from one seed: who comes from elsewhere,
who is known in several regions, and which part of a crossing ring is played where.
"""

from collections import defaultdict
from dataclasses import dataclass
from math import ceil
from random import Random

from simulation.chance import stream
from simulation.data import table
from simulation.numbering import Numbering
from simulation.sharing import Cell, Company, Hospital, Shared, Stub, Stubs

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
    """A part of a region that is simulated by itself; ``prevalence`` is the share of its people in rings."""

    region: RegionPlan
    people: int
    seed: int
    numbering: Numbering
    shared: Shared
    prevalence: float

    @property
    def lot(self) -> int:
        """Its place in the country."""
        return self.numbering.lot


def regions(people: int, seed: int, first: RegionPlan, count: int) -> list[RegionPlan]:
    """Return ``count`` regions that share ``people``; a single one is ``first`` as it stands."""
    if count == 1:
        return [first]
    others = _elsewhere(first.division)
    dialects = list(table("country")["dialects"])
    dialects = dialects[dialects.index(first.dialect) :] + dialects[: dialects.index(first.dialect)]
    made = []
    for at in range(count):
        division, city = others[at - 1] if at else (first.division, first.city)
        share = people // count + (at < people % count)
        own = stream(seed, "region", at).getrandbits(48)
        made.append(
            RegionPlan(f"region_{chr(97 + at)}", division, city, dialects[at % len(dialects)], share, own)
        )
    return made


def _elsewhere(division: str) -> list[tuple[str, str]]:
    rows = table("country")["regions"]
    return [(row["division"], row["city"]) for row in rows if row["division"][:4] != division[:4]]


def districts(plans: list[RegionPlan], seed: int, prevalence: float) -> list[list[District]]:
    """Return the districts of each region, with what they share."""
    counts = [max(1, ceil(plan.people / max(DISTRICT, ceil(plan.people / DIVISIONS)))) for plan in plans]
    # One lot of numbers more than districts: the country's own, for whom and what several regions know.
    lots = sum(counts) + 1
    shared = _shared(plans, counts, Numbering(seed, seed, lot=lots - 1, lots=lots))
    made: list[list[District]] = []
    for plan, count in zip(plans, counts, strict=True):
        begun = sum(map(len, made))
        made.append([])
        for at in range(count):
            people = plan.people // count + (at < plan.people % count)
            own = plan.seed if count == 1 else stream(plan.seed, "district", at).getrandbits(48)
            numbering = Numbering(plan.seed, seed, at, count, begun + at, lots, people=plan.people)
            made[-1].append(District(plan, people, own, numbering, shared[begun + at], prevalence))
    return made


def _shared(plans: list[RegionPlan], counts: list[int], numbering: Numbering) -> list[Shared]:
    """Decide what each district shares with others, district by district in the country's order."""
    rng, makers = stream(numbering.seed, "country"), Stubs(numbering)
    starts = [sum(counts[:at]) for at in range(len(counts))]
    hospitals = [makers.hospital(plan.division, plan.city) for plan in plans]
    # Where the country is one region, the very ill are still sent to the capitals of others.
    outside = (
        [makers.hospital(*place) for place in _elsewhere(plans[0].division)[:2]] if len(plans) == 1 else []
    )
    made = [
        Shared(
            hospitals[region] if not at else None,
            tuple(other for other in hospitals if other is not hospitals[region]) or tuple(outside),
        )
        for region, count in enumerate(counts)
        for at in range(count)
    ]
    if len(plans) > 1:
        for home, work, stub in _migrants(plans, makers, rng):
            made[starts[home] + rng.randrange(counts[home])].away.append(stub)
            made[starts[work] + rng.randrange(counts[work])].guests.append(stub)
        for region, company in _companies(plans, makers):
            made[starts[region] + rng.randrange(counts[region])].companies.append(company)
        for region, cell in _cells(plans, hospitals, makers, rng):
            made[starts[region] + rng.randrange(counts[region])].cells.append(cell)
    return made


def _migrants(plans: list[RegionPlan], makers: Stubs, rng: Random) -> list[tuple[int, int, Stub]]:
    """Choose who is registered in one region and works in another: home, work, person."""
    made = []
    for home, plan in enumerate(plans):
        for _ in range(round(plan.people * table("country")["migrants"])):
            work = rng.choice([at for at in range(len(plans)) if at != home])
            made.append((home, work, makers.person(plan.division)))
    return made


def _companies(plans: list[RegionPlan], makers: Stubs) -> list[tuple[int, Company]]:
    """Choose the employers of several regions: region and employer, the first region its home."""
    rng, words = makers.rng, table("country")["companies"]
    made = []
    for at in range(max(1, round(sum(plan.people for plan in plans) * words["per_100k"] / 100_000))):
        where = rng.sample(range(len(plans)), min(len(plans), rng.randint(*words["regions"])))
        company = makers.company(at, plans[where[0]].division)
        made += [(region, company) for region in where]
    return made


def _cells(
    plans: list[RegionPlan], hospitals: list[Hospital], makers: Stubs, rng: Random
) -> list[tuple[int, Cell]]:
    """Choose the parts of crossing rings: region and cell; each part of a ring in a region of its own."""
    people, made = sum(plan.people for plan in plans), []
    numbers: dict[str, int] = defaultdict(int)
    for kind in table("country").get("crossing", []):
        parts = min(kind["parts"], len(plans))
        for _ in range(max(1, round(people * kind["rings_per_100k"] / 100_000))):
            where = rng.sample(range(len(plans)), parts)
            variant = kind["variants"][numbers[kind["typology"]] % len(kind["variants"])]
            numbers[kind["typology"]] += 1
            stubs = tuple(makers.person(plans[where[0]].division) for _ in range(kind["stubs"]))
            ring, draws, tier = (
                f"R{makers.entity():07d}",
                rng.getrandbits(48),
                rng.choices((1, 2, 3), (40, 35, 25))[0],
            )
            site = next((hospitals[at].entity for at in range(len(plans)) if at not in where), 0)
            for part, region in enumerate(where):
                what = (ring, kind["typology"], variant, tier, part, parts, stubs, draws, part > 0, site)
                made.append((region, Cell(*what)))
    return made
