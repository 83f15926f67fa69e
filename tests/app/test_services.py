"""What the pages show, without Streamlit: masks, the queue, evidence, entities, the account of the data."""

from __future__ import annotations

import json
import re

import polars as pl
import pytest

from app.i18n import LANGUAGES, Words, catalogue
from app.services import accounts, evidence, network, profile, triage, unmasking
from app.services.desk import Desk
from app.services.masking import Mask, knowing
from app.views.captions import captions
from app.views.markup import el, marked
from graph.schema import load_schema
from jiwang.errors import UsageError, WorkspaceError

PHONE = "138" + "12345678"
CARD = "6222" + "020200012345678"


@pytest.fixture(scope="module")
def desk(region):
    return Desk(region.root)


def worst(desk: Desk) -> dict:
    return desk.rings.row(0, named=True)


def test_the_catalogues_have_equal_keys_and_values():
    zh, en = (catalogue(language) for language in LANGUAGES)
    assert set(zh) == set(en)
    fields = re.compile(r"\{(\w+)\}")
    assert [k for k in zh if set(fields.findall(zh[k])) != set(fields.findall(en[k]))] == []


def test_every_kind_of_node_and_edge_has_a_word():
    schema, words = load_schema(), catalogue("zh")
    named = {f"node.{name}" for name in schema.nodes} | {f"edge.{name}" for name in schema.edges}
    assert {key for key in words if key.startswith(("node.", "edge."))} == named


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("name", "王小明", "王*明"),
        ("name", "王明", "王*"),
        ("name", "欧阳小明", "欧**明"),
        ("name", "", "*"),
        ("phone", PHONE, "138****5678"),
        ("account_no", CARD, "****5678"),
        ("address", "某省某市某区某路1号", "某省某市某区****"),
        ("citizen_id", "411" + "0" * 11 + "1234", "411***********1234"),
        ("citizen_id", None, ""),
        ("name", "试验市医疗保障局", "试验市医疗保障局"),
        ("key", "1" * 16, "1" * 16),
        ("key", "411000" + "19900101" + "1234", "411***********1234"),
    ],
)
def test_masks(kind, value, shown):
    assert Mask().value(kind, value) == shown
    assert Mask(clear=True).value(kind, value) == (value or "")


def test_a_text_hides_known_names_and_every_long_number():
    shown = knowing(["赵小安", None]).text(f"赵小安（{PHONE}）用卡{CARD}")
    assert shown == f"赵*安（138****5678）用卡{'*' * 15}5678"


def test_the_queue_is_ranked_filtered_searched_and_cut(desk):
    everything = triage.rings(desk, triage.Filter(), 1, 5)
    assert ([r["rank"] for r in everything.rows], everything.total, everything.pages) == (
        [1, 2, 3, 4, 5],
        8,
        2,
    )
    assert triage.rings(desk, triage.Filter(), 9, 5).number == 2
    assert {r["grade"] for r in triage.rings(desk, triage.Filter(grades=("orange",)), 1, 9).rows} == {
        "orange"
    }
    assert [r["typology"] for r in triage.rings(desk, triage.Filter(typologies=("I1",)), 1, 9).rows] == ["U2"]
    member = desk.entities(desk.members.filter(pl.col("kind") == "person")["entity_id"].head(1)).row(
        0, named=True
    )
    for text in (member["citizen_id"][-6:], member["entity_id"]):
        ids = {r["ring_id"] for r in triage.rings(desk, triage.Filter(text=text), 1, 9).rows}
        assert ids == set(desk.members.filter(pl.col("entity_id") == member["entity_id"])["ring_id"])
    assert triage.overview(desk)["rings"] == {"red": 3, "orange": 2, "yellow": 3, "none": 0}


def test_titles_in_the_queue_do_not_name_people(desk):
    page = triage.rings(desk, triage.Filter(), 1, 8)
    mask = triage.mask_for(desk, page.rows)
    people = desk.entities(desk.members.filter(pl.col("kind") == "person")["entity_id"])["name"]
    shown = " ".join(mask.text(r["title"]) for r in page.rows)
    assert not [name for name in people if name in shown]


def test_evidence_leads_to_file_and_row(desk):
    ids = evidence.of_ring(desk, worst(desk))
    events = evidence.timeline(desk, ids, Mask(), "zh")
    assert events.height == len(ids) == 36
    first = events.row(0, named=True)
    record = evidence.records(desk, "pension_payment", ids).row(0, named=True)
    assert (first["source_file"], first["department"], first["amount"]) == (
        "rs/养老待遇发放.csv",
        "人社",
        2800.0,
    )
    assert record["name"] not in first["about"]
    assert events["day"].is_sorted()


def test_the_network_of_a_ring_is_whole_and_repeats(desk):
    drawn = network.of_ring(desk, worst(desk))
    assert {n.label for n in drawn.nodes} == {"Person", "Account", "Employer", "Device"}
    assert drawn == network.of_ring(desk, worst(desk))
    places = {(n.x, n.y) for n in drawn.nodes}
    assert len(places) == len(drawn.nodes)


def test_a_ring_without_edges_is_drawn_by_those_among_its_members(desk):
    bare = worst(desk) | {"edges": []}
    assert {e.type for e in network.of_ring(desk, bare).edges} == {"DRAWS", "CO_CASHES", "LEADS"}


def test_what_the_drawing_says_is_masked(desk):
    drawn = network.of_ring(desk, worst(desk))
    said = json.dumps(
        [captions(drawn, Words("zh")).nodes, captions(drawn, Words("zh")).edges], ensure_ascii=False
    )
    clear = [n.caption for n in drawn.nodes if n.label in ("Person", "Account")]
    assert clear
    assert not [name for name in clear if name in said]


def test_a_large_part_is_laid_out_without_heaps():
    ids = [f"n{i}" for i in range(300)]
    places = network.layout(ids, [(ids[i], ids[i // 3]) for i in range(1, 250)])
    assert len(set(places.values())) == 300


def test_an_entity_is_found_and_shown_with_all_that_is_known(desk):
    subject = desk.members.filter(pl.col("role") == "organiser")["entity_id"][0]
    row = profile.entity(desk, subject)
    assert row is not None
    found = profile.search(desk, row["citizen_id"][-5:])
    assert subject in found["entity_id"].to_list()
    shown = profile.shown_attributes(row, Mask())
    assert row["citizen_id"] not in shown.values()
    assert profile.shown_attributes(row, Mask(clear=True))["citizen_id"] == row["citizen_id"]
    assert [s.table for s in profile.sources(desk, subject)][:2] == ["pension_payment", "enrolment"]
    assert [r["role"] for r in profile.rings_of(desk, subject)] == ["organiser"]
    assert profile.possible_same(desk, subject)[0]["score"] == 0.83
    note = profile.mentions(desk, subject)[0]
    start, end, _, mine = note["spans"][0]
    assert mine
    assert note["text"][start:end] == row["name"]
    assert profile.entity(desk, "nobody") is None


def test_the_account_closes_and_rules_are_counted(desk):
    totals = accounts.totals(desk)
    assert totals["rows_read"] == totals["accepted"] + totals["quarantined"]
    assert accounts.quarantine_rules(desk) == {"bad_date": 3, "repeated_header": 3, "shifted": 3}
    rows, pages = accounts.quarantined(desk, "shifted", 7)
    assert (rows.height, pages) == (3, 1)
    figures = accounts.figures(accounts.last_manifest(desk), ("train",))
    assert ("train", "boosted_trees / auc_interval", "[0.790, 0.930]") in figures


def test_clear_values_need_a_purpose_and_leave_a_line_without_them(make_region, tmp_path):
    workspace = make_region(tmp_path / "w")
    with pytest.raises(UsageError):
        unmasking.allow(workspace, "p1", "  ")
    unmasking.allow(workspace, "p1", f"核对待遇发放 {PHONE}")
    [line] = (workspace.folder("runs") / "unmask.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["subject"] == "p1"
    assert PHONE not in line


def test_a_workspace_without_results_is_said(tmp_path):
    with pytest.raises(WorkspaceError):
        Desk(tmp_path / "none")


def test_markup_escapes_whatever_is_not_markup():
    assert el("p", "<b>", el("i", "&")) == "<p>&lt;b&gt;<i>&amp;</i></p>"
    assert (
        marked("甲<乙>丙", [(1, 4, True), (2, 3, False)]) == '甲<mark class="jw-strong">&lt;乙&gt;</mark>丙'
    )
