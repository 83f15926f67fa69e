"""市场监管局: the business register."""

from typing import Any, ClassVar

from simulation.data import table
from simulation.render.office import Office, other, ref
from simulation.render.slip import Slip
from simulation.world import Employer, Person


class Market(Office):
    """The register office, which writes at the end what firms there are."""

    TABLES: ClassVar = {"business": ""}

    def _card(self, person: Person) -> str:
        """Return the representative's id: masked, or left out."""
        draw, cid = self.rng.random(), person.cid
        if draw < 0.15:
            return Slip("", cid)
        return Slip(f"{cid[:4]}{'*' * 10}{cid[14:]}" + (" " if draw > 0.99 else ""), cid)

    def once(self) -> None:
        """Write the firms."""
        for firm in (firm for firm in self.world.employers if not firm.elsewhere):
            people = (other(firm.boss, "legal_person", True), other(firm.liaison, "liaison"))
            self.sheets["business"].add(self._entry(firm), (ref(firm), *people))

    def _entry(self, firm: Employer) -> list[Any]:
        words, rng = table("economy"), self.rng
        side = rng.choice(words["sectors"])["word"]
        names = [firm.boss.name, firm.partner or firm.boss.name, firm.liaison.name]
        share = rng.choice((51, 60, 80, 90))
        investors = [(firm.boss.name, f"{share}%"), (firm.partner, f"{100 - share}%")]
        state = "2" if firm.closes else firm.state
        return [
            firm.uscc,
            firm.register,
            firm.name,
            [firm.former] if firm.former else [],
            firm.boss.name,
            self._card(firm.boss),
            firm.capital * 10000,
            firm.founded,
            state,
            f"{self.world.region.city}{firm.place.county}{firm.address}",
            f"{firm.sector}；{side}（依法须经批准的项目除外）",
            firm.code,
            investors if firm.partner else [(firm.boss.name, "100%")],
            list(zip(words["posts"], names, strict=True)),
            firm.phone,
            firm.annual_phone,
        ]
