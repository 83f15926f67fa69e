"""Meanings: what a mapping says of columns that are joined, split, constant, coded, or in other units."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from ingest import lunar
from jiwang.codes import citizen
from jiwang.errors import MappingError

HEAD = """
id = "care"
department = "医保局"
table = "settlement"
files = ["care*.csv"]
business_key = ["settlement_no"]
dates = ["yyyyMMdd"]
"""
BASE = """
[columns]
no = { field = "settlement_no" }
at = { field = "settled_at" }
sum = { field = "total_amount" }
"""


@pytest.fixture(autouse=True)
def _alone(desk):
    desk.mappings.clear()


def take(desk, header, *rows, columns="", head="", name="care.csv"):
    desk.mappings["care"] = HEAD + head + BASE + columns
    desk.lay({name: "\n".join([f"no,at,sum{header}", *rows]).encode()})
    return desk.ingest()


def column(told, field):
    return told.table("settlement").sort("source_row")[field].to_list()


def verdicts(told):
    said = told.table("settlement").sort("source_row")["verdicts"].to_list()
    return [[v for v in row if not v.startswith("settled_at")] for row in said]  # given as a day alone


def test_one_field_of_several_columns(desk):
    told = take(
        desk, ",省,市,街", "1,20240101,5,豫,南阳,建设路1号", "2,20240101,5,,南阳,",
        columns='"住址" = { field = "clinic_name", join = ["省", "市", "街"], between = "-" }',
    )  # fmt: skip
    assert column(told, "clinic_name") == ["豫-南阳-建设路1号", "南阳"]


def test_a_day_and_a_time_are_one_moment(desk):
    desk.mappings["care"] = HEAD + (
        '[columns]\nno = { field = "settlement_no" }\nsum = { field = "total_amount" }\n'
        '"时间" = { field = "settled_at", join = ["d", "t"], between = " ",'
        ' dates = ["yyyy-MM-dd HH:mm:ss"] }\n'
    )
    desk.lay({"care.csv": b"no,d,t,sum\n1,2024-01-05,06:07:08,5\n"})
    assert column(desk.ingest(), "settled_at") == [datetime(2024, 1, 5, 6, 7, 8)]  # noqa: DTZ001 - local time


def test_several_fields_of_one_column(desk):
    told = take(
        desk, ",who", "1,20240101,5,张三（P01）", "2,20240101,5,李四",
        columns=(
            '"a" = { field = "name", split = "who", pattern = "^([^（]+)" }\n'
            '"b" = { field = "person_no", split = "who", pattern = "（(.+)）" }'
        ),
    )  # fmt: skip
    assert column(told, "name") == ["张三", "李四"]
    assert column(told, "person_no") == ["P01", None]


def test_constants_and_the_period_of_the_file(desk):
    head = (
        'files = ["care_{yyyyMM}.csv"]\n'
        'constants = { scheme = "resident_medical", start_date = "{period}" }\n'
    )
    desk.mappings["care"] = HEAD.replace('files = ["care*.csv"]\n', "") + head + BASE
    desk.lay({"care_202402.csv": b"no,at,sum\n1,20240203,5\n2,20240203,5\n"})
    told = desk.ingest()
    assert column(told, "scheme") == ["resident_medical"] * 2
    assert column(told, "start_date") == [date(2024, 2, 1)] * 2


@pytest.mark.parametrize(("head", "unit"), [("", 1.0), ("valid_to = 2024-06-30", 1.0)])
def test_the_version_of_the_files_period(desk, head, unit):
    text = HEAD.replace('"care*.csv"', '"care_{yyyyMM}.csv"') + head + "\n" + BASE
    desk.mappings["old"] = text.replace('"care"', '"old"', 1)
    desk.mappings["new"] = (
        text.replace('"care"', '"new"\nversion = 2', 1)
        .replace("valid_to = 2024-06-30", "valid_from = 2024-07-01")
        .replace('field = "total_amount"', 'field = "total_amount", unit = "fen"')
    )
    desk.lay({f"care_{p}.csv": f"no,at,sum\n{p},20240203,500\n".encode() for p in ("202406", "202407")})
    told = desk.ingest()
    first = ("old", 500.0) if head else ("new", 5.0)
    mappings = dict(told.table("files").select("source_file", "mapping").rows())
    assert mappings == {"care_202406.csv": first[0], "care_202407.csv": "new"}
    assert column(told, "total_amount") == [first[1], 5.0]


def test_a_period_that_no_version_is_for(desk):
    head = HEAD.replace('"care*.csv"', '"care_{yyyyMM}.csv"') + "valid_from = 2025-01-01\n"
    desk.mappings["care"] = head + BASE
    desk.lay({"care_202406.csv": b"no,at,sum\n1,20240203,5\n"})
    with pytest.raises(
        MappingError, match=r"care_202406.csv: its period 202406 is outside .* care \(2025-01-01 to"
    ):
        desk.ingest()


@pytest.mark.parametrize("change", [('"医保局"', '"税务局"'), ('id = "care"', 'id = "again"')])
def test_two_mappings_for_one_file(desk, change):
    other = (HEAD + BASE).replace(*change).replace('id = "care"', 'id = "again"')
    desk.mappings["other"] = other.replace("care*.csv", "*.csv")
    with pytest.raises(MappingError, match=r"care.csv: several mappings fit it: again, care") as caught:
        take(desk, "", "1,20240101,5")
    assert "version" in caught.value.remedy


CODES = (
    'credential = { field = "credential", codes = { "01" = "e_credential", "02" = "id_card" EXTRA } MORE }'
)


def codes(extra="", more=""):
    return CODES.replace("EXTRA", extra).replace("MORE", more)


def test_a_code_as_spreadsheets_leave_it(desk):
    told = take(
        desk, ",credential", "1,20240101,5,1", "2,20240101,5,２", "3,20240101,5,02.0", columns=codes()
    )
    assert column(told, "credential") == ["e_credential", "id_card", "id_card"]


def test_a_code_outside_its_table_is_a_verdict_and_a_warning(desk):
    told = take(desk, ",credential", "1,20240101,5,01", "2,20240101,5,77", "3,20240101,5,78", columns=codes())
    assert verdicts(told) == [[], ["credential:unknown_code"], ["credential:unknown_code"]]
    assert told.counts["warnings"] == [
        "care.csv: column credential: 2 codes in no code table, first '77' in row 2"
    ]


def test_a_code_outside_its_table_may_stop_the_run(desk):
    with pytest.raises(
        MappingError, match=r"care.csv, row 2: column credential: code '77' is in no code table"
    ):
        take(
            desk,
            ",credential",
            "1,20240101,5,01",
            "2,20240101,5,77",
            columns=codes(more=', unknown_code = "stop"'),
        )
    assert not (desk.root / "ws" / "records").exists()


def test_what_is_long_is_not_repeated_as_a_code(desk):
    told = take(desk, ",credential", "1,20240101,5,1101011990010112", columns=codes())
    assert told.counts["warnings"] == [
        "care.csv: column credential: 1 codes in no code table, first of 16 characters in row 1"
    ]


def test_the_rest_of_a_code_table(desk):
    told = take(desk, ",credential", "1,20240101,5,77", columns=codes(extra=', "*" = "social_card"'))
    assert (column(told, "credential"), verdicts(told)) == (["social_card"], [[]])


def test_units_row_by_row(desk):
    told = take(
        desk, ",u,fund", "1,20240101,5,1,100", "2,20240101,5,2,100", "3,20240101,5,,100",
        "4,20240101,5,万元,1.5",
        "5,20240101,5,3,100", "6,20240101,5,,1.2万元", "7,20240101,5,,(1,234)".replace("1,234", "1234"),
        columns=(
            'fund = { field = "fund_amount", unit = "fen", unit_column = "u",'
            ' units = { 1 = "yuan", 2 = "fen" } }'
        ),
    )  # fmt: skip
    assert column(told, "fund_amount") == [100.0, 1.0, 1.0, 15000.0, None, 12000.0, -12.34]
    assert verdicts(told)[4:] == [["fund_amount:bad_number"], [], ["fund_amount:negative"]]


# A citizen id whose birth is told by a solar day a month after the lunar one.
def citizen_id(birth: str) -> str:
    first = f"411302{birth}001"
    return first + citizen.check_digit(first)


@pytest.mark.parametrize(
    ("text", "birth", "said", "verdict"),
    [
        ("农历1985年三月初八", "19850427", date(1985, 4, 27), None),
        ("一九八五年三月初八", "19850427", date(1985, 4, 27), None),
        ("农历乙丑年三月初八", "19850427", date(1985, 4, 27), None),
        ("乙丑年三月初八", "19250427", date(1925, 3, 31), None),
        ("农历乙丑年三月初八", None, None, "birth_date:ambiguous"),
        ("农历1985年三月卅八", "19850427", None, "birth_date:bad_date"),
        ("农历2020年闰四月十五", None, date(2020, 6, 6), None),
        ("农历1984年腊月廿九", None, date(1985, 2, 18), None),
        ("1985-04-27", None, date(1985, 4, 27), "birth_date:style"),
    ],
)
def test_lunar_births(desk, text, birth, said, verdict):
    told = take(
        desk, ",id,born", f"1,20240101,5,{citizen_id(birth) if birth else ''},{text}",
        columns='born = { field = "birth_date", dates = ["lunar"] }\nid = { field = "citizen_id" }',
    )  # fmt: skip
    assert column(told, "birth_date") == [said]
    assert verdicts(told) == [[verdict] if verdict else []]


def test_every_lunar_day_has_a_solar_one_of_its_own():
    months = ("正", *"二三四五六七八九十", "冬", "腊")
    days = [
        *(f"初{d}" for d in "一二三四五六七八九十"),
        *(f"十{d}" for d in "一二三四五六七八九"),
        "二十",
        "廿一",
        "廿九",
    ]
    for year in (1949, 1984, 2023):
        found = [lunar.read(f"{year}年{m}月{d}")[0] for m in months for d in days]
        known = [f for f in found if f]
        assert len(set(known)) == len(known) >= len(found) - len(months)
        assert known == sorted(known)


@pytest.mark.parametrize(
    ("style", "text", "said"),
    [
        ("yyMMdd", "850427", date(1985, 4, 27)),
        ("yyMMdd", "050427", date(2005, 4, 27)),
        ("yy-MM-dd", "85/4/27", date(1985, 4, 27)),
        ("d/M/yyyy", "3/4/1985", date(1985, 4, 3)),
        ("M/d/yyyy", "3/4/1985", date(1985, 3, 4)),
        ("epoch", "1704067200", date(2024, 1, 1)),
        ("epoch", "1704067200000", date(2024, 1, 1)),
        ("excel", "45296.5", date(2024, 1, 5)),
    ],
)
def test_rarer_styles_of_days(desk, style, text, said):
    told = take(
        desk, ",b", f"1,20240101,5,{text}", columns=f'b = {{ field = "birth_date", dates = ["{style}"] }}'
    )
    assert (column(told, "birth_date"), verdicts(told)) == ([said], [[]])


def test_numbers_that_spreadsheets_dressed(desk):
    told = take(desk, ",p", '\'0012,20240101,１２．５,="0007"', columns='p = { field = "person_no" }')
    assert column(told, "settlement_no") == ["0012"]
    assert column(told, "person_no") == ["0007"]
    assert column(told, "total_amount") == [12.5]
