"""Mappings: those that ship are true to the ontology, faulty ones say why, a new one is one TOML."""

from __future__ import annotations

import pytest

import ingest
from ingest.mapping import SOURCES, load
from jiwang.errors import MappingError


@pytest.mark.parametrize("dialect", sorted(p.name for p in SOURCES.iterdir() if p.is_dir()))
def test_shipped_dialects_are_clean(dialect):
    assert ingest.lint(dialect) == []


def test_dialect_a_fills_every_record_table():
    from jiwang.ontology import record_tables

    assert {m.table for m in load("a").mappings} == set(record_tables())


FAULTS = [
    ('table = "note"', 'table = "nope"', "there is no record table 'nope'"),
    ('field = "text"', 'field = "nope"', "column t: table note has no field 'nope'"),
    ('field = "text"', 'field = "channel"', "no column fills the needed field 'text'"),
    ('["note_no"]', "[]", "it names no business key"),
    ('["note_no"]', '["registered_date"]', "no column fills the needed field 'registered_date'"),
    ('field = "text"', 'field = "note_no"', "field note_no is filled by 2 columns"),
    ('field = "text"', 'field = "text", dates = ["jj"]', "column t: unknown date style 'jj'"),
    ('field = "text"', 'field = "text", codes = "c"', "column t: there is no code table 'c'"),
    ('field = "text"', 'field = "text", codes = { 1 = "x" }', "column t: field text is of type text"),
]
NOTES = """
id = "notes"
department = "稽核"
table = "note"
files = ["notes.csv"]
business_key = ["note_no"]
[columns]
n = { field = "note_no" }
t = { field = "text" }
"""


def dialect(tmp_path, text):
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "notes.toml").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(("good", "bad", "fault"), FAULTS)
def test_lint_names_the_fault(tmp_path, good, bad, fault):
    faults = ingest.lint("m", dialect(tmp_path, NOTES.replace(good, bad)))
    assert any(fault in f for f in faults), faults


def test_a_code_that_the_ontology_lacks(tmp_path):
    text = (
        NOTES.replace('"note"', '"past_case"')
        .replace("note_no", "case_no")
        .replace('"text"', '"finding", codes = { x = "maybe" }')
    )
    assert any("code 'x' becomes 'maybe'" in f for f in ingest.lint("m", dialect(tmp_path, text)))


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("id = ", "notes.toml"),
        (NOTES + "colour = 1", "colour"),
        (NOTES.replace('id = "notes"', ""), "id: Field required"),
    ],
)
def test_a_file_that_is_no_mapping(tmp_path, text, match):
    with pytest.raises(MappingError, match=match):
        load("m", dialect(tmp_path, text))


def test_a_new_source_is_one_toml(desk):
    desk.lay(
        {
            "人社局/pay.csv": [
                "number,id,name,month,amount,paid,reason,account",
                "7,,甲,202401,1.00,20240115,01,",
            ]
        }
    )
    assert desk.ingest().table("note").is_empty()
    desk.mappings["notes"] = NOTES
    desk.lay({"notes.csv": "n,t\n1,来电\n".encode()})
    assert desk.ingest().table("note").select("note_no", "text").rows() == [("1", "来电")]


def test_versions_of_a_layout_are_told_apart_by_their_columns(desk):
    desk.mappings = {
        "v1": NOTES.replace('id = "notes"', 'id = "notes_v1"'),
        "v2": NOTES.replace('id = "notes"', 'id = "notes_v2"\nversion = 2').replace(
            "t = {", "内容 = {".replace("内容", '"内容"')
        ),
    }
    desk.lay({"notes.csv": "n,t\n1,旧\n".encode()})
    assert desk.ingest().table("files")["mapping"].to_list() == ["notes_v1"]
    desk.lay({"notes.csv": "n,内容\n1,新\n".encode()})
    assert desk.ingest().table("files")["mapping"].to_list() == ["notes_v2"]


def test_a_fault_names_file_line_and_remedy(tmp_path):
    faults = ingest.lint("m", dialect(tmp_path, NOTES.replace('"text"', '"txt"')))
    assert any(f.startswith("notes.toml:9: notes: column t") and "did you mean 'text'" in f for f in faults)


def test_a_key_with_a_typo_names_the_nearest(tmp_path):
    with pytest.raises(MappingError, match=r"line 6: business_kee: .*did you mean 'business_key'"):
        load("m", dialect(tmp_path, NOTES.replace("business_key", "business_kee")))


def test_two_mappings_of_one_file(tmp_path):
    folder = dialect(tmp_path, NOTES)
    (folder / "m" / "more.toml").write_text(NOTES.replace('id = "notes"', 'id = "more"'), encoding="utf-8")
    assert any("notes.csv is claimed by mapping" in f for f in ingest.lint("m", folder))


def test_days_that_no_version_is_for(tmp_path):
    folder = dialect(tmp_path, NOTES.replace("[columns]", "valid_to = 2024-03-31\n[columns]"))
    later = NOTES.replace('id = "notes"', 'id = "later"').replace(
        "[columns]", "valid_from = 2024-05-01\n[columns]"
    )
    (folder / "m" / "later.toml").write_text(later, encoding="utf-8")
    assert any(
        "no version is for the days between 2024-03-31 and 2024-05-01" in f for f in ingest.lint("m", folder)
    )


def test_a_dialect_is_held_against_a_hand_over(tmp_path):
    folder = dialect(tmp_path, NOTES)
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    said = "; ".join(ingest.lint("m", folder, tmp_path / "raw"))
    assert "other.csv: no mapping of dialect m knows this file" in said
    assert "notes.csv: declared by mapping notes, and missing" in said
