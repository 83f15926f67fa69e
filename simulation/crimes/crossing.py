"""X1 跨区重复报销, X2 流窜团伙: rings of which each region sees a part.

What must agree everywhere (days, amounts) is drawn from ``cell.rng()``, the rest from the district's own.
"""

from datetime import timedelta

from simulation.casting import disease, firm, found, idle
from simulation.crimes.cast import CAREFUL, EXPERT, PLAIN, Order, cast, tribute
from simulation.crimes.shell import dismissed
from simulation.fate import claim
from simulation.period import MONTHS, START
from simulation.plan import Admission, Ring
from simulation.scene import Scene
from simulation.sharing import Cell
from simulation.world import Employer, Person


def wandering(scene: Scene, cell: Cell) -> Ring | None:
    """X2: found a firm in one region, recruit in the next, claim in the third; one hand takes its share.

    ``recruit``: idle locals everywhere. ``wander``: the same few are insured and dismissed everywhere, one
    region after the other. Plain: the head's device files. Careful: his runner's on half.
    Expert: their own, on the rosters of real firms.
    """
    head, runner, *walkers = (scene.guest(stub) for stub in cell.stubs)
    order = Order(cell.ring, cell.typology, cell.tier, cell.variant)
    crew = walkers
    if cell.variant == "recruit":
        crew = scene.strangers(idle(scene), scene.rng.randint(3, 6))
    host = firm(scene, 5, 40) if cell.tier == EXPERT or cell.part % 2 else None
    host = host or found(scene, head if cell.part == 0 else runner)
    if host.account is None:
        scene.banking.open(host)
    end = cell.rng().randint(2, 5) + 4 * cell.part
    for person in crew:
        _dismiss(scene, order, person, (host, head, runner), end + scene.rng.randint(0, order.tier))
    others = ((runner, "intermediary"),)
    return cast(order, head, crew, "beneficiary", employer=host, others=others)


def _dismiss(
    scene: Scene, order: Order, person: Person, where: tuple[Employer, Person, Person], end: int
) -> None:
    host, head, runner = where
    spell = dismissed(scene, order, person, host, head, end)
    device = {PLAIN: head.device, CAREFUL: runner.device if scene.rng.random() < 0.5 else ""}.get(
        order.tier, ""
    )
    phone = runner.phone if order.tier == PLAIN else ""
    made = claim(scene, spell, order.ring, device, phone, "2" if device else "")
    if made:
        for month in range(made.start, min(MONTHS, made.start + made.months), scene.rng.randint(3, 5)):
            tribute(scene, order, person, head, runner, scene.day(month, 16))


def twice(scene: Scene, cell: Cell) -> Ring | None:
    """X1: settle stays at a hospital of a third region in both pools that insure the patients.

    ``same``: day and amount agree but for rounding. ``shifted``: the second paper is a day or two off.
    Plain: three stays each. Expert: one.
    """
    broker, *patients = (scene.guest(stub) for stub in cell.stubs)
    order = Order(cell.ring, cell.typology, cell.tier, cell.variant)
    ward = next((clinic for clinic in scene.world.abroad if clinic.entity == cell.site), None)
    if ward is None:
        return None
    agreed, shifted = cell.rng(), cell.variant == "shifted" and cell.part > 0
    for person in patients:
        for _ in range({PLAIN: 3, CAREFUL: 2, EXPERT: 1}[cell.tier]):
            begin = START + timedelta(days=agreed.randint(20, 650))
            days, fee = agreed.randint(4, 14), round(agreed.lognormvariate(9.1, 0.5), 2)
            begin += timedelta(days=scene.rng.choice((-1, 1, 2)) if shifted else 0)
            fee = round(fee * scene.rng.uniform(0.985, 1.015), 2) if shifted else fee
            stay = Admission(person, ward, begin, days, disease(scene), order.ring, fee=fee)
            scene.plan.admissions[(begin.year - START.year) * 12 + begin.month - 1].append(stay)
            tribute(scene, order, person, broker, None, begin + timedelta(days=days + 20))
    return cast(order, broker, patients, "beneficiary", clinic=ward)
