"""Makes the world and decides everything that will happen in it."""

from math import ceil

from simulation import audit, fate, innocence, paperwork, strangers
from simulation.banking import Banking
from simulation.care import clinics, settle
from simulation.careers import Careers
from simulation.chance import stream
from simulation.crimes import CELLS, schedule
from simulation.economy import Economy, firms
from simulation.ground import region
from simulation.numbering import Numbering
from simulation.plan import Plan
from simulation.population import Population
from simulation.registry import Registry
from simulation.scene import Scene
from simulation.sharing import Shared
from simulation.world import World


def create(
    size: int,
    seed: int,
    division: str,
    city: str,
    numbering: Numbering | None = None,
    *,
    shared: Shared | None = None,
    prevalence: float = schedule.SHARE,
) -> Scene:
    """Return a region of ``size`` people, or the district that ``numbering`` says, its two years planned.

    ``shared`` is what other districts know of it, ``prevalence`` the share of the people in rings.
    """
    numbering, shared = numbering or Numbering(seed, seed), shared or Shared()
    ground = region(division, city, size, numbering)
    registry = Registry(seed, division, numbering)
    people = Population(ground, registry, stream(seed, "population")).fill(size)
    guests = strangers.arrive(shared, ground, registry, stream(seed, "strangers"))
    people += guests.values()
    economy = Economy(ground, registry, stream(seed, "economy"))
    rng = stream(seed, "careers")
    banking = Banking(registry, stream(seed, "banking"))
    world = World(seed, ground, numbering, people)
    world.employers = firms(economy, people, int(size * 0.3), rng)
    world.employers += strangers.companies(shared, economy, people, stream(seed, "companies"))
    _care(world, registry, shared, size)
    strangers.bank(guests, shared, banking)
    careers = Careers(banking, rng)
    careers.place(people, world.employers)
    scene = Scene(
        world, Plan(), registry, banking, careers, economy, stream(seed, "scene"), shared.cells, guests
    )
    _decide(scene, size, prevalence)
    _bank(scene)
    return scene


def _bank(scene: Scene) -> None:
    for firm in scene.world.employers:
        if firm.account is None and scene.rng.random() < 0.9:
            scene.banking.open(firm)
    scene.world.accounts = scene.banking.accounts


def _care(world: World, registry: Registry, shared: Shared, size: int) -> None:
    """Build the hospitals and pharmacies, and let everybody choose."""
    world.clinics = clinics(world.region, registry, stream(world.seed, "care"), size)
    world.abroad = strangers.elsewhere(shared.abroad, world.clinics[0])
    if shared.central:
        strangers.central(shared.central, world.clinics[0])
    settle(world.people, world.clinics, world.region.atms, stream(world.seed, "habits"))


def _decide(scene: Scene, size: int, prevalence: float) -> None:
    """Plan crimes first, then their innocent likenesses, then everybody's ordinary fate."""
    fate.patients(scene)
    for cell in scene.cells:
        ring = CELLS[cell.typology](scene, cell)
        scene.plan.rings += [ring] if ring else []
    # A hamlet has a few rings of each kind; in a large region their share of the people decides.
    floor = ceil(schedule.least(size) / scene.world.numbering.districts)
    schedule.plant(scene, size, floor, prevalence)
    innocence.arrange(scene)
    for step in (
        fate.deaths,
        fate.births,
        fate.layoffs,
        paperwork.back_payments,
        paperwork.second_numbers,
        paperwork.kept_cards,
        fate.injuries,
        fate.sentences,
        paperwork.edits,
    ):
        step(scene)
    for ring in scene.plan.rings:
        scene.rng.shuffle(ring.members)
    scene.rng.shuffle(scene.plan.rings)
    scene.rng.shuffle(scene.plan.innocents)
    scene.rng.shuffle(scene.banking.accounts)
    audit.investigate(scene)
