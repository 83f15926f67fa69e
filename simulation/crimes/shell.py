"""U2 空壳失业: a firm that exists to dismiss people who then claim."""

from datetime import date, timedelta

from simulation.careers import base_of
from simulation.crimes.cast import cast
from simulation.fate import claim
from simulation.period import first
from simulation.plan import Claim, Ring
from simulation.scene import Scene
from simulation.world import Employer, Person, Spell


def plant(scene: Scene, tier: int, ring_id: str) -> Ring | None:
    """Insure four to eight idle people for a year, dismiss them, let them claim and pay a rebate.

    Tier 1: no wage is ever paid, all claim from one device. Tier 2: wages run through the accounts and back
    to the organiser, the dismissals are spread over months, half claim at the counter.
    """

    def idle(person: Person) -> bool:
        return (
            22 <= scene.age(person) <= 50 and not person.jobs and not person.pensions and not person.flexible
        )

    crew = scene.strangers(idle, scene.rng.randint(4, 8))
    organiser = scene.helper() if len(crew) >= 3 else None
    if organiser is None:
        return None
    firm = scene.economy.found(organiser, 0, founded=date(2022, scene.rng.randint(1, 9), 12))
    scene.world.employers.append(firm)
    end = scene.rng.randint(2, 9)
    device = scene.registry.device()
    for person in crew:
        shift = scene.rng.randint(0, 5) if tier == 2 else 0
        spell = _spell(scene, person, firm, end + shift, (tier, ring_id))
        channel = "2" if tier == 1 or scene.rng.random() < 0.5 else "1"
        made = claim(scene, spell, ring_id, device, organiser.phone if tier == 1 else "", channel)
        if made:
            _rebates(scene, made, organiser)
    return cast(ring_id, ("U2", tier), organiser, crew, "beneficiary", employer=firm)


def _spell(scene: Scene, person: Person, firm: Employer, end: int, how: tuple[int, str]) -> Spell:
    tier, ring_id = how
    last = scene.day(end) if tier == 2 else first(end) + timedelta(days=scene.rng.randint(0, 2))
    tenure = timedelta(days=scene.rng.randint(366, 400 if tier == 1 else 560))
    spell = scene.careers.hire(person, firm, last - tenure, last, "02")
    spell.works, spell.ring = False, ring_id
    spell.paid = tier == 2
    spell.base = base_of(spell.wage, scene.rng)
    if tier == 2:
        spell.returned, spell.patron = spell.wage * 0.94, firm.boss.account
    return spell


def _rebates(scene: Scene, made: Claim, organiser: Person) -> None:
    for month in range(made.start, min(24, made.start + made.months), scene.rng.randint(2, 4)):
        scene.pay(made.person.account, organiser.account, scene.day(month, 16), scene.gift(), made.ring)
