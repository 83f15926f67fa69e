"""What a hand-over of a region that nobody has seen brought up: kinds of files, headers and dictionaries."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest

from ingest import opening
from ingest.draft import check, toml
from ingest.draft.coding import TODO
from jiwang.codes.citizen import check_digit
from jiwang.errors import SourceError

FIRST = [f"33110219{50 + i}0{i % 9 + 1}1{i % 9}{100 + i}" for i in range(40)]
IDS = [f + check_digit(f) for f in FIRST]

FLOWS = """
id = "flows"
department = "银行"
table = "bank_flow"
files = ["flows*"]
encoding = ["utf-8"]
dates = ["yyyyMMddHHmmss"]
business_key = ["flow_no"]

[columns]
"流水" = { field = "flow_no" }
"时间" = { field = "booked_at", join = ["日期", "时刻"] }
"方向" = { field = "direction", filled = { "借方" = "out", "贷方" = "in" } }
"金额" = { field = "amount", either = ["借方", "贷方"] }
"""
LEDGER = (
    "流水,日期,时刻,借方,贷方\n1,20250102,080000,12.50,\n2,20250103,090000,0.00,7.00\n3,20250103,100000,,\n"
)


def test_a_ledger_with_a_column_for_debits_and_one_for_credits(desk):
    desk.mappings = {"flows": FLOWS}
    desk.lay({"flows.csv": LEDGER.encode()})
    told = desk.ingest()
    rows = told.table("bank_flow").select("direction", "amount").rows()
    assert [(d, float(a)) for d, a in rows] == [("out", 12.5), ("in", 7.0)]
    assert told.broken == {3: "bad_number"}


def test_a_file_packed_by_gzip(desk):
    desk.mappings = {"flows": FLOWS}
    desk.lay({"flows.csv.gz": gzip.compress(LEDGER.encode())})
    assert desk.ingest().counts["rows_read"] == 3


def test_a_packed_file_that_is_cut_off(desk):
    desk.mappings = {"flows": FLOWS}
    desk.lay({"flows.csv.gz": gzip.compress(LEDGER.encode() * 200)[:-20]})
    with pytest.raises(SourceError, match=r"flows\.csv\.gz: it is packed, and cannot be unpacked"):
        desk.ingest()


def zipped(members, how=zipfile.ZIP_DEFLATED):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", how) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return made.getvalue()


def test_a_zip_of_one_file_is_read_and_one_of_several_says_what_to_do(desk):
    desk.mappings = {"flows": FLOWS.replace("flows*", "flows*.zip")}
    desk.lay({"flows.zip": zipped({"a.csv": LEDGER, "__MACOSX/a.csv": "x"})})
    assert desk.ingest().counts["rows_read"] == 3
    desk.lay({"flows.zip": zipped({"a.csv": LEDGER, "b.csv": LEDGER})})
    with pytest.raises(SourceError, match=r"flows\.zip: 2 files are packed in it") as error:
        desk.ingest()
    assert "unpack it into a folder" in error.value.remedy


@pytest.mark.parametrize("how", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_that_is_damaged(desk, how):
    packed = bytearray(zipped({"a.csv": "".join(f"{n},{n * n}\n" for n in range(2000))}, how))
    packed[len(packed) // 2] ^= 0xFF
    desk.mappings = {"flows": FLOWS.replace("flows*", "flows*.zip")}
    desk.lay({"flows.zip": bytes(packed)})
    with pytest.raises(SourceError, match=r"flows\.zip: it is packed, and cannot be unpacked"):
        desk.ingest()


def test_a_bomb_of_text_is_refused_while_it_unpacks(desk, monkeypatch):
    monkeypatch.setattr(opening, "BOMB", 1 << 20)
    desk.mappings = {"flows": FLOWS.replace("flows*", "flows*.zip")}
    desk.lay({"flows.zip": zipped({"a.csv": LEDGER + "9,20250102,080000,1.00,\n" * 400_000})})
    with pytest.raises(SourceError, match=r"flows\.zip: it unpacks to more than 200 times its size"):
        desk.ingest()


def test_an_address_is_drafted_with_the_places_before_it(tmp_path):
    head = "GMSFHM,XM,省份,区县,住址"
    lines = [head, *(f"{i},张建国,浙江省,青田县,学院路{n}号" for n, i in enumerate(IDS))]
    _, text = drafted(tmp_path, {"公安/常住人口.csv": "\n".join(lines)})
    assert '"省份+区县+住址" = { field = "address", join = ["省份", "区县", "住址"] }' in text


def drafted(tmp_path, files):
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    found = check([tmp_path])
    assert len(found) == 1
    return found[0], toml(found[0])


def fields(draft):
    return {g.column: g.match.field for g in draft.guesses if g.match}


def test_english_headers_are_told_by_their_words(tmp_path):
    head = "settleId,visitId,hospitalName,hospitalCode,beginDate,settleTime,totalFee,fundPay"
    row = "S{0:08},V{0:06},某市第一医院,H{0:011},2025-01-02,2025-01-02 10:11:12,{0}.50,{0}.10"
    lines = [head, *(row.format(n) for n in range(100, 200))]
    draft, _ = drafted(tmp_path, {"yb/jiesuan.csv": "\n".join(lines)})
    told = "settlement_no visit_no clinic_name clinic_code start_date settled_at total_amount fund_amount"
    assert list(fields(draft).values()) == told.split()


def test_slipped_rows_fill_no_code_table(tmp_path):
    rows = [[f"P{n:06}", "王李张"[n % 3] + "小明", "MF"[n % 2], f"2025/1/{n % 28 + 1}"] for n in range(300)]
    slipped = [[*r[:1], "", *r[1:-1]] for r in rows[:6]]
    lines = ["personId,fullName,gender,joinDate", *(",".join(r) for r in [*rows, *slipped])]
    draft, text = drafted(tmp_path, {"rsj/canbao.csv": "\n".join(lines)})
    codes = next(g.codes for g in draft.guesses if g.column == "gender")
    assert {c.raw: c.canonical for c in codes} == {"M": "male", "F": "female"}
    assert "小明" not in text


def test_a_dictionary_that_is_one_table_with_a_column_of_files(tmp_path):
    book = (
        "文件,字段名,中文含义,备注\n"
        "gs.dat,A1,认定书号,6字节\n,A2,事故日期,8字节\n,A3,发放金额（分）,7字节\n,A4,姓名,8字节\n"
        "qt.csv,A1,姓名,\n"
    )
    lines = [f"R{n:05}202501{n % 28 + 1:02}{n * 100:07}王小明  " for n in range(100, 200)]
    files = {"数据字典.csv": book, "rsj/gs.dat": "\n".join(lines).encode("gb18030")}
    draft, _ = drafted(tmp_path, files)
    assert draft.sample.layout["widths"] == {"A1": 6, "A2": 8, "A3": 7, "A4": 8}
    assert fields(draft)["A3"] == "amount"
    assert next(g.unit for g in draft.guesses if g.column == "A3") == "fen"


def test_debits_and_times_of_day_are_drafted(tmp_path):
    head = "交易流水号,账号,交易日期,交易时间,借方发生额,贷方发生额,余额"
    row = "{0:08},62{0:015},202501{1:02},09{1:02}15,{2},{3},{0}.00"
    rows = [row.format(n, n % 9 + 10, *((f"{n}.00", "") if n % 2 else ("", f"{n}.00"))) for n in range(200)]
    _, text = drafted(tmp_path, {"yh/liushui.csv": "\n".join([head, *rows])})
    assert 'either = ["借方发生额", "贷方发生额"]' in text
    assert 'filled = { "借方发生额" = "out", "贷方发生额" = "in" }' in text
    assert 'join = ["交易日期", "交易时间"]' in text
    assert TODO not in text


def test_the_name_of_a_file_says_what_all_its_rows_are(tmp_path):
    rows = [f"王小明,,2025-03-{n % 28 + 1:02} 08:15:00,G{n}" for n in range(60)]
    draft, text = drafted(tmp_path, {"dsj/轨迹_铁路出行.csv": "\n".join(["姓名,身份证,时间,车次", *rows])})
    assert draft.table == "life_trace"
    assert 'constants = { trace_type = "rail" }' in text
