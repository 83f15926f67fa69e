"""Why and why not: waterfalls that sum, pairs explained without a name, judgements logged and taken back."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from app.i18n import Words, catalogue, conflict_told, how_told
from app.services import identity, judging
from app.services.desk import Desk
from entity_resolution.engine import profile
from entity_resolution.engine.learn import LEVELS, Weights
from entity_resolution.evidence import RULES
from entity_resolution.judgements import EFFECTS
from jiwang.errors import UsageError
from jiwang.tables import IdentityLeads

LONG = 60


@pytest.fixture
def desk(make_region, tmp_path):
    return Desk(make_region(tmp_path / "w").root)


def test_an_entity_tells_how_it_came_together_and_the_parts_sum(desk):
    lead = identity.cases(desk, "leads")[0]
    ways = [w for side in (lead.left, lead.right) for w in identity.came_together(desk, side)]
    assert len(ways) == 3
    for way in ways:
        assert sum(p["weight"] for p in way["parts"]) == pytest.approx(way["score"])


def test_a_pair_with_two_ids_is_told_apart_by_them(desk):
    lead = identity.cases(desk, "leads")[0]
    answer = identity.explain(desk, lead.left, lead.right)
    assert not answer.same
    assert "two_ids" in answer.against
    assert identity.explain(desk, lead.left, lead.left).same


def test_an_unknown_id_is_an_error_with_a_remedy(desk):
    with pytest.raises(UsageError, match="neither a record nor an entity"):
        identity.explain(desk, "nowhere", "nobody")


def test_a_judgement_is_logged_shown_and_taken_back(desk):
    case = identity.cases(desk, "review")[0]
    judging.judge(desk, case, "negative", "王审计", "两人年龄相差三十岁")
    pair = min(case.left, case.right), max(case.left, case.right)
    assert judging.decided(desk) == {pair: "negative"}
    line = judging.log(desk)[0]
    assert line["holds"]
    assert line["effect"] is None
    judging.withdraw(desk, line, "王审计", "看错了")
    assert judging.decided(desk) == {}
    assert [one["verdict"] for one in judging.log(desk)] == ["withdrawn", "negative"]


@pytest.mark.parametrize(("who", "why"), [("", "理由"), ("王审计", " ")])
def test_a_judgement_needs_a_name_and_a_reason(desk, who, why):
    with pytest.raises(UsageError):
        judging.judge(desk, identity.cases(desk, "review")[0], "positive", who, why)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_code_has_its_words(language):
    words, known = Words(language), catalogue(language)
    assert all(any(f"{table}.{rule}" in known for table in ("part", "how")) for rule in RULES)
    assert how_told("uscc+phone", words) == " + ".join(how_told(f, words) for f in ("uscc", "phone"))
    assert "5" in conflict_told("name:5 forms", words)
    assert all(f"effect.{effect}" in known for effect in EFFECTS)
    kinds = IdentityLeads.columns()["kind"].dtype.categories
    assert all(f"topic.{kind}" in known and f"topic.{kind}_means" in known for kind in kinds)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("queue", [*identity.QUEUES, "log"])
def test_the_review_page_opens_on_every_list(desk, monkeypatch, language, queue):
    monkeypatch.setenv("JIWANG_APP_WORKSPACE", str(desk.workspace.root))
    monkeypatch.setenv("JIWANG_APP_LANGUAGE", language)
    page = AppTest.from_string("from app.views.review import render\nrender()\n", default_timeout=LONG)
    page.session_state[f"review_{language}"] = queue
    page.run()
    assert not page.exception
    shown = " ".join(block.proto.body for block in page.get("html"))
    assert Words(language)("review.title") in shown


def test_a_case_shows_both_sides_masked_and_takes_a_judgement(desk, monkeypatch):
    monkeypatch.setenv("JIWANG_APP_WORKSPACE", str(desk.workspace.root))
    script = (
        "from app.services import identity\nfrom app.views import frame, review\n"
        "case = identity.cases(frame.desk(), 'leads')[0]\nreview._case(frame.desk(), case, frame.words())\n"
    )
    kept_to_reweigh(desk, identity.cases(desk, "leads")[0])
    page = AppTest.from_string(script, default_timeout=LONG).run()
    assert not page.exception
    shown = " ".join(block.proto.body for block in page.get("html"))
    case = identity.cases(desk, "leads")[0]
    for side in (case.left, case.right):
        row = desk.entities([side]).row(0, named=True)
        assert row["citizen_id"] not in shown
        assert row["name"] not in shown
    assert Words("zh")("against.two_ids") in shown
    assert "电话：错一处" in shown
    page.text_input[0].input("王审计")
    page.text_input[1].input("两处笔迹不同")
    button = next(b for b in page.button if b.label == Words("zh")("review.different"))
    button.click().run()
    assert not page.exception
    assert len(judging.log(desk)) == 1
    assert judging.log(desk)[0]["verdict"] == "negative"


def kept_to_reweigh(desk, lead):
    """Write what a run keeps to weigh two persons anew: both say one name, and phones that differ."""
    rules = profile.load("region")
    fields = [f.name for f in rules.evidence]
    blank = np.zeros((len(fields), LEVELS))
    weights = Weights(fields, -10.0, blank + 2.5, blank, blank, (0, 0)).frame(rules)
    marks = pl.DataFrame({"profile": [0, 1], "entity_id": [lead.left, lead.right]}).with_columns(
        anchored=True, registered=False, numbered=False
    )
    said = [(i, "name", "某某") for i in (0, 1)] + [(i, "phone", f"1380000000{i}") for i in (0, 1)]
    tables = {
        "weights": weights,
        "person_profiles": marks,
        "person_said": pl.DataFrame(said, schema=["profile", "field", "text"], orient="row"),
        "person_rows": pl.DataFrame(
            schema={"record_id": pl.String, "role": pl.String, "primary": pl.Boolean, "profile": pl.Int64}
        ),
    }
    for name, frame in tables.items():
        frame.write_parquet(desk.workspace.folder("entities") / f"{name}.parquet")


def test_a_lead_is_weighed_anew_on_the_page_and_in_the_verb(desk, capsys):
    from app.cli import main

    lead = identity.cases(desk, "leads")[0]
    kept_to_reweigh(desk, lead)
    answer = identity.explain(desk, lead.left, lead.right)
    assert answer.weighed is not None
    assert {p.field: p.weight for p in answer.weighed.parts} == {"prior": -10.0, "name": 2.5, "phone": 2.5}
    assert "too_little" in answer.against
    assert main(["explain", lead.left, lead.right, "-w", str(desk.workspace.root)]) == 0
    told = capsys.readouterr().out
    assert "电话：错一处" in told
    assert "某某" not in told
    assert "双方相同的分组键：姓名" in told


def test_the_verb_explains_without_names(desk, capsys):
    from app.cli import main

    lead = identity.cases(desk, "leads")[0]
    assert main(["explain", lead.left, lead.right, "-w", str(desk.workspace.root), "--language", "en"]) == 0
    told = capsys.readouterr().out
    assert "two different valid ids" in told
    assert "+40.0" in told
    names = desk.entities([lead.left, lead.right]).select(pl.col("name")).to_series()
    assert not any(name in told for name in names)
