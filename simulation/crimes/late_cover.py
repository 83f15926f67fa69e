"""W1 先伤后保: the injured worker is insured after the accident, which is then dated later."""

from datetime import date, timedelta

from simulation.casting import firm, hospital, idle
from simulation.crimes.cast import CAREFUL, EXPERT, PLAIN, Order, cast
from simulation.data import table
from simulation.log import Injury
from simulation.period import in_window, month_of
from simulation.plan import Errand, Ring
from simulation.scene import Scene
from simulation.world import Clinic, Employer, Person

LAG = {PLAIN: (3, 12), CAREFUL: (1, 4), EXPERT: (1, 2)}  # days from the accident to the enrolment


def award(scene: Scene, grade: int) -> float:
    """Draw what an injury of a grade (0: none) brings, in yuan, as everywhere."""
    return round((2500 + (11 - grade) * 5200 * (grade > 0)) * scene.rng.lognormvariate(0, 0.35), 2)


def plant(scene: Scene, order: Order) -> Ring | None:
    """Insure two to four injured workers of one firm in time for the claim.

    ``recorded``: the accident keeps its day in the award. ``redated``: it is moved behind the enrolment, with
    a second visit to match. Plain: a week between. Careful: days, a hospital of its own each time. Expert:
    the first visit was paid in cash and stands nowhere.
    """
    people = scene.strangers(idle(scene, 20, 55), scene.rng.randint(2, 4))
    host = firm(scene, 4, 60) if len(people) >= 2 else None
    if host is None or host.boss.busy or host.boss.account is None:
        return None
    host.boss.busy = True
    ward = hospital(scene)
    for person in people:
        if order.tier > PLAIN and scene.rng.random() < 0.6:
            ward = hospital(scene)
        _hurt(scene, order, person, host, ward)
    return cast(order, host.boss, people, "beneficiary", employer=host, clinic=ward)


def _hurt(scene: Scene, order: Order, person: Person, host: Employer, ward: Clinic) -> None:
    rng = scene.rng
    accident = scene.day(rng.randint(1, 16))
    joined = accident + timedelta(days=rng.randint(*LAG[order.tier]))
    scene.careers.hire(person, host, joined, None)
    told = accident
    if order.variant == "redated":
        told = joined + timedelta(days=rng.randint(0, 3))
        see(scene, person, ward, told)
    if order.tier < EXPERT:
        see(scene, person, ward, accident)
    report(scene, person, host, (told, told), ward, ring=order.ring)


def see(scene: Scene, person: Person, ward: Clinic, day: date) -> None:
    """Let a doctor see the wound."""
    if in_window(day):
        visit = Errand(person, ward, scene.moment(day), "11", "03", disease=table("medicine")["wound"])
        scene.plan.errands[month_of(day)].append(visit)


def report(
    scene: Scene,
    person: Person,
    host: Employer,
    days: tuple[date, date],
    ward: Clinic,
    *,
    ring: str = "",
    witness: Person | None = None,
    to: Person | None = None,
) -> None:
    """Have an injury recognised and paid; ``days`` are accident and first visit, ``to`` who is paid."""
    rng, (told, seen) = scene.rng, days
    decided = seen + timedelta(days=rng.randint(20, 80))
    paid = decided + timedelta(days=rng.randint(15, 70))
    grade = rng.choices((0, 10, 9, 8, 7), (46, 26, 16, 9, 3))[0]
    staff = [spell.person for spell in host.spells if spell.person is not person] or [host.boss]
    account = (to or person).account
    if account and in_window(paid):
        scene.plan.injuries[month_of(paid)].append(
            Injury(
                person,
                host,
                told,
                seen,
                decided,
                grade,
                ward,
                witness or rng.choice(staff),
                award(scene, grade),
                paid,
                account,
                ring,
            )
        )
