"""Lets the months pass and the offices write: the one place where the order of things stands."""

from simulation.chance import stream
from simulation.life import benefits, illness, money, signs, work
from simulation.log import Log
from simulation.period import MONTHS
from simulation.progress import steps
from simulation.render.archive import Archive
from simulation.render.bank import Bank
from simulation.render.civil import Civil
from simulation.render.insurance import Insurance
from simulation.render.labour import Labour
from simulation.render.market import Market
from simulation.render.medical import Medical
from simulation.render.office import Delivery, Office
from simulation.render.part import Part
from simulation.render.revenue import Revenue
from simulation.scene import Scene

OFFICES: tuple[type[Office], ...] = (Insurance, Labour, Medical, Civil, Bank, Revenue, Market, Archive)
TABLES = tuple(name for office in OFFICES for name in office.TABLES)


def live(scene: Scene, month: int, terminals: dict[str, str]) -> Log:
    """Return the log of one month."""
    world, plan, log, seed = scene.world, scene.plan, Log(), scene.world.seed
    work.contribute(world, plan, month, log, stream(seed, "work", month))
    benefits.pensions(world, month, log, stream(seed, "pensions", month))
    benefits.jobless(plan, month, log, stream(seed, "jobless", month))
    benefits.maternity(plan, month, log, stream(seed, "maternity", month))
    illness.month_of_illness(world, plan, month, log, stream(seed, "illness", month))
    rng = stream(seed, "money", month)
    money.incomes(world, log, month, rng)
    money.transfers(world, plan, month, log, rng)
    money.rounds(world, month, log, rng)
    money.spending(world, month, log, rng)
    signs.proofs(world, month, log, stream(seed, "proofs", month), terminals)
    signs.traces(world, month, log, stream(seed, "traces", month))
    log.changes += plan.changes.get(month, [])
    if month == 0:
        work.register(world, log, stream(seed, "register"))
        log.sentences += plan.sentences
    return log


def write(scene: Scene, delivery: Delivery, *, shown: bool) -> list[Part]:
    """Let the months pass and the offices write; return the parts of their files.

    Args:
        scene: The district, planned.
        delivery: How and where to write.
        shown: Whether to show the months on stderr.
    """
    delivery.folder.mkdir(parents=True, exist_ok=True)
    offices = [office(scene.world, scene.plan, delivery) for office in OFFICES]
    terminals = signs.community_devices(scene.world)
    months = steps(range(MONTHS), "months pass", MONTHS) if shown else range(MONTHS)
    for month in months:
        log = live(scene, month, terminals)
        for office in offices:
            office.month(log)
            if month == MONTHS - 1:
                office.once()
            office.flush(month)
    return [part for office in offices for part in office.close()]
