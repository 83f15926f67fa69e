"""疑点队列: rings and alerts, ranked, filtered, a page at a time."""

from __future__ import annotations

from typing import Any, NoReturn

import streamlit as st

from app.i18n import Words
from app.services import terms, triage
from app.services.desk import GRADES, Desk
from app.services.masking import Mask
from app.views import frame
from app.views.markup import Markup, badge, chips, el, join, tiles
from app.views.sheet import grade, sheet

RINGS_A_PAGE, ALERTS_A_PAGE = 12, 50


def render() -> None:
    """Draw the page."""
    t, desk = frame.words(), frame.desk()
    _head(desk, t)
    lists = ("rings", "alerts")
    shown = st.segmented_control(
        t("nav.queue"), lists, default="rings", required=True, key=f"queue_list_{t.language}",
        label_visibility="collapsed",
        format_func=lambda name: t(f"queue.{name}"), persist_state="session",
    )  # fmt: skip
    wanted = _filter(desk, t)
    if shown == "alerts":
        _alerts(desk, wanted, t)
    else:
        _rings(desk, wanted, t)


def _head(desk: Desk, t: Words) -> None:
    figures = triage.overview(desk)
    rings, alerts = figures["rings"], figures["alerts"]
    day = desk.alerts["opened_at"].max()
    rows = int(desk.files["rows_read"].sum())
    about = t("queue.caption", day=day or "—", files=desk.files.height, rows=f"{rows:,}")
    frame.show(join(el("h1", t("queue.title"), css="jw-title"), el("div", about, css="jw-caption")))
    graded = [(t(f"queue.ring_{g}"), f"{rings[g]:,}", g) for g in GRADES[:3]]
    amount = (t("queue.at_risk"), frame.yuan(figures["amount"], t), "")
    frame.show(tiles([*graded, amount, (t("queue.alert_count"), f"{sum(alerts.values()):,}", "")]))


def _filter(desk: Desk, t: Words) -> triage.Filter:
    left, middle, right = st.columns([4, 4, 4], vertical_alignment="bottom")
    with left:
        grades = st.pills(
            t("queue.filter_grade"), GRADES, selection_mode="multi", key=f"queue_grades_{t.language}",
            format_func=lambda g: t(f"grade.{g}"), persist_state="session",
        )  # fmt: skip
    with middle:
        typologies = st.multiselect(
            t("queue.filter_typology"), triage.typologies_present(desk), key=f"queue_typologies_{t.language}",
            format_func=lambda name: terms.typology(name, t.language),
            placeholder="", persist_state="session",
        )  # fmt: skip
    with right:
        text = st.text_input(t("queue.filter_text"), key="queue_text", persist_state="session")
    return triage.Filter(tuple(grades), tuple(typologies), text.strip())


def _rings(desk: Desk, wanted: triage.Filter, t: Words) -> None:
    page = triage.rings(desk, wanted, _number("rings"), RINGS_A_PAGE)
    if not page.rows:
        frame.show(el("div", t("app.nothing"), css="jw-empty"))
        return
    mask = triage.mask_for(desk, page.rows)
    for ring in page.rows:
        card, button = st.columns([12, 1], vertical_alignment="center")
        with card:
            frame.show(_card(ring, mask, t))
        if button.button(t("app.open"), key=f"open_{ring['ring_id']}", width="stretch"):
            frame.go("ring", ring=ring["ring_id"])
    _pages("rings", page, t)


def _card(ring: dict[str, Any], mask: Mask, t: Words) -> Markup:
    names = [terms.typology(name, t.language) for name in (ring["typology"], *ring["also"])]
    why = t.joined(mask.text(r) for r in t.told(ring, "reasons")[:3]) or t("queue.no_reason")
    main = el(
        "div",
        el(
            "div",
            badge(ring["grade"], t(f"grade.{ring['grade']}")),
            mask.text(t.told(ring, "title")),
            css="jw-name",
        ),
        chips(names),
        el("div", why, css="jw-why"),
    )
    money = el(
        "div", el("b", frame.yuan(ring["amount_at_risk"], t)), el("span", t("app.amount")), css="jw-num"
    )
    size = el(
        "div",
        el("b", t("queue.members", n=ring["n_members"])),
        el("span", frame.span(ring["first_seen"], ring["last_seen"])),
        css="jw-num",
    )
    return el(
        "div",
        el("div", str(ring["rank"]), css="jw-rank"),
        main,
        money,
        size,
        css=f"jw-card jw-{ring['grade']}",
    )


def _alerts(desk: Desk, wanted: triage.Filter, t: Words) -> None:
    page = triage.alerts(desk, wanted, _number("alerts"), ALERTS_A_PAGE)
    if not page.rows:
        frame.show(el("div", t("app.nothing"), css="jw-empty"))
        return
    mask = triage.mask_for(desk, page.rows)
    st.caption(t("queue.pick"))
    chosen = sheet([alert_row(a, mask, t) for a in page.rows], t, key=f"alerts_{page.number}", tallest=620)
    _pages("alerts", page, t)
    if chosen is not None:
        alert = page.rows[chosen]
        open_alert(alert)


def open_alert(alert: dict[str, Any]) -> NoReturn:
    """Go to the ring that the alert belongs to, or else to whom it is about."""
    if alert["ring_id"]:
        frame.go("ring", ring=alert["ring_id"])
    frame.go("entity", entity=alert["entity_id"])


def alert_row(alert: dict[str, Any], mask: Mask, t: Words) -> dict[str, Any]:
    """Return an alert as a table's row."""
    return {
        t("app.grade"): grade(alert["grade"], t),
        t("queue.alert"): mask.text(t.told(alert, "title")),
        t("queue.filter_typology"): terms.typology(alert["typology"], t.language),
        t("app.score"): alert["score"],
        t("app.amount"): alert["amount"],
        t("app.kind"): t.known("kind", alert["kind"]),
        t("app.reasons"): t.joined(mask.text(r) for r in t.told(alert, "reasons")),
        t("queue.pattern"): f"{terms.pattern(alert['pattern_id'], t.language)} v{alert['pattern_version']}",
        t("queue.opened"): alert["opened_at"],
    }


def _number(name: str) -> int:
    return int(st.session_state.get(f"page_{name}", 1))


def _pages(name: str, page: triage.Page, t: Words) -> None:
    left, right = st.columns([1, 1], vertical_alignment="center")
    left.caption(t("app.page", number=page.number, pages=page.pages, total=page.total))
    if page.pages > 1:
        with right.container(horizontal_alignment="right"):
            st.pagination(page.pages, key=f"page_{name}")
