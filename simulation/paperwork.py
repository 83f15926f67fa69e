"""Ordinary paperwork: edits, new cards, cards given to children, years bought back, numbers never merged."""

from datetime import date, timedelta

from simulation.banking import keep
from simulation.codec import first_generation
from simulation.data import table
from simulation.log import Contribution, Spare
from simulation.names import homophone
from simulation.period import MONTHS, month_of
from simulation.scene import Scene
from simulation.world import Account, Identity, Pension, Person


def back_payments(scene: Scene) -> None:
    """Let some near the pension age buy years they lack, one by one, as the rules allow."""
    rng = scene.rng
    for person in scene.world.people:
        if not 44 <= scene.age(person) <= 60 or person.busy or person.death or rng.random() > 0.035:
            continue
        month, count = rng.randrange(24), rng.choice((6, 12, 24, 36, 60, 72, 96, 132))
        base, day = float(table("economy")["base_floor"]), scene.day(month)
        scene.plan.arrears[month] += [
            Contribution(person, None, "110", owed, base, day, True) for owed in range(month - count, month)
        ]


def second_numbers(scene: Scene) -> None:
    """Let some pensioners draw a lawful supplement under an old number that nobody ever merged."""
    rng = scene.rng
    for person in scene.world.people:
        if not person.pensions or person.busy or person.death or rng.random() > 0.03:
            continue
        usual, number = person.pensions[0], scene.registry.person()
        item, amount = rng.choice(("118", "205")), round(rng.uniform(350, 900), 1)
        extra = Pension(person, usual.scheme, number, usual.since, amount, usual.account, item=item)
        extra.proof, extra.device = usual.proof, usual.device
        person.pensions.append(extra)
        scene.plan.spares.append(Spare(person, Identity(person.name, person.cid, person.born), number))


def kept_cards(scene: Scene) -> None:
    """Let a third of the old give card and certification to a child."""
    for person in scene.world.people:
        if not person.pensions or person.busy or person.death or scene.age(person) < 68:
            continue
        child = next((kin for kin in person.kin if kin.account and 22 <= scene.age(kin) <= 62), None)
        if child is None or scene.rng.random() > 0.4:
            continue
        for pension in person.pensions:
            keep(pension.account, child)
            if scene.rng.random() < 0.5:
                pension.proof, pension.device = "1", child.device


def edits(scene: Scene) -> None:
    """Plan the small edits of every day: a new card, a new phone, a repaired id, a corrected name."""
    rng = scene.rng
    for person in scene.world.people:
        if scene.age(person) < 16 or rng.random() > 0.26:
            continue
        draws = [rng.random()] + [rng.uniform(0.5, 1)] * (rng.random() < 0.3)
        for draw in draws:
            day = scene.day(rng.randrange(MONTHS))
            if person.alive(day):
                _edit(scene, person, day, draw)


def _edit(scene: Scene, person: Person, day: date, draw: float) -> None:
    rng = scene.rng
    if draw < 0.5:
        if person.account and not person.busy:
            _new_card(scene, person, person.account, day)
    elif draw < 0.78 and person.phone:
        scene.edit(person, "AAE005", (scene.registry.phone(), person.phone), day)
    elif draw < 0.87:
        scene.edit(person, "AAE006", (person.address, person.address[len(person.place.town) :]), day)
    elif draw < 0.93:
        scene.edit(person, "AAC002", (first_generation(person.cid), person.cid), day, channel="1")
    elif draw < 0.98:
        wrong = person.former or homophone(rng, person.name)
        scene.edit(person, "AAC003", (wrong, person.name), day, channel="1")
    else:
        both = (
            f"{homophone(rng, person.name)}|{first_generation(person.cid)}",
            f"{person.name}|{person.cid}",
        )
        scene.edit(person, "AAC002,AAC003", both, day, channel="1")


def _new_card(scene: Scene, person: Person, old: Account, day: date) -> None:
    """Let a person bank elsewhere: the new account takes over what the old one received."""
    # Two in five take an account they have had for years.
    fresh = day - timedelta(days=scene.rng.randint(2, 25))
    new = scene.banking.open(person, opened=fresh if scene.rng.random() < 0.6 else None)
    person.account = new
    for pension in person.pensions:
        if pension.account is old:
            pension.account, pension.older, pension.moved = new, old, month_of(day) + 1
    scene.edit(person, "AAE010", (old.number, new.number), day)
