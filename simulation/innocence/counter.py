"""At the pharmacy: families, village doctors and nursing homes with several cards in one hand."""

from simulation.plan import Innocent
from simulation.scene import Scene
from simulation.world import Person


def family(scene: Scene) -> Innocent | None:
    """Let a family pay with two to four cards, one after the other, on several days."""
    for person in scene.free(lambda p: p.pharmacy is not None and len(p.kin) >= 2 and scene.age(p) >= 20):
        group = [person, *[kin for kin in person.kin if kin.household == person.household and not kin.busy]][
            :4
        ]
        if len(group) >= 2 and person.pharmacy:
            for month in scene.rng.sample(range(24), scene.rng.randint(3, 8)):
                scene.queue(
                    group,
                    person.pharmacy,
                    scene.moment(scene.day(month), 9, 19),
                    45,
                    proof=scene.rng.choice(("01", "03")),
                )
            return Innocent("H2", "家庭成员同行购药，家庭共济", group)
    return None


def _bundle(scene: Scene, low: int, high: int, reason: str) -> Innocent | None:
    elders: list[Person] = scene.strangers(
        lambda p: scene.age(p) >= 63 and p.pharmacy is not None, scene.rng.randint(low, high), near=True
    )
    shop = elders[0].pharmacy if elders else None
    if len(elders) < low or shop is None:
        return None
    for month in sorted(scene.rng.sample(range(24), scene.rng.randint(4, 7))):
        present = [p for p in elders if scene.rng.random() < 0.85]
        scene.queue(present, shop, scene.moment(scene.day(month), 8, 17), scene.rng.choice((50, 90)))
    return Innocent("H2", reason, elders)


def village_doctor(scene: Scene) -> Innocent | None:
    """Let a village doctor fetch the month's drugs for four to seven elders."""
    return _bundle(scene, 4, 7, "村医代高龄慢病老人取药")


def nursing_home(scene: Scene) -> Innocent | None:
    """Let the nurse of a home settle for five to eight residents."""
    return _bundle(scene, 4, 8, "养老院护理员统一代购")
