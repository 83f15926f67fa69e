"""公安局, 卫健委, 民政局, 司法局, 大数据局: who is who, who died, who is locked up, who was seen."""

from datetime import date, datetime, time, timedelta
from typing import ClassVar

from simulation.log import Log
from simulation.period import END, START, in_window, years_between
from simulation.plan import Plan
from simulation.render.office import Delivery, Office, other, ref
from simulation.world import Death, Person, World


class Civil(Office):
    """The offices that keep people's papers."""

    TABLES: ClassVar = {
        "register": "",
        "death": "relative_phone",
        "cremation": "",
        "prison": "",
        "trace": "phone",
    }

    def __init__(self, world: World, plan: Plan, delivery: Delivery) -> None:
        """Number the households."""
        super().__init__(world, plan, delivery)
        numbers, prefix = world.numbering.local("households", 7), world.region.division[:4]
        self._households = {
            number: prefix + numbers.next() for number in sorted({p.household for p in world.people})
        }
        self._deaths = world.numbering.local("certificates", 7)
        self._cremations = world.numbering.local("cremations", 7)

    def month(self, log: Log) -> None:
        """Write the traces."""
        desk = self.desks["trace"]
        for trace in log.traces:
            name, cid = desk.person(trace.person)
            values = [
                name,
                cid,
                trace.kind,
                trace.time,
                trace.place,
                desk.phone(trace.person),
            ]
            self.sheets["trace"].add(values, (ref(trace.person),))
        prison, hand = self.sheets["prison"], self.desks["prison"]
        for term in log.sentences:
            name, cid = hand.person(term.person)
            values = [
                name,
                cid,
                hand.sex(term.person),
                term.crime,
                term.judged,
                term.begin,
                term.end,
                f"{self.world.region.city}监狱",
                term.status,
            ]
            prison.add(values, (ref(term.person),))

    def once(self) -> None:
        """Write the household register and the papers of the dead."""
        for person in self.world.people:
            if not person.visitor:
                self._register(person)
            if person.death and in_window(person.death.day):
                self._papers(person, person.death)

    def _register(self, person: Person) -> None:
        desk = self.desks["register"]
        name, cid = desk.person(person)
        cancelled = person.death.cancelled if person.death else None
        updated = cancelled or END - timedelta(days=self.rng.randrange(2190))
        spell = person.job(START)
        place = desk.firm(spell.employer) if spell and self.rng.random() < 0.25 else ""
        values = [
            cid,
            name,
            person.former,
            desk.sex(person),
            person.ethnic,
            person.born,
            self._households[person.household],
            person.relation,
            "20" if person.place.rural else "10",
            desk.address(person.place, person.address, full=True),
            place,
            "1" if cancelled else "0",
            "死亡" if cancelled else "",
            cancelled,
            updated,
        ]
        self.sheets["register"].add(values, (ref(person),))

    def _papers(self, person: Person, death: Death) -> None:
        kin = next((k for k in person.kin if k.alive(death.day) and years_between(k.born, START) >= 18), None)
        if death.certified:
            self._certificate(person, death, kin)
        if death.cremated and death.cremated <= END:
            self._cremation(person, death.day, death.cremated, kin)

    def _certificate(self, person: Person, death: Death, kin: Person | None) -> None:
        desk = self.desks["death"]
        name, cid = desk.person(person)
        when = datetime.combine(death.day, time(death.hour, self.rng.randrange(60), self.rng.randrange(60)))
        known = kin if kin and self.rng.random() < 0.85 else None
        values = [
            f"{self.world.region.division[:4]}{death.day.year}{self._deaths.next()}",
            name,
            cid,
            desk.sex(person),
            None if self.rng.random() < 0.1 else desk.born(person),
            when,
            death.cause,
            death.place,
            desk.person(known)[0] if known else "",
            desk.phone(known) if known else "",
            "1",
        ]
        refs = (ref(person), other(known, "relative")) if known else (ref(person),)
        self.sheets["death"].add(values, refs)

    def _cremation(self, person: Person, day: date, burnt: date, kin: Person | None) -> None:
        desk = self.desks["cremation"]
        name, cid = desk.person(person)
        values = [
            f"HH{self._cremations.next()}",
            name,
            desk.sex(person),
            years_between(person.born, day),
            cid,
            desk.address(person.place, person.address),
            day,
            burnt,
            desk.relative(kin) if kin else "",
        ]
        refs = (ref(person), other(kin, "relative")) if kin else (ref(person),)
        self.sheets["cremation"].add(values, refs)
