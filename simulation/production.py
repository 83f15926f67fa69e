"""Simulates the districts of a country, several at a time, and joins what they wrote to files."""

import gc
import os
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any, NamedTuple

from simulation import gathering, ledger
from simulation.country import District, RegionPlan
from simulation.data import text
from simulation.genesis import create
from simulation.handover import TABLES, write
from simulation.progress import Meter, say
from simulation.render import dictionary
from simulation.render.assembly import assemble
from simulation.render.form import Form
from simulation.render.office import Delivery
from simulation.render.part import Part
from simulation.render.truth import Placed, Truth


class Made(NamedTuple):
    """What a district brought: the parts of its files, and how many rings and innocent groups it holds."""

    parts: list[Part]
    rings: int
    innocents: int


def live(district: District, folder: Path, sample: float, shown: bool = False) -> Made:
    """Simulate a district; its parts and its ledger lie in ``folder``."""
    plan = district.region
    # The people stay until the end and the months hold no cycles: a collector would walk in vain.
    gc.disable()
    scene = create(
        district.people,
        district.seed,
        plan.division,
        plan.city,
        district.numbering,
        shared=district.shared,
        prevalence=district.prevalence,
    )
    share = 1 / district.numbering.districts
    parts = write(scene, Delivery(plan.dialect, folder, sample, share), shown=shown)
    ledger.write(folder, scene.plan, len(scene.world.people))
    made = Made(parts, len(scene.plan.rings), len(scene.plan.innocents))
    del scene
    gc.enable()
    gc.collect()
    return made


def tell(plan: RegionPlan, folders: list[Path], parts: list[list[Part]], out: Path) -> None:
    """Write the truth of a region: the ledgers of its districts, and what is true of each file's rows."""
    truth = Truth(out)
    for at, name in enumerate(TABLES):
        truth.tell(Placed(Form(plan.dialect, name).path, [district[at] for district in parts]))
    truth.close()
    gathering.gather(folders, out)
    (out / "README.md").write_text(text("truth"), encoding="utf-8")


class _Region:
    """A region on its way: its districts' results as they come in."""

    def __init__(self, plan: RegionPlan, districts: list[District], scratch: Path) -> None:
        self.plan, self.districts = plan, districts
        self.folders = [scratch / f"district-{district.lot}" for district in districts]
        home = scratch / "made" / plan.folder
        self.raw, self.hidden = home / "raw", home / "truth"
        self.made: dict[int, Made] = {}

    def joining(self) -> Iterator[tuple[Any, ...]]:
        """Yield the calls that join the districts' parts; to be made once all have come in."""
        self.raw.mkdir(parents=True)
        self.hidden.mkdir()
        results = [self.made[at] for at in range(len(self.districts))]
        for at, name in enumerate(TABLES):
            pieces = [result.parts[at] for result in results]
            yield assemble, self.plan.dialect, name, pieces, self.raw
        yield tell, self.plan, self.folders, [result.parts for result in results], self.hidden


def simulate(country: list[list[District]], out: Path, *, processes: int, sample: float) -> None:
    """Write a country: ``out/raw`` and ``out/truth``, or one such pair a region in folders of their own.

    Args:
        country: The districts of each region.
        out: A new or empty folder.
        processes: How many work at a time; the bytes do not depend on it.
        sample: Share of the rows whose true fields are told.
    """
    out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".simulation-", dir=out.parent) as temporary:
        scratch = Path(temporary)
        regions = [_Region(districts[0].region, districts, scratch) for districts in country]
        if sum(map(len, country)) == 1:
            _alone(regions[0], sample)
        else:
            _together(regions, processes, sample)
        for region in regions:
            plan = region.plan
            dictionary.write(region.raw, plan.dialect, plan.city, plan.division)
        if len(regions) > 1:
            gathering.across(
                [(region.plan.folder, region.hidden) for region in regions], scratch / "made" / "truth"
            )
        _publish(scratch / "made", out)
    made = [made for region in regions for made in region.made.values()]
    rings, innocents = sum(one.rings for one in made), sum(one.innocents for one in made)
    say(f"{len(regions)} region(s), {rings} rings, {innocents} innocent groups: {out}")


def _publish(made: Path, out: Path) -> None:
    """Let what was made take the place of the empty folder: a run that is broken off publishes nothing."""
    try:
        made.replace(out)
    except OSError:  # a folder that cannot be replaced: the one that somebody stands in, a link to another
        for path in sorted(made.iterdir()):
            path.rename(out / path.name)


def _alone(region: _Region, sample: float) -> None:
    """Simulate the only district here: the months are worth a bar, and no process need be started."""
    region.made[0] = live(region.districts[0], region.folders[0], sample, shown=True)
    for call, *arguments in region.joining():
        call(*arguments)


def _together(regions: list[_Region], processes: int, sample: float) -> None:
    """Simulate all districts in a pool; a region is joined as soon as its last district has come in."""
    total = sum(len(region.districts) + len(TABLES) + 1 for region in regions)
    with Meter("districts and files", total) as meter, _pool(processes) as pool:
        pending: dict[Future[Any], tuple[_Region, int]] = {}
        for region in regions:
            for at, district in enumerate(region.districts):
                pending[pool.submit(live, district, region.folders[at], sample)] = (region, at)
        while pending:
            done, _ = wait(pending, return_when=FIRST_COMPLETED)
            for future in done:
                region, at = pending.pop(future)
                result = future.result()
                meter.advance()
                if at < 0:
                    continue
                region.made[at] = result
                if len(region.made) == len(region.districts):
                    say(f"{region.plan.folder or region.plan.city}: {len(region.districts)} districts lived")
                    for call, *arguments in region.joining():
                        pending[pool.submit(call, *arguments)] = (region, -1)


def _follow() -> None:
    """Let this process end with the one that started it, however that ends."""
    Thread(target=_mourn, args=(parent_process(),), daemon=True).start()


def _mourn(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


@contextmanager
def _pool(processes: int) -> Iterator[ProcessPoolExecutor]:
    """Start processes that share no state with this one; what has not begun is dropped when one fails."""
    pool = ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=_follow)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)
