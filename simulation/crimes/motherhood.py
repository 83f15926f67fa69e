"""M1 突击生育: expectant women are insured at a firm just in time for the allowance."""

from datetime import timedelta

from simulation.crimes.cast import cast
from simulation.data import table
from simulation.period import START, month_of
from simulation.plan import Birth, Ring
from simulation.scene import Scene
from simulation.world import Employer, Person


def plant(scene: Scene, tier: int, ring_id: str) -> Ring | None:
    """Insure three to six expectant women at a firm, take a share of the allowance.

    Tier 1: joined 60-85 days before the birth on a high base, gone weeks after the payout, one agent's phone.
    Tier 2: joined 120-170 days before on an ordinary base, wages paid and returned, the phone on some.
    """

    def expecting(person: Person) -> bool:
        return person.sex == 2 and 21 <= scene.age(person) <= 38 and not person.jobs and not person.flexible

    women = scene.strangers(expecting, scene.rng.randint(3, 6))
    organiser = scene.helper() if len(women) >= 3 else None
    if organiser is None:
        return None
    firm = scene.economy.found(organiser, 0)
    scene.world.employers.append(firm)
    scene.banking.open(firm)
    for person in women:
        _insure(scene, person, firm, (tier, ring_id))
    return cast(ring_id, ("M1", tier), organiser, women, "beneficiary", employer=firm)


def _insure(scene: Scene, person: Person, firm: Employer, how: tuple[int, str]) -> None:
    tier, ring_id = how
    rng, organiser = scene.rng, firm.boss
    day = START + timedelta(days=rng.randint(150, 560))
    joined = day - timedelta(days=rng.randint(60, 85) if tier == 1 else rng.randint(120, 170))
    spell = scene.careers.hire(person, firm, joined, day + timedelta(days=rng.randint(150, 200)), "01")
    spell.works, spell.ring, spell.paid = False, ring_id, tier == 2
    if tier == 1:
        spell.base = round(table("economy")["mean_wage"] * rng.uniform(1.25, 1.8))
    else:
        spell.returned, spell.patron = spell.wage * 0.95, organiser.account
    hospitals = [clinic for clinic in scene.world.clinics if clinic.beds]
    birth = Birth(person, day, rng.choice(hospitals), spell, ring=ring_id, to_employer=rng.random() < 0.4)
    if tier == 1 or rng.random() < 0.4:
        birth.agent = organiser.phone
    scene.plan.births[month_of(day)].append(birth)
    payer = firm.account if birth.to_employer else person.account
    payee = person.account if birth.to_employer else organiser.account
    scene.pay(payer, payee, day + timedelta(days=rng.randint(125, 150)), scene.gift(), ring_id)
