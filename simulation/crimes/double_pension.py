"""P2 重复领取: one person, two identities, two pensions; a go-between who arranges it."""

from datetime import date, timedelta

from simulation.crimes.cast import cast
from simulation.log import Spare
from simulation.names import homophone
from simulation.period import first
from simulation.plan import Ring
from simulation.scene import Scene
from simulation.world import Identity, Person


def plant(scene: Scene, tier: int, ring_id: str) -> Ring | None:
    """Give one to three pensioners a second pension under a second number.

    Tier 1: the second record bears the same citizen id under another social-insurance number. Tier 2: it
    bears another, valid id and a name that only sounds alike; both pensions end at one machine.
    """

    def fits(person: Person) -> bool:
        return len(person.pensions) == 1 and 62 <= scene.age(person) <= 80 and person.account is not None

    people = scene.strangers(fits, scene.rng.randint(2, 3))
    broker = scene.helper() if people else None
    if broker is None:
        return None
    for person in people:
        _second(scene, person, tier, ring_id)
        scene.pay(person.account, broker.account, scene.day(scene.rng.randint(2, 20)), scene.gift(), ring_id)
    return cast(
        ring_id, ("P2", tier), broker, people, "beneficiary", accounts=[p.pensions[1].account for p in people]
    )


def _second(scene: Scene, person: Person, tier: int, ring_id: str) -> None:
    rng, number = scene.rng, scene.registry.person()
    identity = Identity(person.name, person.cid, person.born)
    if tier == 2:
        born = person.born + timedelta(days=rng.choice((-370, -30, 9, 31, 365)))
        identity = Identity(
            homophone(rng, person.name), scene.registry.citizen(person.place.code, born, person.sex), born
        )
    old = person.pensions[0]
    scheme = "170" if old.scheme != "170" else "110"
    amount = round((186 if scheme == "170" else 2940) * rng.lognormvariate(0, 0.26), 1)
    pension = scene.careers.grant(
        person, scheme, date(2019, 3, 1) + timedelta(days=rng.randrange(1500)), amount
    )
    pension.number, pension.alias = number, identity
    pension.account = scene.banking.open(person, opened=first(-rng.randint(2, 40)))
    pension.account.alias = identity if tier == 2 else None
    pension.ring, pension.ring_from = ring_id, 0
    pension.account.ring = ring_id
    scene.plan.spares.append(Spare(person, identity, number))
