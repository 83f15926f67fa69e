"""P2 重复领取: one person, two identities, two pensions; a go-between who arranges it."""

from datetime import date, timedelta

from simulation.casting import pensioner
from simulation.crimes.cast import EXPERT, PLAIN, Order, cast, tribute
from simulation.log import Spare
from simulation.names import homophone
from simulation.period import first
from simulation.plan import Ring
from simulation.scene import Scene
from simulation.world import Identity, Person


def plant(scene: Scene, order: Order) -> Ring | None:
    """Give two or three pensioners a second pension under a second number.

    ``schemes``: the second record bears the same citizen id. ``alias``: it bears another, valid id and a name
    that only sounds alike. Plain: the second card is drawn at the same machine. Expert: long apart.
    """

    def fits(person: Person) -> bool:
        return pensioner(scene, 62, 80)(person) and len(person.pensions) == 1

    people = scene.strangers(fits, scene.rng.randint(2, 3))
    go_between = scene.helper() if people else None
    if go_between is None:
        return None
    for person in people:
        _second(scene, order, person)
        tribute(scene, order, person, go_between, None, scene.day(scene.rng.randint(2, 20)))
    accounts = [person.pensions[1].account for person in people]
    return cast(order, go_between, people, "beneficiary", accounts=accounts)


def _second(scene: Scene, order: Order, person: Person) -> None:
    rng, number = scene.rng, scene.registry.person()
    identity = Identity(person.name, person.cid, person.born)
    if order.variant == "alias":
        born = person.born + timedelta(days=rng.choice((-370, -30, 9, 31, 365)))
        name = homophone(rng, person.name) if order.tier < EXPERT else person.former or person.name
        identity = Identity(name, scene.registry.citizen(person.place.code, born, person.sex), born)
    old = person.pensions[0]
    scheme = "170" if old.scheme != "170" else "110"
    amount = round((186 if scheme == "170" else 2940) * rng.lognormvariate(0, 0.26), 1)
    since = date(2019, 3, 1) + timedelta(days=rng.randrange(1500))
    pension = scene.careers.grant(person, scheme, since, amount)
    pension.number, pension.alias = number, identity
    pension.account = scene.banking.open(person, opened=first(-rng.randint(2, 40)))
    pension.account.alias = identity if order.variant == "alias" else None
    if order.tier > PLAIN:
        pension.account.phone = scene.registry.phone()
    pension.ring, pension.ring_from = order.ring, 0
    pension.account.ring = order.ring
    scene.plan.spares.append(Spare(person, identity, number))
