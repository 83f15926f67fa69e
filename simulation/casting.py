"""Who fits a part: the same people and firms serve crimes and their innocent likenesses."""

from collections.abc import Callable, Iterator
from datetime import date

from simulation.data import table
from simulation.scene import Fits, Scene
from simulation.world import Clinic, Employer, Person


def idle(scene: Scene, low: int = 22, high: int = 50) -> Fits:
    """Fit adults without job, pension or flexible insurance."""
    return lambda person: (
        low <= scene.age(person) <= high and not person.jobs and not person.pensions and not person.flexible
    )


def mother(scene: Scene) -> Fits:
    """Fit women of childbearing age without a job."""
    fits = idle(scene, 21, 38)
    return lambda person: person.sex == 2 and fits(person)


def pensioner(scene: Scene, low: int = 60, high: int = 120) -> Fits:
    """Fit people with a pension and an account."""
    return lambda person: (
        bool(person.pensions) and person.account is not None and low <= scene.age(person) <= high
    )


def nearly_retired(scene: Scene) -> Fits:
    """Fit people a few years below the pension age without job or pension."""

    def fits(person: Person) -> bool:
        low, high = (50, 59) if person.sex == 1 else (44, 52)
        return low <= scene.age(person) <= high and not (person.jobs or person.pensions or person.flexible)

    return fits


def firms(scene: Scene, low: int, high: int = 10**6, agency: bool = False) -> Iterator[Employer]:
    """Go through firms of ``low`` to ``high`` jobs in no planned group, from a random one on."""
    every = scene.world.employers
    start = scene.rng.randrange(len(every)) if every else 0
    for at in range(len(every)):
        firm = every[(start + at) % len(every)]
        if not firm.busy and firm.dispatch == agency and low <= len(firm.spells) <= high and not firm.closes:
            yield firm


def firm(scene: Scene, low: int, high: int = 10**6, agency: bool = False) -> Employer | None:
    """Take one such firm, or None."""
    return next(firms(scene, low, high, agency), None)


def found(scene: Scene, boss: Person, word: str = "", founded: date | None = None) -> Employer:
    """Found a firm of no staff for a planned group; it stands among the others."""
    made = scene.economy.found(boss, 0, word, founded)
    scene.world.employers.append(made)
    return made


def hospital(scene: Scene, most: int = 10**6) -> Clinic:
    """Take a hospital of at most ``most`` beds, or any where there is none so small."""
    every = [clinic for clinic in scene.world.clinics if clinic.beds]
    return scene.rng.choice([clinic for clinic in every if clinic.beds <= most] or every)


def counter(scene: Scene, fits: Callable[[Clinic], bool]) -> Clinic:
    """Take an institution that fits."""
    return scene.rng.choice([clinic for clinic in scene.world.clinics if fits(clinic)])


def disease(scene: Scene) -> str:
    """Draw what brings people into hospital."""
    return str(scene.rng.choice(table("medicine")["inpatient"]))


def stay(scene: Scene, clinic: Clinic) -> int:
    """Draw a length of stay in days: the hospital's own."""
    return max(2, int(scene.rng.gauss(clinic.stay, 2.2)))
