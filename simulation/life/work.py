"""Work: contributions, wages declared to the tax office, registrations of the jobless."""

from datetime import date, timedelta
from random import Random

from simulation.data import table
from simulation.log import Contribution, Filing, Log, Payroll
from simulation.period import days, first, in_window, last, length, month_of
from simulation.plan import Plan
from simulation.world import Person, Spell, World

FUNDS = ("110", "310")


def _arrival(month: int, late: bool, rng: Random) -> date:
    day = days(month)[rng.randrange(4, length(month) - 2)]
    return day + timedelta(days=rng.randint(28, 66)) if late else day


def _base(person: Person, spell: Spell | None, month: int) -> float:
    floor: float = table("economy")["base_floor"]
    if spell is None:
        return float(floor)
    # The declared base follows the wage every July.
    rise = 1 + 0.03 * ((month + 6) // 12)
    return float(round(max(floor, spell.base * rise)))


def contribute(world: World, plan: Plan, month: int, log: Log, rng: Random) -> None:
    """Pay the month's contributions and declare its wages."""
    middle, begin = first(month) + timedelta(days=14), first(month)
    for person in world.people:
        spell = person.job(middle) if person.jobs else None
        if (spell is None and not person.flexible) or (person.death and not person.alive(begin)):
            continue
        if spell and not spell.insured:
            _wage(log, person, spell, month, rng, 0.0)
            continue
        base = _base(person, spell, month)
        late = rng.random() < 0.012
        ring = spell.ring if spell else ""
        for fund in FUNDS:
            employer = spell.employer if spell else None
            log.contributions.append(
                Contribution(person, employer, fund, month, base, _arrival(month, late, rng), late, ring)
            )
        if spell:
            _wage(log, person, spell, month, rng, base)
    log.contributions += plan.arrears.get(month, [])


def _wage(log: Log, person: Person, spell: Spell, month: int, rng: Random, base: float) -> None:
    if spell.paid and last(month) >= spell.start and rng.random() < 0.93:
        income = round(spell.wage * (1 + 0.035 * (month // 12)) * rng.lognormvariate(0, 0.035), 2)
        # Of a job off the books the declared wage is the only trace, and so the act.
        ring = "" if spell.insured else spell.ring
        log.payrolls.append(Payroll(person, spell.employer, month, income, round(base * 0.105, 2), ring))


def register(world: World, log: Log, rng: Random) -> None:
    """Register those who lost work and some who work flexibly; written once, for all months."""
    for person in world.people:
        for spell in person.jobs:
            if spell.reason in ("02", "03") and spell.end and in_window(spell.end) and rng.random() < 0.45:
                day = spell.end + timedelta(days=rng.randint(3, 50))
                log.filings.append(Filing(person, day, "1", spell.reason, spell.employer))
        if person.flexible and rng.random() < 0.3:
            day = first(rng.randint(-9, 22)) + timedelta(days=rng.randrange(28))
            log.filings.append(Filing(person, day, "2", "", None))


def known_by(person: Person, month: int) -> Spell | None:
    """Return the job that the social-insurance office would name in that month."""
    found = [spell for spell in person.jobs if month_of(spell.start) <= month]
    return found[-1] if found else None
