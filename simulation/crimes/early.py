"""P4 提前退休造假: files that make people older, or their trade harder, than they were."""

from datetime import date, timedelta

from simulation.careers import base_of
from simulation.casting import firm, found, nearly_retired
from simulation.crimes.cast import CAREFUL, EXPERT, PLAIN, Order, broker, cast, tribute
from simulation.period import START, first
from simulation.plan import Ring
from simulation.scene import Scene
from simulation.world import Employer, Identity, Person

YEARS = {PLAIN: (4, 8), CAREFUL: (3, 6), EXPERT: (2, 4)}  # made older by so many


def plant(scene: Scene, order: Order) -> Ring | None:
    """Retire three to six people years too early through the personnel office of one firm.

    ``birthday``: the pension file bears an earlier birth than the citizen id. ``trade``: the file claims a
    trade underground or at the furnace that the firm does not have; the birth is true. Plain: all leave the
    firm in one season. Careful, expert: over years, from beside real staff, fees through a go-between.
    """
    people = scene.strangers(nearly_retired(scene), scene.rng.randint(3, 6))
    host = firm(scene, 4, 40) if order.tier > PLAIN else None
    organiser = host.boss if host and not host.boss.busy and host.boss.account else scene.helper()
    if len(people) < 3 or organiser is None:
        return None
    host = host or found(scene, organiser, founded=date(2013, 4, 9))
    between, season = broker(scene, order), scene.rng.randint(-14, 18)
    for person in people:
        month = season + scene.rng.randint(0, 3) if order.tier == PLAIN else scene.rng.randint(-20, 20)
        _retire(scene, order, person, host, month)
        tribute(scene, order, person, organiser, between, scene.day(max(0, month + 1)))
    others = ((between, "intermediary"),)
    return cast(order, organiser, people, "beneficiary", employer=host, others=others)


def _retire(scene: Scene, order: Order, person: Person, host: Employer, month: int) -> None:
    rng, last = scene.rng, first(month) - timedelta(days=1)
    work = scene.careers.hire(person, host, last - timedelta(days=rng.randint(1200, 3000)), last, "06")
    work.base, work.ring = base_of(work.wage, rng), ""
    pension = scene.careers.grant(person, "110", first(month), round(2700 * rng.lognormvariate(0, 0.24), 1))
    pension.ring, pension.ring_from = order.ring, month
    if order.variant == "birthday":
        older = person.born - timedelta(days=round(365.25 * rng.randint(*YEARS[order.tier])))
        pension.alias = Identity(person.name, person.cid, older)
    person.since = min(person.since, START)
