"""H4 回流药: patients buy dear drugs on the card far beyond their need; a collector takes the packs."""

from simulation.casting import counter
from simulation.crimes.cast import CAREFUL, EXPERT, PLAIN, Order, broker, cast
from simulation.data import table
from simulation.log import Good
from simulation.period import month_of
from simulation.plan import Errand, Ring
from simulation.scene import Scene
from simulation.world import Clinic, Person

ROUNDS = {PLAIN: (2, 3), CAREFUL: (1, 2), EXPERT: (1, 1)}  # purchases of one buyer in a month of business


def pack(scene: Scene) -> str:
    """Return the traceability code of a fresh pack."""
    return f"81{scene.rng.randrange(10**18):018d}"


def buy(scene: Scene, person: Person, where: tuple[Clinic, int], good: Good, ring: str = "") -> None:
    """Plan a purchase on the card; ``where`` is place and month."""
    clinic, month = where
    time = scene.moment(scene.day(month), 8, 19)
    kind = "14" if person.chronic else "41" if clinic.pharmacy else "11"
    visit = Errand(
        person, clinic, time, kind, scene.rng.choice(("01", "03")), ring, person.chronic, goods=(good,)
    )
    scene.plan.errands[month_of(time.date())].append(visit)


def plant(scene: Scene, order: Order) -> Ring | None:
    """Send four to seven patients round for one dear drug, month after month.

    ``shops``: each at three or more places. ``recycled``: packs come back to an insider's pharmacy and are
    billed a second time on other cards. Plain: two or three purchases a month and the collector pays by
    transfer. Careful: fewer. Expert: one, mixed with other drugs, paid half in cash.
    """
    rng = scene.rng
    buyers = scene.strangers(lambda p: scene.age(p) >= 45 and bool(p.chronic), rng.randint(4, 7))
    organiser = scene.helper() if len(buyers) >= 3 else None
    if organiser is None:
        return None
    between, drugs = broker(scene, order), table("medicine")["drugs"]
    dear = rng.choice(table("medicine")["dear"])
    places = [counter(scene, lambda c: c.pharmacy or not c.beds) for _ in range(4)]
    packs: list[str] = []
    start = rng.randint(9, 17) if order.variant == "recycled" else rng.randint(0, 16)
    for month in range(start, min(24, start + rng.randint(5, 8))):
        for person in buyers:
            if rng.random() < (0.2 if order.tier == PLAIN else 0.4):
                continue
            for _ in range(rng.randint(*ROUNDS[order.tier])):
                drug = dear if order.tier < EXPERT or rng.random() < 0.7 else rng.choice(drugs)
                again = order.variant == "recycled" and packs and rng.random() < 0.5
                code = packs.pop(0) if again else pack(scene)
                packs += [] if again or drug != dear else [code]
                place = places[0] if again else rng.choice(places)
                buy(scene, person, (place, month), Good(drug, rng.choice((1, 2, 3, 4)), code), order.ring)
            if rng.random() < {PLAIN: 0.35, CAREFUL: 0.2, EXPERT: 0.1}[order.tier]:
                payer = between or organiser
                scene.pay(payer.account, person.account, scene.day(month, 20), scene.gift(), order.ring)
    others = ((between, "intermediary"),)
    return cast(order, organiser, buyers, "mule", clinic=places[0], others=others)
