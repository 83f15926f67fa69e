"""What notes say by rule: identifiers by form and check digit, addresses, organisations by their ending."""

from __future__ import annotations

import re
from collections.abc import Iterator

from entity_resolution.normalize.places import locate
from jiwang.codes import citizen

Found = tuple[str, int, int]  # label, start, end
_IDENTIFIERS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("citizen_id", re.compile(r"(?<!\d)\d{17}[\dXx](?![\dXx])")),
    ("account_tail", re.compile(r"(?:尾号|[末后]四位)[:：是为]?(\d{4})(?!\d)")),
    ("phone", re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")),
    ("account", re.compile(r"(?<!\d)(?:\d{16,19}|\d{12})(?!\d)")),
    ("amount", re.compile(r"(?:[¥￥]\d+(?:,\d{3})*(?:\.\d+)?|\d+(?:,\d{3})*(?:\.\d+)?(?:万元|元|块钱|块))")),
    ("date", re.compile(
        r"(?:\d{4}[.\-/年])?\d{1,2}[.\-/月]\d{1,2}(?:[日号]|(?!\d))|(?:\d{4}年|去年|今年)\d{1,2}月(?:份)?")),
    ("alias", re.compile(
        r"[\u4e00-\u9fff]某(?:某)?|[老小](?![人板家师])[\u4e00-\u9fff](?=[、，,。（(去在的账打就手办]|$)")),
)  # fmt: skip
# Words that end where a name or an address begins; none of them stands within a name of a place or firm.
_CUT = re.compile(
    r"(?:现住|居住于|居住在|住在|位于|地址为|地址是|走访|在职|职工|名下|所在单位|单位|公司是|举报|反映|投诉|夜查|"
    r"回访|核查|核实|协查|前往|刷卡|就诊|[在从到去往是由给对向与于为系称将被让把据诉未请的了过着该自跟住及，。；：])"
)
_ADDRESS = re.compile(
    r"[\u4e00-\u9fff]{2,28}?(?:(?:路|街|大道|巷|胡同|弄)\d+号|村\d+组(?:\d+号)?|(?:村|屯)\d+号|\d+(?:号楼|栋|幢|座))"
    r"(?:[\u4e00-\u9fff]{2,6}?\d+(?:号楼|栋|幢|座))?(?:\d+单元)?(?:\d+(?:室|户))?"
)
_COMPANY = re.compile(
    r"[\u4e00-\u9fff()]{4,24}?(?:股份有限公司|有限责任公司|有限公司|合作社|经营部)(?:[\u4e00-\u9fff]{1,6}分公司)?"
)
_CLINIC = re.compile(
    r"[\u4e00-\u9fff]{2,16}?(?:卫生服务中心|卫生服务站|卫生院|卫生室|医院|诊所|门诊部|大药房|药房|药店)"
    r"(?:[\u4e00-\u9fff]{1,6}店)?"
)
_LEAST = {"employer": 6, "clinic": 4, "address": 4}


def identifiers(text: str) -> Iterator[Found]:
    """Yield ids, phones, accounts, amounts, dates, nicknames; a citizen id only if its check is right."""
    for label, rule in _IDENTIFIERS:
        for match in rule.finditer(text):
            group = 1 if rule.groups else 0
            if label == "citizen_id" and citizen.check_digit(match[0][:17]) != match[0][17].upper():
                continue
            yield label, match.start(group), match.end(group)


def addresses(text: str) -> Iterator[Found]:
    """Yield addresses: they end in a number of a house or a village's group, and begin with a place."""
    if any(c.isdigit() for c in text):
        yield from _trimmed("address", _ADDRESS, text)


def organisations(text: str) -> Iterator[Found]:
    """Yield names of firms, clinics and pharmacies by how they end, known or not."""
    if "公司" in text or "社" in text or "部" in text:
        yield from _trimmed("employer", _COMPANY, text)
    if any(w in text for w in ("医院", "卫生", "药", "诊")):
        yield from _trimmed("clinic", _CLINIC, text)


def _trimmed(label: str, rule: re.Pattern[str], text: str) -> Iterator[Found]:
    for match in rule.finditer(text):
        start = match.start() + _begins(match[0])
        if match.end() - start >= _LEAST[label]:
            yield label, start, match.end()


def _begins(text: str) -> int:
    """Return where in ``text`` the name begins: after the last word that cannot be part of it, at a place."""
    last = 0
    for cut in _CUT.finditer(text, 0, len(text) - 4):
        last = cut.end()
    for at in range(last, min(last + 8, len(text) - 4)):
        code, length = locate(text[at : at + 24])
        if code is not None and length >= 2:
            return at
    return last
