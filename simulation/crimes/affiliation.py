"""P5 挂靠代缴: people insured at a firm where they never worked, who pay the boss for it."""

from datetime import timedelta

from simulation.crimes.cast import cast
from simulation.period import END, first
from simulation.plan import Ring
from simulation.scene import Scene
from simulation.world import Employer, Person


def plant(scene: Scene, tier: int, ring_id: str) -> Ring | None:
    """Insure five to nine strangers at a firm; they pay by transfer, no wage ever comes.

    Tier 1: joined on one day, nobody at the firm works. Tier 2: joined in threes beside real staff.
    """

    def fits(person: Person) -> bool:
        return (
            28 <= scene.age(person) <= 52 and not person.jobs and not person.flexible and not person.pensions
        )

    people = scene.strangers(fits, scene.rng.randint(5, 9))
    organiser = scene.helper() if len(people) >= 4 else None
    if organiser is None:
        return None
    firm = _firm(scene, organiser, tier)
    start = first(scene.rng.randint(-8, 8))
    for at, person in enumerate(people):
        joined = start + timedelta(days=1 if tier == 1 else 45 * (at // 3) + scene.rng.randint(0, 6))
        spell = scene.careers.hire(person, firm, joined, None)
        spell.works, spell.paid, spell.ring = False, False, ring_id
        if person.account is None:
            scene.banking.open(person)
        _fees(scene, person, organiser, ring_id)
    return cast(ring_id, ("P5", tier), organiser, people, "beneficiary", employer=firm)


def _firm(scene: Scene, organiser: Person, tier: int) -> Employer:
    real = [firm for firm in scene.world.employers if 4 <= len(firm.spells) <= 14 and not firm.dispatch]
    if tier == 2 and real:
        return scene.rng.choice(real)
    firm = scene.economy.found(organiser, 0)
    scene.world.employers.append(firm)
    return firm


def _fees(scene: Scene, person: Person, organiser: Person, ring_id: str) -> None:
    step = scene.rng.choice((1, 3, 3, 6))
    for month in range(scene.rng.randint(0, 2), 24, step):
        day = scene.day(month)
        spell = person.jobs[-1]
        if spell.start <= day <= END and person.alive(day):
            scene.pay(person.account, organiser.account, day, scene.gift(), ring_id)
