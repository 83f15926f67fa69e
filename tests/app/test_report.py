"""The quality report: both languages, nothing from outside, no name that becomes markup, no person in it."""

from __future__ import annotations

import re
from datetime import date
from html.parser import HTMLParser

import polars as pl
import pytest

from app.cli import main
from app.report import render
from ingest import quality
from jiwang.tables import Files, Quality, Quarantine, from_rows, write
from jiwang.workspace import Workspace

HOSTILE = '人社局/<img src=x onerror=alert(1)>"><script>alert(2)</script>{{ 7*7 }}.csv'
OFFICE = "<b onmouseover=alert(3)>人社局</b>"


class Page(HTMLParser):
    """The elements of a page, with the names and values of their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.add(tag)
        self.attributes += attrs

    def handle_data(self, data) -> None:
        self.text += data


def measured(rows: int, filled: int) -> pl.DataFrame:
    shared = {
        "table": "enrolment", "rows": rows, "duplicates": 1, "superseded": 0, "distinct": 3, "compared": 0,
        "agreeing": 0, "first_event": None, "last_event": None, "lag_days": None, "doubtful": 0,
        "verdicts": [],
    }  # fmt: skip
    start = {"first_event": date(2020, 1, 1), "last_event": date(2024, 1, 1), "lag_days": 0}
    told = {"doubtful": 1, "verdicts": ["checksum:1"], "compared": filled, "agreeing": filled - 1}
    return from_rows(
        [
            shared | told | {"field": "citizen_id", "position": 0, "type": "citizen_id", "filled": filled},
            shared | start | {"field": "start_date", "position": 1, "type": "date", "filled": rows},
            shared | {"field": "phone", "position": 2, "type": "phone", "filled": 0},
        ],
        Quality,
    )


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    opened = Workspace.open(tmp_path / "w", create=True)
    file = {
        "region": "m", "source_file": HOSTILE, "department": OFFICE, "mapping": "enrol", "rows_read": 11,
        "accepted": 10, "quarantined": 1, "control_total": None, "table": "enrolment", "duplicates": 1,
        "superseded": 0,
    }  # fmt: skip
    broken = {"region": "m", "source_file": HOSTILE, "source_row": 4, "rule": "shifted", "detail": "张三丰"}
    with opened.publish("records", {"region": "m"}) as folder:
        write(from_rows([file], Files), Files, folder / "files.parquet")
        quality.publish(measured(10, 8), folder)
    with opened.publish("quarantine", {"region": "m"}) as folder:
        write(from_rows([broken], Quarantine), Quarantine, folder / "quarantine.parquet")
    quality.remember(opened, measured(10, 8), "first")
    return opened


def test_a_hostile_file_name_stays_text(workspace):
    page = Page(render(workspace))
    assert HOSTILE in page.text
    assert OFFICE in page.text
    assert not page.tags & {"script", "img", "iframe", "link"}
    assert not [name for name, _ in page.attributes if name.startswith("on") or name in {"src", "href"}]


def test_the_page_says_everything_in_both_languages(workspace):
    text = render(workspace)
    shown = {
        lang: " ".join(re.findall(rf'<span lang="{lang}">([^<]*)</span>', text)) for lang in ("zh", "en")
    }
    for word in ("数据质量报告", "完整性", "时效性", "社保参保登记", "校验位错误", "错列"):
        assert word in shown["zh"]
    for word in ("Data quality report", "Completeness", "Social insurance enrolment", "wrong check digit"):
        assert word in shown["en"]
    assert not re.search("[\u4e00-\u9fff]", shown["en"])


def test_the_page_shows_shares_and_no_row(workspace):
    text = render(workspace)
    assert "87.5%" in text, "7 of 8 numbers are sound"
    assert "张三丰" not in text, "what stood in a broken row is not the department's to mail around"


def test_a_second_batch_draws_the_trend(workspace):
    assert "polyline points" not in render(workspace)
    quality.remember(workspace, measured(10, 6), "second")
    text = render(workspace)
    assert "polyline points" in text
    assert "-20.0" in text, "80 % filled, then 60 %"


def test_the_verb_writes_the_page_and_names_a_missing_stage(workspace, tmp_path, capsys):
    target = tmp_path / "here" / "q.html"
    assert main(["source", "report", "--workspace", str(workspace.root), "--out", str(target)]) == 0
    assert target.read_text(encoding="utf-8") == render(workspace)
    Workspace.open(tmp_path / "empty", create=True)
    assert main(["source", "report", "--workspace", str(tmp_path / "empty")]) == 2
    assert "quality.parquet is missing" in capsys.readouterr().err
