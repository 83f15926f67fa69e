"""People and their households: couples, children, parents, old couples whose children live elsewhere."""

from datetime import date, timedelta
from random import Random

from simulation.ground import address
from simulation.names import given, minority, rare_given, surname
from simulation.period import START
from simulation.registry import Registry
from simulation.world import Person, Place, Region

URBAN = 0.64  # of the households, census of 2020


class Population:
    """Builds households until the region has its people.

    Args:
        region: The ground.
        registry: Issues ids and phones.
        rng: Source of every draw here.
    """

    def __init__(self, region: Region, registry: Registry, rng: Random) -> None:
        """Start empty."""
        self.region, self.registry, self.rng = region, registry, rng
        self.people: list[Person] = []
        self.households = 0
        self._urban = [place for place in region.places if not place.rural]
        self._rural = [place for place in region.places if place.rural]

    def fill(self, size: int) -> list[Person]:
        """Return ``size`` people."""
        while len(self.people) < size:
            draw = self.rng.random()
            if draw < 0.25 and len(self.people) > size // 4:
                self._old_couple()
            elif draw < 0.77:
                self._family(with_parents=draw < 0.33)
            else:
                self._single()
        del self.people[size:]
        alive = set(self.people)
        for person in self.people:
            person.kin = [other for other in person.kin if other in alive]
        return self.people

    def _born(self, age: float) -> date:
        return START - timedelta(days=int(age * 365.25) + self.rng.randrange(365))

    def _person(
        self, sex: int, age: float, family_name: str, home: tuple[Place, str], relation: str
    ) -> Person:
        rng, place = self.rng, home[0]
        born = self._born(age)
        migrant = rng.random() < 0.15
        division = (
            f"{rng.choice(('34', '41', '42', '43', '51', '52'))}{rng.randint(1, 12):02d}"
            f"{rng.randint(1, 5) + 80:02d}"
            if migrant
            else place.code
        )
        ethnic = rng.choice(("03", "05", "07")) if rng.random() < 0.015 else "01"
        rare = rare_given(rng) if rng.random() < 0.004 else ""
        name = minority(rng, sex) if ethnic == "05" else family_name + (rare or given(rng, sex, born))
        person = Person(
            self.registry.entity(),
            sex,
            born,
            name,
            self.registry.citizen(division, born, sex),
            self.registry.person(),
            place,
            home[1],
            self.households,
            relation,
            ethnic=ethnic,
            rare=rare,
        )
        if rng.random() < 0.02:
            person.former = family_name + given(rng, sex, born)
        if age >= 14 and rng.random() < (0.93 if age < 65 else 0.7):
            person.phone, person.device = self.registry.phone(), self.registry.device()
        person.frailty = rng.lognormvariate(0, 0.5) * (1 + max(0, age - 45) / 22)
        # Some see a doctor at every cough, others never: the tail that heavy users of any kind hide in.
        person.habit = rng.lognormvariate(-0.5, 1.0)
        person.since = self._born(rng.uniform(0.5, max(0.6, min(20, age - 18))))
        person.atm = ""
        self.people.append(person)
        return person

    def _home(self) -> tuple[Place, str]:
        self.households += 1
        place = self._place()
        return place, address(place, self.rng)

    def _place(self) -> Place:
        """Draw a place: nearly two in three people live in towns, on half of the places."""
        return self.rng.choice(self._urban if self.rng.random() < URBAN else self._rural)

    def _family(self, with_parents: bool) -> None:
        rng, home, name = self.rng, self._home(), surname(self.rng)
        age = rng.triangular(24, 57, 38)
        husband = self._person(1, age, name, home, "01")
        wife = self._person(2, age - rng.uniform(-2, 5), surname(rng), home, "10")
        tie(husband, wife)
        for _ in range(rng.choices((0, 1, 2, 3), (8, 42, 41, 9))[0]):
            years = age - rng.uniform(22, 31)
            if years > 0.2:
                child = self._person(1 if rng.random() < 0.525 else 2, years, name, home, "20")
                tie(husband, child)
                tie(wife, child)
        if with_parents:
            father = self._person(1, age + rng.uniform(22, 31), name, home, "50")
            tie(father, husband)
            if rng.random() < 0.62:
                mother = self._person(2, age + rng.uniform(21, 29), surname(rng), home, "50")
                tie(mother, husband)
                tie(father, mother)

    def _old_couple(self) -> None:
        rng = self.rng
        child = rng.choice(self.people)
        age = START.year - child.born.year + rng.uniform(22, 30)
        near = rng.random() < 0.6
        if not 58 <= age <= 92:
            child, age = self.people[0], rng.triangular(60, 90, 68)
            near = False
        self.households += 1
        place = child.place if near else self._place()
        home = (place, address(place, rng))
        name = child.name[0] if child.ethnic == "01" else surname(rng)
        old = [self._person(1, age, name, home, "01")] if rng.random() < 0.8 else []
        if not old or rng.random() < 0.75:
            old.append(self._person(2, age - rng.uniform(-3, 5), surname(rng), home, "10" if old else "01"))
        if len(old) == 2:
            tie(*old)
        for parent in old:
            if near:
                tie(parent, child)

    def _single(self) -> None:
        sex = 1 if self.rng.random() < 0.55 else 2
        self._person(sex, self.rng.triangular(19, 60, 27), surname(self.rng), self._home(), "01")


def tie(one: Person, other: Person) -> None:
    """Make two people kin of each other."""
    one.kin.append(other)
    other.kin.append(one)


def related(one: Person, other: Person) -> bool:
    """Tell whether two people are kin or live in one household."""
    return one.household == other.household or other in one.kin
