"""医保局: settlements, their items, birth allowances, designated institutions."""

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from simulation.data import table
from simulation.log import Log, Visit
from simulation.plan import Plan
from simulation.render.office import CLINIC, PERSON, Delivery, Office, ref
from simulation.render.styles import days
from simulation.world import World

COUNTS = ((1.0, 1.0, 2.0, 3.0, 4.0), (1.0, 4.0, 14.0))  # packs or times an item, at a visit and at a stay
TRACED = date(2025, 7, 1)  # from this day on drugs are scanned


class Medical(Office):
    """The medical-insurance office."""

    TABLES: ClassVar = {
        "settlement": "cash",
        "fee_item": "count",
        "maternity": "paid",
        "institution": "",
    }

    def __init__(self, world: World, plan: Plan, delivery: Delivery) -> None:
        """Set up the counters of settlements, visits and items."""
        super().__init__(world, plan, delivery)
        national = world.numbering.national
        self._days = days("yyyyMMdd")
        self._settled, self._visited, self._items = (
            national("settlements", 8),
            national("visits", 12),
            national("items", 10),
        )
        words = table("medicine")
        self._drugs, self._services = words["drugs"], words["services"]
        self._catalogue = {
            item: (item.split(" ", 1)[0], item.split(" ", 1)[1], item in words["drugs"])
            for item in [*words["services"], *words["drugs"]]
        }
        self._bills: list[tuple[Any, ...]] = []  # the month's items, without their numbers
        self._billers: list[tuple[int, ...]] = []

    def month(self, log: Log) -> None:
        """Write settlements and allowances."""
        if log.visits:
            self._settlements(log.visits)
        desk = self.desks["maternity"]
        for birth in log.maternities:
            name, cid = desk.person(birth.person)
            amount = round(birth.base / 30 * birth.days, 2)
            payee = desk.firm(birth.employer) if birth.to_employer else name
            values = [
                birth.person.number,
                cid,
                name,
                birth.employer.number,
                desk.firm(birth.employer),
                birth.birth,
                birth.days,
                birth.base,
                amount,
                birth.paid,
                "1" if birth.to_employer else "2",
                payee,
                birth.account.number,
                birth.clinic.name,
                birth.agent,
            ]
            refs = (ref(birth.person), ref(birth.employer), ref(birth.account), ref(birth.clinic))
            self.sheets["maternity"].add(values, refs, birth.ring, amount)

    def _settlements(self, visits: list[Visit]) -> None:
        """Write settlements column by column, and their items: there are millions."""
        desk, pool = self.desks["settlement"], self.world.region.division
        people, clinics, kinds, begins, ends, settled, fees, diseases, *more = zip(*visits, strict=True)
        terminals, doctors, proofs, employees, rings, _ = more
        written = [(*desk.person(person), desk.sex(person)) for person in people]
        serials = self._settled.take(len(visits))
        numbers = [self._days[time.date()] + serial for time, serial in zip(settled, serials, strict=True)]
        shares = [self._billed(visit, number) for visit, number in zip(visits, numbers, strict=True)]
        columns: list[Sequence[Any]] = [
            numbers,
            ["M" + number for number in self._visited.take(len(visits))],
            [person.number for person in people],
            [cid for _, cid, _ in written],
            [name for name, _, _ in written],
            [sex for _, _, sex in written],
            [person.born for person in people],
            [pool] * len(visits),
            [clinic.pool or pool for clinic in clinics],
            ["310" if employee else "390" for employee in employees],
            kinds,
            [clinic.code for clinic in clinics],
            [clinic.name for clinic in clinics],
            begins,
            ends,
            settled,
            fees,
            *zip(*shares, strict=True),
            *zip(*(disease.split(" ", 1) for disease in diseases), strict=True),
            terminals,
            doctors,
            proofs,
        ]
        refs = [
            (person.entity << 10 | PERSON, clinic.entity << 10 | CLINIC)
            for person, clinic in zip(people, clinics, strict=True)
        ]
        self.sheets["settlement"].extend(columns, refs, rings, fees)
        self._deliver_items()

    def _billed(self, visit: Visit, number: str) -> tuple[float, float, float]:
        """Itemise a visit; return how its fee falls on fund, personal account and cash, in yuan."""
        share = table("medicine")["fund"][visit.kind][0 if visit.employee else 1]
        fund = round(visit.fee * share * self.rng.uniform(0.94, 1.04), 2)
        rest = visit.fee - fund
        part = 1.0 if visit.kind == "41" else self.rng.random() * 0.7
        wallet = round(rest * part, 2) if visit.employee else 0.0
        self._itemise(visit, number)
        return fund, wallet, round(rest - wallet, 2)

    def _picks(self, visit: Visit) -> list[str]:
        """Return what is on the bill: lines of the catalogue."""
        rng, drugs, services = self.rng, self._drugs, self._services
        if visit.kind == "21":
            picks = [*rng.sample(services, rng.randint(2, 4)), rng.choice(drugs)]
        else:
            draw, count = rng.random, len(drugs)
            picks = [drugs[int(draw() * count)] for _ in range(1 + int(draw() * 2))]
            if not visit.clinic.pharmacy and visit.kind != "14" and draw() < 0.5:
                picks.append(services[int(draw() * len(services))])
            picks = list(dict.fromkeys(picks)) if len(picks) > 1 else picks
        if visit.goods:
            return list(dict.fromkeys(good.drug for good in visit.goods)) + picks[1:]
        return picks

    def _itemise(self, visit: Visit, number: str) -> None:
        rng, picks, fee, draw = self.rng, self._picks(visit), visit.fee, self.rng.random
        goods = {good.drug: good for good in visit.goods}
        counts, traced = COUNTS[visit.kind == "21"], visit.end >= TRACED
        biller = (visit.clinic.entity << 10 | CLINIC,)
        cuts = sorted([draw() for _ in picks[1:]])
        low = 0.0
        for item, high in zip(picks, [*cuts, 1.0], strict=True):
            code, title, drug = self._catalogue[item]
            count = counts[int(draw() * len(counts))]
            amount = round(fee * (high - low), 2)
            low = high
            scanned = [f"81{rng.randrange(10**18):018d}"] if drug and traced else None
            if item in goods:
                count = float(goods[item].packs)
                scanned = [goods[item].code] if scanned and goods[item].code else scanned
            price = round(amount / count, 2)
            self._bills.append((number, code, title, count, price, amount, visit.doctor, scanned))
            self._billers.append(biller)

    def _deliver_items(self) -> None:
        numbers = self._items.take(len(self._bills))
        self.sheets["fee_item"].extend([numbers, *zip(*self._bills, strict=True)], self._billers)
        self._bills, self._billers = [], []

    def once(self) -> None:
        """Write the designated institutions."""
        for clinic in self.world.clinics:
            values = [
                clinic.code,
                clinic.name,
                clinic.level,
                clinic.beds,
                clinic.uscc,
                clinic.boss,
                clinic.since,
                clinic.place.county + clinic.address,
                clinic.doctors,
            ]
            self.sheets["institution"].add(values, (ref(clinic),))
