"""What will happen, decided before the first month: claims, births, stays, transfers; and who is guilty.

``ring`` is the id of the ring whose act an item is, or nothing.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime

from simulation.log import Change, Contribution, Good, Injury, Proof, Sentence, Spare
from simulation.world import Account, Clinic, Employer, Person, Spell


@dataclass(slots=True)
class Claim:
    """Unemployment benefit for ``months`` months from ``start`` on; an act of ``ring`` from ``since`` on."""

    person: Person
    spell: Spell
    start: int
    months: int
    channel: str
    device: str
    phone: str
    ring: str = ""
    since: int = 0


@dataclass(slots=True)
class Birth:
    """A birth; ``spell`` is the job that pays the allowance, or None."""

    person: Person
    day: date
    clinic: Clinic
    spell: Spell | None
    agent: str = ""
    to_employer: bool = False
    ring: str = ""


@dataclass(slots=True)
class Admission:
    """A hospital stay; ``fee`` in yuan where it is agreed."""

    person: Person
    clinic: Clinic
    begin: date
    days: int
    disease: str
    ring: str = ""
    doctor: str = ""
    fee: float = 0.0


@dataclass(slots=True)
class Errand:
    """One card at one terminal; ``kind`` as the code MT."""

    person: Person
    clinic: Clinic
    time: datetime
    kind: str
    proof: str
    ring: str = ""
    disease: str = ""
    doctor: str = ""
    goods: tuple[Good, ...] = ()


@dataclass(slots=True)
class Transfer:
    """Money from one account to another, in yuan."""

    payer: Account
    payee: Account
    time: datetime
    amount: float
    ring: str = ""


@dataclass(slots=True)
class Ring:
    """A crime: ``members`` are (kind, entity, role); tier 1 is plain, 2 careful, 3 expert."""

    id: str
    typology: str
    tier: int
    variant: str
    members: list[tuple[str, int, str]]
    people: list[Person]
    organiser: Person
    employer: Employer | None = None
    clinic: Clinic | None = None


@dataclass(slots=True)
class Innocent:
    """A group that looks like a ring of ``typology`` and is none, with the reason."""

    typology: str
    reason: str
    people: list[Person]
    employer: Employer | None = None
    clinic: Clinic | None = None


@dataclass(slots=True)
class Case:
    """An investigation; ``cause`` is the typology it was filed under, ``closed`` may lie after the hand-over.

    ``right`` tells whether the verdict is so, ``ring`` whose case it was (nothing: an innocent's); an object
    bears the amount claimed back, in yuan.
    """

    number: str
    source: str
    cause: str
    opened: date
    closed: date
    verdict: str
    measure: str
    right: bool
    ring: str
    objects: list[tuple[Person | Employer | Clinic, float | None]] = field(default_factory=list)


@dataclass(slots=True)
class Plan:
    """All planned items by month number; rings and innocents; second identities."""

    claims: list[Claim] = field(default_factory=list)
    births: dict[int, list[Birth]] = field(default_factory=lambda: defaultdict(list))
    admissions: dict[int, list[Admission]] = field(default_factory=lambda: defaultdict(list))
    errands: dict[int, list[Errand]] = field(default_factory=lambda: defaultdict(list))
    transfers: dict[int, list[Transfer]] = field(default_factory=lambda: defaultdict(list))
    changes: dict[int, list[Change]] = field(default_factory=lambda: defaultdict(list))
    injuries: dict[int, list[Injury]] = field(default_factory=lambda: defaultdict(list))
    arrears: dict[int, list[Contribution]] = field(default_factory=lambda: defaultdict(list))
    proofs: dict[int, list[Proof]] = field(default_factory=lambda: defaultdict(list))
    sentences: list[Sentence] = field(default_factory=list)
    spares: list[Spare] = field(default_factory=list)
    rings: list[Ring] = field(default_factory=list)
    innocents: list[Innocent] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
