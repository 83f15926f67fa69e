"""Issues what is issued once: entity numbers, citizen ids, insurance numbers, phones, cards, devices."""

from datetime import date
from random import Random

from simulation.chance import Serial, stream
from simulation.codec import citizen_id, credit_code, luhn


class Registry:
    """The counters and the numbers already given; all draws come from the stream ``registry``."""

    def __init__(self, seed: int, division: str) -> None:
        """Start with nothing issued."""
        self.rng: Random = stream(seed, "registry")
        self.division = division
        self._entity = 0
        self._citizens: set[str] = set()
        self._persons = Serial(self.rng, 6)
        self._employers = Serial(self.rng, 6)
        self._organisations = Serial(self.rng, 8)
        self._registers = Serial(self.rng, 9)
        self._households = Serial(self.rng, 7)
        self._clinics = Serial(self.rng, 5)
        self._cards = Serial(self.rng, 12)
        self._terminals = Serial(self.rng, 6)
        self._doctors = Serial(self.rng, 7)

    def entity(self) -> int:
        """Return the next truth number of any kind."""
        self._entity += 1
        return self._entity

    def citizen(self, division: str, born: date, sex: int) -> str:
        """Return an unused citizen id."""
        while True:
            sequence = self.rng.randrange(1 if sex == 1 else 2, 1000, 2)
            cid = citizen_id(division, born, sequence)
            if cid not in self._citizens:
                self._citizens.add(cid)
                return cid

    def person(self) -> str:
        """Return a 10-digit social-insurance number (AAC001)."""
        return "1000" + self._persons.next()

    def employer(self) -> str:
        """Return a 10-digit employer number (AAB001)."""
        return self.division[:4] + self._employers.next()

    def credit_code(self, division: str) -> str:
        """Return a unified social credit code."""
        return credit_code(division, self._organisations.next())

    def register(self, division: str) -> str:
        """Return a 15-digit business register number."""
        return division + self._registers.next()

    def household(self) -> str:
        """Return an 11-digit household number."""
        return self.division[:4] + self._households.next()

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
