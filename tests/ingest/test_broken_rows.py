"""Rows that cannot be read as one record: each rule of the fixed list, and how rows are counted."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import encoding, handover, reading
from ingest.mapping import load
from ingest.quarantine import RULES

HEADER = "number,id,name,month,amount,paid,reason,account"
GOOD = "7,,甲,202401,1640.00,20240115,01,000123456789"

# rule → a line that breaks it
LINES = {
    "blank_line": " \t,,,,,,,",
    "repeated_header": HEADER,
    "total_line": "合计,,,,,,1",
    "undecodable": "锟斤拷烫烫烫,??,??,??,??,??,??,??",
    "placeholder": "测试,test,test,测试,test,test,测试,test",
    "field_count": "7,,甲,202401",
    "shifted": "7,,甲,,,202401,1640.00,20240115,01,000123456789",
    "missing_key": ",,甲,00000000,1640.00,20240115,01,000123456789",
    "bad_date": "7,,甲,2024年,1640.00,20240115,01,000123456789",
    "bad_number": "7,,甲,202401,一千六,20240115,01,000123456789",
}


@pytest.mark.parametrize(("rule", "line"), LINES.items(), ids=LINES)
def test_a_broken_row_is_quarantined_by_its_rule(deliver, rule, line):
    told = deliver([GOOD, line])
    assert told.broken == {2: rule}
    assert told.counts["accepted"] == 1


def test_bytes_that_do_not_decode(desk):
    lines = [HEADER, *[GOOD.replace("7", str(i)) for i in range(200)]]
    raw = "\r\n".join(lines).encode("gb18030") + b"\r\n8,,\xff\xff,202401,1.00,20240115,01,000123456789\r\n"
    desk.lay({"人社局/pay.csv": raw})
    assert desk.ingest().broken == {201: "undecodable"}


@pytest.mark.parametrize("sound", [1, 3, 50])
def test_a_file_of_any_size_may_have_many_lines_that_do_not_decode(desk, sound):
    bad = b"8,,\xff\xff\xd5,202401,1.00,20240115,01,000123456789"
    raw = "\n".join([HEADER, *[GOOD.replace("7", str(i)) for i in range(sound)]]).encode("gb18030")
    desk.lay({"人社局/pay.csv": b"\n".join([raw, *[bad] * 40, b""])})
    told = desk.ingest()
    assert told.counts["accepted"] == sound
    assert set(told.broken.values()) == {"undecodable"}


JSON_LINES = {
    "bad_json": '{"n": "1", "t": "2024',
    "null_record": "null",
    "blank_line": "",
    "placeholder": '{"n": null, "t": "测试企业"}',
    "missing_key": '{"n": null, "t": "甲"}',
    "undecodable": '{"n": "锟斤拷", "t": "??"}',
}
NOTES = """
id = "notes"
department = "稽核"
table = "note"
files = ["notes*.jsonl"]
format = "jsonl"
business_key = ["note_no"]

[columns]
n = { field = "note_no" }
t = { field = "text" }
"""


@pytest.mark.parametrize(("rule", "line"), JSON_LINES.items(), ids=JSON_LINES)
def test_a_broken_json_line_is_quarantined_by_its_rule(desk, rule, line):
    desk.mappings = {"notes": NOTES}
    desk.lay({"notes.jsonl": f'{{"n": "1", "t": "甲"}}\n{line}\n{{"n": "2", "t": "乙"}}\n'.encode()})
    told = desk.ingest()
    assert told.broken == {2: rule}
    assert told.table("note")["source_row"].to_list() == [1, 3]


def test_every_rule_has_a_test_and_a_text():
    assert set(RULES) == set(LINES) | set(JSON_LINES)


def test_source_row_is_the_physical_line_after_the_header(deliver):
    told = deliver(
        [GOOD, "", HEADER, '8,,"乙\n一",202401,1.00,20240115,01,', "合计,,,,,,2", GOOD.replace("7", "9")]
    )
    rows = told.table("unemployment_payment")
    assert rows.select("source_row", "name").rows() == [(1, "甲"), (4, "乙\n一"), (7, "甲")]
    assert told.broken == {2: "blank_line", 3: "repeated_header", 6: "total_line"}


def test_a_title_above_the_header_is_no_row(desk):
    desk.lay({"人社局/pay.csv": ["失业金发放明细", "", HEADER, GOOD]})
    assert desk.ingest().table("unemployment_payment")["source_row"].to_list() == [1]


def test_an_open_quote_breaks_its_own_line_only(deliver):
    others = [GOOD.replace("7", str(i)) for i in range(60)]
    told = deliver([*others[:3], '8,,"乙,202401,1.00,x,y,20240115,01,', *others[3:]])
    assert told.broken == {4: "field_count"}
    assert told.counts["accepted"] == 60


def test_a_stray_quote_is_a_character(deliver):
    told = deliver(['7,,"甲,202401,1.00,20240115,01,', '8,,乙"丙,202401,1.00,20240115,01,'])
    assert told.table("unemployment_payment")["name"].to_list() == ['"甲', '乙"丙']


def test_columns_that_slipped_within_the_right_number_of_fields(deliver):
    told = deliver([GOOD, "8,,甲,,,202401,1640.00,20240115"])
    assert told.broken == {2: "shifted"}


def test_a_dirty_row_is_not_called_slipped(deliver):
    told = deliver(["7,1.1E+17,甲,202401,1640.00,没有,99,12"])
    assert told.table("unemployment_payment")["verdicts"].to_list() == [
        ["citizen_id:format", "paid_date:bad_date", "leave_reason:unknown_code", "account_no:format"]
    ]


def test_a_sum_of_money_is_no_control_total(deliver):
    told = deliver([GOOD, "总计：,,,,1640.00,,,"])
    assert told.broken == {2: "total_line"}
    assert told.table("files")["control_total"].to_list() == [None]


@pytest.mark.parametrize("number", ["1234567890" * 2, "9" * 5000])
def test_a_number_too_long_for_rows_is_no_control_total(deliver, number):
    told = deliver([GOOD, f"合计：{number}"])
    assert told.table("files")["control_total"].to_list() == [None]


def test_a_control_total_that_differs_is_a_warning(deliver):
    told = deliver([GOOD, "小计,,,,,,9", "合计,,,,,,3"])
    assert told.table("files")["control_total"].to_list() == [3]
    assert told.counts["warnings"] == ["人社局/pay.csv: control total 3, but 1 rows counted"]


PIECES = st.sampled_from(
    [
        *LINES.values(),
        GOOD,
        "",
        '"',
        '7,,"甲,202401,1.00,20240115,01,',
        '7,,"甲"",""",202401,1,20240115,01,',
        ",",
        "\x0b,\x85",
        "7,,甲\r,1",
    ]
)


CELLS = st.text(st.characters(codec="gb18030", exclude_characters="\n,"), max_size=4)
ROWS = st.lists(CELLS, min_size=7, max_size=9).map(",".join)


def settled(path, sources):
    found = handover.survey(path, load("m", sources), allow_unknown=False)
    batches = list(reading.batches(found.sources[0]))
    parted = [reading.settle(b, found.sources[0]) for b in batches]
    read = sum(b.rows_read for b in batches)
    accepted = [n for good, _ in parted for n in good["source_row"]]
    broken = [n for _, bad in parted for n in bad["source_row"]]
    return read, accepted, broken


@settings(max_examples=60)
@given(
    st.lists(
        st.one_of(PIECES, ROWS, CELLS),
        max_size=25,
    )
)
def test_rows_in_are_rows_accepted_and_rows_quarantined(tmp_path_factory, pay_mapping, lines):
    root = tmp_path_factory.mktemp("rows")
    (root / "sources" / "m").mkdir(parents=True)
    (root / "sources" / "m" / "pay.toml").write_text(pay_mapping, encoding="utf-8")
    (root / "input" / "人社局").mkdir(parents=True)
    (root / "input" / "人社局" / "pay.csv").write_bytes("\n".join([HEADER, *lines]).encode("gb18030"))
    read, accepted, broken = settled(root / "input", root / "sources")
    assert read == len(accepted) + len(broken)
    assert len({*accepted, *broken}) == read  # no row twice
    assert {*accepted, *broken} <= set(range(1, len(lines) + 1))
    if not any(
        '"' in line for line in lines
    ):  # then every line is a row (a last empty one is the file's end)
        assert read == len(lines) - bool(lines and lines[-1] == "")


JSON_PIECES = st.one_of(
    st.sampled_from([*JSON_LINES.values(), "[]", "7", "{}", "NaN", '{"n": 1.0, "t": true}']),
    st.text(max_size=20),
)


@settings(max_examples=60)
@given(st.lists(JSON_PIECES.map(lambda t: t.replace("\n", " ")), max_size=25))
def test_json_lines_in_are_rows_accepted_and_rows_quarantined(tmp_path_factory, lines):
    root = tmp_path_factory.mktemp("json")
    (root / "sources" / "m").mkdir(parents=True)
    (root / "sources" / "m" / "notes.toml").write_text(NOTES, encoding="utf-8")
    (root / "input").mkdir()
    (root / "input" / "notes.jsonl").write_text(
        "\n".join(['{"n": "1", "t": "甲"}', *lines]), encoding="utf-8", errors="replace", newline=""
    )
    read, accepted, broken = settled(root / "input", root / "sources")
    assert read == 1 + len(lines) - bool(lines and lines[-1] == "")
    assert sorted([*accepted, *broken]) == list(range(1, read + 1))


def test_blocks_of_any_size_give_the_same_rows(tmp_path, desk, monkeypatch):
    lines = [
        *LINES.values(),
        '8,,"乙\n一\n二",202401,1.00,20240115,01,',
        *[GOOD.replace("7", str(i)) for i in range(50)],
    ]
    desk.lay({"人社局/pay.csv": [HEADER, *lines]})
    whole = desk.ingest()
    monkeypatch.setattr(encoding, "BLOCK", 97)
    parts = desk.ingest(workspace="parts")
    assert parts.table("unemployment_payment").equals(whole.table("unemployment_payment"))
    assert parts.broken == whole.broken
