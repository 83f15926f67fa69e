"""Mothers: firms of young women, and women who changed their job before they knew."""

from datetime import timedelta

from simulation import casting
from simulation.casting import found, hospital, mother
from simulation.period import START, month_of
from simulation.plan import Birth, Innocent
from simulation.scene import Scene
from simulation.world import Employer, Person


def _birth(scene: Scene, person: Person, firm: Employer, before: int) -> None:
    rng = scene.rng
    day = START + timedelta(days=rng.randint(150, 600))
    spell = scene.careers.hire(person, firm, day - timedelta(days=before), None)
    birth = Birth(person, day, hospital(scene), spell, to_employer=rng.random() < 0.5)
    if rng.random() < 0.15:
        birth.agent = firm.phone
    scene.plan.births[month_of(day)].append(birth)


def young_staff(scene: Scene) -> Innocent | None:
    """Staff a nursery or a beauty parlour with young women of whom two or three have children."""
    women = scene.strangers(mother(scene), scene.rng.randint(2, 5))
    boss = scene.helper() if len(women) >= 2 else None
    if boss is None:
        return None
    firm = found(scene, boss, scene.rng.choice(("幼儿教育", "美容服务")))
    for woman in women:
        _birth(scene, woman, firm, scene.rng.randint(200, 900))
    return Innocent("M1", "幼教美容行业女职工多，正常生育", women, firm)


def changed_job(scene: Scene) -> Innocent | None:
    """Let one to three women take real jobs at one firm some months before a child is born; they stay."""
    women = scene.strangers(mother(scene), scene.rng.randint(1, 3))
    host = casting.firm(scene, 5)
    if not women or host is None:
        return None
    for woman in women:
        _birth(scene, woman, host, scene.rng.randint(62, 150))
    return Innocent("M1", "孕前正常换工作，产后在岗", women, host)
