"""P1 死亡冒领: the dead stay on the pension roll and one collector empties their accounts."""

from datetime import timedelta

from simulation.crimes.cast import cast
from simulation.fate import die
from simulation.period import END, month_of
from simulation.plan import Ring
from simulation.scene import Scene
from simulation.world import Person


def plant(scene: Scene, tier: int, ring_id: str) -> Ring | None:
    """Let three to five strangers of one town die and nobody tell the pension office.

    Tier 1: one cash machine, one day, the collector's own device proves the dead alive. Tier 2: two machines,
    two days, deaths that only one office knows, certificates by community visit.
    """

    def fits(person: Person) -> bool:
        return bool(person.pensions) and scene.age(person) >= 68 and person.account is not None

    dead = scene.gather(fits, scene.rng.randint(3, 5), 3)
    collector = scene.helper(dead[0]) if len(dead) >= 3 else None
    if collector is None:
        return None
    day, second = scene.rng.randint(13, 24), scene.rng.choice(scene.world.region.atms)
    for at, person in enumerate(dead):
        _bury(scene, person, tier)
        for pension in person.pensions:
            pension.ring, pension.ring_from = ring_id, month_of(person.death.day) + 1 if person.death else 0
            pension.account.keeper = collector
            pension.account.ring, pension.account.kept_from = ring_id, pension.ring_from
            shifted = tier == 2 and at % 2 == 1
            pension.account.round_atm = second if shifted else collector.atm
            pension.account.round_day = day + (1 if shifted else 0)
            if tier == 1 or at % 3 == 0:
                pension.proof, pension.device = "1", collector.device
            else:
                pension.proof = "2"
    return cast(
        ring_id, ("P1", tier), collector, dead, "beneficiary", accounts=[p.pensions[0].account for p in dead]
    )


def _bury(scene: Scene, person: Person, tier: int) -> None:
    rng = scene.rng
    death = die(person, scene.day(rng.randint(1, 12)), rng)
    death.stopped = min(10**6 if rng.random() < 0.4 else 99, month_of(death.day) + rng.randint(8, 20))
    death.repaid = False
    if tier == 1:
        death.certified = rng.random() < 0.85
        death.cremated = death.day + timedelta(days=2) if not death.certified or rng.random() < 0.6 else None
        death.cancelled = None
    else:
        death.certified = rng.random() < 0.5
        death.cremated = None if death.certified else death.day + timedelta(days=2)
        late = death.day + timedelta(days=rng.randint(240, 500))
        death.cancelled = late if rng.random() < 0.4 and late < END else None
