"""Hard employers: brands that several firms share, chains of shells, branches, renames, clerks' short names.

Every department writes a firm's name and number in its own way. The truth is the legal entity: a branch with
a code of its own is one, a branch without is its parent. Drawn from one seed; nothing is read from a region.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import polars as pl

from jiwang.codes import uscc

PLACES = {
    "南阳": ("411300", ""), "宛城": ("411302", "南阳"), "镇平": ("411324", "南阳"),
    "内乡": ("411325", "南阳"), "洛阳": ("410300", ""), "栾川": ("410324", "洛阳"),
    "嵩县": ("410325", "洛阳"), "盐城": ("320900", ""), "射阳": ("320924", "盐城"),
    "建湖": ("320925", "盐城"), "襄阳": ("420600", ""), "枣阳": ("420683", "襄阳"),
}  # fmt: skip
TRADES = {
    "物流": "物流", "纺织": "纺织", "机械制造": "机械", "装饰工程": "装饰", "人力资源服务": "人力",
    "食品": "食品", "劳务派遣": "派遣", "企业管理咨询": "咨询", "幼儿教育": "幼教", "广告传媒": "广告",
    "汽车销售": "汽车", "农业发展": "农业", "建筑安装": "建安", "医疗器械": "器械", "电子商务": "电商",
    "化工": "化工", "矿业": "矿业", "环保科技": "环保", "餐饮管理": "餐饮", "网络技术": "网络",
    "服装": "服装", "保洁服务": "保洁",
}  # fmt: skip
FORMS = ("有限公司", "有限公司", "有限公司", "有限责任公司", "股份有限公司")
_BRANDS = "安盛华信远泰恒丰嘉联启源康瑞达通吉祥东海星宇博润佳凯顺业天合金辉隆诚亿邦腾旭昌茂森豪新鼎立正宏大"
_SOUNDS = {
    "盛": "晟",
    "信": "鑫",
    "丰": "沣",
    "恒": "衡",
    "华": "桦",
    "宇": "羽",
    "诚": "成",
    "辉": "晖",
    "祥": "翔",
}
_SERIES = "一二三四五六七八"
_LOOKS = {"1": "I", "0": "O", "5": "S", "2": "Z"}
_BRANCHES = ("第一分公司", "第二分公司", "城区分公司", "开发区分公司", "高新区办事处", "东城营业部")
COLLIDING, CHAINS, BRANCHED, RENAMED = 0.30, 0.04, 0.12, 0.12


@dataclass
class Firm:
    """One legal entity as it truly is."""

    key: str
    place: str
    core: str
    form: str
    code: str
    number: str
    registration: str
    former: str | None = None
    branch: str = ""
    loose: list[str] = field(default_factory=list)  # branches without a code of their own

    @property
    def name(self) -> str:
        """The registered name."""
        return f"{self.place}{self.core}{self.form}{self.branch}"


def firms(count: int, rng: random.Random) -> list[Firm]:
    """Draw ``count`` parents and their registered branches."""
    out: list[Firm] = []
    taken: set[str] = set()
    brands: list[str] = []
    while len(out) < count:
        shared = brands and rng.random() < COLLIDING
        brand = rng.choice(brands) if shared else "".join(rng.sample(_BRANDS, 2))
        brands.append(brand)
        chain = rng.randint(4, 8) if rng.random() < CHAINS else 1
        place, trade = rng.choice(list(PLACES)), rng.choice(list(TRADES))
        for i in range(chain):
            # Shells of one hand: one brand, one place; another trade each time, or a number in the name.
            series = _SERIES[i] if chain > 1 and rng.random() < 0.5 else ""
            here = trade if series or chain == 1 else rng.choice(list(TRADES))
            firm = _firm(f"{len(out)}", place, f"{brand}{series}{here}", rng.choice(FORMS), rng)
            if firm.name not in taken:
                taken.add(firm.name)
                out.append(firm)
    return out + [b for firm in out for b in _branches(firm, rng)]


def _firm(key: str, place: str, core: str, form: str, rng: random.Random) -> Firm:
    former = None
    if rng.random() < RENAMED:
        former = f"{place}{''.join(rng.sample(_BRANDS, 2))}{rng.choice(list(TRADES))}{form}"
    code = _code(PLACES[place][0], rng)
    registration = PLACES[place][0] + "".join(rng.choices("0123456789", k=9))
    return Firm(key, place, core, form, code, f"{rng.randrange(10**9):09d}", registration, former)


def _branches(firm: Firm, rng: random.Random) -> list[Firm]:
    if rng.random() >= BRANCHED:
        return []
    own = []
    for branch in rng.sample(_BRANCHES, rng.randint(1, 3)):
        if rng.random() < 0.5:
            made = _firm(f"{firm.key}/{branch}", firm.place, firm.core, firm.form, rng)
            made.former, made.branch = None, branch
            own.append(made)
        else:
            firm.loose.append(branch)
    return own


def _code(place: str, rng: random.Random) -> str:
    org = "".join(rng.choices("0123456789", k=8))
    total = sum(int(c) * w for c, w in zip(org, uscc.ORG_WEIGHTS, strict=True))
    check = (11 - total % 11) % 11
    first = f"91{place}{org}{'X' if check == 10 else check}"
    values = sum(uscc.ALPHABET.index(c) * w for c, w in zip(first, uscc.WEIGHTS, strict=True))
    return first + uscc.ALPHABET[(31 - values) % 31]


def rows(count: int, seed: int) -> pl.DataFrame:
    """Return the departments' rows on about ``count`` firms.

    Returns:
        ``truth, table, name, uscc, number, registration_no, former_names`` in shuffled order.
    """
    rng = random.Random(seed)
    out: list[dict[str, object]] = []
    for firm in firms(count, rng):
        registered = rng.random() < 0.97
        if registered:
            former = [firm.former] if firm.former and rng.random() < 0.8 else []
            old = firm.registration if rng.random() < 0.6 else None
            out.append(_row(firm, "business", firm.name, firm.code, registration=old, former=former))
        for table, share in (("enrolment", 0.95), ("wage_tax", 0.8), ("labour_contract", 0.9),
                             ("bank_account", 0.7), ("employment_status", 0.5), ("note", 0.3)):  # fmt: skip
            for _ in range(rng.randint(1, 2)):
                if rng.random() < share:
                    out.append(_said(firm, table, rng))
    rng.shuffle(out)
    schema = dict.fromkeys(("truth", "table", "name", "uscc", "number", "registration_no"), pl.String)
    return pl.DataFrame(out, schema=schema | {"former_names": pl.List(pl.String)})


def _row(
    firm: Firm, table: str, name: str | None, code: str | None, *, number: str | None = None,
    registration: str | None = None, former: list[str] | None = None,
) -> dict[str, object]:  # fmt: skip
    return {
        "truth": firm.key, "table": table, "name": name, "uscc": code, "number": number,
        "registration_no": registration, "former_names": former or [],
    }  # fmt: skip


def _said(firm: Firm, table: str, rng: random.Random) -> dict[str, object]:
    """Return one row of a department: which numbers it has, and how it writes the name."""
    numbered = {"enrolment": 1.0, "labour_contract": 0.5}.get(table, 0.0)
    coded = {"enrolment": 0.75, "wage_tax": 0.95, "bank_account": 0.6}.get(table, 0.0)
    number = firm.number if rng.random() < numbered else None
    code = _written_code(firm, rng) if rng.random() < coded else None
    return _row(firm, table, _written_name(firm, rng), code, number=number)


def _written_code(firm: Firm, rng: random.Random) -> str:
    code, dice = firm.code, rng.random()
    at = rng.randrange(2, 17)
    if dice < 0.03:  # a digit mistyped
        return code[:at] + rng.choice("0123456789".replace(code[at], "")) + code[at + 1 :]
    if dice < 0.04:  # two digits swapped
        return code[:at] + code[at + 1] + code[at] + code[at + 2 :]
    if dice < 0.06:  # letters that the alphabet does not have
        return "".join(_LOOKS.get(c, c) if rng.random() < 0.5 else c for c in code)
    if dice < 0.07:  # one digit lost
        return code[:at] + code[at + 1 :]
    if dice < 0.11:
        return code[2:17]  # the taxpayer's number of old: division and organisation code
    if dice < 0.14:
        return f"{code[8:16]}-{code[16]}"
    return firm.registration if dice < 0.17 else code


def _written_name(firm: Firm, rng: random.Random) -> str:
    if firm.former and rng.random() < 0.25:
        return firm.former
    branch = rng.choice(firm.loose) if firm.loose and rng.random() < 0.4 else firm.branch
    if branch:
        return f"{firm.place}{firm.core}{firm.form}{branch}"
    ways = list(_WAYS)
    way = rng.choices(ways, [_WAYS[w] for w in ways])[0]
    return way(firm, rng)


def _in_brackets(firm: Firm, rng: random.Random) -> str:
    left, right = rng.choice(["（）", "()"])
    return f"{firm.core}{left}{firm.place}{right}{firm.form}"


def _other_form(firm: Firm, rng: random.Random) -> str:
    del rng
    other = "有限责任公司" if firm.form == "有限公司" else "有限公司"
    return f"{firm.place}{firm.core}{other}"


def _without_place(firm: Firm, rng: random.Random) -> str:
    del rng
    return f"{firm.core}{firm.form}"


def _by_city(firm: Firm, rng: random.Random) -> str:
    """Write the city for the county, or before it."""
    city = PLACES[firm.place][1]
    county = firm.place if firm.place.endswith("县") else f"{firm.place}县"
    if not city:
        return firm.name
    return f"{city}市{county if rng.random() < 0.4 else ''}{firm.core}{firm.form}"


def _without_form(firm: Firm, rng: random.Random) -> str:
    del rng
    return f"{firm.place}{firm.core}"


def _abbreviated(firm: Firm, rng: random.Random) -> str:
    trade = next(t for t in TRADES if firm.core.endswith(t))
    return f"{firm.place if rng.random() < 0.5 else ''}{firm.core.removesuffix(trade)}{TRADES[trade]}"


def _by_ear(firm: Firm, rng: random.Random) -> str:
    del rng
    heard = _SOUNDS.get(firm.core[1], firm.core[1])
    return f"{firm.place}{firm.core[0]}{heard}{firm.core[2:]}{firm.form}"


def _slipped(firm: Firm, rng: random.Random) -> str:
    at = rng.randrange(2, len(firm.core) + 1)
    return f"{firm.place}{firm.core[:at]}{firm.core[at - 1]}{firm.core[at:]}{firm.form}"


def _spaced(firm: Firm, rng: random.Random) -> str:
    del rng
    return f"{firm.place} {firm.core}\u3000{firm.form}"


def _registered(firm: Firm, rng: random.Random) -> str:
    del rng
    return firm.name


_WAYS = {
    _registered: 0.34, _in_brackets: 0.12, _other_form: 0.10, _without_place: 0.08, _by_city: 0.10,
    _without_form: 0.06, _abbreviated: 0.06, _by_ear: 0.02, _slipped: 0.02, _spaced: 0.10,
}  # fmt: skip
