"""银行: accounts and what moves on them."""

from typing import ClassVar

from simulation.log import Log
from simulation.period import END
from simulation.plan import Plan
from simulation.render.office import Delivery, Office, other, ref
from simulation.world import Person, World


class Bank(Office):
    """The banks of the region, who deliver together."""

    TABLES: ClassVar = {"account": "phone", "flow": ""}

    def __init__(self, world: World, plan: Plan, delivery: Delivery) -> None:
        """Set up the counter of movements."""
        super().__init__(world, plan, delivery)
        self._numbers = world.numbering.national("movements", 12)

    def month(self, log: Log) -> None:
        """Write the movements of a month."""
        sheet = self.sheets["flow"]
        for flow in log.flows:
            account, across = flow.account, flow.other
            if flow.time.date() > END:
                continue
            values = [
                self._numbers.next(),
                account.number,
                flow.time,
                "C" if flow.credit else "D",
                flow.amount,
                across.number if across else "",
                self._other(flow.other_name),
                flow.text,
                flow.channel,
                flow.device,
            ]
            refs = (ref(account), other(across, "counterparty")) if across else (ref(account),)
            sheet.add(values, refs, flow.ring, flow.amount)

    def _other(self, name: str) -> str:
        return name + " " if name and self.rng.random() < 0.002 else name

    def once(self) -> None:
        """Write the accounts, for all months."""
        desk = self.desks["account"]
        for account in self.world.accounts:
            holder = account.holder
            if isinstance(holder, Person):
                name, cid = desk.person(holder, account.alias)
            else:
                name, cid = desk.firm(holder), holder.uscc
            state = "2" if self.rng.random() < 0.02 and not account.keeper else "1"
            values = [
                account.number,
                name,
                cid,
                "1" if account.private else "2",
                account.bank,
                account.branch,
                account.opened,
                state,
                desk.missing_phone(account.phone),
            ]
            self.sheets["account"].add(values, (ref(account), ref(holder)))
