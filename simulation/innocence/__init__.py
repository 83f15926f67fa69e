"""Hard negatives: innocent groups that look like rings, each with its reason, one module a circle of life.

``LOOKALIKES`` maps a typology to functions ``arrange(scene) -> Innocent | None``; they take turns.
"""

from collections.abc import Callable

from simulation.innocence import beds, counter, drugs, firms, kin, labour, mothers, papers, village
from simulation.plan import Innocent
from simulation.scene import Scene

LOOKALIKES: dict[str, list[Callable[[Scene], Innocent | None]]] = {
    "A1": [village.collector, kin.shared_account, village.welfare_home, kin.child_collects],
    "A2": [papers.miskeyed, papers.reissued],
    "E1": [labour.bonus, labour.rehired],
    "H1": [beds.check_up, beds.couple, beds.nursing_home, beds.rehabilitation],
    "H2": [counter.village_doctor, counter.nursing_home, counter.family],
    "H4": [drugs.transplant, drugs.stock_up, drugs.rescanned],
    "H5": [drugs.specialist, drugs.family_doctor],
    "H6": [drugs.second_operation, drugs.referred],
    "I1": [labour.licensed, labour.union],
    "M1": [mothers.young_staff, mothers.changed_job],
    "P1": [kin.child_of_the_dead, kin.funeral_grant, village.neighbour_of_the_dead],
    "P2": [kin.handover, kin.veteran, kin.survivor],
    "P3": [papers.probation, papers.suspended],
    "P4": [papers.redated, papers.miners],
    "P5": [firms.dispatch, firms.young_firm],
    "P6": [papers.arbitrated, papers.legacy],
    "P7": [papers.spouse_entry, papers.transliterated],
    "U1": [labour.lag, labour.gig],
    "U2": [firms.layoff, firms.season],
    "W1": [labour.same_day, labour.older_trauma],
    "W2": [labour.hazardous, labour.spouse_paid],
    "X1": [beds.second_opinion, beds.referred_back],
    "X2": [firms.chain, firms.roving],
}
# What needs one person or one family only: found even in a hamlet.
SMALL = [kin.child_of_the_dead, kin.veteran, counter.family, mothers.changed_job, beds.couple, kin.survivor]
LEAST = 5  # innocents for each ring


def arrange(scene: Scene, factor: int = 6) -> None:
    """Arrange ``factor`` innocents for each ring of every typology, as far as the people reach.

    Where they do not reach, small families of any typology fill up to ``LEAST`` for each ring in all.
    """
    for ring in sorted(scene.plan.rings, key=lambda ring: ring.id):
        kinds = LOOKALIKES[ring.typology]
        for turn in range(factor):
            any(_add(scene, kinds[(turn + step) % len(kinds)]) for step in range(len(kinds)))
    turn = 0
    while len(scene.plan.innocents) < LEAST * len(scene.plan.rings) and turn < LEAST * 100:
        _add(scene, SMALL[turn % len(SMALL)])
        turn += 1


def _add(scene: Scene, kind: Callable[[Scene], Innocent | None]) -> bool:
    made = kind(scene)
    if made is None:
        return False
    scene.plan.innocents.append(made)
    for person in made.people:
        person.busy = True
    if made.employer:
        made.employer.busy = True
    return True
