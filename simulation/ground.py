"""The ground of the region: counties, towns, villages and estates under one division code."""

from random import Random

from simulation.data import table
from simulation.errors import SimulationError
from simulation.names import given, surname
from simulation.period import START
from simulation.world import Place, Region


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


def _counties(division: str, size: int, rng: Random) -> list[tuple[str, str]]:
    words = table("places")["local"]
    counties, taken = [], set[str]()
    for at in range(min(12, 2 + size // 800)):
        if at < 2:
            name = _fresh(rng, words["district_first"], words["county_last"], taken, "区")
            counties.append((f"{division[:4]}{at + 2:02d}", name))
        else:
            name = _fresh(rng, words["county_first"], words["county_last"], taken, "县")
            counties.append((f"{division[:4]}{at + 19:02d}", name))
    return counties


def _places(division: str, size: int, rng: Random) -> list[Place]:
    words = table("places")["local"]
    places, taken = [], set[str]()
    for code, county in _counties(division, size, rng):
        towns = max(2, size // (500 * (2 + size // 800)) + 1)
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


def region(division: str, city: str, size: int, rng: Random) -> Region:
    """Lay out a region for ``size`` people."""
    operators = {
        surname(rng) + given(rng, rng.choice((1, 2, 2)), START.replace(year=1985)) for _ in range(19)
    }
    atms = [f"ATM{number:05d}" for number in rng.sample(range(10, 900), 12 + min(500, size // 160))]
    return Region(
        division, province_of(division), city, _places(division, size, rng), sorted(operators), atms
    )
