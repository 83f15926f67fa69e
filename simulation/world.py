"""The nouns of the region: people, households, firms, clinics, accounts and what ties them.

Everything a crime needs is here as an ordinary mechanism (who keeps a card, where a pension is paid, how late
a death is reported), because innocent people use the same ones.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from simulation.numbering import Numbering


@dataclass(slots=True, eq=False)
class Place:
    """A village or an urban estate. ``code`` is the county's 6-digit division."""

    code: str
    county: str
    town: str
    name: str
    rural: bool
    roads: str = ""


@dataclass(slots=True, eq=False)
class Account:
    """A bank account; ``keeper`` is whoever holds the card and withdraws (None: the holder).

    A kept account is emptied on ``round_day`` (day of the month) at ``round_atm``; from month ``kept_from``
    on (withdrawals are then acts of ``ring``); ``balance`` is in yuan.
    """

    entity: int
    number: str
    holder: "Person | Employer"
    bank: str
    branch: str
    opened: date
    keeper: "Person | None" = None
    phone: str = ""
    open: bool = True
    private: bool = True
    balance: float = 0.0
    round_day: int = 0
    kept_from: int = 0
    round_atm: str = ""
    ring: str = ""
    alias: "Identity | None" = None


@dataclass(slots=True, eq=False)
class Death:
    """How a person died and how each office came to know of it.

    ``certified`` and ``cremated`` are dates or None where no paper exists; ``cancelled`` is the day the
    police cancelled the household registration; ``stopped`` the first month (number) without a pension.
    """

    day: date
    hour: int
    cause: str
    place: str
    certified: bool
    cremated: date | None
    cancelled: date | None
    stopped: int
    repaid: bool = False


class Detour(NamedTuple):
    """Months ``begin`` up to, not including, ``end`` in which a pension went to another account."""

    begin: int
    end: int
    account: Account
    ring: str


@dataclass(slots=True, eq=False)
class Pension:
    """A running pension: scheme 110 firm, 120 institution, 170 residents; amount in yuan a month.

    ``until`` is the first month without it; payments from month ``ring_from`` on are acts of ``ring``;
    ``proof`` and ``device`` say how and with what the pensioner is certified alive. Before month ``moved`` it
    went to the account ``older``.
    """

    person: "Person"
    scheme: str
    number: str
    since: date
    amount: float
    account: Account
    until: int = 10**6
    item: str = "101"
    alias: "Identity | None" = None
    ring: str = ""
    ring_from: int = 10**6
    proof: str = ""
    device: str = ""
    older: Account | None = None
    moved: int = 0
    detours: list[Detour] = field(default_factory=list)

    def payee(self, month: int) -> tuple[Account, str]:
        """Return the account that receives the month's payment, and the ring whose act that is."""
        for detour in self.detours:
            if detour.begin <= month < detour.end:
                return detour.account, detour.ring
        usual = self.older if self.older and month < self.moved else self.account
        return usual, self.ring if month >= self.ring_from else ""


@dataclass(slots=True, eq=False)
class Identity:
    """A second name and number under which the same person is known to an office."""

    name: str
    cid: str
    born: date


@dataclass(slots=True, eq=False)
class Spell:
    """One job: from ``start`` to ``end`` (None: it lasts); ``wage`` and ``base`` in yuan a month.

    ``works`` is false where only the insurance exists, ``paid`` where no wage reaches bank or tax office,
    ``insured`` where the wage is taxed and the insurance office knows nothing of the job;
    every month ``returned`` yuan go back to the account ``patron``; ``reason`` as the code REASON.
    """

    person: "Person"
    employer: "Employer"
    start: date
    wage: float
    base: float
    end: date | None = None
    reason: str = ""
    works: bool = True
    paid: bool = True
    insured: bool = True
    returned: float = 0.0
    patron: "Account | None" = None
    ring: str = ""

    def covers(self, day: date) -> bool:
        """Tell whether the job exists on that day."""
        return self.start <= day and (self.end is None or day <= self.end)


@dataclass(slots=True, eq=False)
class Person:
    """A human being. ``number`` is the social-insurance number (AAC001).

    A ``visitor`` is registered in another region; who is ``away`` lives there, and is ``kept`` insured here.
    """

    entity: int
    sex: int
    born: date
    name: str
    cid: str
    number: str
    place: Place
    address: str
    household: int
    relation: str = "01"
    former: str = ""
    ethnic: str = "01"
    rare: str = ""
    phone: str = ""
    device: str = ""
    kin: list["Person"] = field(default_factory=list)
    account: Account | None = None
    jobs: list[Spell] = field(default_factory=list)
    pensions: list[Pension] = field(default_factory=list)
    flexible: bool = False
    since: date = date(2010, 1, 1)
    chronic: str = ""
    frailty: float = 1.0
    habit: float = 1.0
    clinic: "Clinic | None" = None
    pharmacy: "Clinic | None" = None
    atm: str = ""
    death: Death | None = None
    busy: bool = False
    visitor: bool = False
    away: bool = False
    kept: bool = False

    def alive(self, day: date) -> bool:
        """Tell whether the person lives on that day."""
        return self.death is None or day <= self.death.day

    def job(self, day: date) -> Spell | None:
        """Return the job of that day, the latest begun where there are two."""
        found = None
        for spell in self.jobs:
            if spell.covers(day):
                found = spell
        return found


@dataclass(slots=True, eq=False)
class Employer:
    """A firm; one of ``cash`` pays wages by hand and declares none, one of ``elsewhere`` is registered there.

    ``boss`` is the legal representative; capital in ten thousand yuan; ``level`` scales wages.
    """

    entity: int
    name: str
    former: str
    uscc: str
    register: str
    number: str
    sector: str
    code: str
    place: Place
    address: str
    founded: date
    capital: float
    boss: "Person"
    partner: str
    liaison: "Person"
    size: int
    level: float
    women: float
    phone: str
    annual_phone: str
    account: Account | None = None
    state: str = "1"
    dispatch: bool = False
    closes: date | None = None
    spells: list[Spell] = field(default_factory=list)
    cash: bool = False
    busy: bool = False
    elsewhere: bool = False


@dataclass(slots=True, eq=False)
class Clinic:
    """A hospital, clinic or pharmacy; level as the code LEVEL, ``stay`` its own mean length of stay.

    ``pool`` is the division of another region in which it lies, or nothing.
    """

    entity: int
    code: str
    name: str
    level: str
    beds: int
    uscc: str
    boss: str
    since: date
    place: Place
    address: str
    doctors: list[str]
    terminals: list[str]
    pharmacy: bool
    dear: float
    stay: float
    village: bool
    pool: str = ""


@dataclass(slots=True)
class Region:
    """Names of the pooling region and its ground."""

    division: str
    province: str
    city: str
    places: list[Place]
    operators: list[str]
    atms: list[str]

    @property
    def fund(self) -> str:
        """Name of the account that pays the benefits."""
        return f"{self.city}社会保险基金支出户"


@dataclass(slots=True)
class World:
    """All of it; lists are in the order of making, which no file shows.

    ``abroad`` are hospitals of other regions, to which the very ill are sent.
    """

    seed: int
    region: Region
    numbering: Numbering
    people: list[Person] = field(default_factory=list)
    employers: list[Employer] = field(default_factory=list)
    clinics: list[Clinic] = field(default_factory=list)
    accounts: list[Account] = field(default_factory=list)
    abroad: list[Clinic] = field(default_factory=list)
