"""人社局: enrolment, pensions, certifications, master-data changes."""

from datetime import date, datetime, time, timedelta
from typing import ClassVar

from simulation.log import Log
from simulation.period import END, START
from simulation.render.office import Office, ref
from simulation.render.styles import FOREVER
from simulation.world import Employer, Identity, Person

FUNDS = ("110", "210", "310", "410", "510")


class Insurance(Office):
    """The insurance office."""

    TABLES: ClassVar = {"enrolment": "phone", "pension": "paid", "certification": "", "change": ""}

    def month(self, log: Log) -> None:
        """Write pensions, certifications and changes."""
        self._pensions(log)
        desk, sheet = self.desks["certification"], self.sheets["certification"]
        for proof in log.proofs:
            name, cid = desk.person(proof.pension.person, proof.pension.alias)
            values = [
                proof.pension.number,
                name,
                cid,
                proof.method,
                proof.time,
                proof.device,
            ]
            sheet.add(values, (ref(proof.pension.person),), proof.ring)
        for change in log.changes:
            values = [
                change.number,
                change.field,
                change.before,
                change.after,
                change.time,
                change.operator,
                change.channel,
                change.device,
            ]
            self.sheets["change"].add(values, (ref(change.person),), change.ring)

    def _pensions(self, log: Log) -> None:
        desk, sheet = self.desks["pension"], self.sheets["pension"]
        operators = self.world.region.operators
        for pay in log.benefits:
            pension, account = pay.pension, pay.account
            name, cid = desk.person(pension.person, pension.alias)
            holder = account.holder
            payee = desk.person(holder, account.alias)[0] if isinstance(holder, Person) else desk.firm(holder)
            values = [
                pension.number,
                cid,
                name,
                pension.scheme,
                pay.month,
                pay.item,
                pay.amount,
                pay.amount,
                pay.day,
                account.bank,
                payee,
                account.number,
                pay.status,
                self.rng.choice(operators),
            ]
            sheet.add(values, (ref(pension.person), ref(account)), pay.ring, pay.amount)

    def once(self) -> None:
        """Write the enrolments: a row for each job and fund, each pension, residents' medical cover."""
        for person in self.world.people:
            self._enrol(person)
        for spare in self.plan.spares:
            self._row(
                spare.person, "390", ("1", spare.person.since, None), None, spare.number, spare.identity
            )
        for person in self.world.people:
            numbers = set()
            for pension in person.pensions:
                if (pension.number, pension.scheme) not in numbers:
                    numbers.add((pension.number, pension.scheme))
                    self._row(
                        person,
                        pension.scheme,
                        ("3", pension.since, None),
                        None,
                        pension.number,
                        pension.alias,
                    )

    def _enrol(self, person: Person) -> None:
        if person.away:
            if person.kept:
                self._row(person, "390", ("1", person.since, None), None)
            return
        died = person.death.day if person.death and person.death.cancelled else None
        for spell in person.jobs:
            if spell.start > END or not spell.insured:
                continue
            end = spell.end if spell.end and spell.end <= END else None
            for fund in FUNDS:
                self._row(person, fund, ("2" if end else "1", spell.start, end), spell.employer)
        if person.flexible:
            for fund in ("110", "310"):
                self._row(person, fund, ("1", person.since, None), None)
        employed = any(spell.end is None and spell.insured for spell in person.jobs)
        if not person.flexible and (not employed or self.rng.random() < 0.45):
            self._row(person, "390", ("4" if died else "1", person.since, died), None)

    def _row(
        self,
        person: Person,
        fund: str,
        status: tuple[str, date, date | None],
        firm: Employer | None,
        number: str = "",
        identity: Identity | None = None,
    ) -> None:
        desk = self.desks["enrolment"]
        state, begun, ended = status
        name, cid = desk.person(person, identity)
        filed = datetime.combine(max(begun, START - timedelta(days=3000)), time()) + timedelta(
            days=self.rng.randint(0, 40), seconds=self.rng.randrange(86400)
        )
        until = ended or (FOREVER if self.rng.random() < 0.5 else None)
        born = identity.born if identity else desk.born(person)
        values = [
            number or person.number,
            cid,
            name,
            desk.sex(person),
            person.ethnic,
            born,
            "20" if person.place.rural else "10",
            desk.address(person.place, person.address),
            desk.phone(person),
            firm.number if firm else "",
            desk.firm(firm) if firm else "",
            desk.code(firm) if firm else "",
            fund,
            state,
            begun,
            until,
            self.world.region.division,
            self.rng.choice(self.world.region.operators),
            filed,
        ]
        refs = (ref(person), ref(firm)) if firm else (ref(person),)
        self.sheets["enrolment"].add(values, refs)
