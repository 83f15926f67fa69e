"""The truth log: what happened, once, whoever noticed it. Departments render it, nobody else writes.

Money is in yuan. ``ring`` is the id of the ring whose act the event is, or nothing.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from simulation.world import Account, Clinic, Employer, Identity, Pension, Person


class Contribution(NamedTuple):
    """One month of one fund for one person; ``employer`` is None for the flexibly employed."""

    person: Person
    employer: Employer | None
    scheme: str
    month: int
    base: float
    arrived: date
    late: bool
    ring: str = ""


class Payroll(NamedTuple):
    """A wage as declared to the tax office."""

    person: Person
    employer: Employer
    month: int
    income: float
    deducted: float
    ring: str = ""


class Benefit(NamedTuple):
    """A pension payment; a negative amount takes one back."""

    pension: Pension
    month: int
    item: str
    amount: float
    day: date
    account: Account
    status: str
    ring: str = ""


class JoblessPay(NamedTuple):
    """A month of unemployment benefit."""

    person: Person
    employer: Employer
    month: int
    granted: int
    day: date
    reason: str
    channel: str
    device: str
    phone: str
    account: Account
    ring: str = ""


class Injury(NamedTuple):
    """A recognised work injury and its payment."""

    person: Person
    employer: Employer
    day: date
    first_visit: date
    recognised: date
    grade: int
    clinic: Clinic
    witness: Person
    amount: float
    paid: date
    account: Account
    ring: str = ""


class Maternity(NamedTuple):
    """A birth allowance; ``agent`` is the phone of whoever filed it."""

    person: Person
    employer: Employer
    birth: date
    days: int
    base: float
    paid: date
    account: Account
    to_employer: bool
    clinic: Clinic
    agent: str
    ring: str = ""


class Good(NamedTuple):
    """A drug on a bill: its catalogue line, how many packs, the traceability code of the pack."""

    drug: str
    packs: int
    code: str


class Visit(NamedTuple):
    """A settled visit, stay or purchase; ``kind`` as the code MT, ``proof`` 01 e-card 02 id card 03 card.

    ``goods`` are the drugs on the bill where the plan says which; otherwise the desk draws them.
    """

    person: Person
    clinic: Clinic
    kind: str
    begin: date
    end: date
    settled: datetime
    fee: float
    disease: str
    terminal: str
    doctor: str
    proof: str
    employee: bool
    ring: str = ""
    goods: tuple[Good, ...] = ()


class Flow(NamedTuple):
    """A movement on one account; ``other`` is the account on the other side where the bank knows it."""

    account: Account
    time: datetime
    credit: bool
    amount: float
    other: Account | None
    other_name: str
    text: str
    channel: str
    device: str
    ring: str = ""


class Proof(NamedTuple):
    """A certification that a pensioner lives; method as the code METHOD."""

    pension: Pension
    method: str
    time: datetime
    device: str
    ring: str = ""


class Trace(NamedTuple):
    """A sign of life."""

    person: Person
    kind: str
    time: datetime
    place: str
    phone: str


class Change(NamedTuple):
    """An edit of somebody's master data; ``field`` as the code FIELD."""

    person: Person
    number: str
    field: str
    before: str
    after: str
    time: datetime
    operator: str
    channel: str
    device: str
    ring: str = ""


class Filing(NamedTuple):
    """A registration as unemployed (form 1) or flexibly employed (2)."""

    person: Person
    day: date
    form: str
    reason: str
    employer: Employer | None


class Sentence(NamedTuple):
    """A prison sentence."""

    person: Person
    crime: str
    judged: date
    begin: date
    end: date
    status: str


class Spare(NamedTuple):
    """A second identity that an office holds as a person of its own."""

    person: Person
    identity: Identity
    number: str


@dataclass(slots=True)
class Log:
    """One month of the truth."""

    contributions: list[Contribution] = field(default_factory=list)
    payrolls: list[Payroll] = field(default_factory=list)
    benefits: list[Benefit] = field(default_factory=list)
    jobless: list[JoblessPay] = field(default_factory=list)
    injuries: list[Injury] = field(default_factory=list)
    maternities: list[Maternity] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)
    proofs: list[Proof] = field(default_factory=list)
    traces: list[Trace] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    filings: list[Filing] = field(default_factory=list)
    sentences: list[Sentence] = field(default_factory=list)
