"""A1 多对一: several strangers' benefits end in one hand."""

from datetime import timedelta

from simulation.crimes.cast import cast
from simulation.period import month_of
from simulation.plan import Ring
from simulation.scene import Scene
from simulation.world import Person


def plant(scene: Scene, tier: int, ring_id: str) -> Ring | None:
    """Divert the pensions of three to six strangers.

    Tier 1: the pensions are moved to accounts of the collector, by one operator. Tier 2: each victim gets a
    new account in his own name, whose card the collector keeps; all are emptied at one machine on one day and
    certified from one device.
    """

    def fits(person: Person) -> bool:
        return bool(person.pensions) and person.account is not None and scene.age(person) >= 62

    count = scene.rng.randint(4, 6)
    victims = scene.gather(fits, count, 3) if scene.rng.random() < 0.5 else scene.strangers(fits, count)
    collector = scene.helper(victims[0]) if len(victims) >= 3 else None
    if collector is None or collector.account is None:
        return None
    start = scene.rng.randint(1, 9)
    operator = scene.rng.choice(scene.world.region.operators)
    accounts = []
    for person in victims:
        _divert(scene, person, collector, tier, (start + scene.rng.randint(0, 4), operator, ring_id))
        accounts.append(person.pensions[0].account)
    return cast(
        ring_id, ("A1", tier), collector, victims, "unwitting", accounts=list(dict.fromkeys(accounts))
    )


def _divert(scene: Scene, person: Person, collector: Person, tier: int, how: tuple[int, str, str]) -> None:
    month, operator, ring_id = how
    day = scene.day(month)
    pension = person.pensions[0]
    old = pension.account
    if tier == 1 and collector.account:
        new = collector.account
        new.ring = ring_id
        new.round_atm, new.keeper, new.kept_from = collector.atm, collector, month
    else:
        new = scene.banking.open(person, opened=day - timedelta(days=scene.rng.randint(2, 25)))
        new.phone = collector.phone
        new.keeper, new.round_atm, new.kept_from = collector, collector.atm, month
        new.round_day = 14 + len(collector.phone + collector.name) % 9
        new.ring = ring_id
        pension.proof, pension.device = "1", collector.device
    pension.account = new
    pension.ring, pension.ring_from = ring_id, month_of(day) + 1
    scene.edit(person, "AAE010", (old.number, new.number), day, ring=ring_id, operator=operator, channel="1")
    pension.older, pension.moved = old, month_of(day) + 1
