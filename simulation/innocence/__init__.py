"""Hard negatives: innocent groups that look like rings, each with its reason, one module a circle of life.

``LOOKALIKES`` maps a typology to functions ``arrange(scene) -> Innocent | None``; they take turns.
"""

from collections.abc import Callable

from simulation.innocence import beds, counter, firms, kin, mothers, village
from simulation.plan import Innocent
from simulation.scene import Scene

LOOKALIKES: dict[str, list[Callable[[Scene], Innocent | None]]] = {
    "A1": [kin.child_collects, kin.shared_account, village.collector, village.welfare_home],
    "P1": [kin.child_of_the_dead, kin.funeral_grant, kin.child_of_the_dead],
    "P2": [kin.handover, kin.veteran, kin.survivor],
    "P5": [firms.dispatch, firms.young_firm],
    "U2": [firms.layoff, firms.season],
    "M1": [mothers.young_staff, mothers.changed_job],
    "H2": [counter.family, counter.village_doctor, counter.nursing_home],
    "H1": [beds.couple, beds.check_up, beds.rehabilitation],
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
    return True
