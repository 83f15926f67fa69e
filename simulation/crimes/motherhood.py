"""M1 突击生育: expectant women are insured at a firm just in time for the allowance."""

from datetime import timedelta

from simulation.casting import firm, found, hospital, mother
from simulation.crimes.cast import CAREFUL, EXPERT, PLAIN, Order, broker, cast, tribute
from simulation.data import table
from simulation.period import START, month_of
from simulation.plan import Birth, Ring
from simulation.scene import Scene
from simulation.world import Employer, Person


def plant(scene: Scene, order: Order) -> Ring | None:
    """Insure three to six expectant women at a firm, take a share of the allowance.

    ``shell``: a firm of its own. ``borrowed``: on the roster of a real one. Plain: joined 60-85 days before
    the birth on a high base, one agent's phone. Careful: 120-170 days before on an ordinary base, wages paid
    and returned, the phone on some. Expert: 160-240 days, no phone, shares through a go-between or in cash.
    """
    women = scene.strangers(mother(scene), scene.rng.randint(3, 6))
    host = firm(scene, 5, 40) if order.variant == "borrowed" else None
    organiser = host.boss if host and not host.boss.busy and host.boss.account else scene.helper()
    if len(women) < 3 or organiser is None:
        return None
    host = host or found(scene, organiser)
    if host.account is None:
        scene.banking.open(host)
    between = broker(scene, order)
    for person in women:
        _insure(scene, order, person, (host, organiser, between))
    others = ((between, "intermediary"),)
    return cast(order, organiser, women, "beneficiary", employer=host, others=others)


def _insure(
    scene: Scene, order: Order, person: Person, where: tuple[Employer, Person, Person | None]
) -> None:
    rng, (host, organiser, between) = scene.rng, where
    day = START + timedelta(days=rng.randint(10, 600))
    ahead = {PLAIN: (60, 85), CAREFUL: (120, 170), EXPERT: (160, 240)}[order.tier]
    leaves = day + timedelta(days=rng.randint(150, 200 if order.tier < EXPERT else 330))
    spell = scene.careers.hire(person, host, day - timedelta(days=rng.randint(*ahead)), leaves, "01")
    spell.works, spell.ring = False, order.ring
    spell.paid = order.tier > PLAIN or rng.random() < 0.4
    if order.tier == PLAIN:
        spell.base = round(table("economy")["mean_wage"] * rng.uniform(0.95, 1.4))
    elif order.tier == CAREFUL or rng.random() < 0.5:
        spell.returned, spell.patron = spell.wage * 0.95, organiser.account
    birth = Birth(person, day, hospital(scene), spell, ring=order.ring, to_employer=rng.random() < 0.4)
    if order.tier == PLAIN or (order.tier == CAREFUL and rng.random() < 0.4):
        birth.agent = organiser.phone
    scene.plan.births[month_of(day)].append(birth)
    after = day + timedelta(days=rng.randint(125, 150))
    if birth.to_employer:
        scene.pay(host.account, person.account, after, scene.gift(), order.ring)
    else:
        tribute(scene, order, person, organiser, between, after)
