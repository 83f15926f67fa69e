"""Investigations: who is looked at, when, and what is found. The only labels that anybody gets.

They are few, late, drawn to what is easy to see, wrong one time in ten, and some come to nothing. A case that
was closed after the hand-over is not in it. The truth keeps all of them with what was really so.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from math import log
from random import Random

from simulation.chance import stream
from simulation.data import table
from simulation.period import END, first, month_of
from simulation.plan import Case, Innocent, Plan, Ring
from simulation.scene import Scene
from simulation.world import Clinic, Employer, Person

CONFIRMED, PARTLY, REFUTED, UNKNOWN = "属实", "部分属实", "不属实", "无法核实"
SOURCES = ("数据比对", "上级交办", "举报", "部门移送")
SHARE = 0.3  # of the rings are looked at within the two years
NEGATIVES = 1.5  # innocent groups looked at for each ring
TIERS = {1: 1.0, 2: 0.45, 3: 0.2}  # how easily a ring is noticed
WRONG, FRUITLESS = 0.1, 0.14
FOUND = {1: 0.9, 2: 0.75, 3: 0.6}  # of the people of a ring that are found out


def investigate(scene: Scene) -> None:
    """Fill ``plan.cases``."""
    rng = stream(scene.world.seed, "audit")
    begun = first_acts(scene)
    rings = _noticed(scene.plan, rng)
    matters: list[Ring | Innocent] = [*rings]
    matters += _suspected(scene, rng, round(NEGATIVES * len(rings)) + 1)
    serial = scene.registry.numbering.local("cases", 4)
    for matter in matters:
        since = begun.get(matter.id, 0) if isinstance(matter, Ring) else rng.randint(-2, 12)
        opened = first(max(0, since)) + timedelta(days=rng.randint(60, 300))
        if opened > END:
            continue
        scene.plan.cases.append(_case(matter, opened, f"AAJ{opened.year}{serial.next()}", rng))
    scene.plan.cases.sort(key=lambda case: (case.opened, case.number))


def first_acts(scene: Scene) -> dict[str, int]:
    """Return the month of each ring's first act."""
    found = dict[str, int]()
    for ring, month in _acts(scene):
        if ring:
            found[ring] = min(month, found.get(ring, month))
    return found


def _acts(scene: Scene) -> Iterator[tuple[str, int]]:
    """Yield the ring, or nothing, and the month of everything planned."""
    plan = scene.plan
    for claim in plan.claims:
        yield claim.ring, max(claim.start, claim.since)
    for planned in (plan.births, plan.admissions, plan.errands, plan.transfers, plan.changes, plan.injuries):
        for month, items in planned.items():
            yield from ((item.ring, month) for item in items)
    for month, owed in plan.arrears.items():
        yield from ((item.ring, month) for item in owed)
    for person in scene.world.people:
        yield from ((pension.ring, pension.ring_from) for pension in person.pensions)
        yield from ((spell.ring, max(0, month_of(spell.start))) for spell in person.jobs)


def _noticed(plan: Plan, rng: Random) -> list[Ring]:
    """Choose rings without replacement, the easily seen more often (exponential keys after Efraimidis)."""
    keys = [
        (-log(rng.random()) / (TIERS[ring.tier] * table("audit")["notice"].get(ring.typology, 1.0)), at)
        for at, ring in enumerate(plan.rings)
    ]
    count = max(min(4, len(keys)), round(SHARE * len(keys)))
    return [plan.rings[at] for _, at in sorted(keys)[:count]]


def _suspected(scene: Scene, rng: Random, count: int) -> list[Innocent]:
    """Choose innocent groups, and now and then people against whom there is nothing at all."""
    groups = [group for group in scene.plan.innocents if group.people]
    chosen = rng.sample(groups, min(len(groups), count))
    kinds = sorted({group.typology for group in groups})
    for _ in range(max(1, count // 6) if kinds else 0):
        people = rng.sample(scene.order, min(3, len(scene.order)))
        people = [person for person in people if not person.busy][: rng.randint(1, 3)]
        if people:
            chosen.append(Innocent(rng.choice(kinds), "举报不实", people))
    return chosen


def _case(matter: Ring | Innocent, opened: date, number: str, rng: Random) -> Case:
    guilty = isinstance(matter, Ring)
    verdict, right = _verdict(guilty, rng)
    words = table("audit")
    cause = matter.typology
    if rng.random() < words["misfiled"]:
        cause = rng.choice(words["alike"].get(cause, [cause]))
    true = verdict in (CONFIRMED, PARTLY)
    case = Case(
        number,
        rng.choice(SOURCES),
        cause,
        opened,
        opened + timedelta(days=rng.randint(60, 180)),
        verdict,
        "责令退回" if true else "撤案" if verdict == UNKNOWN and rng.random() < 0.3 else "结案",
        right,
        matter.id if isinstance(matter, Ring) else "",
    )
    case.objects = [
        (thing, round(rng.lognormvariate(9.1, 0.8), 2) if true else None) for thing in _objects(matter, rng)
    ]
    return case


def _verdict(guilty: bool, rng: Random) -> tuple[str, bool]:
    """Return what is found and whether it is so; what comes to nothing is neither right nor wrong."""
    if rng.random() < FRUITLESS:
        return UNKNOWN, True
    wrong = rng.random() < WRONG
    return rng.choice((CONFIRMED, CONFIRMED, PARTLY)) if guilty != wrong else REFUTED, not wrong


def _objects(matter: Ring | Innocent, rng: Random) -> list[Person | Employer | Clinic]:
    """Return who and what the file names, in no telling order: seldom all, the head least of all."""
    found = FOUND[matter.tier] if isinstance(matter, Ring) else 0.95
    people = [person for person in matter.people if rng.random() < found] or matter.people[:1]
    objects: list[Person | Employer | Clinic] = list(people)
    if isinstance(matter, Ring) and rng.random() < found - 0.2:
        objects.append(matter.organiser)
    if matter.employer and rng.random() < 0.6:
        objects.append(matter.employer)
    if matter.clinic and rng.random() < 0.4:
        objects.append(matter.clinic)
    rng.shuffle(objects)
    return list(dict.fromkeys(objects))
