"""What all offices share: their sheets, their hands and how they point at the truth."""

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar, NamedTuple

from simulation.chance import stream
from simulation.data import table
from simulation.log import Log
from simulation.plan import Plan
from simulation.render.desk import Desk
from simulation.render.form import Form
from simulation.render.part import ROLES, Part, pointer
from simulation.render.sheet import Sheet
from simulation.world import Account, Clinic, Employer, Person, World

Named = Person | Employer | Clinic | Account
_KIND = {Person: 0, Employer: 1, Clinic: 2, Account: 3}
_SELF = {type_: pointer(kind, 0, True) for type_, kind in _KIND.items()}
# For the tables of millions: below an entity's number, a reference to what the row is about.
PERSON, EMPLOYER, CLINIC, ACCOUNT = (_SELF[type_] for type_ in (Person, Employer, Clinic, Account))
COUNTERPARTY = pointer(_KIND[Account], ROLES.index("counterparty"), False)


def ref(thing: Named) -> int:
    """Point at the entity that a row is about."""
    return thing.entity << 10 | _SELF[type(thing)]


def other(thing: Named, role: str, primary: bool = False) -> int:
    """Point at an entity that a row names in a role."""
    return thing.entity << 10 | pointer(_KIND[type(thing)], ROLES.index(role), primary)


class Delivery(NamedTuple):
    """How and where offices write: the dialect, the folder of parts, shares of rows told and of dirt."""

    dialect: str
    folder: Path
    sample: float = 0.02
    share: float = 1.0


class Office:
    """A department with its tables. Subclasses name them in ``TABLES``: table -> field that is corrected.

    Args:
        world: The district.
        plan: What happens in it.
        delivery: How and where to write.
    """

    TABLES: ClassVar[dict[str, str]] = {}

    def __init__(self, world: World, plan: Plan, delivery: Delivery) -> None:
        """Open the sheets and sit down at the desks, one for each table."""
        self.world, self.plan = world, plan
        region, seed = world.region, world.seed
        habits = table(f"dialects/{delivery.dialect}").get("dirt", {})
        self.sheets = {
            name: Sheet(
                Form(delivery.dialect, name),
                delivery.folder,
                stream(seed, "sheet", name),
                fix,
                (delivery.sample, stream(seed, "told", name)),
                delivery.share,
            )
            for name, fix in self.TABLES.items()
        }
        self.desks = {
            name: Desk(name, stream(seed, "desk", name), region.city, region.province, habits)
            for name in self.TABLES
        }
        self.rng = stream(seed, "office", type(self).__name__)

    def month(self, log: Log) -> None:
        """Write what this office saw of a month."""

    def once(self) -> None:
        """Write the tables that describe a state, not events."""

    def flush(self, month: int) -> None:
        """End the month in every sheet."""
        for sheet in self.sheets.values():
            sheet.flush(month)

    def close(self) -> Iterable[Part]:
        """Close the sheets; yield their parts."""
        for sheet in self.sheets.values():
            yield sheet.close()
