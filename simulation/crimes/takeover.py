"""P7 双改: a dormant insurance account changes name and number, and its buyer retires on it."""

from datetime import timedelta

from simulation.casting import nearly_retired
from simulation.crimes.cast import CAREFUL, PLAIN, Order, cast, tribute
from simulation.log import Change, Spare
from simulation.names import homophone
from simulation.period import first, month_of
from simulation.plan import Ring
from simulation.scene import Scene
from simulation.world import Identity, Person


def plant(scene: Scene, order: Order) -> Ring | None:
    """Sell the accounts of two to four people who left to buyers near the pension age.

    ``swap``: name and number change in one edit. ``chain``: first the name, weeks later the number. Plain:
    one operator, within a quarter. Careful, expert: several operators over a year; the expert's chain
    passes through a name that sounds alike.
    """
    rng = scene.rng
    buyers = scene.strangers(nearly_retired(scene), rng.randint(2, 4))
    sellers = [
        person
        for person in scene.strangers(lambda p: 40 <= scene.age(p) <= 62 and not p.jobs, len(buyers) * 2)
        if person not in buyers
    ][: len(buyers)]
    organiser = scene.helper() if len(buyers) >= 2 and len(sellers) == len(buyers) else None
    if organiser is None:
        return None
    operators, month = scene.world.region.operators, rng.randint(1, 8)
    insider = rng.choice(operators)
    for buyer, seller in zip(buyers, sellers, strict=True):
        at = month + rng.randint(0, 2 if order.tier == PLAIN else 10)
        operator = insider if order.tier == PLAIN or rng.random() < 0.4 else rng.choice(operators)
        _take(scene, order, (buyer, seller), at, operator)
        tribute(scene, order, buyer, organiser, None, scene.day(at))
    others = [(seller, "unwitting") for seller in sellers]
    return cast(order, organiser, buyers, "beneficiary", others=others)


def _take(scene: Scene, order: Order, pair: tuple[Person, Person], month: int, operator: str) -> None:
    buyer, seller = pair
    rng, number, day = scene.rng, scene.registry.person(), scene.day(month)
    after = f"{buyer.name}|{buyer.cid}"
    steps = [("AAC002,AAC003", f"{seller.name}|{seller.cid}", after, day)]
    if order.variant == "chain":
        middle = homophone(rng, buyer.name) if order.tier > CAREFUL else buyer.name
        later = day + timedelta(days=rng.randint(12, 88))
        steps = [
            ("AAC003", seller.name, middle, day),
            ("AAC002,AAC003", f"{middle}|{seller.cid}", after, later)
            if middle != buyer.name
            else ("AAC002", seller.cid, buyer.cid, later),
        ]
    for what, before, new, when in steps:
        change = Change(buyer, number, what, before, new, scene.moment(when), operator, "1", "", order.ring)
        scene.plan.changes[month_of(when)].append(change)
    identity = Identity(buyer.name, buyer.cid, buyer.born)
    scene.plan.spares.append(Spare(buyer, identity, number))
    since = first(min(22, month_of(steps[-1][3]) + rng.randint(1, 5)))
    pension = scene.careers.grant(buyer, "110", since, round(2600 * rng.lognormvariate(0, 0.25), 1))
    pension.number, pension.alias = number, identity
    pension.ring, pension.ring_from = order.ring, month_of(since)
