"""Issues what is issued once: entity numbers, citizen ids, insurance numbers, phones, cards, devices."""

from datetime import date
from random import Random

from simulation.chance import stream
from simulation.codec import citizen_id, credit_code, luhn
from simulation.numbering import ROOM, Numbering


class Registry:
    """The counters and the numbers already given; all draws come from the stream ``registry``."""

    def __init__(self, seed: int, division: str, numbering: Numbering | None = None) -> None:
        """Start with nothing issued."""
        self.rng: Random = stream(seed, "registry")
        self.division = division
        self.numbering = own = numbering or Numbering(seed, seed)
        self._entity = own.lot + 1 - own.lots
        self._citizens: set[str] = set()
        self._width = 6 if own.people <= ROOM else 7
        self._persons = own.local("persons", self._width)
        self._employers = own.local("employers", 6)
        self._clinics = own.local("clinics", 5)
        self._organisations = own.national("organisations", 8)
        self._registers = own.national("registers", 9)
        self._cards = own.national("cards", 12)
        self._terminals = own.national("terminals", 6)
        self._doctors = own.national("doctors", 7)

    def entity(self) -> int:
        """Return the next truth number of any kind."""
        self._entity += self.numbering.lots
        return self._entity

    def citizen(self, division: str, born: date, sex: int) -> str:
        """Return an unused citizen id."""
        while True:
            sequence = self._sequence(division, sex)
            cid = citizen_id(division, born, sequence)
            if cid not in self._citizens:
                self._citizens.add(cid)
                return cid

    def _sequence(self, division: str, sex: int) -> int:
        """Draw the three digits before the last; of divisions that every district may draw, an own share."""
        lots = self.numbering.lots
        if lots == 1 or division[:4] == self.division[:4]:
            return self.rng.randrange(1 if sex == 1 else 2, 1000, 2)
        slots = max(1, 498 // lots)
        return 2 * (self.numbering.lot + lots * self.rng.randrange(slots)) % 998 + (1 if sex == 1 else 2)

    def person(self) -> str:
        """Return a 10-digit social-insurance number (AAC001)."""
        return "1000"[: 10 - self._width] + self._persons.next()

    def employer(self) -> str:
        """Return a 10-digit employer number (AAB001)."""
        return self.division[:4] + self._employers.next()

    def credit_code(self, division: str) -> str:
        """Return a unified social credit code."""
        return credit_code(division, self._organisations.next())

    def register(self, division: str) -> str:
        """Return a 15-digit business register number."""
        return division + self._registers.next()

    def clinic(self, division: str, pharmacy: bool) -> str:
        """Return an institution code: H or P, division, five digits."""
        return ("P" if pharmacy else "H") + division + self._clinics.next()[:5]

    def terminal(self) -> str:
        """Return a settlement terminal."""
        return "T" + self._terminals.next()

    def doctor(self) -> str:
        """Return a doctor code."""
        return f"D00{self.division[:2]}{self._doctors.next()}"

    def card(self, bank_number: str) -> str:
        """Return a 19-digit card number; one in sixteen is a 12-digit passbook."""
        if self.rng.random() < 1 / 16:
            return self._cards.next()
        return luhn(bank_number + self._cards.next())

    def firm_account(self, bank_number: str) -> str:
        """Return an account number of a firm: the same shapes as people's."""
        return self.card(bank_number)

    def phone(self) -> str:
        """Return a mobile number."""
        return f"1{self.rng.choice('35578899')}{self.rng.randrange(10**9):09d}"

    def device(self) -> str:
        """Return a device fingerprint of 14 hexadecimal digits."""
        return f"{self.rng.randrange(0x40 << 48):014X}"
