"""身份复核: merges and splits of published entities, leads on identities, rows in doubt, and the log."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app.i18n import Words, field_name
from app.services import evidence, identity, judging, profile, terms
from app.services.desk import Desk
from app.services.identity import Case
from app.services.masking import Mask, knowing
from app.services.pairs import level_told
from app.views import frame
from app.views.markup import Markup, el, facts, join
from app.views.sheet import sheet
from app.views.waterfall import waterfall
from entity_resolution.judgements import Verdict
from jiwang.errors import UsageError

LOG = "log"
WHO = "jw_who"
_VERDICTS: dict[str, Verdict] = {"same": "positive", "different": "negative", "unsure": "unsure"}


def render() -> None:
    """Draw the page."""
    t, desk = frame.words(), frame.desk()
    frame.show(
        join(el("h1", t("review.title"), css="jw-title"), el("div", t("review.caption"), css="jw-caption"))
    )
    waiting = {queue: identity.cases(desk, queue) for queue in identity.QUEUES}
    shown = st.segmented_control(
        t("review.title"), [*identity.QUEUES, LOG], default="leads", required=True,
        key=f"review_{t.language}",
        label_visibility="collapsed", persist_state="session",
        format_func=lambda q: t(f"review.{q}") + (f" {len(waiting[q])}" if q in waiting else ""),
    )  # fmt: skip
    if shown == LOG:
        _log(desk, t)
    else:
        _queue(desk, waiting[str(shown)], str(shown), t)


def _queue(desk: Desk, cases: list[Case], queue: str, t: Words) -> None:
    st.caption(t(f"review.about_{queue}"))
    if not cases:
        frame.show(el("div", t("app.nothing"), css="jw-empty"))
        return
    decided = judging.decided(desk)
    names = desk.names([side for c in cases for side in (c.left, c.right)])
    mask = Mask()
    rows = [
        {
            t("review.topic"): t(f"topic.{c.topic}"),
            t("review.left"): _name(c.left, names, mask, t),
            t("review.right"): _name(c.right, names, mask, t),
            t("review.reason"): t.known("reason", c.reason),
            t("review.weight"): c.score,
            t("review.judged"): t.known("verdict", decided.get(_pair(c), "")),
        }
        for c in cases
    ]
    chosen = sheet(rows, t, key=f"cases_{queue}_{t.language}", tallest=320)
    if chosen is not None:
        _case(desk, cases[chosen], t)


def _pair(case: Case) -> tuple[str, str]:
    return min(case.left, case.right), max(case.left, case.right)


def _name(side: str, names: dict[str, str], mask: Mask, t: Words) -> str:
    return mask.value("name", names[side]) if side in names else t("review.record")


def _case(desk: Desk, case: Case, t: Words) -> None:
    frame.heading(t(f"topic.{case.topic}"))
    about = el("p", t(f"topic.{case.topic}_means"))
    reason = el("p", el("b", t("review.reason")), " ", t.known("reason", case.reason))
    frame.show(el("div", about, reason, css="jw-panel"))
    left, right = st.columns(2, gap="medium")
    with left:
        _side(desk, case, case.left, case.rows_left, t)
    with right:
        _side(desk, case, case.right, case.rows_right, t)
    frame.heading(t("evidence.waterfall"))
    if case.parts:
        frame.show(waterfall(((field_name(f, t), bits) for f, bits in case.parts), t))
    else:
        answer = identity.explain(desk, case.left, case.right)
        told = [t(f"against.{code}") for code in answer.against] or [t("against.none")]
        frame.show(el("div", *(el("p", line) for line in told), css="jw-panel"))
        if answer.weighed:
            frame.show(waterfall(((level_told(p, t), p.weight) for p in answer.weighed.parts), t))
    _form(desk, case, t)


def _side(desk: Desk, case: Case, side: str, rows: tuple[str, ...], t: Words) -> None:
    known = profile.entity(desk, side)
    clear = frame.is_clear(side)
    mask = knowing(
        [known["name"], *known["other_names"]] if known and known["kind"] == "person" else [], clear=clear
    )
    if known is None:
        frame.show(el("div", el("h4", t("review.record")), css="jw-panel"))
    else:
        frame.show(_attributes(known, mask, t))
        if st.button(t("review.open"), key=f"open_{case.topic}_{side}"):
            frame.go("entity", entity=side)
    shown = rows or identity.rows_of(desk, side)
    places = evidence.located(desk, shown) if known else identity.unlinked(desk, shown)
    for (table,), group in places.group_by("table", maintain_order=True):
        found = evidence.records(desk, str(table), group["record_id"])
        with st.expander(f"{terms.table(str(table), t.language)} · {found.height}", expanded=True):
            placed = found.select("source_file", "source_row").to_dicts()
            told = evidence.readable(found, str(table), mask, t.language)
            labels = {"source_file": t("app.source_file"), "source_row": t("app.source_row")}
            sheet(
                [{labels[k]: v for k, v in p.items()} | row for p, row in zip(placed, told, strict=True)], t
            )


def _attributes(row: dict[str, Any], mask: Mask, t: Words) -> Markup:
    shown = profile.shown_attributes(row, mask)
    if "sex" in shown:
        shown["sex"] = terms.code("sex", row["sex"], t.language)
    return facts([(t(f"attribute.{k}"), shown[k]) for k in profile.ATTRIBUTES if k in shown])


def _form(desk: Desk, case: Case, t: Words) -> None:
    """Ask for a judgement; a reason and a name are required."""
    with st.form(f"judge_{case.left}_{case.right}", clear_on_submit=True):
        who = st.text_input(t("review.who"), value=st.session_state.get(WHO, ""))
        why = st.text_input(t("review.why"))
        columns = st.columns(len(_VERDICTS))
        pressed = [
            verdict
            for column, (name, verdict) in zip(columns, _VERDICTS.items(), strict=True)
            if column.form_submit_button(t(f"review.{name}"), width="stretch")
        ]
    if pressed:
        try:
            judging.judge(desk, case, pressed[0], who, why)
        except UsageError:
            st.error(t("review.needs"))
        else:
            st.session_state[WHO] = who
            st.success(t("review.noted"))


def _log(desk: Desk, t: Words) -> None:
    st.caption(t("review.about_log"))
    lines = judging.log(desk)
    if not lines:
        frame.show(el("div", t("app.nothing"), css="jw-empty"))
        return
    names, mask = desk.names([side for line in lines for side in (line["left"], line["right"])]), Mask()
    rows = [
        {
            t("review.at"): f"{line['at']:%Y-%m-%d %H:%M}",
            t("review.who"): line["who"],
            t("review.left"): _name(line["left"], names, mask, t),
            t("review.right"): _name(line["right"], names, mask, t),
            t("review.judged"): t.known("verdict", line["verdict"]),
            t("review.why"): mask.text(line["why"]),
            t("review.effect"): t(f"effect.{line['effect'] or 'waiting'}"),
        }
        for line in lines
    ]
    chosen = sheet(rows, t, key=f"log_{t.language}")
    if chosen is not None and lines[chosen]["holds"]:
        _withdrawal(desk, lines[chosen], t)


def _withdrawal(desk: Desk, line: dict[str, Any], t: Words) -> None:
    with st.form(f"withdraw_{line['judgement_id']}", clear_on_submit=True):
        who = st.text_input(t("review.who"), value=st.session_state.get(WHO, ""))
        why = st.text_input(t("review.why"))
        pressed = st.form_submit_button(t("review.withdraw"))
    if pressed:
        try:
            judging.withdraw(desk, line, who, why)
        except UsageError:
            st.error(t("review.needs"))
        else:
            st.success(t("review.noted"))
