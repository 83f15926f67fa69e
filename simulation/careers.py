"""Working lives and pensions as they stand and will go: jobs, layoffs, retirements, deaths, births.

All of it is decided before the first month is written; the months only tell it.
"""

from datetime import date, timedelta
from random import Random

from simulation.banking import Banking
from simulation.data import table
from simulation.period import END, START, years_between
from simulation.world import Employer, Pension, Person, Spell

HIRED = date(2015, 1, 1)


def wage_of(employer: Employer, rng: Random) -> float:
    """Draw a monthly wage in yuan."""
    return float(
        round(table("economy")["mean_wage"] * 0.91 * employer.level * rng.lognormvariate(0, 0.36), 2)
    )


def base_of(wage: float, rng: Random) -> float:
    """Return the contribution base declared for a wage: mostly true, a third at the floor."""
    floor = float(table("economy")["base_floor"])
    if rng.random() < 0.22:
        return floor
    return float(round(max(floor, wage * rng.uniform(0.9, 1.02))))


class Careers:
    """Gives people jobs, flexible insurance or pensions.

    Args:
        banking: Opens the accounts that wages and pensions need.
        rng: Source of every draw here.
    """

    def __init__(self, banking: Banking, rng: Random) -> None:
        """Remember where accounts come from."""
        self.banking, self.rng = banking, rng

    def place(self, people: list[Person], employers: list[Employer]) -> None:
        """Employ, insure or retire everybody."""
        seats = [firm for firm in employers for _ in range(firm.size)]
        self.rng.shuffle(seats)
        for person in people:
            age = years_between(person.born, START)
            if person.away:
                continue
            if age >= 16 and self.rng.random() < 0.93 and person.account is None:
                self.banking.open(person)
            if age >= (60 if person.sex == 1 else 53):
                self._retire(person, age, seats)
            elif age >= 19 and (self.rng.random() < 0.52 or person.visitor):
                if seats and self.rng.random() < 0.9:
                    self._career(person, seats, age)
                else:
                    person.flexible = True
                self._end(person)

    def _retire(self, person: Person, age: int, seats: list[Employer]) -> None:
        rng = self.rng
        rural = person.place.rural
        scheme = rng.choices(("110", "120", "170"), (22, 1, 77) if rural else (58, 5, 37))[0]
        if scheme == "170" and age < 60:
            return
        since = date(_pension_age(person, scheme) + person.born.year, person.born.month, 28)
        means = {"110": (3090, 0.26), "120": (4600, 0.22), "170": (209, 0.27)}[scheme]
        amount = round(means[0] * rng.lognormvariate(0, means[1]), 1)
        self.grant(person, scheme, since, amount)
        if scheme == "110" and age < 66 and seats and rng.random() < 0.7:
            firm = rng.choice(seats)
            begun = max(HIRED - timedelta(days=rng.randint(0, 2500)), firm.founded)
            if begun < since:
                self.hire(person, firm, begun, since - timedelta(days=1), "06")

    def _end(self, person: Person) -> None:
        """Retire whoever comes of age within the two years; a third work on and draw no pension yet."""
        since = date(person.born.year + _pension_age(person, "110"), person.born.month, 28)
        if not START < since < END or self.rng.random() < 0.33:
            return
        for spell in [job for job in person.jobs if job.start >= since]:
            person.jobs.remove(spell)
            spell.employer.spells.remove(spell)
        for spell in person.jobs:
            if spell.end is None or spell.end >= since:
                spell.end, spell.reason = since - timedelta(days=1), "06"
        amount = round(2800 * self.rng.lognormvariate(0, 0.26), 1)
        person.flexible = False
        self.grant(person, "110", since, amount)

    def grant(self, person: Person, scheme: str, since: date, amount: float) -> Pension:
        """Start a pension on the person's own account; ``amount`` in yuan a month."""
        account = person.account or self.banking.open(person)
        pension = Pension(person, scheme, person.number, since, amount, account)
        own = person.device and years_between(person.born, START) < 82
        pension.proof = self.rng.choices("123", (62 if own else 30, 22, 16))[0]
        pension.device = person.device
        person.pensions.append(pension)
        return pension

    def _career(self, person: Person, seats: list[Employer], age: int) -> None:
        rng = self.rng
        start = max(HIRED, START - timedelta(days=int(rng.expovariate(1 / 900)) + 20))
        start = max(start, date(person.born.year + 18, 7, 1))
        while start < END:
            firm = self._seat(person, seats)
            begun = max(start, firm.founded)
            length = timedelta(days=int(rng.expovariate(1 / 1350)) + 45)
            end = begun + length if begun + length < END else None
            # A few are taxed and not insured: students, the rehired, those on trial.
            self.hire(person, firm, begun, end).insured = rng.random() > 0.035
            if end is None:
                break
            start = end + timedelta(days=rng.choice((1, 1, 12, 40, 90, 200)))
            if rng.random() < 0.2:
                break

    def _seat(self, person: Person, seats: list[Employer]) -> Employer:
        for _ in range(4):
            firm = self.rng.choice(seats)
            if self.rng.random() < (firm.women if person.sex == 2 else 1 - firm.women):
                break
        return firm

    def hire(self, person: Person, firm: Employer, start: date, end: date | None, reason: str = "") -> Spell:
        """Write a job into both lives."""
        rng = self.rng
        wage = wage_of(firm, rng)
        spell = Spell(person, firm, start, wage, base_of(wage, rng), end)
        spell.paid = not firm.cash
        if end:
            spell.reason = reason or rng.choices(("01", "02", "03"), (64, 22, 14))[0]
        if person.account is None:
            self.banking.open(person)
        if firm.account is None:
            self.banking.open(firm)
        person.jobs.append(spell)
        firm.spells.append(spell)
        return spell


def _pension_age(person: Person, scheme: str) -> int:
    return 60 if person.sex == 1 or scheme == "170" else 52
