"""H2 空刷社保卡: one collector carries a bundle of cards to one terminal, again and again."""

from simulation.crimes.cast import cast
from simulation.plan import Ring
from simulation.scene import Scene
from simulation.world import Person


def plant(scene: Scene, tier: int, ring_id: str) -> Ring | None:
    """Swipe five to nine cards within minutes on several days.

    Tier 1: all cards, about a minute apart, in one order, four to seven times. Tier 2: six in ten cards each
    time, several minutes apart, in changing order, at two shops.
    """
    rng = scene.rng
    holders = scene.strangers(
        lambda p: scene.age(p) >= 30 and bool(p.jobs or p.pensions),
        rng.randint(5, 9),
        near=rng.random() < 0.5,
    )
    organiser = scene.helper() if len(holders) >= 4 else None
    shops = [clinic for clinic in scene.world.clinics if clinic.pharmacy]
    if organiser is None:
        return None
    shop, other = rng.choice(shops), rng.choice(shops)
    for month in sorted(rng.sample(range(2, 23), rng.randint(4, 7))):
        company: list[Person] = holders if tier == 1 else [p for p in holders if rng.random() < 0.65]
        if tier == 2:
            rng.shuffle(company)
        at = shop if tier == 1 or rng.random() < 0.6 else other
        scene.queue(
            company, at, scene.moment(scene.day(month), 9, 18), 55 if tier == 1 else 170, ring=ring_id
        )
    return cast(ring_id, ("H2", tier), organiser, holders, "mule", clinic=shop)
