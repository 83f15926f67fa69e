"""Numbers that districts issue apart and that never meet: each takes every n-th number of one walk."""

from dataclasses import dataclass

from simulation.chance import Serial, stream

# Below so many people the old ten-digit insurance number has room; above, one digit more of it counts.
ROOM = 400_000


@dataclass(frozen=True, slots=True)
class Numbering:
    """Which numbers are a district's.

    Attributes:
        seed: That of the region, whose districts walk through the same numbers.
        country: That of the country, for numbers which no two regions share.
        district: Place of the district in its region, of ``districts``.
        lot: Place of the district in the country, of ``lots``.
        people: Of the region.
    """

    seed: int
    country: int
    district: int = 0
    districts: int = 1
    lot: int = 0
    lots: int = 1
    people: int = 0

    def local(self, purpose: str, width: int) -> Serial:
        """Return numbers that are unique in the region."""
        return Serial(stream(self.seed, "numbers", purpose), width, self.district, self.districts)

    def national(self, purpose: str, width: int) -> Serial:
        """Return numbers that are unique in the country."""
        return Serial(stream(self.country, "numbers", purpose), width, self.lot, self.lots)

    @property
    def alone(self) -> bool:
        """Whether the district is the whole region."""
        return self.districts == 1
