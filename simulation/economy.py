"""Firms: names, owners, sizes after Pareto, dispatch agencies among them."""

from datetime import date, timedelta
from random import Random
from typing import Any

from simulation.data import table, weighted
from simulation.names import given, surname
from simulation.period import START
from simulation.registry import Registry
from simulation.world import Employer, Person, Place, Region


class Economy:
    """Founds firms.

    Args:
        region: The ground.
        registry: Issues codes and phones.
        rng: Source of every draw here.
    """

    def __init__(self, region: Region, registry: Registry, rng: Random) -> None:
        """Start without a firm."""
        self.region, self.registry, self.rng = region, registry, rng
        self._taken: set[str] = set()

    def sector(self, word: str = "") -> dict[str, Any]:
        """Return the sector of that word, or a drawn one."""
        sectors: list[dict[str, Any]] = table("economy")["sectors"]
        return next((row for row in sectors if row["word"] == word), None) or self.rng.choice(sectors)

    def name(self, sector: str, county: str) -> str:
        """Coin an unused name."""
        words, rng = table("economy"), self.rng
        for _ in range(200):
            city = self.region.city.removesuffix("市")
            prefix = rng.choices((city, self.region.city, county[:-1]), (66, 8, 26))[0]
            core = self._core()
            forms, weights = weighted(words["forms"])
            form = rng.choices(forms, weights)[0]
            name = (
                f"{core}{sector}（{prefix}）{form}"
                if rng.random() < 0.06
                else f"{prefix}{core}{sector}{form}"
            )
            if name not in self._taken:
                break
        self._taken.add(name)
        return name

    def _core(self) -> str:
        """Coin the heart of a name; districts of one region coin different ones."""
        words, rng = table("economy"), self.rng
        first, second = words["words_a"], words["words_b"]
        own = self.registry.numbering
        while True:
            picks = [rng.randrange(len(first)), rng.randrange(len(second))]
            if not own.alone and rng.random() < 0.5:
                picks.append(rng.randrange(len(second)))
            number = sum(pick * 31**at for at, pick in enumerate(picks))
            if number % own.districts == own.district:
                return "".join(part[pick] for part, pick in zip((first, second, second), picks, strict=False))

    def found(self, boss: Person, size: int, word: str = "", founded: date | None = None) -> Employer:
        """Found a firm with its legal representative and a wished number of staff."""
        rng, row = self.rng, self.sector(word)
        place: Place = rng.choice(self.region.places)
        person = surname(rng) + given(rng, 1, date(1980, 1, 1))
        phone = self.registry.phone() if rng.random() < 0.87 else ""
        old = self.name(row["word"], place.county) if rng.random() < 0.04 else ""
        return Employer(
            entity=self.registry.entity(),
            name=self.name(row["word"], place.county),
            former=old,
            uscc=self.registry.credit_code(place.code),
            register=self.registry.register(place.code),
            number=self.registry.employer(),
            sector=row["word"],
            code=row["code"],
            place=place,
            address=f"{place.town}{rng.choice(table('places')['local']['roads'])}{rng.randint(1, 290)}号",
            founded=founded or START - timedelta(days=int(rng.triangular(200, 7300, 1800))),
            capital=float(rng.choice((10, 20, 30, 50, 50, 60, 80, 100, 100, 150, 200, 500))),
            boss=boss,
            partner=person if rng.random() < 0.7 else "",
            liaison=boss if rng.random() < 0.4 else rng.choice(boss.kin or [boss]),
            size=size,
            level=row["wage"] * rng.lognormvariate(0, 0.14),
            women=row["women"],
            phone=phone,
            annual_phone=(phone if rng.random() < 0.6 else self.registry.phone())
            if rng.random() < 0.85
            else "",
            dispatch=row["word"] == "劳务派遣",
            cash=rng.random() < (0.4 if 0 < size <= 5 else 0.03),
        )


def firms(economy: Economy, people: list[Person], workers: int, rng: Random) -> list[Employer]:
    """Found as many firms as ``workers`` people need, and half as many that employ nobody."""
    owners = [person for person in people if 25 <= START.year - person.born.year <= 62]
    rng.shuffle(owners)
    made: list[Employer] = []
    seats = 0
    while seats < workers and owners:
        size = min(int(1.6 * rng.paretovariate(1.15)) + 1, max(12, workers // 9))
        made.append(economy.found(owners.pop(), size))
        seats += size
    for _ in range(min(len(owners), len(made) // 2)):
        empty = economy.found(owners.pop(), 0)
        empty.state = rng.choices("123", (890, 90, 20))[0]
        made.append(empty)
    return made
