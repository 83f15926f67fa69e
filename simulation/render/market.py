"""市场监管局: the business register, one nested JSON document."""

import json
from pathlib import Path
from typing import Any

from simulation.chance import poisson, stream
from simulation.data import table
from simulation.render.desk import Desk
from simulation.render.truth import Truth
from simulation.world import Employer, Person, World


class Market:
    """Writes the register.

    Args:
        world: The firms.
    """

    def __init__(self, world: World) -> None:
        """Take up the pen."""
        region = world.region
        self.world, self.rng = world, stream(world.seed, "market")
        self.desk = Desk("business", stream(world.seed, "desk", "business"), region.city, region.province)

    def _card(self, person: Person) -> str | None:
        draw = self.rng.random()
        if draw < 0.15:
            return None
        cid = person.cid
        return f"{cid[:4]}{'*' * 10}{cid[14:]}" + (" " if draw > 0.99 else "")

    def _entry(self, firm: Employer) -> dict[str, Any]:
        words, rng = table("economy"), self.rng
        other = rng.choice(words["sectors"])["word"]
        names = [firm.boss.name, firm.partner or firm.boss.name, firm.liaison.name]
        share = rng.choice((51, 60, 80, 90))
        investors = [
            {"name": firm.boss.name, "ratio": f"{share}%"},
            {"name": firm.partner, "ratio": f"{100 - share}%"},
        ]
        return {
            "uniscid": firm.uscc,
            "regno": firm.register,
            "entname": firm.name,
            "formernames": [firm.former] if firm.former else [],
            "legalPerson": {"name": firm.boss.name, "cerno": self._card(firm.boss)},
            "regcap": {"amount": firm.capital, "unit": "万元", "currency": "CNY"},
            "estdate": firm.founded.isoformat(),
            "regstate": "2" if firm.closes else firm.state,
            "dom": f"{self.world.region.city}{firm.place.county}{firm.address}",
            "opscope": f"{firm.sector}；{other}（依法须经批准的项目除外）",
            "industryco": firm.code,
            "investors": investors if firm.partner else [{"name": firm.boss.name, "ratio": "100%"}],
            "members": [
                {"post": post, "name": name} for post, name in zip(words["posts"], names, strict=True)
            ],
            "contact": {"tel": firm.phone or None, "anchetel": firm.annual_phone or None},
        }

    def write(self, folder: Path, truth: Truth) -> str:
        """Write the document and its truth; return its path."""
        file = str(table("tables")["business"]["path"])
        rows: list[tuple[dict[str, Any], Employer | None]] = [
            (self._entry(firm), firm) for firm in sorted(self.world.employers, key=lambda firm: firm.uscc)
        ]
        for _ in range(poisson(self.rng, 0.4 + len(rows) / 400)):
            rows.append(self.rng.choice(rows))
        blank: dict[str, Any] = {"uniscid": None, "entname": "测试企业", "legalPerson": None}
        for _ in range(poisson(self.rng, 0.6 + len(rows) / 2000)):
            rows.insert(self.rng.randrange(len(rows)), (blank, None))
        document = {"batch": "2026-01", "total": len(rows), "data": [entry for entry, _ in rows]}
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
        self._tell(file, rows, truth)
        return file

    def _tell(self, file: str, rows: list[tuple[dict[str, Any], Employer | None]], truth: Truth) -> None:
        seen: dict[int, int] = {}
        people: list[tuple[str, int, str, int, str, bool]] = []
        for at, (_, firm) in enumerate(rows, 1):
            if firm is None:
                truth.rows("quarantine", [(file, at, "placeholder")])
                continue
            if firm.entity in seen:
                truth.rows("duplicates", [(file, at, seen[firm.entity], "duplicate_of")])
            seen.setdefault(firm.entity, at)
            people += [
                (file, at, "employer", firm.entity, "self", True),
                (file, at, "person", firm.boss.entity, "legal_person", True),
                (file, at, "person", firm.liaison.entity, "liaison", False),
            ]
        truth.rows("entities", people)
