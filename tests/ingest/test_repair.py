"""Repair: quarantined rows go out to be corrected, come back, and only their files are read again."""

from __future__ import annotations

import csv
import json
import stat

import polars as pl
import pytest

from app.cli import main
from ingest import corrections, encoding, overlay, repair
from jiwang.errors import SourceError, UsageError, WorkspaceError

from .workbooks import workbook

HEADER = "number,id,name,month,amount,paid,reason,account"
GOOD = "7,,甲,202401,1640.00,20240115,01,000123456789"
CUT = "8,,乙,202401"
MENDED = "8,,乙,202401,1700.00,20240115,01,000123456780"
WHO = {"who": "李审计", "why": "与纸质凭证核对"}


@pytest.fixture
def delivered(desk):
    one, other = [HEADER, GOOD, CUT], [HEADER, GOOD.replace("7", "9"), "8"]
    desk.lay({"人社局/pay1.csv": one, "人社局/pay2.csv": other})
    return desk


def exported(told, path):
    repair.export(told.workspace, path)
    return lines_of(path)


def lines_of(path):
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def edited(path, rows, encoding="utf-8-sig"):
    with path.open("w", encoding=encoding, newline="") as handle:
        sheet = csv.DictWriter(handle, list(rows[0]))
        sheet.writeheader()
        sheet.writerows(rows)
    return path


def corrected(told, tmp_path, texts, name="edit.csv"):
    """Export, fill in ``texts`` by (file, row), and give the path of the edited file."""
    path = tmp_path / name
    rows = exported(told, path)
    for row in rows:
        row["corrected"] = texts.get((row["source_file"], int(row["source_row"])), row["corrected"])
    return edited(path, rows)


def test_the_last_row_of_all_has_a_text_too_when_it_is_another_header(desk, tmp_path):
    other = "number,name,month,amount"
    desk.mappings["pay"] = desk.mappings["pay"].replace("{ field", "{ optional = true, field")
    desk.lay({"人社局/pay1.csv": [HEADER, GOOD, other]})
    told = desk.ingest()
    assert told.broken == {2: "repeated_header"}
    assert [row["raw"] for row in exported(told, tmp_path / "edit.csv")] == [other]


def test_lines_of_a_file_of_inner_rows_are_not_kept(desk, monkeypatch):
    mapping = desk.mappings["pay"].replace("pay*.csv", "pay*.jsonl").replace("gb18030", "utf-8")
    desk.mappings["pay"] = mapping.replace(
        "business_key", 'format = { kind = "jsonl", rows = "l" }\nbusiness_key'
    )
    row = dict(zip(HEADER.split(","), GOOD.split(","), strict=True))
    desk.lay({"人社局/pay1.jsonl": "".join(json.dumps({"l": [row]}) + "\n" for _ in range(30))})
    kept = []
    monkeypatch.setattr(encoding, "BLOCK", 400)
    monkeypatch.setattr(
        overlay.Overlay,
        "raw",
        lambda self, raw=overlay.Overlay.raw: kept.append(len(self._parts)) or raw(self),
    )
    desk.ingest()
    assert kept == [0]


def closed(told):
    files = told.table("files")
    assert files.filter(pl.col("rows_read") != pl.col("accepted") + pl.col("quarantined")).is_empty()
    return dict(files.select("source_file", "accepted").iter_rows())


def test_a_corrected_row_is_accepted_where_it_stood_and_only_its_file_is_read(
    delivered, tmp_path, read_names
):
    told = delivered.ingest()
    path = corrected(told, tmp_path, {("人社局/pay1.csv", 2): MENDED})
    assert repair.apply(told.workspace, path, **WHO) == {"人社局/pay1.csv": 1}
    read_names.clear()
    again = delivered.ingest()
    assert read_names == ["人社局/pay1.csv"]
    assert closed(again) == {"人社局/pay1.csv": 2, "人社局/pay2.csv": 1}
    assert (again.counts["rows_read"], again.counts["accepted"], again.counts["quarantined"]) == (4, 3, 1)
    assert again.counts["repaired"] == {"人社局/pay1.csv": {"李审计": 1}}
    rows = again.table("unemployment_payment").filter(source_file="人社局/pay1.csv")
    assert rows.sort("source_row").select("source_row", "amount").rows() == [(1, 1640.0), (2, 1700.0)]
    assert again.counts == delivered.ingest().counts


def test_applying_twice_adds_nothing(delivered, tmp_path, read_names):
    told = delivered.ingest()
    path = corrected(told, tmp_path, {("人社局/pay1.csv", 2): MENDED})
    repair.apply(told.workspace, path, **WHO)
    log = (told.workspace.root / corrections.LOG).read_bytes()
    assert repair.apply(told.workspace, path, who="另一人", why="再来一次") == {}
    delivered.ingest()
    read_names.clear()
    assert repair.apply(told.workspace, path, **WHO) == {}
    assert (told.workspace.root / corrections.LOG).read_bytes() == log
    delivered.ingest()
    assert read_names == []


def test_a_correction_that_is_broken_too_stays_in_quarantine_and_is_offered_again(delivered, tmp_path):
    told = delivered.ingest()
    wrong = MENDED.replace("202401,", "没有,")
    repair.apply(told.workspace, corrected(told, tmp_path, {("人社局/pay1.csv", 2): wrong}), **WHO)
    again = delivered.ingest()
    assert again.counts["quarantined"] == 2
    assert "repaired" not in again.counts
    (row,) = [r for r in exported(again, tmp_path / "b.csv") if r["source_file"] == "人社局/pay1.csv"]
    assert (row["rule"], row["raw"], row["corrected"]) == ("bad_date", CUT, wrong)
    path = corrected(again, tmp_path, {("人社局/pay1.csv", 2): MENDED}, "c.csv")
    assert repair.apply(again.workspace, path, **WHO) == {"人社局/pay1.csv": 1}
    assert delivered.ingest().counts["accepted"] == 3


def test_a_correction_is_taken_back_by_the_text_that_stands_in_the_file(delivered, tmp_path):
    told = delivered.ingest()
    path = corrected(told, tmp_path, {("人社局/pay1.csv", 2): MENDED})
    repair.apply(told.workspace, path, **WHO)
    delivered.ingest()
    rows = lines_of(path)
    for row in rows:
        row["corrected"] = row["corrected"] and row["raw"]
    repair.apply(told.workspace, edited(path, rows), **WHO)
    assert delivered.ingest().counts == told.counts


def test_the_export_is_the_owners_alone_and_says_nothing_on_screen(delivered, tmp_path, capsys):
    told = delivered.ingest()
    path = tmp_path / "rows.csv"
    assert main(["source", "repair", "--workspace", str(told.workspace.root), "--export", str(path)]) == 0
    said = capsys.readouterr().out
    assert "人社局/pay1.csv  field_count  1 rows" in said
    assert "乙" not in said
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with pytest.raises(UsageError, match="there already"):
        repair.export(told.workspace, path)


def test_the_verbs_read_a_correction_and_then_have_nothing_to_do(delivered, tmp_path, capsys):
    told = delivered.ingest(workspace="other")  # it writes the mappings, and gives the rows to correct
    place = ["--workspace", str(tmp_path / "verbs")]
    sources = ["--sources", str(delivered.root / "sources")]
    ingest = ["ingest", "--region", "m", "--input", str(delivered.input), *sources, *place]
    assert main(ingest) == 0
    path = corrected(told, tmp_path, {("人社局/pay1.csv", 2): MENDED})
    apply = ["source", "repair", *place, "--apply", str(path), "--who", "李", "--why", "凭证"]
    assert main(apply) == 0
    assert "人社局/pay1.csv  1 corrections" in capsys.readouterr().out
    assert main(ingest) == 0
    assert "accepted: 3" in capsys.readouterr().out
    assert main(apply) == 0
    assert main(ingest) == 0
    assert "nothing to do" in capsys.readouterr().out
    assert main(["source", "repair", *place]) == 2


def test_stale_corrections_are_refused_by_apply_and_not_applied_by_ingest(delivered, tmp_path):
    told = delivered.ingest()
    path = corrected(told, tmp_path, {("人社局/pay1.csv", 2): MENDED})
    early = path.with_name("early.csv")
    early.write_bytes(path.read_bytes())
    repair.apply(told.workspace, path, **WHO)
    delivered.lay({"人社局/pay1.csv": [HEADER, GOOD, "6,,丙"]})
    again = delivered.ingest()
    assert again.counts["accepted"] == 2
    assert any("人社局/pay1.csv, row 2: not repaired" in w for w in again.counts["warnings"])
    rows = [dict(r, corrected=MENDED + "0") for r in lines_of(early)]
    with pytest.raises(SourceError, match=r"人社局/pay1\.csv, row 2: the file has another text") as error:
        repair.apply(told.workspace, edited(early, rows[:1]), **WHO)
    assert "乙" not in str(error.value)
    assert "export" in error.value.remedy
    delivered.lay({"人社局/pay1.csv": [HEADER, GOOD]})
    assert any("row 2: not repaired" in w for w in delivered.ingest().counts["warnings"])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"source_file": "人社局/none.csv"}, "no quarantined row"),
        ({"source_row": "77"}, "no quarantined row"),
        ({"source_row": "2.0E+0"}, "source_row is no number"),
        ({"raw_hash": ""}, "another text"),
        ({"corrected": "1.10101E+17"}, "scientific"),
        ({"corrected": "8" * 32_767}, "cuts a cell off"),
        ({"corrected": MENDED + "\n" + MENDED}, "as many lines"),
    ],
)
def test_what_a_spreadsheet_spoilt_is_refused_whole(delivered, tmp_path, change, said):
    told = delivered.ingest()
    path = tmp_path / "rows.csv"
    first, second = exported(told, path)
    rows = [first | {"corrected": MENDED} | change, second | {"corrected": MENDED}]
    with pytest.raises(SourceError, match=said):
        repair.apply(told.workspace, edited(path, rows), **WHO)
    assert corrections.latest(told.workspace.root) == {}


def test_a_file_that_is_no_export_is_refused(delivered, tmp_path):
    told = delivered.ingest()
    path = tmp_path / "rows.csv"
    rows = exported(told, path)
    for encoding_, cut, said in (("gb18030", (), "UTF-8"), ("utf-8", ("raw_hash",), "no column raw_hash")):
        kept = [{k: v for k, v in r.items() if k not in cut} for r in rows]
        with pytest.raises(SourceError, match=said):
            repair.apply(told.workspace, edited(path, kept, encoding_), **WHO)
    with pytest.raises(UsageError, match="name and a reason"):
        repair.apply(told.workspace, path, who=" ", why="x")
    (told.workspace.root / corrections.LOG).write_text("{}\n", encoding="utf-8")
    with pytest.raises(WorkspaceError, match="line 1 is no correction"):
        delivered.ingest()


def test_a_row_over_several_lines_is_replaced_as_a_whole(deliver, tmp_path, monkeypatch):
    monkeypatch.setattr(encoding, "BLOCK", 61)
    lines = [GOOD, '8,,"乙\n一",没有,1.00,20240115,01,', GOOD.replace("7", "9"), "0,,\n"]
    told = deliver(lines)
    assert told.broken == {2: "bad_date", 5: "field_count", 6: "blank_line"}
    mended = '8,,"乙\n一",202402,1.00,20240115,01,'
    repair.apply(told.workspace, corrected(told, tmp_path, {("人社局/pay.csv", 2): mended}), **WHO)
    again = deliver(lines)
    assert again.broken == {5: "field_count", 6: "blank_line"}
    assert again.table("unemployment_payment").filter(source_row=2)["name"].to_list() == ["乙\n一"]
    assert again.counts["rows_read"] == told.counts["rows_read"]


NOTES = """
id = "notes"
department = "稽核"
table = "note"
files = ["notes*"]
format = {format}
business_key = ["note_no"]
[columns]
n = {{ field = "note_no" }}
t = {{ field = "text" }}
"""


@pytest.mark.parametrize(
    ("layout", "content", "row", "mended"),
    [
        ('"jsonl"', b'{"n": "1", "t": "a"}\n{"n": "2", "t\n', 2, '{"n": "2", "t": "=b"}'),
        ('{ kind = "fixed", widths = { n = 3, t = 4 } }', b"001abcd\n002\n", 2, "002=xyz"),
    ],
)
def test_json_lines_and_fixed_width_are_repaired_too(desk, tmp_path, layout, content, row, mended):
    desk.mappings = {"notes": NOTES.format(format=layout)}
    desk.lay({"notes.txt": content})
    told = desk.ingest()
    assert list(told.broken) == [row]
    repair.apply(told.workspace, corrected(told, tmp_path, {("notes.txt", row): mended}), **WHO)
    again = desk.ingest()
    assert again.broken == {}
    assert again.table("note")["source_row"].to_list() == [1, 2]


def test_undecodable_bytes_are_replaced(desk, tmp_path):
    lines = [HEADER, *[GOOD.replace("7", str(i)) for i in range(200)]]
    raw = "\r\n".join(lines).encode("gb18030") + b"\r\n8,,\xff\xff,202401,1.00,20240115,01,\r\n"
    desk.lay({"人社局/pay.csv": raw})
    told = desk.ingest()
    repair.apply(told.workspace, corrected(told, tmp_path, {("人社局/pay.csv", 201): MENDED}), **WHO)
    assert desk.ingest().broken == {}


def test_a_cell_that_a_spreadsheet_would_run_comes_back_as_it_was(deliver, tmp_path):
    told = deliver([GOOD, "=1+1"])
    assert exported(told, tmp_path / "a.csv")[0]["raw"] == "'=1+1"
    for number, text in enumerate(("=1+1", "'=1+1", "-x", "plain")):
        assert repair._plain(repair._harmless(text)) == text, number


COLUMNS = HEADER.split(",")
SOUND = dict(zip(COLUMNS, GOOD.split(","), strict=True))
BAD = SOUND | {"number": "8", "name": "乙", "month": "二月", "amount": "1,700.00"}
REST = [SOUND | {"number": str(n)} for n in range(10, 13)]


def as_sheet(rows, folder):
    cells = [COLUMNS, *([row[c] for c in COLUMNS] for row in rows)]
    (folder / "pay.xlsx").write_bytes(workbook(Sheet1=cells))


def as_document(rows, folder):
    (folder / "pay.json").write_text(json.dumps({"data": rows}, ensure_ascii=False), "utf-8")


def as_inner_rows(rows, folder):
    lines = [{"list": rows[:2]}, {"list": []}, {"list": rows[2:]}]
    (folder / "pay.jsonl").write_text("".join(json.dumps(x) + "\n" for x in lines), "utf-8")


def as_parquet(rows, folder):
    pl.DataFrame(rows).write_parquet(folder / "pay.parquet")


LAYOUTS = {
    "xlsx": (as_sheet, '"xlsx"', "人社局/pay.xlsx"),
    "json": (as_document, '{ kind = "json", records = "data" }', "人社局/pay.json"),
    "jsonl": (as_inner_rows, '{ kind = "jsonl", rows = "list" }', "人社局/pay.jsonl#list"),
    "parquet": (as_parquet, '"parquet"', "人社局/pay.parquet"),
}


@pytest.fixture(params=LAYOUTS)
def unlined(request, desk):
    """A delivery of rows that are no lines of text, the second and the last of them broken."""
    write, form, name = LAYOUTS[request.param]
    text = desk.mappings["pay"].replace("pay*.csv", f"pay*.{request.param}").replace("gb18030", "utf-8")
    desk.mappings["pay"] = text.replace("business_key", f"format = {form}\nbusiness_key", 1)
    (desk.input / "人社局").mkdir(parents=True)

    def deliver(rows):
        write(rows, desk.input / "人社局")
        return desk.ingest()

    return deliver, name


def test_rows_that_are_no_lines_are_repaired_in_their_places(unlined, tmp_path):
    deliver, name = unlined
    told = deliver([SOUND, BAD, *REST, BAD])
    assert told.broken == {2: "bad_date", 6: "bad_date"}
    raws = {int(row["source_row"]): row["raw"] for row in exported(told, tmp_path / "rows.csv")}
    assert "二月" in raws[2]
    path = corrected(told, tmp_path, {(name, 2): raws[2].replace("二月", "202402")})
    assert repair.apply(told.workspace, path, **WHO) == {name: 1}
    again = deliver([SOUND, BAD, *REST, BAD])
    assert again.broken == {6: "bad_date"}
    assert closed(again) == {name: 5}
    assert again.counts["repaired"] == {name: {"李审计": 1}}
    record = again.table("unemployment_payment").filter(pl.col("source_row") == 2).to_dicts()[0]
    assert (record["name"], record["amount"], str(record["month"])) == ("乙", 1700.0, "2024-02-01")
    offered = {int(row["source_row"]): row for row in exported(again, tmp_path / "again.csv")}
    assert offered.keys() == {6}


def test_a_correction_of_a_row_that_is_another_now_is_not_applied(unlined, tmp_path):
    deliver, name = unlined
    told = deliver([SOUND, BAD, *REST, BAD])
    raws = {int(row["source_row"]): row["raw"] for row in exported(told, tmp_path / "rows.csv")}
    texts = {(name, n): raws[n].replace("二月", "202402") for n in (2, 6)}
    repair.apply(told.workspace, corrected(told, tmp_path, texts), **WHO)
    again = deliver([SOUND, BAD | {"name": "丙"}, *REST])
    assert again.broken == {2: "bad_date"}
    assert any(f"{name}, row 2, 6: not repaired" in w for w in again.counts["warnings"])


def test_a_correction_that_is_no_json_is_refused(unlined, tmp_path):
    deliver, name = unlined
    told = deliver([SOUND, BAD, *REST])
    path = corrected(told, tmp_path, {(name, 2): "8,,乙"})
    if name.endswith("xlsx"):
        assert repair.apply(told.workspace, path, **WHO) == {name: 1}
        assert set(deliver([SOUND, BAD, *REST]).broken) == {2}  # still: its other cells are empty
        return
    with pytest.raises(SourceError, match="must be an object of JSON"):
        repair.apply(told.workspace, path, **WHO)


def test_an_element_that_is_none_is_repaired_and_the_rest_of_a_document_is_not(desk, tmp_path):
    form = '{ kind = "json", records = "data" }'
    text = desk.mappings["pay"].replace("pay*.csv", "pay*.json").replace("gb18030", "utf-8")
    desk.mappings["pay"] = text.replace("business_key", f"format = {form}\nbusiness_key", 1)
    whole = json.dumps({"data": [SOUND, None, BAD]}, ensure_ascii=False)
    desk.lay({"人社局/pay.json": whole[: whole.index("二月")].encode()})
    told = desk.ingest()
    assert told.broken == {2: "null_record", 3: "bad_json"}
    rows = exported(told, tmp_path / "rows.csv")
    assert [row["raw"] for row in rows] == ["null", ""]
    texts = {("人社局/pay.json", 2): json.dumps(SOUND | {"number": "9"})}
    repair.apply(told.workspace, corrected(told, tmp_path, texts), **WHO)
    assert desk.ingest().broken == {3: "bad_json"}
    with pytest.raises(SourceError, match="the rest of a file that is cut off"):
        repair.apply(
            told.workspace, corrected(told, tmp_path, {("人社局/pay.json", 3): "{}"}, "c.csv"), **WHO
        )
