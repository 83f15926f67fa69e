"""Accounts: who banks where, and which elders' cards are kept by others."""

from datetime import date, timedelta
from random import Random

from simulation.data import table
from simulation.period import START
from simulation.registry import Registry
from simulation.world import Account, Employer, Person


class Banking:
    """Opens accounts.

    Args:
        registry: Issues numbers.
        rng: Source of every draw here.
    """

    def __init__(self, registry: Registry, rng: Random) -> None:
        """Start with the branches of each bank."""
        self.registry, self.rng = registry, rng
        self.accounts: list[Account] = []
        prefix = registry.division[:4]
        self._branches = {
            bank["name"]: [f"{bank['code']}{prefix}{rng.randrange(1000, 5000):05d}" for _ in range(6)]
            for bank in table("economy")["banks"]
        }

    def open(self, holder: Person | Employer, opened: date | None = None) -> Account:
        """Open an account and return it; a person's first account becomes the usual one."""
        rng, banks = self.rng, table("economy")["banks"]
        bank = rng.choices(banks, [row["weight"] for row in banks])[0]
        day = opened or START - timedelta(days=rng.randint(30, 6200))
        branch = rng.choice(self._branches[bank["name"]])
        private = isinstance(holder, Person)
        phone = holder.phone if rng.random() < 0.72 else ""
        account = Account(
            self.registry.entity(),
            self.registry.card(bank["bin"]),
            holder,
            bank["name"],
            branch,
            day,
            phone=phone,
            private=private,
        )
        account.round_day = rng.randint(13, 27)
        self.accounts.append(account)
        if holder.account is None:
            holder.account = account
        return account

    def adopt(self, holder: Person, known: tuple[int, str, str]) -> Account:
        """Open the account that other regions know already: its number in the truth, its card, its bank."""
        entity, card, bank = known
        day = START - timedelta(days=self.rng.randint(30, 2500))
        branch = self.rng.choice(self._branches[bank])
        account = Account(entity, card, holder, bank, branch, day, phone=holder.phone)
        account.round_day = self.rng.randint(13, 27)
        self.accounts.append(account)
        holder.account = account
        return account


def keep(account: Account, keeper: Person, atm: str = "", day: int = 0) -> None:
    """Give the card to a keeper, who empties the account on his round."""
    account.keeper = keeper
    account.round_atm = atm or keeper.atm
    account.round_day = day or account.round_day
