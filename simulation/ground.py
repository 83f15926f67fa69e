"""The ground of the region: counties, towns, villages and estates under one division code."""

from random import Random

from simulation.chance import stream
from simulation.data import table
from simulation.errors import SimulationError
from simulation.names import given, surname
from simulation.numbering import Numbering
from simulation.period import START
from simulation.world import Place, Region

URBAN = 20  # below, the last two digits of a division are an urban district's


def province_of(division: str) -> str:
    """Return the province's name; raise SimulationError where the first two digits name none."""
    name = table("places")["provinces"].get(division[:2])
    if not name:
        raise SimulationError(
            f"Division {division} lies in no known province.",
            "Give six digits of GB/T 2260, for example --division 361000.",
        )
    return str(name)


def _fresh(rng: Random, first: str, last: str, taken: set[str], suffix: str) -> str:
    name = ""
    for _ in range(50):
        name = rng.choice(first) + rng.choice(last) + suffix
        if name not in taken:
            break
    taken.add(name)
    return name


def _counties(division: str, size: int, rng: Random, numbering: Numbering) -> list[tuple[str, str]]:
    """Choose counties: two urban ones, then rural; of a region in districts, each has its own."""
    words = table("places")["local"]
    counties, taken = [], set[str]()
    suffixes = [2, 3, *range(21, 31)] if numbering.alone else [*range(2, 10), *range(21, 80)]
    suffixes = suffixes[numbering.district :: numbering.districts]
    count = min(12, 2 + size // 800) if numbering.alone else max(1, min(4, size // 4000))
    for suffix in suffixes[:count]:
        urban = suffix < URBAN
        first, kind = (words["district_first"], "区") if urban else (words["county_first"], "县")
        counties.append(
            (f"{division[:4]}{suffix:02d}", _fresh(rng, first, words["county_last"], taken, kind))
        )
    return counties


def _places(division: str, size: int, rng: Random, numbering: Numbering) -> list[Place]:
    words = table("places")["local"]
    places, taken = [], set[str]()
    counties = _counties(division, size, rng, numbering)
    for code, county in counties:
        share = size // (500 * (2 + size // 800)) + 1 if numbering.alone else size // 500 // len(counties)
        towns = max(2, share)
        for at in range(towns):
            rural = at % 2 == 0
            town = _fresh(rng, words["town_first"], words["town_last"], taken, "镇" if rural else "街道")
            for _ in range(2):
                if rural:
                    name = _fresh(rng, words["village_first"], words["village_last"], taken, "村")
                else:
                    name = rng.choice(words["estates"])
                road = "" if rural else f"{rng.choice(words['roads'])}"
                places.append(Place(code, county, town, name, rural, road))
    return places


def address(place: Place, rng: Random) -> str:
    """Return a household's address below the county."""
    if place.rural:
        return f"{place.town}{place.name}{rng.randint(1, 12)}组{rng.randint(1, 180)}号"
    home = f"{rng.randint(1, 36)}号楼{rng.randint(1, 4)}单元{rng.randint(1, 26)}{rng.randint(1, 4):02d}室"
    return f"{place.town}{place.roads}{rng.randint(1, 280)}号{place.name}{home}"


def region(division: str, city: str, size: int, numbering: Numbering) -> Region:
    """Lay out a region, or a district of one, for ``size`` people; the clerks are those of the region."""
    rng, hands = stream(numbering.seed, "ground", numbering.district), stream(numbering.seed, "operators")
    operators = {
        surname(hands) + given(hands, hands.choice((1, 2, 2)), START.replace(year=1985))
        for _ in range(19 + numbering.people // 20_000)
    }
    machines = range(10 + 900 * numbering.district, 900 + 900 * numbering.district)
    atms = [f"ATM{number:05d}" for number in rng.sample(machines, 12 + min(500, size // 160))]
    places = _places(division, size, rng, numbering)
    return Region(division, province_of(division), city, places, sorted(operators), atms)
