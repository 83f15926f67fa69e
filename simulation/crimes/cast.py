"""Casting: what a planner is asked for, who plays which part, and how money reaches the organiser."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from simulation.plan import Ring
from simulation.scene import Scene
from simulation.world import Account, Clinic, Employer, Person

PLAIN, CAREFUL, EXPERT = 1, 2, 3


class Order(NamedTuple):
    """A ring to be planted: its id, typology, tier (plain, careful, expert) and variant."""

    ring: str
    typology: str
    tier: int
    variant: str


def cast(
    order: Order,
    organiser: Person,
    people: list[Person],
    role: str,
    *,
    employer: Employer | None = None,
    clinic: Clinic | None = None,
    accounts: list[Account] | None = None,
    others: Iterable[tuple[Person | None, str]] = (),
) -> Ring:
    """Return the ring with its members; ``role`` is that of ``people``, ``others`` bear their own."""
    members = [("person", organiser.entity, "organiser")]
    members += [("person", person.entity, role) for person in people if person is not organiser]
    for person, part in others:
        if person is not None and person is not organiser and person not in people:
            members.append(("person", person.entity, part))
            person.busy = True
    members += [("account", account.entity, "account") for account in dict.fromkeys(accounts or [])]
    if employer:
        members.append(("employer", employer.entity, "employer"))
        employer.busy = True
    if clinic:
        members.append(("clinic", clinic.entity, "clinic"))
    for person in (organiser, *people):
        person.busy = True
    return Ring(
        order.ring, order.typology, order.tier, order.variant, members, people, organiser, employer, clinic
    )


def broker(scene: Scene, order: Order) -> Person | None:
    """Return a go-between where the tier has one: the careful now and then, the expert always."""
    if order.tier == PLAIN or (order.tier == CAREFUL and scene.rng.random() < 0.5):
        return None
    return scene.helper()


def tribute(
    scene: Scene, order: Order, payer: Person, organiser: Person, between: Person | None, day: date
) -> None:
    """Plan what a member hands over.

    The plain pay the organiser by transfer, the careful partly through a go-between, the expert half the
    time in cash, of which no row tells.
    """
    if order.tier == EXPERT and scene.rng.random() < 0.5:
        return
    payee = between if between and scene.rng.random() < 0.7 else organiser
    scene.pay(payer.account, payee.account, day, scene.gift(), order.ring)
    if payee is between and scene.rng.random() < 0.6:
        later = day + timedelta(days=scene.rng.randint(1, 9))
        scene.pay(payee.account, organiser.account, later, scene.gift(), order.ring)
