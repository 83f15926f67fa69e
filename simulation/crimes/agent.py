"""I1 黑中介: an agent who files for strangers of many firms what they have no right to, for a fee."""

from datetime import timedelta

from simulation.casting import firm, hospital, idle, mother
from simulation.crimes.cast import CAREFUL, EXPERT, PLAIN, Order, cast, tribute
from simulation.fate import claim
from simulation.period import START, month_of
from simulation.plan import Birth, Ring
from simulation.scene import Scene
from simulation.world import Person

SHARED = {PLAIN: 1.0, CAREFUL: 0.6, EXPERT: 0.25}  # of the filings that bear the agent's phone or device


def plant(scene: Scene, order: Order) -> Ring | None:
    """File for six to nine clients of as many firms.

    ``claims``: unemployment benefit for people who left by themselves. ``mixed``: also birth allowances for
    women put on a client's roster. Plain: phone and device on all. Careful: on some, fees through
    another. Expert: on few, fees half in cash.
    """
    rng = scene.rng
    clients = scene.strangers(idle(scene), rng.randint(6, 9))
    women = scene.strangers(mother(scene), 3) if order.variant == "mixed" else []
    clients = [person for person in clients if person not in women][: 9 - len(women)]
    organiser = scene.helper() if len(clients) >= 4 else None
    if organiser is None:
        return None
    between = scene.helper() if order.tier > PLAIN else None
    device = scene.registry.device()
    for person in clients:
        shared = rng.random() < SHARED[order.tier]
        _unemployed(scene, order, person, (organiser, between, device if shared else ""))
    for person in women:
        _expecting(scene, order, person, organiser)
    others = ((between, "intermediary"),)
    return cast(order, organiser, [*clients, *women], "beneficiary", others=others)


def _unemployed(scene: Scene, order: Order, person: Person, how: tuple[Person, Person | None, str]) -> None:
    rng, (organiser, between, device) = scene.rng, how
    old, last = firm(scene, 2), scene.day(rng.randint(1, 15))
    if old is None:
        return
    # He left by himself; the paper says that the firm dismissed him.
    spell = scene.careers.hire(person, old, last - timedelta(days=rng.randint(400, 1900)), last, "02")
    phone = organiser.phone if device and (order.tier == PLAIN or rng.random() < 0.5) else ""
    made = claim(scene, spell, order.ring, device, phone, "2" if device else "")
    if made:
        tribute(scene, order, person, organiser, between, scene.day(min(23, made.start + 1), 16))


def _expecting(scene: Scene, order: Order, person: Person, organiser: Person) -> None:
    rng, host = scene.rng, firm(scene, 4)
    if host is None:
        return
    day = START + timedelta(days=rng.randint(20, 570))
    ahead = rng.randint(70, 110) if order.tier == PLAIN else rng.randint(110, 230)
    spell = scene.careers.hire(
        person, host, day - timedelta(days=ahead), day + timedelta(days=rng.randint(140, 200)), "01"
    )
    spell.works, spell.ring, spell.paid = False, order.ring, order.tier > PLAIN
    birth = Birth(person, day, hospital(scene), spell, ring=order.ring)
    birth.agent = organiser.phone if rng.random() < SHARED[order.tier] else ""
    scene.plan.births[month_of(day)].append(birth)
    tribute(scene, order, person, organiser, None, day + timedelta(days=140))
