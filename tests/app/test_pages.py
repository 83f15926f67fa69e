"""Every page in both languages, driven without a browser."""

from __future__ import annotations

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from app.services.desk import Desk
from graph.build.checks import definitions

LONG = 60


@pytest.fixture
def opened(region, repo_root, monkeypatch):
    monkeypatch.setenv("JIWANG_APP_WORKSPACE", str(region.root))

    def open_page(view: str, language: str = "zh", **params: str) -> AppTest:
        monkeypatch.setenv("JIWANG_APP_LANGUAGE", language)
        script = f"from app.views.{view} import render\nrender()\n" if view else ""
        page = (
            AppTest.from_string(script, default_timeout=LONG)
            if view
            else AppTest.from_file(str(repo_root / "app" / "main.py"), default_timeout=LONG)
        )
        for name, value in params.items():
            page.query_params[name] = value
        return page.run()

    return open_page


def html(page: AppTest) -> str:
    return " ".join(block.proto.body for block in page.get("html"))


def test_the_frame_opens_on_the_queue_and_changes_language(opened):
    page = opened("")
    assert not page.exception
    assert "疑点队列" in html(page)
    assert "由人决定" in html(page)
    page.session_state["jw_language"] = "en"
    page.run()
    assert not page.exception
    assert "Queue of leads" in html(page)
    assert "a person decides" in html(page)


def test_a_missing_workspace_is_told_with_its_remedy(opened, monkeypatch, tmp_path):
    monkeypatch.setenv("JIWANG_APP_WORKSPACE", str(tmp_path / "none"))
    from app.views import frame

    frame._desk.clear()
    page = opened("", "zh")
    monkeypatch.setenv("JIWANG_APP_WORKSPACE", str(tmp_path / "none"))
    page = page.run()
    assert not page.exception


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_ring_page_tells_why(opened, region, language):
    ring = Desk(region.root).rings.row(0, named=True)
    page = opened("ring", language, ring=ring["ring_id"])
    assert not page.exception
    shown = html(page)
    assert ring["reasons"][0] in shown
    assert ring["innocent_checks"][0] in shown
    assert "社会保险法" in shown
    assert len(page.dataframe) == 3


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_account_page_opens(opened, language):
    page = opened("files", language)
    assert not page.exception
    assert len(page.dataframe) == 6


def test_the_entity_page_masks_until_a_purpose_is_given(opened, region):
    desk = Desk(region.root)
    subject = desk.members.filter(pl.col("role") == "organiser")["entity_id"][0]
    row = desk.entities([subject]).row(0, named=True)
    page = opened("entity", entity=subject)
    assert not page.exception
    assert row["citizen_id"] not in html(page)
    page.toggle[0].set_value(True).run()
    assert row["citizen_id"] not in html(page)
    page.text_input[1].set_value("核对案件线索")
    page.button[0].click().run()
    assert row["citizen_id"] in html(page)
    page.toggle[0].set_value(False).run()
    assert row["citizen_id"] not in html(page)
    log = (region.folder("runs") / "unmask.jsonl").read_text(encoding="utf-8")
    assert subject in log
    assert row["citizen_id"] not in log


@pytest.mark.parametrize(("language", "column"), [("zh", "核对项"), ("en", "Check")])
def test_the_entity_page_lists_every_disagreement_masked(opened, region, language, column):
    desk = Desk(region.root)
    subject = desk.members.filter(pl.col("role") == "organiser")["entity_id"][0]
    page = opened("entity", language, entity=subject)
    assert not page.exception
    shown = next(frame.value for frame in page.dataframe if column in frame.value.columns)
    assert set(shown[column]) == {about[language] for about in definitions().values()}
    assert desk.entities([subject])["name"][0] not in shown.to_csv()


def test_search_lists_and_filters_narrow(opened):
    page = opened("entity")
    page.text_input[0].set_value("人民医院").run()
    assert not page.exception
    assert len(page.dataframe[0].value) == 3
    queue = opened("queue")
    queue.text_input[0].set_value("没有这样的标题").run()
    assert "没有符合条件的内容" in html(queue)
