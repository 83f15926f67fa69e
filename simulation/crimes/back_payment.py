"""P6 违规补缴: years of contributions bought at once by people who never worked, just before a pension."""

from datetime import date, timedelta

from simulation.casting import firm, found, nearly_retired
from simulation.crimes.cast import CAREFUL, EXPERT, PLAIN, Order, broker, cast, tribute
from simulation.data import table
from simulation.log import Contribution
from simulation.period import first, month_of
from simulation.plan import Ring
from simulation.scene import Scene
from simulation.world import Employer, Person

YEARS = {PLAIN: (6, 11), CAREFUL: (4, 8), EXPERT: (3, 5)}  # bought


def plant(scene: Scene, order: Order) -> Ring | None:
    """Let a go-between buy the missing years of four to seven people, who retire within the year.

    ``employer``: through a firm that certifies work never done. ``alone``: as if always flexibly employed.
    Plain: all paid in one month. Careful: over three. Expert: few years, over a year, in two parts.
    """
    people = scene.strangers(nearly_retired(scene), scene.rng.randint(4, 7))
    organiser = scene.helper() if len(people) >= 3 else None
    if organiser is None:
        return None
    host = None
    if order.variant == "employer":
        host = firm(scene, 4, 30) if order.tier > PLAIN else None
        host = host or found(scene, organiser, founded=date(2011, 5, 4))
    between, month = broker(scene, order), scene.rng.randint(2, 8)
    for person in people:
        at = month + {PLAIN: 0, CAREFUL: scene.rng.randint(0, 2), EXPERT: scene.rng.randint(0, 9)}[order.tier]
        years = scene.rng.randint(*YEARS[order.tier])
        back_pay(scene, person, host, (at, years * 12), order.ring, parts=2 if order.tier == EXPERT else 1)
        tribute(scene, order, person, organiser, between, scene.day(at))
        since = first(min(22, at + scene.rng.randint(1, 7)))
        amount = round(1900 * scene.rng.lognormvariate(0, 0.3), 1)
        pension = scene.careers.grant(person, "110", since, amount)
        pension.ring, pension.ring_from = order.ring, month_of(since)
    others = ((between, "intermediary"),)
    return cast(order, organiser, people, "beneficiary", employer=host, others=others)


def back_pay(
    scene: Scene, person: Person, host: Employer | None, when: tuple[int, int], ring: str = "", parts: int = 1
) -> None:
    """Pay ``when[1]`` months of contributions in month ``when[0]``, or in two parts half a year apart."""
    month, count = when
    base = float(table("economy")["base_floor"])
    if scene.rng.random() < 0.5:
        base = float(round(base * scene.rng.uniform(1.0, 1.7)))
    half = count // parts
    for part in range(parts):
        paid = min(23, month + 6 * part)
        day = scene.day(paid)
        begin = month - count + part * half
        for owed in range(begin, begin + half):
            arrived = day + timedelta(days=scene.rng.randint(0, 1))
            scene.plan.arrears[paid].append(
                Contribution(person, host, "110", owed, base, arrived, True, ring)
            )
