"""医保局: settlements, their items, birth allowances, designated institutions."""

from datetime import date
from typing import Any, ClassVar

from simulation.data import table
from simulation.log import Log, Visit
from simulation.plan import Plan
from simulation.render.office import Delivery, Office, ref
from simulation.render.styles import days
from simulation.world import World

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

    def month(self, log: Log) -> None:
        """Write settlements and allowances."""
        for visit in log.visits:
            self._settle(visit)
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

    def _settle(self, visit: Visit) -> None:
        desk, person, clinic = self.desks["settlement"], visit.person, visit.clinic
        name, cid = desk.person(person)
        fund, wallet, cash = self._shares(visit)
        number = self._days[visit.settled.date()] + self._settled.next()
        code, disease = visit.disease.split(" ", 1)
        pool = self.world.region.division
        values: list[Any] = [
            number,
            "M" + self._visited.next(),
            person.number,
            cid,
            name,
            desk.sex(person),
            person.born,
            pool,
            clinic.pool or pool,
            "310" if visit.employee else "390",
            visit.kind,
            clinic.code,
            clinic.name,
            visit.begin,
            visit.end,
            visit.settled,
            visit.fee,
            fund,
            wallet,
            cash,
            code,
            disease,
            visit.terminal,
            visit.doctor,
            visit.proof,
        ]
        refs = (ref(person), ref(clinic))
        self.sheets["settlement"].add(values, refs, visit.ring, visit.fee)
        self._itemise(visit, number)

    def _shares(self, visit: Visit) -> tuple[float, float, float]:
        """Split a fee into fund, personal account and cash, in yuan."""
        share = table("medicine")["fund"][visit.kind][0 if visit.employee else 1]
        fund = round(visit.fee * share * self.rng.uniform(0.94, 1.04), 2)
        rest = visit.fee - fund
        part = 1.0 if visit.kind == "41" else self.rng.random() * 0.7
        wallet = round(rest * part, 2) if visit.employee else 0.0
        return fund, wallet, round(rest - wallet, 2)

    def _itemise(self, visit: Visit, number: str) -> None:
        words, rng = table("medicine"), self.rng
        drugs, services = words["drugs"], words["services"]
        if visit.kind == "21":
            picks = [*rng.sample(services, rng.randint(2, 4)), rng.choice(drugs)]
        else:
            picks = [rng.choice(drugs) for _ in range(rng.randint(1, 2))]
            if not visit.clinic.pharmacy and visit.kind != "14" and rng.random() < 0.5:
                picks.append(rng.choice(services))
            picks = list(dict.fromkeys(picks))
        goods = {good.drug: good for good in visit.goods}
        picks = list(goods) + picks[1:] if goods else picks
        cuts = sorted([rng.random() for _ in picks[1:]])
        for item, low, high in zip(picks, [0.0, *cuts], [*cuts, 1.0], strict=True):
            code, _, title = item.partition(" ")
            count = float(rng.choice((1, 1, 2, 3, 4) if visit.kind != "21" else (1, 4, 14)))
            amount = round(visit.fee * (high - low), 2)
            scanned = [f"81{rng.randrange(10**18):018d}"] if item in drugs and visit.end >= TRACED else None
            if item in goods:
                count = float(goods[item].packs)
                scanned = [goods[item].code] if scanned and goods[item].code else scanned
            self.sheets["fee_item"].add(
                [
                    self._items.next(),
                    number,
                    code,
                    title,
                    count,
                    round(amount / count, 2),
                    amount,
                    visit.doctor,
                    scanned,
                ],
                (ref(visit.clinic),),
            )

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
