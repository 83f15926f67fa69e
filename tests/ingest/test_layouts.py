"""Layouts: every kind of file that departments deliver gives the same records, by its mapping alone."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from datetime import date

import polars as pl
import pytest

from ingest import documents, encoding
from jiwang.errors import MappingError, SourceError
from jiwang.progress import SilentProgress

from .workbooks import workbook

COLUMNS = """
[columns]
"人员编号" = { field = "person_no", aka = ["个人编号", "AAC001"] }
"姓名" = { field = "name" }
"月份" = { field = "month", dates = ["yyyyMM"] }
"金额" = { field = "amount" }
"发放日期" = { field = "paid_date" }
"""
HEADER = "人员编号,姓名,月份,金额,发放日期"
ROWS = ["0007,甲,202401,1640.00,20240115", "0008,阿卜杜·热合曼,202401,1200.50,20240115"]


def mapping(head: str, columns: str = COLUMNS) -> str:
    if "files =" not in head:
        head = f'files = ["人社局/pay*"]\n{head}'
    if "encoding =" not in head:
        head = f'encoding = ["gb18030"]\n{head}'
    fixed = 'id = "pay"\ndepartment = "人社局"\ntable = "unemployment_payment"\n'
    return f'{fixed}business_key = ["person_no", "month"]\n{head}\n{columns}'


def records(told, *names):
    frame = told.table("unemployment_payment").sort("source_file", "source_row")
    return frame.select(names or ("source_row", "person_no", "name", "month", "amount", "paid_date")).rows()


BOTH = [
    (1, "0007", "甲", date(2024, 1, 1), 1640.0, date(2024, 1, 15)),
    (2, "0008", "阿卜杜·热合曼", date(2024, 1, 1), 1200.5, date(2024, 1, 15)),
]


@pytest.mark.parametrize("delimiter", ["|", "\t", "|+|", "^", "§", ";", "\x01"])
def test_delimiters(desk, delimiter):
    desk.mappings["pay"] = mapping(f"format = {{ delimiter = {json.dumps(delimiter)} }}")
    desk.lay({"人社局/pay.txt": [line.replace(",", delimiter) for line in (HEADER, *ROWS, "合计,,,2,")]})
    told = desk.ingest()
    assert records(told) == BOTH
    assert told.broken == {3: "total_line"}


def test_a_quote_is_a_character_where_nothing_quotes(desk):
    desk.mappings["pay"] = mapping('format = { delimiter = "|", quote = "" }')
    desk.lay({"人社局/pay.txt": "\n".join([HEADER, '7,"甲,202401,1,20240115']).replace(",", "|")})
    assert records(desk.ingest(), "name") == [('"甲',)]


@pytest.mark.parametrize("codec", ["gb18030", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("block", [64, 1 << 20])
def test_encodings(desk, monkeypatch, codec, block):
    monkeypatch.setattr(encoding, "BLOCK", block)
    declared = "utf-16" if "16" in codec else codec
    desk.mappings["pay"] = mapping(f'encoding = ["gb18030", "{declared}"]')
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(codec, b"")
    text = "\r\n".join([HEADER, *ROWS * 20]) + "\r\n"
    desk.lay({"人社局/pay.csv": mark + text.encode(codec)})
    told = desk.ingest()
    assert records(told)[:2] == BOTH
    assert told.counts["rows_read"] == told.counts["accepted"] == 40


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark(desk, codec):
    desk.mappings["pay"] = mapping('encoding = ["utf-16"]')
    desk.lay({"人社局/pay.csv": "\r\n".join([HEADER, *ROWS]).encode(codec)})
    assert records(desk.ingest()) == BOTH


def test_lines_that_end_in_a_carriage_return_alone(desk):
    desk.mappings["pay"] = mapping("")
    desk.lay({"人社局/pay.csv": "\r".join([HEADER, *ROWS, ""])})
    assert records(desk.ingest()) == BOTH


def mixed() -> bytes:
    old = "\n".join([HEADER, *(ROWS[0].replace("0007", f"1{n:03}") for n in range(300))])
    return f"{old}\n".encode("gb18030") + f"{ROWS[1]}\n".encode()


def test_lines_in_another_encoding_that_was_declared_too(desk):
    desk.mappings["pay"] = mapping('encoding = ["gb18030", "utf-8"]')
    desk.lay({"人社局/pay.csv": mixed()})
    told = desk.ingest()
    assert told.counts["accepted"] == 301
    assert records(told, "name")[-1] == ("阿卜杜·热合曼",)


def test_lines_in_another_encoding_are_no_other_text(desk):
    desk.mappings["pay"] = mapping("")
    desk.lay({"人社局/pay.csv": mixed()})
    told = desk.ingest()
    assert told.broken == {301: "undecodable"}
    detail = pl.read_parquet(told.workspace.table("quarantine", "quarantine"))["detail"].item()
    assert "utf-8" in detail


def test_a_header_in_another_spelling(desk):
    desk.mappings["pay"] = mapping("")
    desk.mappings["dialect"] = '[spellings]\n"姓名" = ["XM", "参保人姓名"]'
    desk.lay({"人社局/pay.csv": ['ａａｃ001,xm, 月 份,金额,"发放日期"', *ROWS]})
    assert records(desk.ingest()) == BOTH


def test_a_misspelt_header_is_named_with_what_it_may_be(desk):
    desk.mappings["pay"] = mapping("")
    desk.lay({"人社局/pay.csv": [HEADER.replace("发放日期", "发放曰期"), *ROWS]})
    with pytest.raises(MappingError, match=r"columns unknown: 发放曰期 \(is it 发放日期\?\)"):
        desk.ingest()


def test_two_columns_that_are_one(desk):
    desk.mappings["pay"] = mapping("")
    desk.lay({"人社局/pay.csv": [f"{HEADER},AAC001", *(f"{r},9" for r in ROWS)]})
    with pytest.raises(MappingError, match=r"columns ambiguous: AAC001 \(column 6, beside column 1\)"):
        desk.ingest()


def test_a_header_that_stands_twice_is_named_with_its_number(desk):
    columns = COLUMNS.replace('"金额"', '"金额#2"')
    desk.mappings["pay"] = mapping('ignore_columns = ["金额#1"]', columns)
    desk.lay(
        {
            "人社局/pay.csv": [
                HEADER.replace("月份,", "月份,金额,"),
                *(r.replace("202401,", "202401,9,") for r in ROWS),
            ]
        }
    )
    assert records(desk.ingest()) == BOTH


def test_all_other_columns_may_be_ignored(desk):
    desk.mappings["pay"] = mapping('ignore_columns = ["*"]')
    desk.lay({"人社局/pay.csv": [f"{HEADER},备注,", *(f"{r},x,y" for r in ROWS)]})
    assert records(desk.ingest()) == BOTH


def test_a_file_without_a_header(desk):
    names = json.dumps(HEADER.split(","), ensure_ascii=False)
    desk.mappings["pay"] = mapping(f"format = {{ names = {names} }}")
    desk.lay({"人社局/pay.csv": ROWS})
    assert records(desk.ingest()) == BOTH


def test_columns_that_come_from_some_row_on_without_a_header(desk):
    grown = json.dumps([*HEADER.split(","), "备注", "渠道"], ensure_ascii=False)
    desk.mappings["pay"] = mapping(f'format = {{ layouts = [{grown}] }}\nignore_columns = ["备注", "渠道"]')
    desk.lay({"人社局/pay.csv": [HEADER, ROWS[0], f"{ROWS[1]},无,1"]})
    assert records(desk.ingest()) == BOTH


def test_columns_that_change_inside_a_file_under_a_new_header(desk):
    desk.mappings["pay"] = mapping('ignore_columns = ["备注"]')
    later = "8,阿卜杜·热合曼,x,20240115,202401,1200.50".replace("8", "0008", 1)
    desk.lay({"人社局/pay.csv": [HEADER, ROWS[0], "AAC001,姓名,备注,发放日期,月份,金额", later, later]})
    told = desk.ingest()
    assert [r[1:] for r in records(told)] == [BOTH[0][1:], BOTH[1][1:], BOTH[1][1:]]
    assert told.broken == {2: "repeated_header"}


def test_a_new_header_inside_a_file_with_unknown_columns(desk):
    desk.mappings["pay"] = mapping("")
    desk.lay({"人社局/pay.csv": [HEADER, *ROWS, f"{HEADER},险种", f"{ROWS[0]},1"]})
    with pytest.raises(MappingError, match=r"pay.csv, row 3: columns unknown: 险种"):
        desk.ingest()


def test_a_line_of_two_gigabytes_is_refused_in_bounded_memory(desk, monkeypatch):
    monkeypatch.setattr(encoding, "BLOCK", 1 << 12)
    monkeypatch.setattr(encoding, "LONGEST_LINE", 1 << 14)
    desk.mappings["pay"] = mapping("")
    desk.lay({"人社局/pay.csv": [HEADER, *ROWS, "9" * (1 << 16)]})
    with pytest.raises(SourceError, match=r"pay.csv: line 4 is longer than .*no line feed") as caught:
        desk.ingest()
    assert "line feed" in caught.value.remedy


# ------------------------------------------------------------------ fixed width
WIDTHS = 'widths = { "人员编号" = 6, "姓名" = 12, "月份" = 6, _ = 2, "金额" = 9, "发放日期" = 8 }'


def fixed_line(number, name, month, amount, paid, count):
    return number.ljust(6) + name + " " * (12 - count(name)) + month + "##" + amount.rjust(9) + paid


def in_bytes(text):
    return len(text.encode("gb18030"))


@pytest.mark.parametrize(("counted", "count"), [("bytes", in_bytes), ("characters", len)])
def test_fixed_width(desk, counted, count):
    desk.mappings["pay"] = mapping(f'format = {{ kind = "fixed", counted = "{counted}", {WIDTHS} }}')
    rows = [r.split(",") for r in ("0007,甲,202401,1640.00,20240115", "0008,倪敏𬭎,202401,1200.50,20240115")]
    lines = [fixed_line(*r, count=count) for r in rows]
    lines += [lines[0][:-8], "合计       2", "", lines[0][:20], lines[0] + "99"]
    desk.lay({"人社局/pay.txt": lines})
    told = desk.ingest()
    assert [r[1:] for r in records(told)][:2] == [BOTH[0][1:], (*BOTH[1][1:2], "倪敏𬭎", *BOTH[1][3:])]
    assert told.counts["rows_read"] == 7
    assert told.broken == {
        3: "field_count",
        4: "total_line",
        5: "blank_line",
        6: "field_count",
        7: "field_count",
    }


def test_fixed_width_with_a_header_and_spaces_dropped_at_the_end(desk):
    layout = 'widths = { "人员编号" = 6, "月份" = 6, "金额" = 9, "发放日期" = 8, "姓名" = 12 }, header = true'
    desk.mappings["pay"] = mapping(f'format = {{ kind = "fixed", {layout} }}')
    line = "0007  202401  1640.0020240115"
    desk.lay({"人社局/pay.txt": ["编号  月份", f"{line}甲", f"{line}乙  ", f"{line}丙丁", line[:-3]]})
    told = desk.ingest()
    assert records(told, "source_row", "name") == [(1, "甲"), (2, "乙"), (3, "丙丁")]
    assert told.broken == {4: "field_count"}


# ------------------------------------------------------------------ workbooks
CELLS = [["7", "甲", 202401, 1640, date(2024, 1, 15)], ["0008", "阿卜杜·热合曼", "202401", 1200.5, 45306]]


def test_a_workbook_with_a_title_totals_and_dates_of_three_kinds(desk):
    desk.mappings["pay"] = mapping('format = "xlsx"\ndates = ["yyyyMMdd", "excel"]')
    rows = [
        ["失业金发放表"],
        [],
        HEADER.split(","),
        *CELLS,
        [],
        HEADER.split(","),
        ["合计", None, None, 2840.5],
    ]
    desk.lay({"人社局/pay.xlsx": workbook(Sheet1=rows)})
    told = desk.ingest()
    assert [r[2:] for r in records(told)] == [b[2:] for b in BOTH]
    assert told.broken == {3: "blank_line", 4: "repeated_header", 5: "total_line"}
    assert told.table("files")["source_file"].to_list() == ["人社局/pay.xlsx"]


def test_of_a_workbook_it_is_known_how_much_there_is_to_read(desk, monkeypatch):
    totals, silent = {}, SilentProgress.task

    def task(self, title, total=None):
        totals[title] = total
        return silent(self, title, total)

    monkeypatch.setattr(SilentProgress, "task", task)
    desk.mappings["pay"] = mapping('format = "xlsx"')
    desk.lay({"人社局/pay.xlsx": workbook(Sheet1=[HEADER.split(","), CELLS[0]])})
    desk.ingest()
    assert totals["人社局/pay.xlsx"] == (desk.input / "人社局/pay.xlsx").stat().st_size


def test_several_sheets_stand_in_the_account_one_by_one(desk):
    desk.mappings["pay"] = mapping(
        'format = { kind = "xlsx", sheets = ["2*"] }\nconstants = { start_month = "{sheet}" }'
    )
    desk.mappings["dialect"] = 'ignore = ["*#说明"]'
    one = [HEADER.split(","), CELLS[0]]
    desk.lay(
        {
            "人社局/pay.xlsx": workbook(
                **{"202401": one, "202402": [*one, CELLS[1]], "说明": [["x"]], "空": []}
            )
        }
    )
    told = desk.ingest()
    files = told.table("files").select("source_file", "mapping", "rows_read").rows()
    assert files == [
        ("人社局/pay.xlsx#202401", "pay", 1),
        ("人社局/pay.xlsx#202402", "pay", 2),
        ("人社局/pay.xlsx#说明", "document", 0),
    ]
    assert told.table("unemployment_payment")["start_month"].to_list() == [
        date(2024, 1, 1),
        date(2024, 2, 1),
        date(2024, 2, 1),
    ]


def test_a_sheet_that_nobody_knows(desk):
    desk.mappings["pay"] = mapping('format = { kind = "xlsx", sheets = ["明细"] }')
    desk.lay({"人社局/pay.xlsx": workbook(明细=[HEADER.split(","), CELLS[0]], 其他=[["x"]])})
    with pytest.raises(SourceError, match=r"pay.xlsx#其他: no mapping"):
        desk.ingest()


@pytest.mark.parametrize(
    "again",
    [
        [],
        [["人员", None, "月份", "金额", "发放日期"], ["编号", "姓名"]],
        [
            ["编号", "姓名", "月份", "金额", "发放日期"],
            ["编号", "姓名", "月份", "金额", "发放日期", None, " "],
        ],
    ],
)
def test_merged_headers_and_merged_cells(desk, again):
    columns = (
        COLUMNS.replace('"姓名"', '"人员/姓名"')
        .replace('"人员编号"', '"人员/编号"')
        .replace('field = "paid_date"', 'field = "paid_date", fill_down = true')
    )
    desk.mappings["pay"] = mapping('format = { kind = "xlsx", header_rows = 2 }', columns)
    rows = [
        ["人员", None, "月份", "金额", "发放日期"],
        ["编号", "姓名"],
        ["0007", *CELLS[0][1:]],
        [*CELLS[1][:4], None],
        *again,
    ]
    desk.lay({"人社局/pay.xlsx": workbook(Sheet1=rows)})
    told = desk.ingest()
    assert records(told) == BOTH
    assert told.broken == dict.fromkeys(range(3, 3 + len(again)), "repeated_header")


def bomb(data: bytes, size: int, *, lying: bool) -> bytes:
    """Return the workbook with a part that unpacks to ``size`` bytes, and says less if it is lying."""
    made = io.BytesIO(data)
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/bomb.xml", b"0" * size)
    raw = made.getvalue()
    return raw.replace(struct.pack("<L", size), struct.pack("<L", 10)) if lying else raw


@pytest.mark.parametrize(
    ("lying", "said"), [(False, "by its own account"), (True, "unpacks to more than 1 MiB")]
)
def test_a_zip_bomb_is_refused_unread(desk, lying, said):
    desk.mappings["pay"] = mapping('format = { kind = "xlsx", max_mb = 1 }')
    book = workbook(Sheet1=[HEADER.split(","), CELLS[0]])
    desk.lay({"人社局/pay.xlsx": bomb(book, 3_000_017, lying=lying)})
    with pytest.raises(SourceError, match=r"pay.xlsx: it unpacks to more than 1 MiB.*") as caught:
        desk.ingest()
    assert said in caught.value.problem


def test_what_is_no_workbook(desk):
    desk.mappings["pay"] = mapping('format = "xlsx"')
    desk.lay({"人社局/pay.xlsx": b"PK\x03\x04 not at all"})
    with pytest.raises(SourceError, match=r"pay.xlsx: it is no workbook"):
        desk.ingest()


# ------------------------------------------------------------------ JSON and Parquet
NESTED = [
    {
        "no": "S1",
        "person": {"name": "甲"},
        "at": "20240101",
        "sum": "5",
        "items": [{"n": "1", "amt": 2}, {"n": "2", "amt": 3.5}],
    },
    {"no": "S2", "person": {"name": "乙"}, "at": "20240102", "sum": "6", "items": []},
    {
        "no": "S3",
        "person": {"name": "丙"},
        "at": "20240103",
        "sum": "7",
        "items": [{"n": "1", "amt": "x"}, None],
    },
]
SETTLEMENTS = """
id = "settlement"
department = "医保局"
table = "settlement"
files = ["s.json*"]
FORMAT
business_key = ["settlement_no"]
[columns]
no = { field = "settlement_no" }
"person.name" = { field = "name" }
at = { field = "settled_at" }
sum = { field = "total_amount" }
"""
ITEMS = """
id = "items"
department = "医保局"
table = "settlement_item"
files = ["s.json*"]
FORMAT
business_key = ["settlement_no", "item_no"]
[columns]
"../no" = { field = "settlement_no" }
n = { field = "item_no" }
amt = { field = "amount" }
"""
CARE = {
    "settlement.jsonl": (SETTLEMENTS, 'format = "jsonl"\nignore_columns = ["items"]'),
    "items.jsonl": (ITEMS, 'format = { kind = "jsonl", rows = "items" }'),
    "settlement.json": (
        SETTLEMENTS,
        'format = { kind = "json", records = "data" }\nignore_columns = ["items"]',
    ),
    "items.json": (ITEMS, 'format = { kind = "json", records = "data", rows = "items" }'),
}


def care(kind):
    names = ("settlement", "items")
    return {n: text.replace("FORMAT", form) for n in names for text, form in [CARE[f"{n}.{kind}"]]}


@pytest.mark.parametrize("kind", ["jsonl", "json"])
def test_an_inner_array_is_a_table_of_its_own(desk, kind):
    desk.mappings = care(kind)
    lines = "\n".join(json.dumps(r, ensure_ascii=False) for r in NESTED)
    desk.lay({f"s.{kind}": lines.encode() if kind == "jsonl" else {"data": NESTED}})
    told = desk.ingest()
    items = told.table("settlement_item").select(
        "source_file", "source_row", "settlement_no", "item_no", "amount"
    )
    assert items.rows() == [(f"s.{kind}#items", 1, "S1", "1", 2.0), (f"s.{kind}#items", 2, "S1", "2", 3.5)]
    assert told.table("settlement")["name"].to_list() == ["甲", "乙", "丙"]
    assert told.broken == {3: "bad_number", 4: "null_record"}


def test_a_document_too_large_to_be_parsed_as_one(desk, monkeypatch):
    monkeypatch.setattr(documents, "WHOLE", 10)
    monkeypatch.setattr(documents, "_WINDOW", 37)
    monkeypatch.setattr(documents, "ELEMENTS", 2)
    desk.mappings = {
        "settlement": care("json")["settlement"].replace(
            '"data" }', '"out.data", total = { path = "out.n" } }'
        )
    }
    text = json.dumps({"out": {"n": 3, "data": NESTED}}, ensure_ascii=False)
    monkeypatch.setattr(documents, "_MARGIN", 64)
    desk.lay({"s.json": text.encode()})
    told = desk.ingest()
    assert told.table("settlement").select("source_row", "name").rows() == [(1, "甲"), (2, "乙"), (3, "丙")]
    assert told.table("files")["control_total"].to_list() == [3]
    desk.lay({"s.json": text[:-200].encode()})
    cut = desk.ingest(workspace="cut")
    assert cut.counts["rows_read"] == cut.counts["accepted"] + 1
    assert set(cut.broken.values()) == {"bad_json"}


def test_typed_columns_of_parquet(desk):
    desk.mappings["pay"] = mapping('format = "parquet"')
    frame = pl.DataFrame(
        {
            "AAC001": ["0007", "0008", None],
            "姓名": ["甲", "阿卜杜·热合曼", None],
            "月份": [202401, 202401, None],
            "金额": [1640.0, 1200.5, None],
            "发放日期": [date(2024, 1, 15), date(2024, 1, 15), None],
        }
    )
    path = desk.input / "人社局" / "pay.parquet"
    path.parent.mkdir(parents=True)
    frame.write_parquet(path)
    told = desk.ingest()
    assert records(told) == BOTH
    assert told.broken == {3: "null_record"}
    path.write_bytes(b"PAR1 no")
    with pytest.raises(SourceError, match=r"pay.parquet: it is no Parquet file"):
        desk.ingest()
