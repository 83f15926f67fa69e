"""银行: accounts and what moves on them."""

from typing import ClassVar

from simulation.chance import Serial, stream
from simulation.log import Log
from simulation.period import END, compact
from simulation.plan import Plan
from simulation.render.office import Office, ref, yuan
from simulation.world import Person, World


class Bank(Office):
    """The banks of the region, who deliver together."""

    TABLES: ClassVar = {"account": "AAE005", "flow": ""}

    def __init__(self, world: World, plan: Plan) -> None:
        """Set up the counter of movements."""
        super().__init__(world, plan)
        self._numbers = Serial(stream(world.seed, "movements"), 12)

    def month(self, log: Log) -> None:
        """Write the movements of a month."""
        sheet = self.sheets["flow"]
        for flow in log.flows:
            account, other = flow.account, flow.other
            if flow.time.date() > END:
                continue
            values = [
                self._numbers.next(),
                account.number,
                f"{flow.time:%Y%m%d%H%M%S}",
                "C" if flow.credit else "D",
                yuan(flow.amount),
                other.number if other else "",
                self._other(flow.other_name),
                flow.text,
                flow.channel,
                flow.device,
            ]
            refs = (ref(account), ref(other, "counterparty", False)) if other else (ref(account),)
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
                compact(account.opened),
                state,
                "" if desk.hits("no_phone") else account.phone,
            ]
            self.sheets["account"].add(values, (ref(account), ref(holder)))
