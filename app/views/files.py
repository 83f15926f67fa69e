"""数据账: the account of every file, the rows set aside and why, and how the run went."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

from app.i18n import Words
from app.report import render as render_report
from app.services import accounts, masking, terms
from app.services.desk import Desk
from app.stages import NAMES
from app.views import frame
from app.views.markup import el, join, tiles
from app.views.sheet import sheet

COLUMNS = (
    "source_file", "department", "mapping", "rows_read", "accepted", "quarantined", "control_total",
    "duplicates", "superseded",
)  # fmt: skip
STAGE_FIGURES = ("train", "score")


def render() -> None:
    """Draw the page."""
    t, desk = frame.words(), frame.desk()
    frame.show(
        join(el("h1", t("files.title"), css="jw-title"), el("div", t("files.caption"), css="jw-caption"))
    )
    figures = accounts.totals(desk)
    tone = {"quarantined": "yellow"}
    frame.show(tiles([(t(f"files.{k}"), f"{v:,}", tone.get(k, "")) for k, v in figures.items()]))
    sheet(_account(desk, t).to_dicts(), t)
    _report(desk, t)
    _quarantine(desk, t)
    _run(desk, t)


def _account(desk: Desk, t: Words) -> pl.DataFrame:
    names = {c: t.known("files", c) for c in COLUMNS} | {
        c: t(f"app.{c}") for c in ("source_file", "department")
    }
    return desk.files.select(COLUMNS).sort("source_file").rename(names)


def _report(desk: Desk, t: Words) -> None:
    """Offer the quality report, where the batch was measured; it is made when asked for."""
    if (desk.workspace.folder("records") / "quality.parquet").is_file():
        st.download_button(
            t("quality.download"), lambda: render_report(desk.workspace), "quality.html", "text/html",
            on_click="ignore",
        )  # fmt: skip


def _quarantine(desk: Desk, t: Words) -> None:
    rules = accounts.quarantine_rules(desk)
    frame.heading(t("files.quarantine"))
    if not rules:
        frame.show(el("div", t("app.nothing"), css="jw-empty"))
        return
    left, right = st.columns([1, 2], gap="medium")
    with left:
        sheet([{t("files.rule"): terms.rule(r, t.language), t("files.rows"): n} for r, n in rules.items()], t)
    with right:
        rule = st.selectbox(
            t("files.rule"), ["", *rules], key=f"quarantine_rule_{t.language}", label_visibility="collapsed",
            format_func=lambda r: terms.rule(r, t.language) if r else t("files.all_rules"),
        )  # fmt: skip
        number = int(st.session_state.get("page_quarantine", 1))
        rows, pages = accounts.quarantined(desk, rule or None, number)
        sheet([_broken(row, t) for row in rows.to_dicts()], t, tallest=300)
        if pages > 1:
            st.pagination(pages, key="page_quarantine")


def _broken(row: dict[str, Any], t: Words) -> dict[str, Any]:
    return {
        t("app.source_file"): row["source_file"],
        t("app.source_row"): row["source_row"],
        t("files.rule"): terms.rule(row["rule"], t.language),
        t("files.detail"): masking.text(row["detail"]),
    }


def _run(desk: Desk, t: Words) -> None:
    frame.heading(t("files.hits"))
    sheet([_hits(row, t) for row in accounts.pattern_hits(desk).to_dicts()], t)
    manifest = accounts.last_manifest(desk)
    if not manifest:
        return
    frame.heading(t("files.run"))
    line = t("files.run_line", run_id=manifest["run_id"], version=manifest["jiwang"])
    frame.show(el("div", line, css="jw-caption"))
    left, right = st.columns([2, 3], gap="medium")
    with left:
        sheet([_stage(name, entry, t) for name, entry in _in_order(manifest["stages"])], t)
    figures = accounts.figures(manifest, STAGE_FIGURES)
    with right:
        sheet([_figure(*figure, t) for figure in figures], t)


def _in_order(stages: dict[str, dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    return [(name, stages[name]) for name in NAMES if name in stages]


def _hits(row: dict[str, Any], t: Words) -> dict[str, Any]:
    return {
        t("files.pattern"): f"{terms.pattern(row['pattern_id'], t.language)} v{row['pattern_version']}",
        t("queue.filter_typology"): terms.typology(row["typology"], t.language),
        t("files.hits_count"): row["hits"],
        t("app.sum"): row["amount"],
    }


def _stage(name: str, entry: dict[str, Any], t: Words) -> dict[str, Any]:
    return {
        t("files.stage"): name,
        t("files.seconds"): entry.get("seconds"),
        t("files.memory"): entry.get("peak_memory_mb"),
    }


def _figure(stage: str, name: str, value: str, t: Words) -> dict[str, str]:
    return {t("files.stage"): stage, t("files.figure"): name, t("files.value"): value}
