"""Screening: lines and records that are no data by their own words, whatever the columns mean."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import polars as pl

from ingest.quarantine import Rule
from ingest.raw import SPACE

_BETWEEN = rf"\s\"{SPACE},;|\x1f"
# At the start of a line: 合计, 总计, 小计 … A subtotal is a total line, but its number is not the file's.
_TOTAL = (
    r"^[{0}]*(?:(?:本页|全部|记录)?(?:合|总|小|共|累)\s*计(?:数|条数|笔数|人数|人次|金额)?"
    r"|(?:总|总记录|记录|总行|总人)(?:数|条数|笔数))(?:[{0}:：]|[0-9]|$)"
)
_SUBTOTAL = re.compile(r"^\W*(本页|小\s*计)")
COUNT = r"\d{1,12}"  # a number of rows; a longer one numbers a person or an account
_NUMBER = re.compile(rf"(?<![\d.\-]){COUNT}(?![\d.])")
_MOST_SAID_IN_A_TOTAL = 4
_SUM = re.compile(r"^[-+¥￥]?[0-9][0-9,]{0,14}(\.[0-9]*)?$")
_FULL_WIDTH = "，；｜"
# Replacement characters and what debuggers leave in memory; private use; UTF-8 taken for Latin-1.
_GARBLED = re.compile(
    r"^[?？�□锟斤拷烫屯\s]+$|^[\ue000-\uf8ff\s]+$|^[\u0080-\u017f\u02c6\u02dc\u2013-\u2122\s]+$"
)
# UTF-8 taken for GBK: the characters that lead bytes of Chinese and their second bytes become together.
_TAKEN_FOR_GBK = "".join(
    bytes((a, b)).decode("gb18030") for a in range(0xE4, 0xEA) for b in range(0x80, 0xC0)
)
_UNSAID = re.compile(r"^(无|空|null|none|nan|n/a|[-/—])$", re.IGNORECASE)
_TEST = re.compile(r"^(测试|test|demo|示例|样例|演示|xxx+)[\w\-]*$", re.IGNORECASE)
_LONGEST_UNSAID = 4  # characters
# What begins every text that `_is_garbled` or `_TEST` finds, and few others.
_DOUBTFUL = re.compile(rf"[^\x21-\x3e\x40-\x7f\u4e00-\u9fff]|[锟斤拷烫屯测示样演tdxTDX{_TAKEN_FOR_GBK}]")
_SUSPECT = (
    r"(?i)锟斤拷|烫烫|屯屯|\?\?|？？|�|测试|test|demo|示例|样例|演示|xxx"
    rf"|[\u{{e000}}-\u{{f8ff}}]{{2}}|[\u{{80}}-\u{{17f}}]{{2}}|[{_TAKEN_FOR_GBK}]"
)


def line_rules(texts: pl.Series, headers: Sequence[str], delimiter: str) -> pl.Series:
    """Return for each unquoted line the rule that breaks it by its own words, or null.

    ``headers`` are the lines that repeat a header: one, or those of a header of several rows, and as one.
    The order is that of precedence: a line is first blank, then a header, a total, mojibake, test data.
    """
    t = pl.col("t")
    bare = t.str.strip_chars(SPACE + _FULL_WIDTH + delimiter)
    frame = (
        texts.alias("t")
        .to_frame()
        .select(
            pl.when(bare == "")
            .then(pl.lit("blank_line"))
            .when(t.str.strip_chars(SPACE).is_in(headers))
            .then(pl.lit("repeated_header"))
            .when(t.str.contains(_total(delimiter)))
            .then(pl.lit("total_line"))
            .alias("rule"),
        )["rule"]
    )
    found: dict[int, str | None] = {}
    for at in (frame == "total_line").arg_true():
        if _too_much_for_a_total(texts[at].split(delimiter)):
            found[at] = None
    for at in suspects(texts):
        if frame[at] is None:
            found[at] = words_rule(texts[at].split(delimiter))
    return frame.scatter(list(found), list(found.values())) if found else frame


def remarkable(names: Sequence[str], delimiter: str) -> str:
    """Return the pattern of lines that may be no plain row: all others need not be looked at again.

    It finds what `line_rules` breaks, one of the ``names`` of a header, and spaces at the edge of a field.
    One pattern costs no more than each of its parts, which are looked for in one pass.
    """
    mark, space = re.escape(delimiter), re.escape(SPACE.replace(delimiter, ""))
    blank = f"^[{re.escape(SPACE + _FULL_WIDTH)}{mark}]*$"
    spaced = f"^[{space}]|[{space}]{mark}|{mark}[{space}]|[{space}]$"
    return "|".join([_SUSPECT, _total(delimiter), blank, spaced, *map(re.escape, names)])


@cache
def _total(delimiter: str) -> str:
    return _TOTAL.format(_BETWEEN + re.escape(delimiter))


def record_rule(fields: Sequence[str], header: Sequence[str]) -> Rule | None:
    """Return the rule that breaks a record (already parted into fields) by its own words, or None."""
    said = [f.strip(SPACE) for f in fields]
    if not any(said):
        return "blank_line"
    if said in (list(header), [h.rpartition("/")[2] for h in header]):  # or the lower row of a merged one
        return "repeated_header"
    if re.match(_total(""), said[0]) and not _too_much_for_a_total(said):
        return "total_line"
    return words_rule(said)


def words_rule(values: Sequence[str | None]) -> Rule | None:
    """Return ``undecodable`` or ``placeholder`` where half of what is said is mojibake or test words."""
    texts = [s for v in values if v and (s := v.strip(SPACE))]
    doubtful = [s for s in texts if _DOUBTFUL.match(s)]  # most suspects hold one such value among many sound
    if 2 * len(doubtful) < sum(len(s) > _LONGEST_UNSAID for s in texts):
        return None
    said = [s for s in texts if len(s) > _LONGEST_UNSAID or not _UNSAID.match(s)]
    doubtful = [s for s in said if _DOUBTFUL.match(s)]
    if not doubtful or len(doubtful) * 2 < len(said):
        return None
    garbled = sum(len(s) > 1 and _is_garbled(s) for s in doubtful)
    if garbled * 2 >= len(said):
        return "undecodable"
    tests = sum(bool(_TEST.match(s)) for s in doubtful)
    return "placeholder" if tests * 2 >= len(said) else None


def _is_garbled(text: str) -> bool:
    if _GARBLED.match(text):
        return True
    if text[0] not in _TAKEN_FOR_GBK:
        return False
    try:
        return not text.encode("gb18030").decode("utf-8").isascii()
    except UnicodeDecodeError:
        return False


def suspects(texts: pl.Series) -> list[int]:
    """Return the indexes of texts with mojibake or a test word somewhere, for `words_rule` to judge."""
    return texts.str.contains(_SUSPECT).fill_null(value=False).arg_true().to_list()


def is_test_word(value: str | None) -> bool:
    """Say whether a value is a test word such as 测试企业."""
    return bool(value and _TEST.match(value.strip(SPACE)))


def stated_total(text: str) -> list[int]:
    """Return the number of rows that a total line states, if it does; subtotals and sums of money do not."""
    found = [] if _SUBTOTAL.match(text) else _NUMBER.findall(text)
    return [int(n) for n in found[-1:]]


def _too_much_for_a_total(fields: Sequence[str]) -> bool:
    """Say whether a line says more than a total does, sums apart: a table may have a column a month."""
    said = [f.strip(SPACE) for f in fields]
    return sum(bool(f) and not _SUM.match(f) for f in said) > _MOST_SAID_IN_A_TOTAL
