"""What auditors already have: free-text tip-offs, and past cases, few, late, biased, one in ten wrong."""

from datetime import timedelta
from typing import Any, ClassVar

from simulation.data import table
from simulation.period import END, START
from simulation.plan import Innocent, Ring
from simulation.render.office import Office, other, ref
from simulation.render.slip import Slip
from simulation.world import Clinic, Employer, Person

WRITTEN = {1: 0.4, 2: 0.2, 3: 0.06}  # chance of each of two tip-offs about a ring, by its tier


class Archive(Office):
    """The auditors themselves."""

    TABLES: ClassVar = {"note": "", "case": ""}

    def once(self) -> None:
        """Write the notes, then the cases."""
        self._notes()
        self._cases()

    def _notes(self) -> None:
        words, rng = table("notes"), self.rng
        # Most rings are never written about, and most of what is written is about no ring.
        matters: list[Ring | Innocent | None] = [
            ring for ring in self.plan.rings for _ in range(2) if rng.random() < WRITTEN[ring.tier]
        ]
        matters += rng.sample(self.plan.innocents, min(len(self.plan.innocents), len(matters) + 4))
        matters += [None] * (len(matters) + 3)
        rng.shuffle(matters)
        for at, matter in enumerate(matters, 1):
            text, people = self._clause(matter)
            day = START + timedelta(days=60 + rng.randrange(660))
            number = f"AJB{day.year}{rng.randrange(10**6):06d}{at:03d}"
            values = [number, day, rng.choice(words["sources"]), text]
            self.sheets["note"].add(values, tuple(other(person, "self") for person in people))

    def _clause(self, matter: Ring | Innocent | None) -> tuple[str, list[Person]]:
        words, rng = table("notes"), self.rng
        clauses = words[matter.typology] if matter else words["noise"]
        pool = list(matter.people) if matter and matter.people else []
        rng.shuffle(pool)
        pool += [rng.choice(self.world.people) for _ in range(2)]
        boss = matter.organiser if isinstance(matter, Ring) else rng.choice(self.world.people)
        firm = matter.employer.name if matter and matter.employer else rng.choice(self.world.employers).name
        clinic = (
            matter.clinic.name
            if isinstance(matter, Ring) and matter.clinic
            else rng.choice(self.world.clinics).name
        )
        witness, clause, tail = rng.choice(self.world.people), rng.choice(clauses), rng.choice(words["tails"])
        named = {"a": pool[0], "b": pool[1], "o": boss, "k": witness}
        text = (clause + tail).format(
            **{key: self._mention(person) for key, person in named.items()},
            f=firm,
            c=clinic,
            m=self._money(),
            d=self._day(),
        )
        return text, [person for key, person in named.items() if "{" + key + "}" in clause + tail]

    def _mention(self, person: Person) -> str:
        draw, name = self.rng.random(), person.name
        if draw < 0.08:
            return self.rng.choice("老小") + name[0]
        if draw < 0.12:
            return name[0] + "某某"
        if draw < 0.2 and person.phone:
            return f"{name}（{person.phone}）"
        return f"{name}，身份证{person.cid}" if draw < 0.25 else name

    def _money(self) -> str:
        amount = self.rng.lognormvariate(8.2, 0.8)
        return self.rng.choice(
            (
                f"{amount:.0f}元",
                f"约{amount:.0f}元",
                f"{amount:.0f}块钱",
                f"¥{amount:,.0f}",
                f"{amount / 10000:.1f}万元",
            )
        )

    def _day(self) -> str:
        day = START + timedelta(days=self.rng.randrange(720))
        return self.rng.choice(
            (
                f"{day.year}年{day.month}月{day.day}日",
                f"{day:%Y.%m.%d}",
                f"{day.month}月{day.day}号",
                f"去年{day.month}月",
            )
        )

    def _cases(self) -> None:
        """Write the cases that were closed in time, an object a row."""
        for case in self.plan.cases:
            if case.closed > END:
                continue
            cause = table("notes")["cases"][case.cause]
            for thing, amount in case.objects:
                kind, code = _identify(thing)
                values: list[Any] = [
                    case.number,
                    case.source,
                    cause,
                    kind,
                    thing.name,
                    Slip("", code) if self.rng.random() < 0.2 else code,
                    case.opened,
                    case.closed,
                    case.verdict,
                    amount,
                    case.measure,
                ]
                self.sheets["case"].add(values, (ref(thing),))


def _identify(thing: Person | Employer | Clinic) -> tuple[str, str]:
    if isinstance(thing, Person):
        return "个人", thing.cid
    return ("单位", thing.uscc) if isinstance(thing, Employer) else ("医药机构", thing.code)
