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
_BRANCH = re.compile(r"^(.+?公司)([^公]{0,8}(?:分公司|办事处|分店|营业部))$")
_NOISE = re.compile(r"[\s\u3000·•.,，。、'\"“”\-—_/]")
_BRACKET = re.compile(r"\(([^()]*)\)")


@cache
def _national() -> frozenset[str]:
    """Return the names of all divisions with and without their level (郑州市, 郑州)."""
    names = set()
    for name in divisions.names().values():
        names |= {name, _bare(name)}
    return frozenset(n for n in names if len(n) >= 2)


def bracketed_regions(names: Iterable[str]) -> frozenset[str]:
    """Return what stands in brackets within these names and is short enough to be a place."""
    found = (m for name in names for m in _BRACKET.findall(_fold(name)))
    return frozenset(_bare(m) for m in found if 2 <= len(m) <= 4)


def _bare(place: str) -> str:
    """Return a place without its level and people (西峡县 → 西峡), unless nothing of a name would be left."""
    bare = _PEOPLES.sub("", _LEVELS.sub("", place))
    return bare if len(bare) >= 2 else place


def _fold(name: str) -> str:
    table = str.maketrans("（）【】［］〔〕", "()()()()")
    return _NOISE.sub("", name.translate(table))


class OrganisationNames:
    """Takes names of organisations apart, knowing the places of the nation and those of the data.

    Args:
        places: further names of places, as `bracketed_regions` finds them.
    """

    def __init__(self, places: frozenset[str] = frozenset()) -> None:
        self._places = _national() | places
        self._longest = max((len(p) for p in self._places), default=0)

    def parts(self, name: str) -> tuple[str, str, str, str]:
        """Return region, core, form and branch of a name; each may be empty except the core."""
        text = _fold(name)
        branch = ""
        if found := _BRANCH.match(text):
            text, branch = found.groups()
        region = ""
        for inner in _BRACKET.findall(text):
            if self._is_place(inner):
                region = _bare(inner)
        text = _BRACKET.sub(lambda m: "" if self._is_place(m.group(1)) else m.group(1), text)
        prefix = self._prefix(text)
        text, region = text[len(prefix) :], region or _bare(prefix)
        for ending, form in (*_FORMS[:4], *_SLIPPED, *_FORMS[4:]):
            if text.endswith(ending) and len(text) > len(ending) + 1:
                return region, text[: -len(ending)], form, branch
        return region, text, "", branch

    def _is_place(self, text: str) -> bool:
        return text in self._places or _bare(text) in self._places

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
