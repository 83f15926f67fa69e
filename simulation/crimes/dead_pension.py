"""P1 死亡冒领: the dead stay on the pension roll and one collector empties their accounts."""

from datetime import timedelta

from simulation.casting import pensioner
from simulation.crimes.cast import CAREFUL, EXPERT, PLAIN, Order, cast
from simulation.fate import die
from simulation.period import END, MONTHS, month_of
from simulation.plan import Ring
from simulation.scene import Scene
from simulation.world import Pension, Person


def plant(scene: Scene, order: Order) -> Ring | None:
    """Let three to five strangers of one town die and nobody tell the pension office.

    ``round``: the collector empties the cards at cash machines. ``wire``: he holds their mobile banks and
    moves the money to himself. Plain: his own telephone proves the dead alive. Careful: two machines,
    two days, deaths that one office knows, visits as proof. Expert: no proof of his, papers late.
    """
    dead = scene.gather(pensioner(scene, 68), scene.rng.randint(3, 5), 3)
    collector = scene.helper(dead[0]) if len(dead) >= 3 else None
    if collector is None:
        return None
    day, second = scene.rng.randint(13, 24), scene.rng.choice(scene.world.region.atms)
    for at, person in enumerate(dead):
        month = _bury(scene, person, order.tier)
        for pension in person.pensions:
            pension.ring, pension.ring_from = order.ring, month + 1
            pension.account.ring, pension.account.kept_from = order.ring, month + 1
            _certify(scene, pension, collector, order.tier, at)
            if order.variant == "wire":
                _wire(scene, pension, collector, order)
                continue
            shifted = order.tier >= CAREFUL and at % 2 == 1
            pension.account.keeper = collector
            pension.account.round_atm = second if shifted else collector.atm
            pension.account.round_day = day + (1 if shifted else 0) + (at if order.tier == EXPERT else 0)
    accounts = [pension.account for person in dead for pension in person.pensions]
    return cast(order, collector, dead, "unwitting", accounts=accounts)


def _bury(scene: Scene, person: Person, tier: int) -> int:
    """Let a person die; return the month."""
    rng = scene.rng
    death = die(person, scene.day(rng.randint(1, 12)), rng)
    month = month_of(death.day)
    death.stopped = min(10**6 if rng.random() < 0.4 else 99, month + rng.randint(8, 20))
    death.repaid = False
    if tier == PLAIN:
        death.certified = rng.random() < 0.85
        death.cremated = death.day + timedelta(days=2) if not death.certified or rng.random() < 0.6 else None
        death.cancelled = None
        return month
    death.certified = rng.random() < (0.5 if tier == CAREFUL else 0.3)
    death.cremated = None if death.certified else death.day + timedelta(days=2)
    late = death.day + timedelta(days=rng.randint(240, 500))
    death.cancelled = late if rng.random() < 0.4 and late < END else None
    return month


def _certify(scene: Scene, pension: Pension, collector: Person, tier: int, at: int) -> None:
    if tier == PLAIN or (tier == CAREFUL and at % 3 == 0):
        pension.proof, pension.device = "1", collector.device
    else:
        pension.proof = "2" if tier == CAREFUL else scene.rng.choice("23")


def _wire(scene: Scene, pension: Pension, collector: Person, order: Order) -> None:
    pension.account.keeper, step = collector, scene.rng.randint(1, 3)
    pension.account.kept_from = MONTHS + 1
    for month in range(pension.ring_from, MONTHS, step):
        if order.tier == EXPERT and scene.rng.random() < 0.3:
            continue
        amount = max(50.0, float(round(pension.amount * step * scene.rng.uniform(0.6, 1.0) / 50) * 50))
        scene.pay(pension.account, collector.account, scene.day(month, 13), amount, order.ring)
