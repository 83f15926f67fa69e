"""人社局: unemployment benefit, work injuries, contracts, registrations of the jobless."""

from datetime import timedelta
from typing import ClassVar

from simulation.data import table
from simulation.log import Injury, Log
from simulation.period import END, START
from simulation.plan import Plan
from simulation.render.office import Delivery, Office, other, ref
from simulation.world import Person, World


class Labour(Office):
    """The labour office."""

    TABLES: ClassVar = {"unemployment": "", "injury": "paid", "contract": "phone", "jobless": "phone"}

    def __init__(self, world: World, plan: Plan, delivery: Delivery) -> None:
        """Set up the counter of decisions on injuries."""
        super().__init__(world, plan, delivery)
        self._decisions = world.numbering.local("decisions", 5)

    def month(self, log: Log) -> None:
        """Write benefits and registrations."""
        desk, sheet = self.desks["unemployment"], self.sheets["unemployment"]
        amount = float(table("economy")["unemployment"])
        for pay in log.jobless:
            name, cid = desk.person(pay.person)
            values = [
                pay.person.number,
                cid,
                name,
                desk.firm(pay.employer),
                pay.employer.number,
                pay.month,
                pay.granted,
                amount,
                pay.day,
                pay.reason,
                pay.channel,
                pay.device,
                desk.missing_phone(pay.phone),
                name,
                pay.account.number,
            ]
            sheet.add(values, (ref(pay.person), ref(pay.employer), ref(pay.account)), pay.ring, amount)
        self._injuries(log)
        self._filings(log)

    def _filings(self, log: Log) -> None:
        desk = self.desks["jobless"]
        for filing in log.filings:
            person, firm = filing.person, filing.employer
            name, cid = desk.person(person)
            values = [
                name,
                cid,
                desk.sex(person),
                filing.day,
                filing.form,
                filing.reason,
                desk.firm(firm) if firm else "",
                desk.phone(person),
                desk.address(person.place, person.address),
            ]
            self.sheets["jobless"].add(values, (ref(person), ref(firm)) if firm else (ref(person),))

    def _injuries(self, log: Log) -> None:
        desk = self.desks["injury"]
        for injury in log.injuries:
            name, cid = desk.person(injury.person)
            serial = self._decisions.next()
            number = f"{self.world.region.division[:4]}工伤认字〔{injury.recognised.year}〕{serial}号"
            values = [
                number,
                cid,
                name,
                injury.employer.number,
                desk.firm(injury.employer),
                injury.day,
                injury.first_visit,
                injury.recognised,
                injury.grade,
                injury.clinic.name,
                desk.person(injury.witness)[0],
                injury.amount,
                injury.paid,
                self._payee(injury),
                injury.account.number,
            ]
            refs = (
                ref(injury.person),
                ref(injury.employer),
                ref(injury.account),
                ref(injury.clinic),
                other(injury.witness, "witness"),
            )
            self.sheets["injury"].add(values, refs, injury.ring, injury.amount)

    def _payee(self, injury: Injury) -> str:
        holder, desk = injury.account.holder, self.desks["injury"]
        return desk.person(holder)[0] if isinstance(holder, Person) else desk.firm(holder)

    def once(self) -> None:
        """Write the filed contracts: seven in ten jobs have one."""
        desk, rng = self.desks["contract"], self.rng
        for person in self.world.people:
            for spell in person.jobs:
                if (
                    not spell.insured
                    or spell.start > END
                    or rng.random() > 0.7
                    or (spell.end and spell.end < START - timedelta(days=900))
                ):
                    continue
                name, cid = desk.person(person)
                term = spell.start + timedelta(days=rng.choice((365, 730, 1095)) + rng.randint(0, 20))
                fixed = rng.random() < 0.81
                ended = spell.end if spell.end and spell.end <= END and rng.random() < 0.93 else None
                values = [
                    desk.firm(spell.employer),
                    desk.code(spell.employer),
                    name,
                    cid,
                    "1" if fixed else "2",
                    spell.start,
                    term if fixed else None,
                    spell.start + timedelta(days=rng.randint(5, 70)),
                    ended,
                    spell.reason if ended else "",
                    desk.phone(person),
                ]
                self.sheets["contract"].add(values, (ref(person), ref(spell.employer)))
