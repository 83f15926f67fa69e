"""The explorer page on a loaded store: what it shows, what it masks, what it says where nothing is loaded."""

from __future__ import annotations

import shutil

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from app.services.desk import Desk
from graph.ladybug_store import LadybugStore
from graph.schema import load_schema


def whole_tables(source, folder):
    """The invented region's graph with every table and column of the schema, so that a store takes it in."""
    schema = load_schema()
    written = ({}, {})
    for place, tables, sort in zip(written, (schema.nodes, schema.edges), ("nodes", "edges"), strict=True):
        for name, table in tables.items():
            path = source / sort / f"{name}.parquet"
            frame = pl.read_parquet(path) if path.is_file() else pl.DataFrame(schema=table.columns())
            columns = [
                (pl.col(c) if c in frame.columns else pl.lit(None)).cast(kind).alias(c)
                for c, kind in table.columns().items()
            ]
            place[name] = folder / f"{name}.parquet"
            frame.select(columns).write_parquet(place[name])
    return written


@pytest.fixture(scope="module")
def loaded(region, tmp_path_factory):
    root = tmp_path_factory.mktemp("loaded")
    shutil.copytree(region.root, root / "w")
    (root / "tables").mkdir()
    tables = whole_tables(region.folder("graph"), root / "tables")
    with LadybugStore(root / "w" / "store", schema=load_schema(), memory_mb=64) as store:
        store.load(*tables, "test")
    return root / "w"


@pytest.fixture
def opened(monkeypatch):
    def open_page(root, language="zh", **params):
        from app.views import explore, frame

        frame._desk.clear()
        explore._store.clear()
        monkeypatch.setenv("JIWANG_APP_WORKSPACE", str(root))
        monkeypatch.setenv("JIWANG_APP_LANGUAGE", language)
        page = AppTest.from_string("from app.views.explore import render\nrender()\n", default_timeout=60)
        for name, value in params.items():
            page.query_params[name] = value
        return page.run()

    return open_page


def html(page):
    return " ".join(block.proto.body for block in page.get("html"))


@pytest.mark.parametrize(("language", "title"), [("zh", "网络探索"), ("en", "Network explorer")])
def test_the_page_draws_what_lies_around(opened, loaded, language, title):
    desk = Desk(loaded)
    subject = desk.members.filter(pl.col("role") == "organiser")["entity_id"][0]
    row = desk.entities([subject]).row(0, named=True)
    page = opened(loaded, language, entity=subject)
    assert not page.exception
    assert title in html(page)
    assert len(page.get("iframe")) == 1
    options = page.selectbox[0].options
    assert options, "there is somebody around to expand"
    shown = html(page) + " ".join(options)
    assert row["name"] not in shown
    before = page.caption[0].value
    page.selectbox[0].select_index(0).run()
    page.button[0].click().run()
    assert not page.exception
    assert page.caption[0].value != before
    assert len(page.selectbox[0].options) >= 1


def test_the_way_between_two_members_is_told_step_by_step(opened, loaded):
    desk = Desk(loaded)
    members = desk.members.filter(pl.col("ring_id") == desk.rings["ring_id"][0])
    people = desk.entities(members["entity_id"]).filter(pl.col("kind") == "person")
    one, other = people.row(0, named=True), people.row(1, named=True)
    page = opened(loaded, entity=one["entity_id"])
    page.text_input[0].set_value(other["citizen_id"]).run()
    assert not page.exception
    assert "第 1 条路径" in " ".join(c.value for c in page.caption)
    assert len(page.get("iframe")) == 2
    assert other["citizen_id"] not in html(page)


def test_a_store_that_holds_nothing_is_told_with_its_remedy(opened, region):
    subject = Desk(region.root).members["entity_id"][0]
    page = opened(region.root, entity=subject)
    assert not page.exception
    assert "jiwang load" in html(page)
