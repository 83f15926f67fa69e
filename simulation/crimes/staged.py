"""W2 虚报工伤: accidents that never happened, or happened to somebody who was not insured."""

from datetime import timedelta

from simulation.casting import firm, hospital, idle
from simulation.crimes.cast import CAREFUL, EXPERT, PLAIN, Order, broker, cast, tribute
from simulation.crimes.late_cover import report, see
from simulation.plan import Ring
from simulation.scene import Fits, Scene
from simulation.world import Clinic, Employer, Person


def plant(scene: Scene, order: Order) -> Ring | None:
    """Have three to five accidents of one firm recognised that were none, or another's.

    ``staged``: the staff bear witness for each other and share. ``brother``: an uninsured relative was
    hurt; the insured one lends the name, the relative's account is paid. Plain: one witness, one hospital.
    Careful: two witnesses. Expert: each another, at hospitals apart, the money in cash.
    """
    host = firm(scene, 3, 60)
    people = scene.strangers(_fits(scene, order), scene.rng.randint(3, 5)) if host else []
    if host is None or len(people) < 3 or host.boss.busy or host.boss.account is None:
        return None
    host.boss.busy = True
    between, ward = broker(scene, order), hospital(scene)
    seen = [spell.person for spell in host.spells if not spell.person.busy]
    witnesses = (seen or [host.boss])[: {PLAIN: 1, CAREFUL: 2, EXPERT: 9}[order.tier]]
    relatives: list[Person] = []
    for at, person in enumerate(people):
        place = hospital(scene) if order.tier == EXPERT else ward
        paid = _claim(scene, order, person, (host, witnesses[at % len(witnesses)]), place)
        relatives += [paid] if paid else []
        tribute(scene, order, person, host.boss, between, scene.day(scene.rng.randint(3, 21)))
    others: list[tuple[Person | None, str]] = [(between, "intermediary")]
    others += [(one, "insider") for one in witnesses] + [(one, "beneficiary") for one in relatives]
    return cast(order, host.boss, people, "beneficiary", employer=host, clinic=ward, others=others)


def _fits(scene: Scene, order: Order) -> Fits:
    fits = idle(scene, 20, 55)
    if order.variant == "staged":
        return fits
    return lambda person: fits(person) and _relative(scene, person) is not None


def _relative(scene: Scene, person: Person) -> Person | None:
    grown = (one for one in person.kin if one.account and 20 <= scene.age(one) <= 58 and not one.busy)
    return next(grown, None)


def _claim(
    scene: Scene, order: Order, person: Person, where: tuple[Employer, Person], ward: Clinic
) -> Person | None:
    """Report an accident; return the relative who is paid, if any."""
    rng, (host, witness) = scene.rng, where
    day = scene.day(rng.randint(0, 17))
    scene.careers.hire(person, host, day - timedelta(days=rng.randint(40, 900)), None)
    relative = _relative(scene, person) if order.variant == "brother" else None
    see(scene, person, ward, day)
    report(scene, person, host, (day, day), ward, ring=order.ring, witness=witness, to=relative)
    if relative:
        relative.busy = True
    return relative
