"""Values: every style that departments write, doubtful ones kept with a verdict."""

from __future__ import annotations

from datetime import date
from datetime import datetime as _datetime
from typing import get_args

import polars as pl
import pytest

from ingest import moments
from ingest.column import Column
from ingest.raw import stripped
from ingest.values import Meaning, read
from jiwang.ontology import FieldType


def moment(*parts):
    return _datetime(*parts)  # noqa: DTZ001 - the departments write local time


def one(type_, text, *, styles=("yyyyMMdd",), codes=None, units=None, **column):
    meaning = Meaning(
        type_, Column(field="f", **column), codes or {}, styles, None if units is None else pl.Series([units])
    )
    values, verdicts = read(stripped(pl.Series([text], dtype=pl.String)), meaning)
    return values.to_list()[0], verdicts.to_list()[0]


@pytest.mark.parametrize(
    ("style", "text"),
    [
        ("yyyyMMdd", "20240305"),
        ("yyyy-MM-dd", "2024-03-05"),
        ("yyyy/M/d", "2024/3/5"),
        ("yyyy.M.d", "2024.3.5"),
        ("yyyy年M月d日", "2024年3月5日"),
        ("excel", "45356"),
    ],
)
def test_date_styles(style, text):
    assert one("date", f" {text}\u3000", styles=(style,)) == (date(2024, 3, 5), None)


@pytest.mark.parametrize(
    ("style", "text", "value", "verdict"),
    [
        ("yyyyMMddHHmmss", "20240305060708", moment(2024, 3, 5, 6, 7, 8), None),
        ("yyyyMMddHHmmss", "202403050607", moment(2024, 3, 5, 6, 7), "partial"),
        ("yyyyMMddHHmmss", "20240305", moment(2024, 3, 5), "partial"),
        ("yyyy-MM-dd HH:mm:ss", "2024-03-05 06:07:08", moment(2024, 3, 5, 6, 7, 8), None),
        ("yyyy-MM-dd HH:mm:ss", "2024-03-05T06:07:08", moment(2024, 3, 5, 6, 7, 8), None),
        ("yyyyMMddHHmmss", "20240305240000", None, "bad_date"),
    ],
)
def test_times(style, text, value, verdict):
    assert one("datetime", text, styles=(style,)) == (value, verdict)


@pytest.mark.parametrize(
    ("style", "text"), [("yyyyMM", "202403"), ("yyyy-MM", "2024-03"), ("yyyy年M月", "2024年3月")]
)
def test_a_month_is_its_first_day(style, text):
    assert one("month", text, styles=(style,)) == (date(2024, 3, 1), None)


@pytest.mark.parametrize("text", ["00000000", "99991231", "99999999", "9999-12-31"])
def test_sentinels_are_no_dates(text):
    assert one("date", text) == (None, "sentinel")


def test_a_mapping_may_add_sentinels():
    assert one("date", "20991231", sentinels=("20991231",)) == (None, "sentinel")


@pytest.mark.parametrize("text", ["20240230", "2024", "18000101", "明天", "202403"])
def test_what_is_no_date(text):
    assert one("date", text) == (None, "bad_date")


def test_another_style_is_read_and_noted():
    assert one("date", "2024-03-05") == (date(2024, 3, 5), "style")


@pytest.mark.parametrize(
    ("text", "value", "verdict"),
    [
        ("1640.00", 1640.0, None),
        ("1,640.50元", 1640.5, None),
        ("￥12", 12.0, None),
        ("-3.20", -3.2, "negative"),
        ("nan", None, "bad_number"),
        ("一百", None, "bad_number"),
        ("", None, None),
    ],
)
def test_money(text, value, verdict):
    assert one("money", text) == (value, verdict)


def test_money_in_other_units():
    assert one("money", "12345", unit="fen") == (123.45, None)
    assert one("money", "50.0", unit="wan_yuan") == (500_000.0, None)
    assert one("money", "50.0", unit="wan_yuan", unit_column="u", units="元") == (50.0, None)
    assert one("money", "50.0", unit="wan_yuan", unit_column="u", units="美元") == (None, "bad_number")


def test_integers_written_as_decimals():
    assert one("int", "4.0") == (4, None)
    assert one("int", "4.5") == (None, "bad_number")


def test_codes_are_translated_and_the_unknown_noted():
    assert one("code", " 1 ", codes={"1": "male"}) == ("male", None)
    assert one("code", "3", codes={"1": "male"}) == (None, "unknown_code")


def test_ids_are_canonical_or_kept_as_cleaned():
    assert one("account_no", "0005 1122 3795") == ("000511223795", None)
    assert one("citizen_id", "1101**********1234") == ("1101**********1234", "masked")
    assert one("phone", "+86 138-0013-8000") == ("13800138000", None)
    assert one("phone", "8000") == ("8000", "format")


def test_names_keep_what_is_inside():
    assert one("name", "\u3000谭\u3000雪 ") == ("谭\u3000雪", None)


def test_lists_of_a_csv_and_of_json():
    assert one("list", "D1| D2 ||", separator="|")[0] == ["D1", "D2"]
    assert one("list", "a;b\x1fc;d", separator="\x1e")[0] == ["a;b", "c;d"]
    assert one("list", None)[0] is None


def test_every_fallback_style_reads_only_its_own():
    texts = {
        "yyyyMMdd": "20240305",
        "yyyy-MM-dd": "2024-03-05",
        "yyyy/M/d": "2024/3/5",
        "yyyy年M月d日": "2024年3月5日",
    }
    for style in texts:
        found = moments.read(pl.Series(list(texts.values())), "date", moments.Styles([style]))
        assert found["value"].to_list() == [date(2024, 3, 5)] * len(texts)
        assert found["verdict"].is_null().sum() == 1


@pytest.mark.parametrize("type_", get_args(FieldType))
def test_a_column_without_rows_is_read(type_):
    meaning = Meaning(type_, Column(field="f"), {"1": "male"}, ("yyyyMMdd",), None)
    values, verdicts = read(pl.Series([], dtype=pl.String), meaning)
    assert (len(values), len(verdicts)) == (0, 0)
