"""Profiles: what the values of a column can be, whatever its header says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from ingest.moments import STYLES
from jiwang.codes import bankcard, citizen, phone, uscc
from jiwang.codes.divisions import known_codes
from jiwang.ontology import FieldType

_LOOKED_AT = 4000
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢"
    "姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施"
    "文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单裴霍涂成苗谷"
)
_ORGANISED = re.compile(
    r"公司|厂|店|中心|医院|学校|集团|合作社|事务所|诊所|卫生|大学|幼儿园|银行|局$|部$|站$|院$|社$|委$"
)
_PLACED = re.compile(r"[省市区县镇乡村路街号室组]")
_MOBILE = re.compile(r"^1[3-9]\d[\d*]{4}\d{4}$")
# Styles that are a day, a time and a month; a text such as 202401 could be a month or a short day.
_DAYS = (
    "yyyyMMdd",
    "yyyy-MM-dd",
    "yyyy/M/d",
    "yyyy.M.d",
    "yyyy年M月d日",
    "yy-MM-dd",
    "M/d/yyyy",
    "d/M/yyyy",
    "excel",
    "lunar",
)
_TIMES = ("yyyyMMddHHmmss", "yyyy-MM-dd HH:mm:ss", "yyyy年M月d日 HH:mm:ss", "epoch")
_MONTHS = ("yyyyMM", "yyyy-MM", "yyyy年M月")
_YEAR = r"^(18[5-9]\d|19\d\d|20\d\d|2100)"
_UNSET = re.compile(r"^[0\-:/ ]*$|^9999|^0001|^1899|^长期$|^无$|^/$|^-$|^NULL$", re.I)
_TWO_DIGITS = ("yy-MM-dd", "yyMMdd", "d/M/yyyy", "M/d/yyyy", "excel", "epoch", "lunar")
# Which of its numbers is the month is told by those above 12.
_HALVES = {
    "d/M/yyyy": r"^[0-3]?\d[-/.](0?[1-9]|1[0-2])[-/.]\d{4}$",
    "M/d/yyyy": r"^(0?[1-9]|1[0-2])[-/.][0-3]?\d[-/.]\d{4}$",
}
_FEW = 60  # distinct values that a code may have


@dataclass
class Profile:
    """The values of one column.

    Attributes:
        values: all that are not empty; ``rows`` counts the empty ones too.
    """

    values: list[str]
    rows: int

    @cached_property
    def some(self) -> pl.Series:
        """An even part of the values."""
        step = max(1, len(self.values) // _LOOKED_AT)
        return pl.Series(self.values[::step][:_LOOKED_AT], dtype=pl.String)

    @cached_property
    def counts(self) -> Counter[str]:
        """How often each value occurs."""
        return Counter(self.values)

    @property
    def filled(self) -> float:
        """Share of rows with a value."""
        return len(self.values) / self.rows if self.rows else 0.0

    @property
    def distinct(self) -> float:
        """Share of the values that are distinct."""
        return len(self.counts) / len(self.values) if self.values else 0.0

    def matches(self, pattern: str) -> float:
        """Return the share of values that match."""
        return _mean(self.some.str.contains(pattern))

    @cached_property
    def ids(self) -> float:
        """Share of citizen ids: right, upgraded or masked."""
        good = ("ok", "upgraded", "region", "sequence", "masked")
        return _share(citizen.inspect(self.some)["verdict"], good)

    @cached_property
    def credit_codes(self) -> float:
        """Share of unified social credit codes whose check is right."""
        return _share(uscc.inspect(self.some)["verdict"], ("ok", "org_code"))

    @cached_property
    def accounts(self) -> float:
        """Share of bank cards with their Luhn digit; passbooks count half."""
        seen = bankcard.inspect(self.some)["verdict"]
        long = self.matches(r"^[0-9 \-]{12,22}$")
        return _share(seen, ("ok",)) + 0.5 * min(long, _share(seen, ("passbook",)))

    @cached_property
    def phones(self) -> float:
        """Share of telephone numbers."""
        mobile = sum(bool(_MOBILE.match(v.replace("-", ""))) for v in self.some) / max(1, len(self.some))
        return max(
            mobile, _share(phone.inspect(self.some)["verdict"], ("mobile", "landline")) * (mobile > 0.3)
        )

    @cached_property
    def numbers(self) -> pl.Series:
        """Values that are plain numbers, as such."""
        bare = self.some.str.replace_all(r"[,，\s￥¥元]", "")
        return bare.cast(pl.Float64, strict=False).drop_nulls()

    @property
    def numeric(self) -> float:
        """Share of numbers."""
        return len(self.numbers) / max(1, len(self.some))

    @cached_property
    def people(self) -> float:
        """Share of personal names of two to four characters, or with a dot, under a known surname."""
        named = [
            bool(re.fullmatch(r"[\u3400-\u9fff？?*·•]{2,4}|[\u4e00-\u9fff]+[·•.][\u4e00-\u9fff·•.]+", v))
            for v in self.some
        ]
        known = [v[0] in _SURNAMES for v in self.some]
        return sum(n and (k or "·" in v) for n, k, v in zip(named, known, self.some, strict=True)) / max(
            1, len(named)
        )

    @cached_property
    def organisations(self) -> float:
        """Share of names of organisations."""
        return sum(bool(_ORGANISED.search(v)) and len(v) > 3 for v in self.some) / max(1, len(self.some))

    @cached_property
    def addresses(self) -> float:
        """Share of addresses."""
        return sum(len(_PLACED.findall(v)) > 1 and len(v) > 5 for v in self.some) / max(1, len(self.some))

    @cached_property
    def divisions(self) -> float:
        """Share of codes of counties or cities."""
        codes = [int(v) for v in self.some if re.fullmatch(r"\d{6}", v)]
        return sum(bool(known_codes()[c]) or c % 100 == 0 for c in codes) / max(1, len(self.some))

    @property
    def few(self) -> bool:
        """Whether so few values occur that they may be codes."""
        return 0 < len(self.counts) <= _FEW and len(self.counts) <= max(12, 0.1 * len(self.values))

    @property
    def is_either_way(self) -> bool:
        """Whether every day may be read with its month first as well as last."""
        return min(map(self.matches, _HALVES.values())) == 1

    @property
    def are_words(self) -> bool:
        """Whether its values are a few Chinese words, several of them."""
        return self.few and len(self.counts) > 1 and self.matches(r"^[\x{4e00}-\x{9fff}]{2,}") == 1

    @cached_property
    def styles(self) -> dict[str, float]:
        """Date style → share of the set values that it reads, the likeliest first."""
        texts = self.some.filter(~self.some.str.contains(_UNSET.pattern.replace("^NULL$", "(?i)^NULL$")))
        found: dict[str, pl.Series] = {}
        for style in (*_DAYS, *_TIMES, *_MONTHS, "yyMMdd"):
            pattern = _HALVES.get(style) or STYLES[style] or r"农历"
            fits = texts.str.contains(pattern)
            if style not in _TWO_DIGITS:
                fits = fits & texts.str.contains(_YEAR)
            if style == "excel":
                serial = texts.str.extract(r"^([0-9]{5})").cast(pl.Float64, strict=False)
                fits = fits & serial.is_between(5000, 60000).fill_null(value=False)
            if style == "yyyy-MM-dd HH:mm:ss":
                fits = fits & texts.str.contains(":")
            found[style] = fits.fill_null(value=False)
        return _telling(found, len(texts))

    def dated(self, kind: FieldType) -> float:
        """Return the share of values that are days, times or months; a month is no day."""
        group = {"date": (*_DAYS, *_TIMES), "datetime": (*_TIMES, *_DAYS), "month": (*_MONTHS, *_DAYS[:5])}[
            kind
        ]
        weights = {"excel": 0.8, "epoch": 0.7, "yyMMdd": 0.6, "lunar": 1.0}
        shares = [
            s * weights.get(n, 1.0) * (0.8 if kind == "month" and n in _DAYS else 1)
            for n, s in self.styles.items()
            if n in group
        ]
        if not self.styles and self.values:
            return 0.5 * self.matches(_UNSET.pattern)
        return min(1.0, sum(shares))

    def fits(self, kind: FieldType) -> float:
        """Return how well the values fit a field type, 0 to 1; 0.5 where they say nothing."""
        if not self.values:
            return 0.5
        if kind in ("date", "datetime", "month"):
            return self.dated(kind)
        return min(1.0, _FITS[kind](self)) if kind in _FITS else 0.5


def _amount(p: Profile) -> float:
    """Plain numbers; long ones without a point are numbers of something."""
    said = p.matches(r"[.]") > 0.02 or p.matches(r"^[0-9]{9,}$") < 0.1
    return p.numeric * (1.0 if said else 0.3)


def _credit_code(p: Profile) -> float:
    return p.credit_codes * 1.2 + 0.6 * p.matches(r"^[0-9A-Z]{15}$|^[0-9A-Z]{18}$|^[0-9]{20}$")


_FITS: Mapping[str, Callable[[Profile], float]] = {
    "citizen_id": lambda p: p.ids * 1.2,
    "uscc": _credit_code,
    "account_no": lambda p: p.accounts * 1.2,
    "phone": lambda p: p.phones,
    "name": lambda p: max(p.people, 0.6 * p.matches(r"[\x{4e00}-\x{9fff}]{2,}")),
    "org_name": lambda p: max(p.organisations, 0.5 * p.matches(r"[\x{4e00}-\x{9fff}]{4,}")),
    "address": lambda p: max(p.addresses, 0.4 * p.matches(r"[\x{4e00}-\x{9fff}]{2,}")),
    "money": _amount,
    "number": _amount,
    "int": lambda p: p.matches(r"^-?[0-9]{1,6}([.]0+)?$"),
    "code": lambda p: 1.0 if p.few else 0.1,
    "key": lambda p: 0.6 if p.matches(r"[0-9]") > 0.5 else 0.2,
    "text": lambda p: 1.0 if sum(map(len, p.some)) > 20 * len(p.some) else 0.3,
    "list": lambda p: 0.5 + 0.5 * p.matches(r"[;|、,]"),
}


def _telling(fits: dict[str, pl.Series], count: int) -> dict[str, float]:
    """Return the styles that read what no likelier style does, with their shares."""
    told: dict[str, float] = {}
    rest = pl.repeat(value=True, n=count, dtype=pl.Boolean, eager=True)
    for style in sorted(fits, key=lambda s: -fits[s].sum()):
        share = _mean(fits[style] & rest)
        if share > 0.005:
            told[style] = share
            rest = rest & ~fits[style]
    return told


def _share(verdicts: pl.Series, good: tuple[str, ...]) -> float:
    return _mean(verdicts.is_in(list(good)))


def _mean(flags: pl.Series) -> float:
    return int(flags.sum() or 0) / len(flags) if len(flags) else 0.0
