"""How one office writes people and firms down: lost digits, old ids, rare characters, shortened names."""

from datetime import date
from itertools import accumulate
from random import Random

from simulation.codec import first_generation
from simulation.data import table
from simulation.names import homophone
from simulation.render import lunar
from simulation.render.slip import Slip, slipped
from simulation.world import Employer, Identity, Person, Place

PRIVATE_USE = "\ue863"  # where old fonts kept the character that is now U+4DAE
FIRST_GENERATION = 1985  # who was born later never had a 15-digit id
LATE = "（已故）"
LEGIBLE_DOTS = "•‧．."
X = {"lower_x": "x", "full_x": "Ｘ", "star_x": "*"}


class Desk:
    """One office's hand. What it wrote of a person once, it writes again.

    Args:
        name: The table, whose rates stand in data/dirt.toml.
        rng: Source of the slips.
        city: The region's name, which falls off the names of firms.
        province: The province, which falls off addresses.
        habits: The dialect's own rates, by table.
    """

    def __init__(
        self,
        name: str,
        rng: Random,
        city: str,
        province: str,
        habits: dict[str, dict[str, float]] | None = None,
    ) -> None:
        """Take the office's rates."""
        rates = table("dirt")
        own = (habits or {}).get("default", {}), (habits or {}).get(name, {})
        self.rates: dict[str, float] = {**rates["default"], **rates.get(name, {}), **own[0], **own[1]}
        self.rng, self.city, self.province = rng, city, province
        self._slips = list(accumulate(self.rates[slip] for slip in ("missing", "space", "name_space")))
        self._people: dict[int, tuple[str, str]] = {}
        self._firms: dict[int, str] = {}
        self._births: dict[int, date | Slip] = {}

    def hits(self, slip: str) -> bool:
        """Draw whether a slip happens; those of :meth:`person` are drawn there."""
        rate = self.rates[slip]
        return rate > 0 and self.rng.random() < rate

    def person(self, person: Person, identity: Identity | None = None) -> tuple[str, str]:
        """Return name and id as they stand in this row; an id missing here may be there in the next."""
        key = person.entity if identity is None else -person.entity
        written = self._people.get(key)
        if written is None:
            of = identity or Identity(person.name, person.cid, person.born)
            name = self._name(of.name, person.rare)
            if person.former and self.hits("former"):
                name = Slip(person.former, of.name)
            written = self._people[key] = (name, self._id(of, person.kin))
        name, cid = written
        # One draw for slips of which two seldom meet: rows are millions.
        draw = self.rng.random()
        if draw >= self._slips[2]:
            return written
        if draw < self._slips[0]:
            return name, Slip("", identity.cid if identity else person.cid)
        return (name, _spaced(cid)) if draw < self._slips[1] else (_spaced(name), cid)

    def relative(self, person: Person) -> str:
        """Return the name of a relative, whom nobody takes for dead."""
        return slipped(str(self.person(person)[0]).removesuffix(LATE), person.name)

    def _name(self, true: str, rare: str) -> str:
        rng, name = self.rng, true
        if rare:
            words = table("names")["rare"]
            fates = (rare, "?", "□", "*", PRIVATE_USE, "？", words["spelt"][words["given"].index(rare)])
            name = name.replace(rare, rng.choice(fates))
        if "·" in name and rng.random() < 0.5:
            name = name.replace("·", rng.choice(table("names")["minority"]["dots"]))
        elif self.hits("homophone"):
            name = homophone(rng, name)
        if self.hits("name_wide") and "·" not in name:
            name = name[0] + "\u3000" + name[1:]
        # A space inside, another dot, a remark behind: the name can still be read.
        plain = name.replace("\u3000", "")
        for dot in LEGIBLE_DOTS:
            plain = plain.replace(dot, "·")
        return slipped(name + LATE if self.hits("dead") else name, true, lost=plain != true)

    def _id(self, of: Identity, kin: list[Person]) -> str:
        cid = of.cid
        wrong = self._wrong(cid, kin) if self.hits("wrong") else cid
        if wrong != cid:
            return Slip(wrong, cid)
        if of.born.year < FIRST_GENERATION and self.hits("id15"):
            cid = first_generation(cid)
        elif self.hits("lost"):
            at = self.rng.randrange(7, 16)
            cid = cid[:at] + cid[at + 1 :]
        elif cid.endswith("X"):
            slip = next((slip for slip in X if self.hits(slip)), "")
            cid = cid[:17] + X.get(slip, "X")
        lost = len(cid) == 17 or cid.endswith("*")
        # An office masks what it has, the short and the wrong included; a spreadsheet makes a number of it.
        if self.hits("masked"):
            cid, lost = cid[:4] + "*" * (len(cid) - 8) + cid[-4:], True
        elif cid.isdigit() and self.hits("scientific"):
            cid, lost = f"{int(cid):.5E}", True
        return slipped(cid, of.cid, lost)

    def _wrong(self, cid: str, kin: list[Person]) -> str:
        """Return what was typed for an id: a relative's, one with a wrong digit, or with two exchanged."""
        rng, at = self.rng, self.rng.randrange(6, 16)
        how = rng.random()
        if how < 0.4:
            return rng.choice(kin).cid if kin else cid
        if how < 0.75:
            return cid[:at] + str((int(cid[at]) + rng.randint(1, 9)) % 10) + cid[at + 1 :]
        return cid[:at] + cid[at + 1] + cid[at] + cid[at + 2 :]

    def born(self, person: Person) -> date | Slip:
        """Return the day of birth; what the old told by the Chinese calendar stays in the papers."""
        day = person.born
        if day.year >= lunar.LAST:
            return day
        written = self._births.get(person.entity)
        if written is None:
            if self.hits("lunar"):
                written = lunar.spoken(day)
            else:
                written = lunar.mistaken(day) if self.hits("lunar_as_common") else day
            self._births[person.entity] = written
        return written

    def sex(self, person: Person) -> str:
        """Return the code of sex; 9 where nobody asked."""
        return Slip("9", str(person.sex)) if self.hits("sex9") else str(person.sex)

    def phone(self, person: Person) -> str:
        """Return a telephone or nothing."""
        return self.missing_phone(person.phone)

    def missing_phone(self, phone: str) -> str:
        """Return a telephone number or nothing."""
        return slipped("", phone) if self.hits("no_phone") else phone

    def code(self, firm: Employer) -> str:
        """Return a credit code or nothing."""
        return Slip("", firm.uscc) if self.hits("no_code") else firm.uscc

    def firm(self, firm: Employer) -> str:
        """Return a firm's name in this office's form."""
        name = self._firms.get(firm.entity)
        if name is None:
            name = self._firms[firm.entity] = (
                slipped(self._variant(firm.name), firm.name) if self.hits("firm") else firm.name
            )
        return name

    def _variant(self, name: str) -> str:
        """Move or drop the place, drop the form, swap the width of brackets."""
        place = self.city.removesuffix("市")
        draw = self.rng.random()
        if "（" in name:
            return name.replace("（", "(").replace("）", ")")
        if draw < 0.3 and name.startswith(place) and not name.startswith(self.city):
            core = name[len(place) :]
            left, right = ("（", "）") if draw < 0.15 else ("(", ")")
            return f"{core[:2]}{left}{place}{right}{core[2:]}"
        if draw < 0.5 and name.startswith(place):
            return name.removeprefix(self.city).removeprefix(place)
        if draw < 0.7:
            return name.replace("有限责任公司", "有限公司")
        if draw < 0.85 and name.startswith(place):
            return self.city + name.removeprefix(self.city).removeprefix(place)
        return name.removesuffix("有限公司").removesuffix("有限责任公司").removesuffix("股份")

    def address(self, place: Place, tail: str, full: bool = False) -> str:
        """Return an address: whole, or as short as somebody in a hurry writes it."""
        whole = f"{self.province}{self.city}{place.county}{tail}"
        return whole if full else slipped(self._shortened(whole, place, tail), whole)

    def _shortened(self, whole: str, place: Place, tail: str) -> str:
        draw = self.rng.random()
        if draw < 0.17:
            return ""
        if draw < 0.45:
            return whole
        short = tail.replace("号楼", "-").replace("单元", "-").removesuffix("室") if "号楼" in tail else tail
        if draw < 0.7:
            return place.county + short
        return short[len(place.town) :] if draw < 0.85 else short.replace("号", "")


def _spaced(text: str) -> str:
    """Append a space, which a reader strips."""
    return (
        Slip(text + " ", text.true, text.lost)
        if isinstance(text, Slip)
        else Slip(text + " ", text, lost=False)
    )
