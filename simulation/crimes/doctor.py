"""H5 医患合谋: one doctor writes for patients who lend their cards, visit after visit."""

from simulation.casting import counter
from simulation.crimes.cast import CAREFUL, EXPERT, PLAIN, Order, cast
from simulation.period import month_of
from simulation.plan import Errand, Ring
from simulation.scene import Scene

SHARE = {PLAIN: 0.95, CAREFUL: 0.75, EXPERT: 0.55}  # of the visits with the one doctor


def plant(scene: Scene, order: Order) -> Ring | None:
    """Bill visits of six to ten patients who were not there, on one doctor's code.

    ``chronic``: as long-term treatment. ``surgery``: as ordinary visits of people who are well. Plain: nearly
    all on his code, about monthly. Careful: three in four. Expert: every other, among true visits.
    """
    rng = scene.rng
    chronic = order.variant == "chronic"
    patients = scene.strangers(
        lambda p: scene.age(p) >= 45 and bool(p.chronic) == chronic,
        rng.randint(6, 10),
        near=rng.random() < 0.5,
    )
    organiser = scene.helper() if len(patients) >= 4 else None
    if organiser is None:
        return None
    clinic = counter(scene, lambda c: not c.pharmacy and len(c.doctors) > 1)
    doctor, rate = rng.choice(clinic.doctors), {PLAIN: 0.9, CAREFUL: 0.7, EXPERT: 0.5}[order.tier]
    start = rng.randint(0, 14)
    for month in range(start, min(24, start + rng.randint(6, 11))):
        for person in patients:
            for _ in range(int(rate * rng.uniform(0.3, 1.7) + 0.5)):
                his = rng.random() < SHARE[order.tier]
                time = scene.moment(scene.day(month), 8, 18)
                proof = rng.choice(("01", "03"))
                visit = Errand(person, clinic, time, "14" if chronic else "11", proof, order.ring)
                visit.disease, visit.doctor = person.chronic, doctor if his else ""
                scene.plan.errands[month_of(time.date())].append(visit)
    for person in rng.sample(patients, len(patients) // (2 if order.tier < EXPERT else 4)):
        scene.pay(organiser.account, person.account, scene.day(start + 4), scene.gift(), order.ring)
    return cast(order, organiser, patients, "mule", clinic=clinic)
