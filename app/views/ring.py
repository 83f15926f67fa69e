"""团伙: one ring: why it is suspect, what ties it, who is in it, what the records say."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

from app.i18n import Words
from app.services import evidence, network, terms, triage
from app.services.desk import Desk
from app.services.drawing import COLOURS
from app.services.drawing import Words as Captions
from app.services.drawing import page as drawing
from app.services.masking import Mask
from app.views import frame
from app.views.captions import captions
from app.views.markup import Markup, badge, bullets, chips, el, facts, join
from app.views.queue import alert_row
from app.views.sheet import grade, sheet
from jiwang.tables import ROLES

HEIGHT = 560


def render() -> None:
    """Draw the page of the ring that the address names, or of the one picked."""
    t, desk = frame.words(), frame.desk()
    ring = _chosen(desk, t)
    if ring is None:
        frame.show(join(el("h1", t("ring.title"), css="jw-title"), el("div", t("ring.none"), css="jw-empty")))
        return
    mask = triage.mask_for(desk, [ring])
    _head(ring, mask, t)
    picture, why = st.columns([3, 2], gap="medium")
    with picture:
        _network(desk, ring, t)
    with why:
        frame.show(_why(ring, mask, t))
    _tabs(desk, ring, mask, t)


def _chosen(desk: Desk, t: Words) -> dict[str, Any] | None:
    if desk.rings.is_empty():
        return None
    named = frame.parameter("ring")
    found = desk.rings.filter(pl.col("ring_id") == named) if named else desk.rings.head(1)
    if found.is_empty():
        return None
    if st.button(f"← {t('app.back')}", type="tertiary"):
        frame.go("queue")
    return found.row(0, named=True)


def _head(ring: dict[str, Any], mask: Mask, t: Words) -> None:
    title = el(
        "h1",
        badge(ring["grade"], t(f"grade.{ring['grade']}")),
        mask.text(t.told(ring, "title")),
        css="jw-title",
    )
    names = chips([terms.typology(n, t.language) for n in (ring["typology"], *ring["also"])])
    frame.show(join(title, el("div", names, css="jw-caption")))
    basis, fund = terms.basis(ring["typology"])
    frame.show(
        facts([
            (t("app.amount"), frame.yuan(ring["amount_at_risk"], t)),
            (t("app.score"), f"{ring['score']:.3f}"),
            (t("ring.rank"), str(ring["rank"])),
            (t("ring.members"), str(ring["n_members"])),
            (t("ring.span"), frame.span(ring["first_seen"], ring["last_seen"])),
            (t("ring.fund"), t.known("fund", fund)),
            (t("ring.basis"), basis),
        ], wide=True)
    )  # fmt: skip


def _why(ring: dict[str, Any], mask: Mask, t: Words) -> Markup:
    checks = [mask.text(c) for c in t.told(ring, "innocent_checks")] or [t("ring.innocent_none")]
    reasons = [mask.text(r) for r in t.told(ring, "reasons")] or [t("queue.no_reason")]
    parts = [el("h4", t("ring.why")), bullets(reasons), el("h4", t("ring.innocent")), bullets(checks)]
    if ring["patterns"]:
        parts += [
            el("h4", t("ring.patterns")),
            chips([terms.pattern(p, t.language) for p in ring["patterns"]]),
        ]
    return el("div", *parts, css="jw-panel")


def _network(desk: Desk, ring: dict[str, Any], t: Words) -> None:
    drawn = network.of_ring(desk, ring)
    st.iframe(_picture(drawn, captions(drawn, t)), height=HEIGHT)
    kinds = dict.fromkeys(n.label for n in drawn.nodes)
    legend = (
        el("span", Markup(f'<i style="background:{COLOURS[k]}"></i>'), t(f"node.{k}"))
        for k in COLOURS
        if k in kinds
    )
    frame.show(el("div", *legend, css="jw-legend"))
    st.caption(
        t("ring.network_help") + (f" · {t('ring.left_out', n=drawn.left_out)}" if drawn.left_out else "")
    )


@st.cache_data(max_entries=16, show_spinner=False)
def _picture(drawn: network.Network, said: Captions) -> str:
    return drawing(drawn, said, HEIGHT - 4)


def _tabs(desk: Desk, ring: dict[str, Any], mask: Mask, t: Words) -> None:
    people, time, money, alerts = st.tabs(
        [t(f"ring.{n}") for n in ("members", "timeline", "money", "alerts")]
    )
    events = evidence.timeline(desk, evidence.of_ring(desk, ring), mask, t.language)
    with people:
        _members(desk, ring, t)
    with time:
        _timeline(events, t)
    with money:
        _money(events, t)
    with alerts:
        rows = desk.alerts.filter(pl.col("ring_id") == ring["ring_id"]).to_dicts()
        sheet([alert_row(a, mask, t) for a in rows], t)


def _members(desk: Desk, ring: dict[str, Any], t: Words) -> None:
    roles = dict(
        desk.members.filter(pl.col("ring_id") == ring["ring_id"]).select("entity_id", "role").iter_rows()
    )
    order = {entity: ROLES.index(role) for entity, role in roles.items()}
    rows = desk.entities(roles).to_dicts()
    rows.sort(key=lambda r: (order[r["entity_id"]], -(r["score"] or 0), r["entity_id"]))
    st.caption(t("ring.members_help"))
    table = [_member(row, roles[row["entity_id"]], t) for row in rows]
    chosen = sheet(table, t, key=f"members_{ring['ring_id']}")
    if chosen is not None:
        frame.go("entity", entity=rows[chosen]["entity_id"])


def _member(row: dict[str, Any], role: str, t: Words) -> dict[str, Any]:
    mask = Mask()
    kind = "name" if row["kind"] in ("person", "account") else "org_name"
    number = row["citizen_id"] or row["uscc"] or row["account_no"] or row["code"] or row["number"]
    shape = {"person": "citizen_id", "account": "account_no"}.get(row["kind"], "key")
    return {
        t("app.role"): t.known("role", role),
        t("app.kind"): t.known("kind", row["kind"]),
        t("app.name_"): mask.value(kind, row["name"]),
        t("attribute.number"): mask.value(shape, number),
        t("app.grade"): grade(row["grade"], t),
        t("app.score"): row["score"],
        t("app.reasons"): t.joined(mask.text(r) for r in t.told(row, "reasons") or []),
    }


def _timeline(events: pl.DataFrame, t: Words) -> None:
    if events.is_empty():
        frame.show(el("div", t("ring.timeline_none"), css="jw-empty"))
        return
    if events.height >= evidence.LIMIT:
        st.caption(t("ring.timeline_cut", n=evidence.LIMIT))
    names = {c: t(f"app.{c}") for c in events.columns} | {"amount": t("app.sum")}
    sheet(events.rename(names).to_dicts(), t)


def _money(events: pl.DataFrame, t: Words) -> None:
    paid = events.drop_nulls(["day", "amount"])
    if paid.is_empty():
        frame.show(el("div", t("ring.timeline_none"), css="jw-empty"))
        return
    month = pl.col("day").dt.strftime("%Y-%m").alias(t("app.day"))
    monthly = paid.group_by(month, pl.col("what").alias(t("app.what"))).agg(
        pl.col("amount").sum().alias(t("app.sum"))
    )
    st.caption(t("ring.money_help"))
    st.bar_chart(
        monthly.sort(monthly.columns[0]), x=monthly.columns[0], y=monthly.columns[2], color=monthly.columns[1]
    )
