"""Mothers: firms of young women, and women who changed their job before they knew."""

from datetime import timedelta

from simulation.period import START, month_of
from simulation.plan import Birth, Innocent
from simulation.scene import Scene
from simulation.world import Employer, Person


def _women(scene: Scene, count: int) -> list[Person]:
    def fits(person: Person) -> bool:
        return person.sex == 2 and 21 <= scene.age(person) <= 38 and not person.jobs and not person.flexible

    return scene.strangers(fits, count)


def _birth(scene: Scene, person: Person, firm: Employer, before: int) -> None:
    rng = scene.rng
    day = START + timedelta(days=rng.randint(150, 600))
    spell = scene.careers.hire(person, firm, day - timedelta(days=before), None)
    hospitals = [clinic for clinic in scene.world.clinics if clinic.beds]
    birth = Birth(person, day, rng.choice(hospitals), spell, to_employer=rng.random() < 0.5)
    if rng.random() < 0.15:
        birth.agent = firm.phone
    scene.plan.births[month_of(day)].append(birth)


def young_staff(scene: Scene) -> Innocent | None:
    """Staff a nursery or a beauty parlour with young women of whom two or three have children."""
    women = _women(scene, scene.rng.randint(2, 3))
    boss = scene.helper() if len(women) >= 2 else None
    if boss is None:
        return None
    firm = scene.economy.found(boss, 0, scene.rng.choice(("幼儿教育", "美容服务")))
    scene.world.employers.append(firm)
    for woman in women:
        _birth(scene, woman, firm, scene.rng.randint(200, 900))
    return Innocent("M1", "幼教美容行业女职工多，正常生育", women, firm)


def changed_job(scene: Scene) -> Innocent | None:
    """Let a woman take a real job some months before her child is born; she stays."""
    women = _women(scene, 1)
    firms = [firm for firm in scene.world.employers if len(firm.spells) >= 5 and not firm.dispatch]
    if not women or not firms:
        return None
    _birth(scene, women[0], scene.rng.choice(firms), scene.rng.randint(62, 150))
    return Innocent("M1", "孕前正常换工作，产后在岗", women)
