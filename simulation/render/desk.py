"""How one office writes people and firms down: lost digits, old ids, rare characters, shortened names."""

from random import Random

from simulation.codec import first_generation
from simulation.data import table
from simulation.names import homophone
from simulation.world import Employer, Identity, Person, Place

PRIVATE_USE = "\ue863"  # where old fonts kept the character that is now U+4DAE
FIRST_GENERATION = 1985  # who was born later never had a 15-digit id
LATE = "（已故）"
X = {"lower_x": "x", "full_x": "Ｘ", "star_x": "*"}


class Desk:
    """One office's hand. What it wrote of a person once, it writes again.

    Args:
        name: The table, whose rates stand in data/dirt.toml.
        rng: Source of the slips.
        city: The region's name, which falls off the names of firms.
        province: The province, which falls off addresses.
    """

    def __init__(self, name: str, rng: Random, city: str, province: str) -> None:
        """Take the office's rates."""
        rates = table("dirt")
        self.rates: dict[str, float] = {**rates["default"], **rates.get(name, {})}
        self.rng, self.city, self.province = rng, city, province
        self._people: dict[tuple[int, bool], tuple[str, str]] = {}
        self._firms: dict[int, str] = {}

    def hits(self, slip: str) -> bool:
        """Draw whether a slip happens."""
        rate = self.rates[slip]
        return rate > 0 and self.rng.random() < rate

    def person(self, person: Person, identity: Identity | None = None) -> tuple[str, str]:
        """Return name and id as they stand in this row; an id missing here may be there in the next."""
        key = (person.entity, identity is not None)
        written = self._people.get(key)
        if written is None:
            of = identity or Identity(person.name, person.cid, person.born)
            name = (
                person.former if person.former and self.hits("former") else self._name(of.name, person.rare)
            )
            written = self._people[key] = (name, self._id(of))
        name, cid = written
        if self.hits("missing"):
            cid = ""
        elif self.hits("space"):
            cid += " "
        return (name + " " if self.hits("name_space") else name), cid

    def _name(self, name: str, rare: str) -> str:
        rng = self.rng
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
        return name + LATE if self.hits("dead") else name

    def _id(self, of: Identity) -> str:
        cid = of.cid
        if of.born.year < FIRST_GENERATION and self.hits("id15"):
            cid = first_generation(cid)
        elif self.hits("lost"):
            at = self.rng.randrange(7, 16)
            cid = cid[:at] + cid[at + 1 :]
        elif cid.endswith("X"):
            slip = next((slip for slip in X if self.hits(slip)), "")
            cid = cid[:17] + X.get(slip, "X")
        # An office masks what it has, the short and the wrong included.
        return cid[:4] + "*" * (len(cid) - 8) + cid[-4:] if self.hits("masked") else cid

    def sex(self, person: Person) -> str:
        """Return the code of sex; 9 where nobody asked."""
        return "9" if self.hits("sex9") else str(person.sex)

    def phone(self, person: Person) -> str:
        """Return a telephone or nothing."""
        return "" if self.hits("no_phone") else person.phone

    def code(self, firm: Employer) -> str:
        """Return a credit code or nothing."""
        return "" if self.hits("no_code") else firm.uscc

    def firm(self, firm: Employer) -> str:
        """Return a firm's name in this office's form."""
        name = self._firms.get(firm.entity)
        if name is None:
            name = self._firms[firm.entity] = self._variant(firm.name) if self.hits("firm") else firm.name
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
        if full:
            return whole
        draw = self.rng.random()
        if draw < 0.17:
            return ""
        if draw < 0.45:
            return whole
        short = tail.replace("号楼", "-").replace("单元", "-").removesuffix("室") if "号楼" in tail else tail
        if draw < 0.7:
            return place.county + short
        return short[len(place.town) :] if draw < 0.85 else short.replace("号", "")
