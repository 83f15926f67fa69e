"""What several districts know: people of two regions, hospitals for strangers, parts of rings that cross."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from simulation.chance import Stream, stream
from simulation.data import table
from simulation.names import given, surname
from simulation.numbering import Numbering
from simulation.period import START
from simulation.registry import Registry

# The county to which shared people are registered: no district has it.
COUNTY = "81"


@dataclass(frozen=True, slots=True)
class Stub:
    """A person whom several regions know by the same name, number, telephone and account.

    ``entity`` and ``account`` are their numbers in the truth of every region.
    """

    entity: int
    sex: int
    born: date
    name: str
    cid: str
    phone: str
    device: str
    account: int
    card: str
    bank: str


@dataclass(frozen=True, slots=True)
class Hospital:
    """A large hospital to which other regions send patients; ``pool`` is the division of its region."""

    entity: int
    code: str
    name: str
    pool: str
    doctors: tuple[str, ...]
    terminals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Company:
    """An employer with staff in several regions; ``home`` is the division of the one that registered it.

    ``entity`` is its number in the truth of every region, ``seats`` how many it employs in each.
    """

    entity: int
    name: str
    uscc: str
    sector: str
    home: str
    seats: int


@dataclass(frozen=True, slots=True)
class Cell:
    """What one district plays of a ring that crosses regions.

    Attributes:
        ring: Its id, the same in all regions.
        typology: As in facts of the trade: X1, X2.
        variant: Which of the typology's variants.
        tier: 1 plain, 2 careful, 3 expert.
        part: Which part is played here, of ``parts``.
        stubs: Who is known in all of them.
        draws: Seed of what must agree everywhere.
        abroad: Whether this is not the region where the stubs are registered.
        site: The central hospital, by its number in the truth, of a region that plays no part; 0 without one.
    """

    ring: str
    typology: str
    variant: str
    tier: int
    part: int
    parts: int
    stubs: tuple[Stub, ...]
    draws: int
    abroad: bool
    site: int = 0

    def rng(self) -> Stream:
        """Return the stream that every part of the ring draws alike."""
        return stream(self.draws, "cell")


@dataclass(slots=True)
class Shared:
    """What one district shares with others.

    Attributes:
        central: The hospital of the region for strangers, where this district has it.
        abroad: Hospitals of other regions.
        guests: People registered elsewhere who work here.
        away: People registered here who work elsewhere.
        cells: Parts of crossing rings.
        companies: Employers of several regions.
    """

    central: Hospital | None = None
    abroad: tuple[Hospital, ...] = ()
    guests: list[Stub] = field(default_factory=list)
    away: list[Stub] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    companies: list[Company] = field(default_factory=list)


class Stubs:
    """Makes whom and what several regions know.

    Args:
        numbering: The country's own lot of numbers.
    """

    def __init__(self, numbering: Numbering) -> None:
        """Open the country's register."""
        self.rng = stream(numbering.seed, "stubs")
        self._numbering = numbering
        self._registries: dict[str, Registry] = {}
        self._registry = Registry(numbering.seed, "000000", numbering)

    def entity(self) -> int:
        """Return a number of the truth."""
        return self._registry.entity()

    def person(self, division: str) -> Stub:
        """Return somebody of working age who is registered in a region."""
        rng, registry = self.rng, self._registry
        sex = rng.choice((1, 1, 2))
        born = START - timedelta(days=int(rng.triangular(20, 52, 31) * 365.25))
        bank = rng.choice(table("economy")["banks"])
        return Stub(
            registry.entity(),
            sex,
            born,
            surname(rng) + given(rng, sex, born),
            registry.citizen(division[:4] + COUNTY, born, sex),
            registry.phone(),
            registry.device(),
            registry.entity(),
            registry.card(bank["bin"]),
            bank["name"],
        )

    def company(self, at: int, division: str) -> Company:
        """Return the country's ``at``-th employer of several regions; its name is nobody else's."""
        rng, words, sectors = self.rng, table("country")["companies"], table("economy")["sectors"]
        first, second = words["names"], words["more"]
        core = first[at % len(first)] + second[at // len(first) % len(second)]
        sector = rng.choice([row for row in sectors if row["word"] != "劳务派遣"])["word"]
        # Beyond a hundred of them the place in front tells namesakes apart, as it does in life.
        front = "" if at < len(first) * len(second) else f"第{at // (len(first) * len(second))}"
        name, uscc = f"{front}{core}{sector}集团有限公司", self._registry.credit_code(division)
        return Company(self.entity(), name, uscc, sector, division, rng.randint(*words["seats"]))

    def hospital(self, division: str, city: str) -> Hospital:
        """Return the central hospital of a region."""
        registry = self._registry
        return Hospital(
            registry.entity(),
            f"H{division}{self.rng.randrange(10**5):05d}",
            f"{city}中心医院",
            division,
            tuple(registry.doctor() for _ in range(40)),
            tuple(registry.terminal() for _ in range(6)),
        )
