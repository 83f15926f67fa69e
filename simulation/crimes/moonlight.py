"""U1 领取期间已就业: people who draw unemployment benefit while a firm employs them and knows it."""

from datetime import timedelta

from simulation.casting import firm, firms, idle
from simulation.crimes.cast import CAREFUL, EXPERT, PLAIN, Order, cast
from simulation.fate import claim
from simulation.period import END, MONTHS, first, month_of
from simulation.plan import Ring
from simulation.scene import Scene
from simulation.world import Employer, Person

OVERLAP = {PLAIN: (7, 10), CAREFUL: (4, 7), EXPERT: (2, 4)}  # months


def plant(scene: Scene, order: Order) -> Ring | None:
    """Let one firm hire three to six claimants; benefit and wage run side by side.

    ``wages``: the wage is taxed, the insurance not told. ``insured``: insured under the new firm after half
    of the overlap. Plain: for most of the claim. Expert: a few months, joined far apart.
    """
    rng = scene.rng
    host = next((one for one in firms(scene, 5, 60) if not one.boss.busy and one.boss.account), None)
    people = scene.strangers(idle(scene), rng.randint(3, 6)) if host else []
    if host is None or len(people) < 3:
        return None
    host.boss.busy = host.busy = True
    end = rng.randint(1, 8)
    for person in people:
        old = firm(scene, 3)
        if old is not None:
            late = rng.randint(0, 1 if order.tier == PLAIN else 4)
            _overlap(scene, order, person, (old, host), end + late)
    return cast(order, host.boss, people, "beneficiary", employer=host)


def _overlap(scene: Scene, order: Order, person: Person, where: tuple[Employer, Employer], end: int) -> None:
    rng, (old, new) = scene.rng, where
    last = scene.day(end, 20)
    before = scene.careers.hire(person, old, last - timedelta(days=rng.randint(1150, 2200)), last, "02")
    made = claim(scene, before, order.ring)
    if made is None:
        return
    months = rng.randint(*OVERLAP[order.tier])
    made.months = max(made.months, months + 1)
    begin = first(max(made.start, made.start + made.months - months)) + timedelta(days=rng.randint(0, 9))
    made.since = month_of(begin) + 1
    if order.variant == "wages" or months < 3:
        job = scene.careers.hire(person, new, begin, None)
        job.insured = False
    else:
        told = first(min(MONTHS - 1, month_of(begin) + months // 2))
        job = scene.careers.hire(person, new, begin, told - timedelta(days=1), "")
        job.insured, job.reason = False, ""
        if told < END:
            scene.careers.hire(person, new, told, None)
