"""The stage on which life and crime are planned: the world, the plan, the hands that open and found."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from simulation.banking import Banking
from simulation.careers import Careers
from simulation.economy import Economy
from simulation.log import Change
from simulation.period import END, START, in_window, month_of, years_between
from simulation.plan import Admission, Errand, Plan, Transfer
from simulation.population import related
from simulation.registry import Registry
from simulation.sharing import Cell, Stub
from simulation.world import Account, Clinic, Person, World

Fits = Callable[[Person], bool]


@dataclass(slots=True)
class Scene:
    """Everything a planner needs; ``rng`` is the stream of planning.

    ``cells`` are the parts of crossing rings to be played here, ``guests`` the people whom several regions
    know, by their number in the truth.
    """

    world: World
    plan: Plan
    registry: Registry
    banking: Banking
    careers: Careers
    economy: Economy
    rng: Random
    cells: list[Cell] = field(default_factory=list)
    guests: dict[int, Person] = field(default_factory=dict)
    order: list[Person] = field(init=False)
    towns: dict[str, list[Person]] = field(init=False)

    def __post_init__(self) -> None:
        """Shuffle the people once and sort them into towns."""
        self.order = list(self.world.people)
        self.rng.shuffle(self.order)
        self.towns = {place.town: [] for place in self.world.region.places}
        for person in self.order:
            self.towns[person.place.town].append(person)

    def guest(self, stub: Stub) -> Person:
        """Return somebody whom several regions know, as a person of this one."""
        return self.guests[stub.entity]

    def age(self, person: Person) -> int:
        """Return the age at the start of the window."""
        return years_between(person.born, START)

    def free(self, fits: Fits, within: list[Person] | None = None) -> Iterator[Person]:
        """Go through the living who fit and belong to no planned group, from a random one on.

        Lazily and along one shuffled order, so that casting a ring in a large region stays cheap.
        """
        pool = self.order if within is None else within
        start = self.rng.randrange(len(pool)) if pool else 0
        for at in range(len(pool)):
            person = pool[(start + at) % len(pool)]
            if not person.busy and person.death is None and fits(person):
                yield person

    def strangers(self, fits: Fits, count: int, near: bool = False) -> list[Person]:
        """Take up to ``count`` people of whom no two are kin; with ``near`` all from one town."""
        taken: list[Person] = []
        pool = self.free(fits)
        if near:
            seed = next(pool, None)
            pool = self.free(fits, self.towns[seed.place.town]) if seed else pool
        for person in pool:
            if not any(related(person, other) for other in taken):
                taken.append(person)
            if len(taken) == count:
                break
        return taken

    def gather(self, fits: Fits, count: int, least: int) -> list[Person]:
        """Take ``count`` strangers of one town, or from anywhere where no town has ``least`` of them."""
        taken = self.strangers(fits, count, near=True)
        return taken if len(taken) >= least else self.strangers(fits, count)

    def helper(self, near: Person | None = None) -> Person | None:
        """Return a free adult with an account to organise or help, from ``near``'s town if possible."""

        def fits(person: Person) -> bool:
            able = 28 <= self.age(person) <= 58 and person.account is not None and bool(person.phone)
            return able and not (near and related(person, near))

        found = next(self.free(fits, self.towns[near.place.town]), None) if near else None
        found = found or next(self.free(fits), None)
        if found:
            found.busy = True
        return found

    def moment(self, day: date, begin: int = 8, end: int = 20) -> datetime:
        """Return a random second of the day between two hours."""
        seconds = self.rng.randrange(begin * 3600, end * 3600)
        return datetime.combine(day, time()) + timedelta(seconds=seconds)

    def edit(
        self,
        person: Person,
        what: str,
        values: tuple[str, str],
        day: date,
        *,
        ring: str = "",
        operator: str = "",
        channel: str = "",
    ) -> None:
        """Plan a change of master data from one value to another; the window's edge swallows others."""
        if in_window(day):
            how = channel or self.rng.choice("123")
            change = Change(
                person,
                person.number,
                what,
                *values,
                self.moment(day),
                operator or self.rng.choice(self.world.region.operators),
                how,
                person.device if how == "2" else "",
                ring,
            )
            self.plan.changes[month_of(day)].append(change)

    def pay(
        self, payer: Account | None, payee: Account | None, day: date, amount: float, ring: str = ""
    ) -> None:
        """Plan a transfer."""
        if payer and payee and payer is not payee and in_window(day):
            self.plan.transfers[month_of(day)].append(
                Transfer(payer, payee, self.moment(day, 7, 22), amount, ring)
            )

    def admit(
        self, person: Person, clinic: Clinic, day: date, days: int, disease: str, ring: str = ""
    ) -> None:
        """Plan a hospital stay."""
        if in_window(day) and day + timedelta(days=days) <= END and person.alive(day + timedelta(days=days)):
            self.plan.admissions[month_of(day)].append(Admission(person, clinic, day, days, disease, ring))

    def queue(
        self,
        people: list[Person],
        clinic: Clinic,
        start: datetime,
        gap: int,
        kind: str = "41",
        proof: str = "03",
        ring: str = "",
    ) -> None:
        """Plan a row of cards at one terminal, some ``gap`` seconds apart."""
        now = start
        for person in people:
            if in_window(now.date()) and person.alive(now.date()):
                self.plan.errands[month_of(now.date())].append(Errand(person, clinic, now, kind, proof, ring))
            now += timedelta(seconds=int(gap * self.rng.uniform(0.5, 1.5)))

    def day(self, month: int, low: int = 1, high: int = 28) -> date:
        """Return a random day of a month."""
        return date(START.year + month // 12, month % 12 + 1, self.rng.randint(low, high))

    def gift(self) -> float:
        """Draw the amount of an ordinary transfer between people: the same for rebates and for rent."""
        return transfer_amount(self.rng)


def transfer_amount(rng: Random) -> float:
    """Draw a transfer in yuan: mostly round numbers."""
    amount = rng.lognormvariate(6.6, 0.75)
    return float(round(amount / 50) * 50 or 50) if rng.random() < 0.8 else float(round(amount))
