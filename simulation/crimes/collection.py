"""A1 多对一: several strangers' benefits end in one hand."""

from datetime import timedelta

from simulation.casting import pensioner
from simulation.crimes.cast import CAREFUL, PLAIN, Order, cast
from simulation.period import month_of
from simulation.plan import Ring
from simulation.scene import Scene
from simulation.world import Account, Person


def plant(scene: Scene, order: Order) -> Ring | None:
    """Divert the pensions of three to six strangers.

    ``diverted``: the pensions are moved to accounts of the collector (one, or up to three with rising
    care). ``kept``: each victim gets a new account in his own name, whose card the collector keeps.
    Plain: one operator within weeks. Careful: several operators over months, half the proofs from one device.
    Expert: none of the proofs, machines and days apart.
    """
    count, near = scene.rng.randint(4, 6), scene.rng.random() < 0.5
    fits = pensioner(scene, 62)
    victims = scene.gather(fits, count, 3) if near else scene.strangers(fits, count)
    collector = scene.helper(victims[0]) if len(victims) >= 3 else None
    if collector is None or collector.account is None:
        return None
    purses = [collector.account]
    purses += [scene.banking.open(collector) for _ in range(order.tier - PLAIN)]
    start = scene.rng.randint(1, 9)
    operator = scene.rng.choice(scene.world.region.operators) if order.tier == PLAIN else ""
    for at, person in enumerate(victims):
        month = start + scene.rng.randint(0, 4 if order.tier == PLAIN else 8)
        _divert(scene, order, person, collector, (month, operator, purses[at % len(purses)]))
    accounts = [person.pensions[0].account for person in victims]
    return cast(order, collector, victims, "unwitting", accounts=accounts)


def _divert(
    scene: Scene, order: Order, person: Person, collector: Person, how: tuple[int, str, Account]
) -> None:
    month, operator, purse = how
    if scene.rng.random() < 0.5:
        month = scene.rng.randint(-30, -1)  # in his hands before the files begin
    day, pension, atm = scene.day(month), person.pensions[0], collector.atm
    old, new = pension.account, purse
    if order.variant == "kept":
        new = scene.banking.open(person, opened=day - timedelta(days=scene.rng.randint(2, 25)))
        new.phone = collector.phone if order.tier <= CAREFUL else new.phone
        new.round_day = 14 + len(collector.phone + collector.name) % 9
        if order.tier > CAREFUL:
            new.round_day = scene.rng.randint(13, 27)
            atm = scene.rng.choice((atm, scene.rng.choice(scene.world.region.atms)))
        if order.tier == PLAIN or (order.tier == CAREFUL and scene.rng.random() < 0.5):
            pension.proof, pension.device = "1", collector.device
    new.ring, new.keeper, new.round_atm = order.ring, collector, atm
    new.kept_from = month if new.kept_from == 0 else min(month, new.kept_from)
    pension.account = new
    pension.ring, pension.ring_from = order.ring, month_of(day) + 1
    values = (old.number, new.number)
    scene.edit(person, "AAE010", values, day, ring=order.ring, operator=operator, channel="1")
    pension.older, pension.moved = old, month_of(day) + 1
