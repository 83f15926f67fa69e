"""Lets the months pass and the offices write: the one place where the order of things stands."""

import gc
from pathlib import Path
from tempfile import TemporaryDirectory

from simulation import ledger
from simulation.chance import stream
from simulation.genesis import create
from simulation.life import benefits, illness, money, signs, work
from simulation.log import Log
from simulation.period import MONTHS
from simulation.progress import say, steps
from simulation.render import dictionary
from simulation.render.archive import Archive
from simulation.render.bank import Bank
from simulation.render.civil import Civil
from simulation.render.insurance import Insurance
from simulation.render.labour import Labour
from simulation.render.market import Market
from simulation.render.medical import Medical
from simulation.render.office import Office
from simulation.render.revenue import Revenue
from simulation.render.truth import Truth
from simulation.scene import Scene


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


def write(scene: Scene, out: Path) -> list[str]:
    """Write the hand-over to ``out/raw`` and the truth to ``out/truth``; return the files' paths."""
    raw, hidden = out / "raw", out / "truth"
    raw.mkdir(parents=True)
    hidden.mkdir()
    world, plan = scene.world, scene.plan
    offices: list[Office] = [
        Insurance(world, plan),
        Labour(world, plan),
        Medical(world, plan),
        Civil(world, plan),
        Bank(world, plan),
        Revenue(world, plan),
    ]
    terminals = signs.community_devices(world)
    for month in steps(range(MONTHS), "months pass", MONTHS):
        log = live(scene, month, terminals)
        for office in offices:
            office.month(log)
            if month == MONTHS - 1:
                office.once()
            office.flush()
    return _publish(scene, offices, raw, hidden)


def _publish(scene: Scene, offices: list[Office], raw: Path, hidden: Path) -> list[str]:
    world, plan, truth = scene.world, scene.plan, Truth(hidden)
    files = [file for office in offices for file in office.close(raw, truth)]
    archive = Archive(world, plan)
    files += [Market(world).write(raw, truth), archive.notes(raw, truth), archive.cases(raw, truth)]
    files.append(dictionary.write(raw, world.region))
    truth.close()
    ledger.write(hidden, plan)
    return files


def simulate(size: int, seed: int, division: str, city: str, out: Path) -> Scene:
    """Create a region and write it all."""
    say(f"a region of {size} people, seed {seed}")
    scene = create(size, seed, division, city)
    # The people stay until the end and the months hold no cycles: a collector would walk in vain.
    gc.freeze()
    out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".simulation-", dir=out.parent) as scratch:
        # Published by rename: a run that is broken off leaves nothing that looks like a hand-over.
        files = write(scene, Path(scratch))
        for part in ("raw", "truth"):
            (Path(scratch) / part).rename(out / part)
    gc.unfreeze()
    rings, innocents = len(scene.plan.rings), len(scene.plan.innocents)
    say(f"{len(files)} files, {rings} rings, {innocents} innocent groups: {out}")
    return scene
