"""H2 空刷社保卡: one collector carries a bundle of cards to one terminal, again and again."""

from simulation.casting import counter
from simulation.crimes.cast import CAREFUL, EXPERT, PLAIN, Order, cast
from simulation.plan import Ring
from simulation.scene import Scene

# tier -> (share of the cards each time, seconds between two, share of the days at the usual place)
MANNER = {PLAIN: (0.9, 55, 1.0), CAREFUL: (0.6, 170, 0.6), EXPERT: (0.45, 600, 0.5)}


def plant(scene: Scene, order: Order) -> Ring | None:
    """Swipe five to nine cards one after the other on several days.

    ``shop``: at a pharmacy whose owner shares. ``surgery``: as visits at a clinic. Plain: nearly all cards, a
    minute apart, in one order. Careful: some of them, minutes apart, in changing order, at two places.
    Expert: half of them, ten minutes apart, every other day elsewhere.
    """
    rng = scene.rng
    holders = scene.strangers(
        lambda p: scene.age(p) >= 30 and bool(p.jobs or p.pensions),
        rng.randint(5, 9),
        near=rng.random() < 0.5,
    )
    organiser = scene.helper() if len(holders) >= 4 else None
    if organiser is None:
        return None
    shop = order.variant == "shop"
    places = [counter(scene, lambda c: c.pharmacy == shop and c.beds == 0) for _ in range(2)]
    share, gap, usual = MANNER[order.tier]
    for month in sorted(rng.sample(range(2, 23), rng.randint(4, 7))):
        company = [person for person in holders if rng.random() < share]
        if order.tier > PLAIN:
            rng.shuffle(company)
        at = places[0] if rng.random() < usual else places[1]
        start = scene.moment(scene.day(month), 9, 18)
        scene.queue(company, at, start, gap, kind="41" if shop else "11", ring=order.ring)
    return cast(order, organiser, holders, "mule", clinic=places[0])
