"""Names of organisations: region, core, legal form and branch of each name.

``某地新诚科技有限责任公司``, ``新诚科技（某地）有限公司`` and ``新诚科技`` are ways to write one name. A name
is taken apart into its region (prefix or brackets), its core (brand and trade), its form and its branch; the
same core under another region or another form may be another firm, so all parts are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

import polars as pl

from jiwang.codes import divisions

_LEVELS = re.compile(r"(?:特别行政区|自治区|自治州|自治县|自治旗|地区|林区|新区|省|市|盟|州|县|区|旗)$")
_PEOPLES = re.compile(r"(?:[\u4e00-\u9fff]{1,4}族)+$")
_FORMS = (
    ("股份有限责任公司", "股份"), ("股份有限公司", "股份"), ("有限责任公司", "有限"), ("有限公司", "有限"),
    ("集团公司", "集团"), ("总公司", "公司"), ("公司", "公司"), ("个体工商户", ""),
)  # fmt: skip
# A form of four or more characters is known even with one of them dropped (有限司, 有限责任公).
_SLIPPED = tuple(
    (ending[:i] + ending[i + 1 :], form) for ending, form in _FORMS[:4] for i in range(len(ending))
)
_UNIT = r"(?:分公司|办事处|分店|营业部|分厂|分院|分校|分部|项目部|服务网点|代表处)"
_BRANCH = (
    re.compile(rf"^(.+?(?:公司|集团|合作社|总厂|总店))([^公]{{0,10}}{_UNIT})$"),
    re.compile(
        rf"^(.{{5,}}?(?:店|厂|社|中心|医院|学校|经营部))((?:第?[一二三四五六七八九十\d]+|[东西南北中城开高新]\S{{0,3}}){_UNIT})$"
    ),
)
_NOISE = re.compile(r"[\s\u3000·•.,，。、'\"“”\-—_/]")
_BRACKET = re.compile(r"\(([^()]*)\)")


@cache
def _renamed() -> dict[str, str]:
    """Return the bare former names that no division of today bears → the bare name of the successor."""
    today = divisions.names()
    taken = {bare(name) for name in today.values()}
    former = {bare(name): bare(today[code]) for code, name in divisions.former_names() if code in today}
    return {was: now for was, now in former.items() if was not in taken}


@cache
def _national() -> dict[str, frozenset[str]]:
    """Return the codes that each name of a division may mean, with and without its level (郑州市, 郑州)."""
    codes: dict[str, set[str]] = {}
    for code, name in [*divisions.names().items(), *divisions.former_names()]:
        for n in {name, bare(name)}:
            if len(n) >= 2:
                codes.setdefault(n, set()).add(code)
    return {name: frozenset(found) for name, found in codes.items()}


def wider(region: str) -> frozenset[str]:
    """Return the bare names of the city and province that a county lies in, of the province of a city."""
    names = divisions.names()
    above = {code[:n] for code in _national().get(region, ()) for n in (2, 4) if n < len(code)}
    return frozenset(bare(names[a]) for a in above if a in names) - {region}


def bracketed_regions(names: Iterable[str]) -> frozenset[str]:
    """Return what stands in brackets within these names and is short enough to be a place."""
    found = (m for name in names for m in _BRACKET.findall(_fold(name)))
    return frozenset(bare(m) for m in found if 2 <= len(m) <= 4)


def bare(place: str) -> str:
    """Return a place without its level and people (西峡县 → 西峡), unless nothing of a name would be left."""
    bare = _PEOPLES.sub("", _LEVELS.sub("", place))
    return bare if len(bare) >= 2 else place


def _fold(name: str) -> str:
    table = str.maketrans("（）【】［］〔〕", "()()()()")
    return _NOISE.sub("", name.translate(table))


def region_within(inner: str, outer: str) -> bool:
    """Say whether a division of the one name lies in one of the other name."""
    ours, theirs = _national().get(inner, frozenset()), _national().get(outer, frozenset())
    return any(a.startswith(b) and a != b for a in ours for b in theirs)


class OrganisationNames:
    """Takes names of organisations apart, knowing the places of the nation and those of the data.

    Args:
        places: further names of places, as `bracketed_regions` finds them.
    """

    def __init__(self, places: frozenset[str] = frozenset()) -> None:
        self._places = frozenset(_national()) | places
        self._longest = max((len(p) for p in self._places), default=0)

    def parts(self, name: str) -> tuple[str, str, str, str]:
        """Return region, core, form and branch of a name; each may be empty except the core."""
        text = _fold(name)
        branch = ""
        if found := next(filter(None, (rule.match(text) for rule in _BRANCH)), None):
            text, branch = found.groups()
        region = ""
        for inner in _BRACKET.findall(text):
            if self._is_place(inner):
                region = bare(inner)
        text = _BRACKET.sub(lambda m: "" if self._is_place(m.group(1)) else m.group(1), text)
        prefix = self._prefix(text)
        text, within = text[len(prefix) :], bare(prefix)
        # 河南省南阳市安盛物流: a place may follow that lies in the one before; a brand like a place does not.
        while within and (prefix := self._prefix(text)) and region_within(bare(prefix), within):
            text, within = text[len(prefix) :], bare(prefix)
        region = region or within
        region = _renamed().get(region, region)
        for ending, form in (*_FORMS[:4], *_SLIPPED, *_FORMS[4:]):
            if text.endswith(ending) and len(text) > len(ending) + 1:
                return region, text[: -len(ending)], form, branch
        return region, text, "", branch

    def _is_place(self, text: str) -> bool:
        return text in self._places or bare(text) in self._places

    def _prefix(self, text: str) -> str:
        """Return the place that a name begins with, its level included, if enough of a name is left."""
        for length in range(min(self._longest, len(text) - 3), 1, -1):
            if (head := text[:length]) in self._places:
                rest = text[length:]
                level = rest[0] if rest[0] in "市县区" and len(rest) > 4 else ""
                return head + level
        return ""

    def table(self, names: pl.Series) -> pl.DataFrame:
        """Return one row per distinct name: ``name, region, core, form, branch, full``.

        ``full`` is region and core and form: equal for two ways of writing one registered name.
        """
        distinct = sorted(set(names.drop_nulls().to_list()))
        rows = [(n, *self.parts(n)) for n in distinct]
        frame = pl.DataFrame(
            rows, schema=dict.fromkeys(("name", "region", "core", "form", "branch"), pl.String), orient="row"
        )
        return frame.with_columns(full=pl.concat_str("region", pl.lit("|"), "core", pl.lit("|"), "form"))
