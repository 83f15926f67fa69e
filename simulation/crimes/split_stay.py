"""H6 分解住院: one stay is billed as two or three, each with its own flat rate."""

from datetime import timedelta

from simulation.casting import disease, hospital, stay
from simulation.crimes.cast import CAREFUL, EXPERT, PLAIN, Order, cast
from simulation.plan import Ring
from simulation.scene import Scene
from simulation.world import Clinic, Person

GAP = {PLAIN: (0, 2), CAREFUL: (2, 7), EXPERT: (5, 15)}  # days between two parts


def plant(scene: Scene, order: Order) -> Ring | None:
    """Discharge five to eight real patients on paper and take them in again.

    ``same``: at the same hospital. ``sister``: turn by turn at two that belong together. Plain: at once,
    three parts. Careful, expert: days later, two parts, the second with another disease now and then.
    """
    rng = scene.rng
    patients = scene.strangers(lambda p: scene.age(p) >= 50 and not p.chronic, rng.randint(5, 8))
    organiser = scene.helper() if len(patients) >= 4 else None
    if organiser is None:
        return None
    wards = [hospital(scene, 260), hospital(scene, 260)]
    start = rng.randint(1, 12)
    for person in patients:
        _chain(scene, order, person, wards, start + rng.randint(0, 8))
    return cast(order, organiser, patients, "unwitting", clinic=wards[0])


def _chain(scene: Scene, order: Order, person: Person, wards: list[Clinic], month: int) -> None:
    rng, day, illness = scene.rng, scene.day(month), disease(scene)
    parts = rng.randint(2, 3) if order.tier == PLAIN else 2
    for part in range(parts):
        ward = wards[part % 2] if order.variant == "sister" else wards[0]
        days = stay(scene, ward)
        # The first part was a true stay; what follows is the crime.
        scene.admit(person, ward, day, days, illness, order.ring if part else "")
        day += timedelta(days=days + rng.randint(*GAP[order.tier]))
        if order.tier == EXPERT and rng.random() < 0.4:
            illness = disease(scene)
