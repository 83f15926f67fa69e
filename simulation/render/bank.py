"""银行: accounts and what moves on them."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import ClassVar

from simulation.log import Log
from simulation.period import END
from simulation.plan import Plan
from simulation.render.office import ACCOUNT, COUNTERPARTY, Delivery, Office, ref
from simulation.world import Person, World

AFTER = datetime.combine(END + timedelta(days=1), time())


class Bank(Office):
    """The banks of the region, who deliver together."""

    TABLES: ClassVar = {"account": "phone", "flow": ""}

    def __init__(self, world: World, plan: Plan, delivery: Delivery) -> None:
        """Set up the counter of movements."""
        super().__init__(world, plan, delivery)
        self._numbers = world.numbering.national("movements", 12)

    def month(self, log: Log) -> None:
        """Write the movements of a month."""
        flows = [flow for flow in log.flows if flow.time < AFTER]
        if not flows:
            return
        accounts, times, incoming, amounts, others, names, texts, channels, devices, rings = zip(
            *flows, strict=True
        )
        draw = self.rng.random
        columns: list[Sequence[object]] = [
            self._numbers.take(len(flows)),
            [account.number for account in accounts],
            times,
            ["C" if comes else "D" for comes in incoming],
            amounts,
            [across.number if across else "" for across in others],
            [name + " " if name and draw() < 0.002 else name for name in names],
            texts,
            channels,
            devices,
        ]
        refs = (
            (account.entity << 10 | ACCOUNT, across.entity << 10 | COUNTERPARTY)
            if across
            else (account.entity << 10 | ACCOUNT,)
            for account, across in zip(accounts, others, strict=True)
        )
        self.sheets["flow"].extend(columns, refs, rings, amounts)

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
