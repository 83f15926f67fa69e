"""H1 假住院: elders are admitted together several times a year, or lie at home while the bed is billed."""

from datetime import date, timedelta

from simulation.casting import disease, hospital, stay
from simulation.crimes.cast import CAREFUL, EXPERT, PLAIN, Order, cast
from simulation.plan import Ring
from simulation.scene import Scene
from simulation.world import Clinic, Person

# tier -> (share of the group that comes, days within which they come)
MANNER = {PLAIN: (0.68, 2), CAREFUL: (0.55, 4), EXPERT: (0.45, 9)}


def plant(scene: Scene, order: Order) -> Ring | None:
    """Admit five to eight elders to one hospital, three or four times; fees and stays are the hospital's own.

    ``bus``: elders of one town who come together. ``absent``: from anywhere; they are seen at a pharmacy
    or surgery while they lie in bed on paper.
    """
    rng = scene.rng

    def fits(person: Person) -> bool:
        return scene.age(person) >= 58 and not person.chronic

    count = rng.randint(5, 8)
    elders = scene.gather(fits, count, 4) if order.variant == "bus" else scene.strangers(fits, count)
    organiser = scene.helper(elders[0]) if len(elders) >= 4 else None
    if organiser is None:
        return None
    ward, (share, spread) = hospital(scene, 200), MANNER[order.tier]
    for month in sorted(rng.sample(range(1, 22), rng.randint(3, 4))):
        day = scene.day(month)
        for person in elders:
            if rng.random() < share:
                _admit(scene, order, person, ward, day.toordinal() + rng.randint(0, spread))
        paid = day + timedelta(days=12)
        if order.tier < EXPERT or rng.random() < 0.4:
            scene.pay(organiser.account, rng.choice(elders).account, paid, scene.gift(), order.ring)
    return cast(order, organiser, elders, "mule", clinic=ward)


def _admit(scene: Scene, order: Order, person: Person, ward: Clinic, ordinal: int) -> None:
    rng, days = scene.rng, stay(scene, ward)
    begin = date.fromordinal(ordinal)
    scene.admit(person, ward, begin, days, disease(scene), order.ring)
    if order.variant == "absent" and rng.random() < (0.6 if order.tier == PLAIN else 0.3):
        shop = person.pharmacy or ward
        elsewhere = begin + timedelta(days=rng.randint(1, max(1, days - 1)))
        scene.queue([person], shop, scene.moment(elsewhere, 9, 18), 60, kind="41" if shop.pharmacy else "11")
