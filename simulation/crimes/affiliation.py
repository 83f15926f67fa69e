"""P5 挂靠代缴: people insured at a firm where they never worked, who pay the boss for it."""

from datetime import timedelta

from simulation.casting import firm, found, idle
from simulation.crimes.cast import CAREFUL, EXPERT, PLAIN, Order, broker, cast, tribute
from simulation.period import END, first
from simulation.plan import Ring
from simulation.scene import Scene
from simulation.world import Person, Spell


def plant(scene: Scene, order: Order) -> Ring | None:
    """Insure five to nine strangers at a firm; they pay for it, no wage is earned.

    ``paper``: nobody at the firm works. ``staff``: beside the real staff of a firm. Plain: joined in one
    week. Careful: in threes. Expert: over two years, wages declared and sent back, fees through a go-between.
    """
    people = scene.strangers(idle(scene, 28, 52), scene.rng.randint(5, 9))
    host = firm(scene, 4, 14) if order.variant == "staff" else None
    organiser = host.boss if host and not host.boss.busy and host.boss.account else scene.helper()
    if len(people) < 4 or organiser is None:
        return None
    host, between = host or found(scene, organiser), broker(scene, order)
    start = first(scene.rng.randint(-8, 8))
    for at, person in enumerate(people):
        late = {PLAIN: 0, CAREFUL: 45 * (at // 3), EXPERT: scene.rng.randint(0, 400)}[order.tier]
        joined = start + timedelta(days=1 + late + scene.rng.randint(0, 6))
        spell = scene.careers.hire(person, host, joined, None)
        spell.works, spell.paid, spell.ring = False, order.tier == EXPERT, order.ring
        if spell.paid and scene.rng.random() < 0.5:
            spell.returned, spell.patron = spell.wage * 0.96, organiser.account
        _fees(scene, order, spell, organiser, between)
    others = ((between, "intermediary"),)
    return cast(order, organiser, people, "beneficiary", employer=host, others=others)


def _fees(scene: Scene, order: Order, spell: Spell, organiser: Person, between: Person | None) -> None:
    person = spell.person
    for month in range(scene.rng.randint(0, 2), 24, scene.rng.choice((6, 12, 12))):
        day = scene.day(month)
        if spell.start <= day <= END and person.alive(day):
            tribute(scene, order, person, organiser, between, day)
