"""Illness: visits, purchases, chronic courses and stays, each settled at a terminal."""

from bisect import bisect
from datetime import date, datetime, timedelta
from random import Random

from simulation.chance import poisson
from simulation.data import table
from simulation.log import Log, Visit
from simulation.period import END, first, midnight, seconds
from simulation.period import days as days_of
from simulation.plan import Plan
from simulation.world import Clinic, Person, World

HOURS = (8, 8, 9, 9, 9, 10, 10, 10, 11, 11, 12, 13, 14, 14, 15, 15, 15, 16, 16, 17, 18)
PROOFS, SHOWN = ("01", "02", "03"), (45, 55, 100)  # what is shown at the counter, in hundredths so far
REFERRED = 0.025  # share of stays in a large hospital of another region, settled there and paid here


def _when(day: date, rng: Random) -> datetime:
    draw = rng.random
    hour, minute, second = HOURS[int(draw() * len(HOURS))], int(draw() * 60), int(draw() * 60)
    return midnight(day) + seconds()[hour * 3600 + minute * 60 + second]


def settle(
    person: Person,
    clinic: Clinic,
    kind: str,
    when: datetime,
    rng: Random,
    disease: str = "",
    *,
    days: int = 0,
    proof: str = "",
) -> Visit:
    """Return the settlement of a visit that began ``days`` before ``when``; the fee is the clinic's own."""
    words, draw = table("medicine"), rng.random
    mean, spread = words["fee"][kind]
    ills, terminals, doctors = words["outpatient"], clinic.terminals, clinic.doctors
    end = when.date()
    begin = end - timedelta(days=days) if days else end
    job = person.job(begin) if person.jobs else None
    employee = bool(job or person.flexible or (person.pensions and person.pensions[0].scheme != "170"))
    fee = clinic.dear * rng.lognormvariate(mean, spread)
    if days:
        fee *= words["cover"][0 if employee else 1] * (days / clinic.stay) ** 0.6
    return Visit(
        person,
        clinic,
        kind,
        begin,
        end,
        when,
        round(fee, 2),
        disease or ills[int(draw() * len(ills))],
        terminals[int(draw() * len(terminals))],
        doctors[int(draw() * len(doctors))],
        proof or PROOFS[bisect(SHOWN, draw() * 100, 0, 2)],
        employee,
    )


def _ordinary(
    world: World, person: Person, month: int, log: Log, rng: Random, others: tuple[list[Clinic], list[Clinic]]
) -> None:
    words = table("medicine")
    clinic, shop = person.clinic, person.pharmacy
    if clinic is None or shop is None:
        return
    calendar = days_of(month)
    # Rates a month for a person of mean frailty and habit: 0.092 visits, 0.066 purchases, 0.009 stays.
    need = person.frailty * person.habit
    visits, purchases = poisson(rng, 0.092 * need), poisson(rng, 0.066 * need)
    plans = [("11", clinic, visits), ("41", shop, purchases)] if visits or purchases else []
    if person.chronic:
        rate = 0.75 * max(0.6, min(3.0, person.habit))
        plans += [("14", rng.choice((clinic, clinic, shop)), poisson(rng, rate))]
        if person.chronic == words["dialysis"]:
            plans.append(("14", clinic, 11 + rng.randrange(3)))
    for kind, place, count in plans:
        for _ in range(count):
            day = rng.choice(calendar)
            if person.alive(day):
                disease = person.chronic if kind == "14" else ""
                # One visit in six is made elsewhere: near work, or where the drug is in stock.
                there = rng.choice(others[place.pharmacy]) if rng.random() < 0.17 else place
                log.visits.append(settle(person, there, kind, _when(day, rng), rng, disease))
    often = 4.5 if person.chronic else min(4.0, person.habit + 0.2)
    if rng.random() < 0.0057 * person.frailty * often:
        hospital = clinic if clinic.beds else rng.choice(others[0])
        if world.abroad and rng.random() < REFERRED:
            hospital = rng.choice(world.abroad)
        stay = max(2, int(rng.gauss(hospital.stay, 2.2)))
        out = rng.choice(calendar)
        if person.alive(out):
            log.visits.append(
                settle(
                    person, hospital, "21", _when(out, rng), rng, rng.choice(words["inpatient"]), days=stay
                )
            )


def month_of_illness(world: World, plan: Plan, month: int, log: Log, rng: Random) -> None:
    """Settle all that the month's illness and plans bring."""
    begin = first(month)
    hospitals = [clinic for clinic in world.clinics if clinic.beds]
    others = (hospitals, [clinic for clinic in world.clinics if clinic.pharmacy])
    for person in world.people:
        if person.death is None or person.alive(begin):
            _ordinary(world, person, month, log, rng, others)
    _planned(plan, month, log, rng)
    # Injuries are filed under the month of payment; the visit is an errand of the accident's own month.
    log.injuries += plan.injuries.get(month, [])


def _planned(plan: Plan, month: int, log: Log, rng: Random) -> None:
    for stay in plan.admissions.get(month, []):
        when = _when(stay.begin + timedelta(days=stay.days), rng)
        visit = settle(stay.person, stay.clinic, "21", when, rng, stay.disease, days=stay.days)
        visit = visit._replace(ring=stay.ring, doctor=stay.doctor or visit.doctor)
        log.visits.append(visit._replace(fee=stay.fee or visit.fee))
    for errand in plan.errands.get(month, []):
        clinic = errand.clinic
        visit = settle(
            errand.person, clinic, errand.kind, errand.time, rng, errand.disease, proof=errand.proof
        )
        visit = visit._replace(terminal=clinic.terminals[0], ring=errand.ring, goods=errand.goods)
        log.visits.append(visit._replace(doctor=errand.doctor or visit.doctor))
    for birth in plan.births.get(month, []):
        out = birth.day + timedelta(days=rng.randint(3, 5))
        if out <= END and birth.person.alive(out):
            when, disease = _when(out, rng), str(table("medicine")["birth"])
            log.visits.append(settle(birth.person, birth.clinic, "21", when, rng, disease, days=4))
