"""What all offices share: their sheets, their hands and how they point at the truth."""

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from simulation.chance import stream
from simulation.log import Log
from simulation.plan import Plan
from simulation.render.desk import Desk
from simulation.render.sheet import Sheet
from simulation.render.truth import ROLES, Ref, Truth
from simulation.world import Account, Clinic, Employer, Person, World

Named = Person | Employer | Clinic | Account
_KIND = {Person: 0, Employer: 1, Clinic: 2, Account: 3}


def ref(thing: Named, role: str = "self", primary: bool = True) -> Ref:
    """Point at an entity of the truth."""
    return Ref(_KIND[type(thing)], thing.entity, ROLES.index(role), primary)


def yuan(amount: float) -> str:
    """Write money as the offices do: two decimals."""
    return f"{amount:.2f}"


class Office:
    """A department with its tables. Subclasses name them in ``TABLES``: table -> column that is corrected.

    Args:
        world: The truth's people and things.
        plan: What was decided, for the tables that are written once.
    """

    TABLES: ClassVar[dict[str, str]] = {}

    def __init__(self, world: World, plan: Plan) -> None:
        """Lay out the sheets."""
        self.world, self.plan = world, plan
        region = world.region
        self.sheets = {
            name: Sheet(name, stream(world.seed, "sheet", name), fix) for name, fix in self.TABLES.items()
        }
        self.desks = {
            name: Desk(name, stream(world.seed, "desk", name), region.city, region.province)
            for name in self.TABLES
        }
        self.rng = stream(world.seed, "office", type(self).__name__)

    def month(self, log: Log) -> None:
        """Write what this office saw of a month."""

    def once(self) -> None:
        """Write the tables that describe a state, not events."""

    def flush(self) -> None:
        """End the month in every sheet."""
        for sheet in self.sheets.values():
            sheet.flush()

    def close(self, folder: Path, truth: Truth) -> Iterable[str]:
        """Write the files; yield their paths."""
        for sheet in self.sheets.values():
            sheet.close(folder, truth)
            yield sheet.spec["path"]
