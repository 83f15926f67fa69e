"""税务局: contributions, wages, yearly reports of firms."""

from collections.abc import Sequence
from typing import ClassVar

from simulation.log import Contribution, Log
from simulation.period import first, last
from simulation.plan import Plan
from simulation.render.office import EMPLOYER, PERSON, Delivery, Office, ref
from simulation.world import Employer, World

SHARES = {"110": (0.16, 0.08), "310": (0.08, 0.02)}  # of the base: firm, person
ALONE = 0.2  # of the base, for the flexibly employed


class Revenue(Office):
    """The tax office."""

    TABLES: ClassVar = {"contribution": "", "payroll_tax": "income", "corporate_tax": "profit"}

    def __init__(self, world: World, plan: Plan, delivery: Delivery) -> None:
        """Set up the receipt counter and the ledger of wages by firm and year."""
        super().__init__(world, plan, delivery)
        self._receipts = world.numbering.national("receipts", 15)
        self._wages: dict[tuple[int, int], float] = {}

    def month(self, log: Log) -> None:
        """Write contributions and wages."""
        collector = f"国家税务总局{self.world.region.city}税务局"
        if log.contributions:
            self._contributions(log.contributions, collector)
        desk = self.desks["payroll_tax"]
        sheet = self.sheets["payroll_tax"]
        for wage in log.payrolls:
            name, cid = desk.person(wage.person)
            begin, end = first(wage.month), last(wage.month)
            values = [
                wage.employer.uscc,
                desk.firm(wage.employer),
                name,
                cid,
                "正常工资薪金",
                begin,
                end,
                wage.income,
                wage.deducted,
            ]
            refs = (wage.person.entity << 10 | PERSON, wage.employer.entity << 10 | EMPLOYER)
            sheet.add(values, refs, wage.ring, wage.income)
            key = (wage.employer.entity, begin.year)
            self._wages[key] = self._wages.get(key, 0.0) + wage.income

    def _contributions(self, pays: list[Contribution], collector: str) -> None:
        """Write contributions column by column: there are millions."""
        people, employers, schemes, months, bases, arrivals, lates, rings = zip(*pays, strict=True)
        shares = [SHARES[pay.scheme] if pay.employer else (0.0, ALONE) for pay in pays]
        columns: list[Sequence[object]] = [
            [person.number for person in people],
            [firm.number if firm else "" for firm in employers],
            schemes,
            months,
            bases,
            [base * share[0] for base, share in zip(bases, shares, strict=True)],
            [base * share[1] for base, share in zip(bases, shares, strict=True)],
            arrivals,
            ["21" if late else "10" for late in lates],
            [collector] * len(pays),
            ["300" + number for number in self._receipts.take(len(pays))],
        ]
        refs = (
            (person.entity << 10 | PERSON, firm.entity << 10 | EMPLOYER)
            if firm
            else (person.entity << 10 | PERSON,)
            for person, firm in zip(people, employers, strict=True)
        )
        amounts = [base * (share[0] + share[1]) for base, share in zip(bases, shares, strict=True)]
        self.sheets["contribution"].extend(columns, refs, rings, amounts)

    def once(self) -> None:
        """Write the yearly reports, when both years are over: two for each firm that lives."""
        for firm in (firm for firm in self.world.employers if not firm.elsewhere):
            for year in (2024, 2025):
                if firm.founded.year <= year and (firm.closes is None or firm.closes.year >= year):
                    self._report(firm, year)

    def _report(self, firm: Employer, year: int) -> None:
        rng = self.rng
        wages = self._wages.get((firm.entity, year), 0.0)
        paid = wages * rng.uniform(0.98, 1.1) if wages else rng.lognormvariate(9.8, 1.1)
        revenue = paid / min(0.8, max(0.03, rng.lognormvariate(-1.6, 0.5)))
        profit = revenue * rng.gauss(0.06, 0.11)
        values = [
            firm.uscc,
            self.desks["corporate_tax"].firm(firm),
            year,
            revenue,
            profit,
            paid,
        ]
        self.sheets["corporate_tax"].add(values, (ref(firm),))
