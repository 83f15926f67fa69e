"""What auditors already have: free-text tip-offs, and past cases, few, late, biased, one in ten wrong."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from simulation.chance import stream
from simulation.data import table
from simulation.period import END, START, compact, first
from simulation.plan import Innocent, Plan, Ring
from simulation.render.truth import Truth
from simulation.world import Employer, Person, World

NOTES, CASES = "举报稽核/举报稽核记录.csv", "历史案件.csv"
POSITIVE = ("属实", "部分属实")
HEAD = "AJBH,XSLY,AY,DXLX,DXMC,ZJHM,LARQ,JARQ,JL,SAJE,CLQK"


class Archive:
    """Writes notes and cases.

    Args:
        world: The people, for the noise.
        plan: Rings and innocents.
    """

    def __init__(self, world: World, plan: Plan) -> None:
        """Take the stream of the archive."""
        self.world, self.plan, self.rng = world, plan, stream(world.seed, "archive")

    def notes(self, folder: Path, truth: Truth) -> str:
        """Write the notes and which row mentions whom; return the path."""
        words, rng = table("notes"), self.rng
        matters: list[Ring | Innocent | None] = [
            ring for ring in self.plan.rings for _ in range(2) if rng.random() < 0.7
        ]
        matters += rng.sample(self.plan.innocents, min(len(self.plan.innocents), len(matters) // 2 + 4))
        matters += [None] * (len(matters) // 2 + 3)
        rng.shuffle(matters)
        lines, links = ["编号,登记日期,来源,内容"], []
        for at, matter in enumerate(matters, 1):
            text, people = self._clause(matter)
            day = START + timedelta(days=60 + rng.randrange(660))
            number = f"AJB{day.year}{rng.randrange(10**6):06d}{at:03d}"
            lines.append(f'{number},{day.isoformat()},{rng.choice(words["sources"])},"{text}"')
            links += [(NOTES, at, "person", person.entity, "self", False) for person in people]
        path = folder / NOTES
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(("\r\n".join(lines) + "\r\n").encode("gb18030"))
        truth.rows("entities", links)
        return NOTES

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

    def cases(self, folder: Path, truth: Truth) -> str:
        """Write about twenty past cases; return the path."""
        rng, lines = self.rng, [HEAD]
        links: list[tuple[object, ...]] = []
        # The visible kind is found twice as often as the hidden.
        rings = [ring for ring in self.plan.rings if rng.random() < (0.5 if ring.tier == 1 else 0.25)][:10]
        groups = [group for group in self.plan.innocents if group.people]
        matters: list[Ring | Innocent] = [
            *rings,
            *rng.sample(groups, min(len(groups), max(4, 20 - len(rings)), 12)),
        ]
        rng.shuffle(matters)
        opened = sorted(first(3) + timedelta(days=rng.randrange(430)) for _ in matters)
        numbers = rng.sample(range(10**4), len(matters))
        for matter, day, number in zip(matters, opened, numbers, strict=True):
            case = _Case(f"AAJ{day.year}{number:04d}", day, self._verdict(isinstance(matter, Ring)))
            for thing, line in self._case(matter, case):
                links.append((CASES, len(lines), *_entity(thing), "self", True))
                lines.append(line)
        (folder / CASES).write_bytes(("\n".join(lines) + "\n").encode("gb18030"))
        truth.rows("entities", links)
        return CASES

    def _verdict(self, guilty: bool) -> str:
        """Find what is so, but for one case in ten, and one in eight that comes to nothing."""
        if self.rng.random() < 0.12:
            return "无法核实"
        wrong = self.rng.random() < 0.1
        return self.rng.choice(("属实", "属实", "部分属实")) if guilty != wrong else "不属实"

    def _case(self, matter: Ring | Innocent, case: "_Case") -> Iterator[tuple[Person | Employer, str]]:
        """Yield the objects of a case with their lines, in no order that tells anything."""
        rng = self.rng
        closed = min(END, case.opened + timedelta(days=rng.randint(45, 180)))
        source, true = rng.choice(("数据比对", "上级交办", "举报", "部门移送")), case.verdict in POSITIVE
        objects: list[Person | Employer] = list(matter.people)
        if isinstance(matter, Ring):
            objects.append(matter.organiser)
        if matter.employer and rng.random() < 0.6:
            objects.append(matter.employer)
        rng.shuffle(objects)
        cause = table("notes")["cases"][matter.typology]
        for thing in objects:
            kind, code = ("个人", thing.cid) if isinstance(thing, Person) else ("单位", thing.uscc)
            code = "" if rng.random() < 0.2 else code
            amount = f"{rng.lognormvariate(9.1, 0.8):.2f}" if true else ""
            dates = (compact(case.opened), compact(closed))
            end = "责令退回" if true else "结案"
            fields = (case.number, source, cause, kind, thing.name, code, *dates, case.verdict, amount, end)
            yield thing, ",".join(fields)


class _Case(NamedTuple):
    number: str
    opened: date
    verdict: str


def _entity(thing: Person | Employer) -> tuple[str, int]:
    return "person" if isinstance(thing, Person) else "employer", thing.entity
