"""Benefits: pensions, unemployment, maternity; what is paid too long and what is taken back."""

from datetime import timedelta
from random import Random

from simulation.data import table
from simulation.log import Benefit, JoblessPay, Log, Maternity
from simulation.period import days, first, last, length, month_of
from simulation.plan import Birth, Plan
from simulation.world import Pension, World


def _due(pension: Pension, month: int) -> bool:
    death = pension.person.death
    if pension.since > last(month) or month >= pension.until:
        return False
    return pension.item == "301" or death is None or month < max(death.stopped, month_of(death.day) + 1)


def pensions(world: World, month: int, log: Log, rng: Random) -> None:
    """Pay the pensions of a month on its 10th to 12th."""
    for person in world.people:
        for pension in person.pensions:
            if not _due(pension, month):
                if person.death and person.death.repaid and month == person.death.stopped + 1:
                    _take_back(pension, month, log)
                continue
            account, ring = pension.payee(month)
            rise = 1.03 if month >= 12 and pension.item == "101" else 1.0
            status = "2" if rng.random() < 0.006 else "1"
            day = days(month)[rng.randint(9, 11)]
            log.benefits.append(
                Benefit(
                    pension,
                    month,
                    pension.item,
                    round(pension.amount * rise, 1),
                    day,
                    account,
                    status,
                    ring if status == "1" else "",
                )
            )


def _take_back(pension: Pension, month: int, log: Log) -> None:
    death = pension.person.death
    if death is None or pension.item == "301":
        return
    months = death.stopped - month_of(death.day) - 1
    if months > 0:
        day = first(month) + timedelta(days=12)
        log.benefits.append(
            Benefit(pension, month, "101", -round(pension.amount * months, 1), day, pension.account, "3")
        )


def jobless(plan: Plan, month: int, log: Log, rng: Random) -> None:
    """Pay the unemployment benefits of a month."""
    amount_day = first(month) + timedelta(days=14)
    for made in plan.claims:
        person, account = made.person, made.person.account
        if made.start <= month < made.start + made.months and account and person.alive(amount_day):
            day = amount_day - timedelta(days=rng.randint(0, 4))
            log.jobless.append(
                JoblessPay(
                    person,
                    made.spell.employer,
                    month,
                    made.months,
                    day,
                    made.spell.reason,
                    made.channel,
                    made.device,
                    made.phone,
                    account,
                    made.ring if month >= made.since else "",
                )
            )


def allowance(birth: Birth) -> float:
    """Return the monthly base of the allowance in yuan: the declared base of the job."""
    floor = float(table("economy")["base_floor"])
    return birth.spell.base if birth.spell else floor


def maternity(plan: Plan, month: int, log: Log, rng: Random) -> None:
    """Pay the allowances for births of about four months ago."""
    for birth in plan.births.get(month - 4, []) if month >= 4 else []:
        spell = birth.spell
        account = spell.employer.account if birth.to_employer and spell else birth.person.account
        if spell is None or account is None or not birth.person.alive(birth.day):
            continue
        paid = first(month) + timedelta(days=rng.randrange(length(month)))
        days = rng.choices((158, 143, 188, 128), (44, 23, 21, 12))[0]
        log.maternities.append(
            Maternity(
                birth.person,
                spell.employer,
                birth.day,
                days,
                allowance(birth),
                paid,
                account,
                birth.to_employer,
                birth.clinic,
                birth.agent,
                birth.ring,
            )
        )
