"""Whole hand-overs: unusable ones stop before anything is published, usable ones bring what they hold."""

from __future__ import annotations

import pytest

import ingest
from ingest import reading
from jiwang.config import Settings
from jiwang.errors import MappingError, SourceError, UsageError, VolumeError

HEADER = "number,id,name,month,amount,paid,reason,account"
GOOD = "7,,甲,202401,1640.00,20240115,01,000123456789"


def refuse(desk, kind, match, **options):
    with pytest.raises(kind, match=match) as caught:
        desk.ingest(**options)
    assert caught.value.exit_code == 2
    assert caught.value.remedy
    for folder in ("records", "quarantine"):
        assert not (desk.root / "ws" / folder).exists()
    return str(caught.value)


def test_a_missing_file(desk):
    desk.lay({})
    desk.input.mkdir()
    refuse(desk, SourceError, r"pay\*\.csv: declared by mapping pay, and missing")


def test_a_missing_file_may_be_left_out(desk):
    desk.mappings["notes"] = NOTES
    desk.lay({"人社局/pay.csv": [HEADER, GOOD]})
    refuse(desk, SourceError, "declared by mapping notes, and missing")
    told = desk.ingest(allow_unknown=True)
    assert told.counts["left_out"] == ["notes*.jsonl: declared by mapping notes, and missing"]
    assert told.table("note").is_empty()


def test_an_unknown_file(desk):
    desk.lay({"人社局/pay.csv": [HEADER, GOOD], "税务局/新表.csv": ["a,b"]})
    refuse(desk, SourceError, "新表.csv")
    told = desk.ingest(allow_unknown=True)
    assert told.counts["accepted"] == 1
    assert ["新表.csv" in left for left in told.counts["left_out"]] == [True]


def test_an_unknown_and_a_missing_column(desk):
    desk.lay({"人社局/pay.csv": [HEADER.replace("account", "卡号"), GOOD]})
    said = refuse(desk, MappingError, "columns unknown: 卡号")
    assert "columns missing: account" in said


def test_an_unknown_column_may_be_left_out(desk):
    desk.lay({"人社局/pay.csv": [f"{HEADER},备注", f"{GOOD},甲"]})
    refuse(desk, MappingError, "备注")
    told = desk.ingest(allow_unknown=True)
    assert told.counts["left_out"] == ["人社局/pay.csv: columns unknown: 备注"]
    assert told.table("unemployment_payment")["name"].to_list() == ["甲"]


def test_every_fault_is_said_at_once(desk):
    desk.lay({"人社局/pay.csv": b"", "人社局/pay2.csv": [f"{HEADER},备注"], "x.csv": "?"})
    said = refuse(desk, SourceError, "pay.csv: the file is empty")
    assert "备注" in said
    assert "x.csv" in said


def test_the_wrong_encoding(desk):
    desk.lay({"人社局/pay.csv": f"{HEADER}\n{GOOD}\n".encode()})
    refuse(desk, SourceError, "it looks like utf-8")
    desk.lay({"人社局/pay.csv": f"{HEADER}\n{GOOD}\n".encode("utf-16")})
    refuse(desk, SourceError, "it looks like utf-16")
    desk.mappings["pay"] = desk.mappings["pay"].replace("gb18030", "utf-8")
    desk.lay({"人社局/pay.csv": [HEADER, GOOD]})
    refuse(desk, SourceError, "it looks like gb18030")


def test_lost_characters_of_another_export_are_no_proof_of_its_encoding(desk):
    desk.lay({"人社局/pay.csv": [HEADER, GOOD.replace("甲", "锟斤拷")]})
    assert desk.ingest().table("unemployment_payment")["name"].to_list() == ["锟斤拷"]


def test_gbk_is_read_as_its_superset(desk):
    desk.mappings["pay"] = desk.mappings["pay"].replace("gb18030", "gbk")
    desk.lay({"人社局/pay.csv": [HEADER, GOOD.replace("甲", "倪敏𬭎")]})
    assert desk.ingest().table("unemployment_payment")["name"].to_list() == ["倪敏𬭎"]


def test_a_byte_order_mark_is_no_part_of_the_header(desk):
    desk.mappings["pay"] = desk.mappings["pay"].replace("gb18030", "utf-8")
    desk.lay({"人社局/pay.csv": f"{HEADER}\n{GOOD}\n".encode("utf-8-sig")})
    assert desk.ingest().counts["accepted"] == 1


def test_an_empty_file(desk):
    desk.lay({"人社局/pay.csv": b""})
    refuse(desk, SourceError, "pay.csv: the file is empty")


def test_a_header_without_rows(desk):
    desk.lay({"人社局/pay.csv": [HEADER]})
    told = desk.ingest()
    assert told.table("unemployment_payment").is_empty()
    assert told.counts["warnings"] == ["人社局/pay.csv: there are no rows in it"]


def test_rows_without_a_header_are_not_shown(desk):
    desk.lay({"人社局/pay.csv": [GOOD]})
    said = refuse(desk, MappingError, "no line names most of its columns")
    assert "甲" not in said


def test_a_truncated_json_line_is_one_broken_row(desk):
    desk.mappings = {"notes": NOTES}
    desk.lay({"notes.jsonl": '{"n": "1", "t": "甲"}\n{"n": "2", "t'.encode()})
    told = desk.ingest()
    assert (told.counts["accepted"], told.broken) == (1, {2: "bad_json"})


def test_too_few_rows(desk):
    desk.mappings["pay"] = desk.mappings["pay"].replace("codes.reason", "volume.min_rows = 5\ncodes.reason")
    desk.lay({"人社局/pay.csv": [HEADER, GOOD]})
    refuse(desk, VolumeError, "mapping pay: 1 rows accepted, 5 to any expected")


def test_a_batch_that_differs_too_much_from_the_one_before(desk):
    desk.mappings["pay"] = desk.mappings["pay"].replace(
        "codes.reason", "volume.max_change = 0.5\ncodes.reason"
    )
    rows = [GOOD.replace("202401", f"2024{m:02}") for m in range(1, 9)]
    desk.lay({"人社局/pay.csv": [HEADER, *rows]})
    desk.ingest()
    desk.lay({"人社局/pay.csv": [HEADER, *rows[:3]]})
    with pytest.raises(
        VolumeError, match="mapping pay: 3 rows accepted, 8 in the batch before: a change of -62%"
    ):
        desk.ingest()
    desk.lay({"人社局/pay.csv": [HEADER, *rows[:5]]})
    assert desk.ingest().counts["accepted"] == 5


def test_a_file_with_too_much_in_quarantine_is_named(desk):
    desk.lay({"人社局/pay.csv": [HEADER, GOOD, "8"]})
    assert desk.ingest().counts["over_quarantined"] == []  # small files never stop a run
    assert desk.ingest(quarantine_min_rows=2).counts["over_quarantined"] == ["人社局/pay.csv"]
    desk.mappings["pay"] = desk.mappings["pay"].replace(
        "codes.reason", "quarantine_share = 0.6\ncodes.reason"
    )
    assert desk.ingest(quarantine_min_rows=2).counts["over_quarantined"] == []


def test_an_unknown_dialect_names_the_known():
    with pytest.raises(UsageError, match="no dialect"):
        ingest.lint("nowhere")


def test_the_account_closes_and_documents_stand_in_it(desk):
    desk.mappings["dialect"] = 'ignore = ["*.md"]'
    desk.lay({"人社局/pay.csv": [HEADER, GOOD, "8"], "说明.md": "x"})
    rows = (
        desk.ingest()
        .table("files")
        .select("source_file", "mapping", "rows_read", "accepted", "quarantined")
        .rows()
    )
    assert rows == [("人社局/pay.csv", "pay", 2, 1, 1), ("说明.md", "document", 0, 0, 0)]


def test_the_same_hand_over_is_current_until_something_changes(desk):
    desk.lay({"人社局/pay.csv": [HEADER, GOOD]})
    told = desk.ingest()

    def stamp(region="m"):
        return ingest.fingerprint(desk.input, region, "m", Settings(), sources=desk.root / "sources")

    assert ingest.is_current(told.workspace, stamp())
    assert ingest.published_counts(told.workspace) == told.counts
    assert not ingest.is_current(told.workspace, stamp("n"))
    desk.lay({"人社局/pay.csv": [HEADER, GOOD, GOOD]})
    assert not ingest.is_current(told.workspace, stamp())


def test_the_same_input_gives_the_same_bytes(desk):
    desk.lay({"人社局/pay.csv": [HEADER, GOOD, "8", GOOD]})
    one, two = desk.ingest(), desk.ingest(workspace="again")
    for path in sorted(one.workspace.folder("records").glob("*.parquet")):
        assert path.read_bytes() == two.workspace.table("records", path.stem).read_bytes()


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
FIRMS = """
id = "firms"
department = "市监"
table = "business"
files = ["firms.json"]
format = { kind = "json", records = "out.data", total = { path = "out.total" } }
dates = ["yyyy-MM-dd"]
business_key = ["uscc", "name"]
ignore_columns = ["cap.currency", "owners[].share"]
[columns]
id = { field = "uscc" }
name = { field = "name" }
"boss.name" = { field = "legal_person" }
"old[]" = { field = "former_names" }
"owners[].name" = { field = "shareholders" }
"staff[]" = { field = "officers", template = "{post}:{name}" }
"cap.amount" = { field = "capital", unit_column = "cap.unit" }
"""
FIRM = {
    "id": None,
    "name": "某公司",
    "boss": {"name": "甲"},
    "old": [],
    "owners": [{"name": "乙", "share": "90%"}, {"name": "丙", "share": "10%"}],
    "staff": [{"post": "监事", "name": "丁"}, {"post": "董事", "name": None}],
    "cap": {"amount": 50.0, "unit": "万元", "currency": "CNY"},
}


@pytest.mark.parametrize("total", ["³", "9" * 30])
def test_a_document_may_state_what_is_no_number_of_rows(desk, total):
    desk.mappings = {"firms": FIRMS}
    desk.lay({"firms.json": {"out": {"total": total, "data": [FIRM]}}})
    assert desk.ingest().table("files")["control_total"].to_list() == [None]


def test_a_nested_document(desk):
    desk.mappings = {"firms": FIRMS}
    desk.lay(
        {
            "firms.json": {
                "out": {"total": 4, "data": [FIRM, None, {**FIRM, "name": None, "boss": {"name": "测试"}}, 7]}
            }
        }
    )
    told = desk.ingest()
    row = told.table("business").row(0, named=True)
    assert row["legal_person"] == "甲"
    assert row["former_names"] == [] or row["former_names"] is None
    assert row["shareholders"] == ["乙", "丙"]
    assert row["officers"] == ["监事:丁", "董事:"]
    assert row["capital"] == 500_000.0
    assert told.broken == {2: "null_record", 3: "placeholder", 4: "bad_json"}
    assert told.counts["warnings"] == ["firms.json: control total 4, but 1 rows counted"]


def test_a_document_that_is_cut_off_keeps_its_whole_elements(desk):
    desk.mappings = {"firms": FIRMS}
    desk.lay({"firms.json": {"out": {"total": 2, "data": [FIRM, {**FIRM, "name": "乙"}]}}})
    path = desk.input / "firms.json"
    path.write_bytes(path.read_bytes()[:-40])
    told = desk.ingest()
    assert (told.counts["accepted"], told.broken) == (1, {2: "bad_json"})


def test_an_unknown_path_of_a_document(desk):
    desk.mappings = {"firms": FIRMS}
    desk.lay({"firms.json": {"out": {"data": [{**FIRM, "boss": {"name": "甲", "age": 3}}]}}})
    refuse(desk, MappingError, "columns unknown: boss.age")
    assert desk.ingest(allow_unknown=True).counts["accepted"] == 1


def test_a_document_without_its_array(desk):
    desk.mappings = {"firms": FIRMS}
    desk.lay({"firms.json": {"data": []}})
    refuse(desk, SourceError, "no array at 'out.data'")


SWITCH = """
id = "holders"
department = "银行"
table = "bank_account"
files = ["holders.csv"]
business_key = ["account_no"]
codes.kind = { "1" = "person", "2" = "organisation" }
[columns]
account = { field = "account_no" }
paper = { field = "citizen_id", switch = [{ when = { holder_type = "organisation" }, field = "uscc" }] }
kind = { field = "holder_type", codes = "kind" }
"""


def test_one_column_two_meanings(desk):
    desk.mappings = {"holders": SWITCH}
    rows = ["account,paper,kind", "000000000001,1101**********1234,1", "000000000002,91440300708461136T,2"]
    desk.lay({"holders.csv": "\n".join(rows).encode()})
    found = desk.ingest().table("bank_account").select("citizen_id", "uscc", "verdicts").rows()
    assert found == [
        ("1101**********1234", None, ["citizen_id:masked"]),
        (None, "91440300708461136T", []),
    ]


@pytest.mark.parametrize(
    ("done", "whole", "said"),
    [
        (0, 900, "0 of 900 bytes"),
        (512, 2048, "0.5 of 2.0 KiB"),
        (3 << 20, 6 << 20, "3.0 of 6.0 MiB"),
        (5 << 20, None, "5.0 MiB"),
    ],
)
def test_progress_says_sizes_in_a_unit_that_tells_them_apart(done, whole, said):
    assert reading.amount(done, whole) == said
