"""U2 空壳失业: a firm that exists, or lends its roster, to dismiss people who then claim."""

from datetime import date, timedelta

from simulation.careers import base_of
from simulation.casting import firm, found, idle
from simulation.crimes.cast import CAREFUL, EXPERT, PLAIN, Order, broker, cast, tribute
from simulation.fate import claim
from simulation.period import MONTHS, first
from simulation.plan import Ring
from simulation.scene import Scene
from simulation.world import Employer, Person, Spell


def plant(scene: Scene, order: Order) -> Ring | None:
    """Insure four to seven idle people for a year, dismiss them, let them claim and pay a rebate.

    ``shell``: a firm of its own. ``borrowed``: beside the real staff of a firm. Plain: no wage is ever
    paid, all claim from one device. Careful: wages run through the accounts and back, dismissals spread over
    months, half claim at the counter. Expert: through a go-between or in cash, their own telephones.
    """
    crew = scene.strangers(idle(scene), scene.rng.randint(4, 7))
    host = firm(scene, 5, 40) if order.variant == "borrowed" else None
    organiser = host.boss if host and not host.boss.busy and host.boss.account else scene.helper()
    if len(crew) < 3 or organiser is None:
        return None
    host = host or found(scene, organiser, founded=date(2022, scene.rng.randint(1, 9), 12))
    between, device = broker(scene, order), scene.registry.device()
    end, spread = scene.rng.randint(2, 9), {PLAIN: 0, CAREFUL: 5, EXPERT: 9}[order.tier]
    for person in crew:
        last = min(15, end + scene.rng.randint(0, spread))
        spell = dismissed(scene, order, person, host, organiser, last)
        own = order.tier == EXPERT or (order.tier == CAREFUL and scene.rng.random() < 0.5)
        phone = organiser.phone if order.tier == PLAIN else ""
        made = claim(scene, spell, order.ring, "" if own else device, phone, "" if own else "2")
        if made:
            for month in range(made.start, min(MONTHS, made.start + made.months), scene.rng.randint(2, 4)):
                tribute(scene, order, person, organiser, between, scene.day(month, 16))
    others = ((between, "intermediary"),)
    return cast(order, organiser, crew, "beneficiary", employer=host, others=others)


def dismissed(
    scene: Scene, order: Order, person: Person, host: Employer, organiser: Person, end: int
) -> Spell:
    """Give a person a job for a year that ends in month ``end`` by dismissal; wages, if any, go back."""
    plain = order.tier == PLAIN
    last = first(end) + timedelta(days=scene.rng.randint(0, 2)) if plain else scene.day(end)
    tenure = timedelta(days=scene.rng.randint(366, 400 if plain else 560))
    spell = scene.careers.hire(person, host, last - tenure, last, "02")
    spell.works, spell.ring = False, order.ring
    spell.paid = not plain or scene.rng.random() < 0.4
    spell.base = base_of(spell.wage, scene.rng)
    if not plain and not (order.tier == EXPERT and scene.rng.random() < 0.5):
        spell.returned, spell.patron = spell.wage * 0.94, organiser.account
    return spell
