"""H1 假住院: a minibus of elders is admitted together, several times a year."""

from datetime import timedelta

from simulation.crimes.cast import cast
from simulation.data import table
from simulation.plan import Ring
from simulation.scene import Scene


def plant(scene: Scene, tier: int, ring_id: str) -> Ring | None:
    """Admit five to eight elders of one town to one hospital, three to five times, seven in ten attending.

    Tier 1: within two days of each other. Tier 2: within four days, fewer of them. Fees and
    lengths of stay are the hospital's own.
    """
    rng = scene.rng
    elders = scene.gather(lambda p: scene.age(p) >= 58 and not p.chronic, rng.randint(5, 8), 4)
    organiser = scene.helper(elders[0]) if len(elders) >= 4 else None
    hospitals = [clinic for clinic in scene.world.clinics if 0 < clinic.beds < 200]
    if organiser is None:
        return None
    hospital = rng.choice(hospitals)
    spread = 2 if tier == 1 else 4
    for month in sorted(rng.sample(range(1, 22), rng.randint(3, 5))):
        day = scene.day(month)
        for person in elders:
            if rng.random() < (0.75 if tier == 1 else 0.62):
                begin = day + timedelta(days=rng.randint(0, spread))
                days = max(2, int(rng.gauss(hospital.stay, 2.2)))
                scene.admit(
                    person, hospital, begin, days, rng.choice(table("medicine")["inpatient"]), ring_id
                )
        scene.pay(
            organiser.account, rng.choice(elders).account, day + timedelta(days=12), scene.gift(), ring_id
        )
    return cast(ring_id, ("H1", tier), organiser, elders, "mule", clinic=hospital)
