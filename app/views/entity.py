"""实体: one person, employer, clinic or account, and everything that the records say of it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app.i18n import Words, conflict_told, field_name, how_told
from app.services import checks, evidence, identity, profile, terms, unmasking
from app.services.desk import Desk
from app.services.masking import Mask, knowing
from app.views import frame
from app.views.markup import badge, bullets, el, facts, join, marked
from app.views.queue import alert_row
from app.views.sheet import grade, sheet
from app.views.waterfall import waterfall
from jiwang.errors import UsageError

LISTED = 50


def render() -> None:
    """Draw the search, and the entity that the address names."""
    t, desk = frame.words(), frame.desk()
    frame.show(el("h1", t("entity.title"), css="jw-title"))
    text = st.text_input(t("entity.search"), key="entity_text", help=t("entity.hint", n=LISTED))
    if text.strip() and text != st.session_state.get("entity_seen"):
        _found(desk, text, t)
        return
    named = frame.parameter("entity")
    row = profile.entity(desk, named) if named else None
    if row is not None:
        _profile(desk, row, t)


def _found(desk: Desk, text: str, t: Words) -> None:
    rows = profile.search(desk, text, LISTED).to_dicts()
    st.caption(t("entity.found", n=len(rows)))
    if not rows:
        frame.show(el("div", t("app.nothing"), css="jw-empty"))
        return
    mask = Mask()
    table = [
        {
            t("app.kind"): t.known("kind", row["kind"]),
            t("app.name_"): profile.shown_attributes(row, mask).get("name", ""),
            t("attribute.citizen_id"): mask.value("citizen_id", row["citizen_id"]),
            t("attribute.account_no"): mask.value("account_no", row["account_no"]),
            t("app.grade"): grade(row["grade"], t),
            t("app.score"): row["score"],
            t("attribute.n_records"): row["n_records"],
        }
        for row in rows
    ]
    chosen = sheet(table, t, key=f"found_{text}")
    if chosen is not None:
        st.session_state["entity_seen"] = text
        frame.go("entity", entity=rows[chosen]["entity_id"])


def _profile(desk: Desk, row: dict[str, Any], t: Words) -> None:
    mask = _unmask(desk, row, t)
    shown = profile.shown_attributes(row, mask)
    name = shown.pop("name", "") or t.known("kind", row["kind"])
    score = "" if row["score"] is None else f"{t('app.score')} {row['score']:.3f}"
    title = el("h1", badge(row["grade"], t(f"grade.{row['grade']}")), name, css="jw-title")
    frame.show(
        join(
            title,
            el("div", " · ".join(filter(None, (t.known("kind", row["kind"]), score))), css="jw-caption"),
        )
    )
    if "sex" in shown:
        shown["sex"] = terms.code("sex", row["sex"], t.language)
    frame.show(facts([(t(f"attribute.{k}"), v) for k, v in shown.items()]))
    if st.button(t("explore.title"), key=f"explore_{row['entity_id']}"):
        frame.go("explore", entity=row["entity_id"])
    left, right = st.columns(2, gap="medium")
    with left:
        reasons = [mask.text(r) for r in t.told(row, "reasons") or []]
        body = bullets(reasons) if reasons else el("div", t("entity.score_none"))
        parts = [el("h4", t("entity.score_why")), body]
        if row["conflicts"]:
            parts += [
                el("h4", t("entity.conflicts")),
                bullets([mask.text(conflict_told(c, t)) for c in row["conflicts"]]),
            ]
        frame.show(el("div", *parts, css="jw-panel"))
        _same(desk, row["entity_id"], mask, t)
    with right:
        _rings(desk, row["entity_id"], mask, t)
    _alerts(desk, row["entity_id"], mask, t)
    _checks(desk, row["entity_id"], mask, t)
    _came_together(desk, row["entity_id"], t)
    _records(desk, row["entity_id"], mask, t)
    _mentions(desk, row["entity_id"], mask, t)


def _unmask(desk: Desk, row: dict[str, Any], t: Words) -> Mask:
    """Return the mask for this entity; with the toggle on, ask for a purpose and log it."""
    subject = row["entity_id"]
    with st.container(horizontal_alignment="right"):
        on = st.toggle(t("entity.unmask"), key=f"unmask_{subject}")
    if on and not frame.is_clear(subject):
        with st.form(f"purpose_{subject}", border=False):
            purpose = st.text_input(t("entity.purpose"))
            if st.form_submit_button(t("entity.purpose_button")):
                try:
                    unmasking.allow(desk.workspace, subject, purpose)
                except UsageError as error:
                    st.error(error.remedy)
                else:
                    st.session_state.setdefault(frame.CLEAR, set()).add(subject)
                    st.rerun()
    clear = on and frame.is_clear(subject)
    if clear:
        st.caption(f":orange[{t('entity.unmasked')}]")
    names = [row["name"], *(row["other_names"] or [])] if row["kind"] == "person" else []
    return knowing(names, clear=clear)


def _rings(desk: Desk, entity_id: str, mask: Mask, t: Words) -> None:
    rings = profile.rings_of(desk, entity_id)
    frame.heading(t("entity.rings"))
    if not rings:
        frame.show(el("div", t("app.nothing"), css="jw-empty"))
    for ring in rings:
        text, button = st.columns([5, 1], vertical_alignment="center")
        head = join(badge(ring["grade"], t(f"grade.{ring['grade']}")), " ", mask.text(t.told(ring, "title")))
        about = f"{t.known('role', ring['role'])} · {terms.typology(ring['typology'], t.language)}"
        with text:
            frame.show(el("div", head, el("small", about), css="jw-note"))
        if button.button(t("app.open"), key=f"ring_{ring['ring_id']}"):
            frame.go("ring", ring=ring["ring_id"])


def _alerts(desk: Desk, entity_id: str, mask: Mask, t: Words) -> None:
    alerts = profile.alerts_of(desk, entity_id)
    if alerts:
        frame.heading(t("entity.alerts"))
        sheet([alert_row(a, mask, t) for a in alerts], t)


def _checks(desk: Desk, entity_id: str, mask: Mask, t: Words) -> None:
    """Show where departments disagree on the entity, each with what both say."""
    found = checks.checks_of(desk, entity_id)
    if not found:
        return
    frame.heading(t("check.heading"))
    st.caption(t("check.about"))
    rows = []
    for row in found:
        amount, unit = checks.difference(row)
        sides = {
            t(f"check.{side}"): t(
                "check.says",
                table=terms.table(row[f"{side}_table"], t.language),
                value=checks.shown(row, side, mask, t.language) or t("check.nothing"),
            )
            for side in ("left", "right")
        }
        told = t(f"check.{unit}", n=amount) if unit else ""
        named = {t("check.check"): checks.title(row["check"], t.language)}
        rows.append(named | sides | {t("check.difference"): told, t("check.records"): len(row["records"])})
    sheet(rows, t)


def _same(desk: Desk, entity_id: str, mask: Mask, t: Words) -> None:
    leads = profile.possible_same(desk, entity_id)
    if not leads:
        return
    frame.heading(t("entity.same"))
    names = desk.names(lead["other"] for lead in leads)
    for lead in leads:
        text, button = st.columns([5, 1], vertical_alignment="center")
        with text:
            other = mask.value("name", names.get(lead["other"], lead["other"]))
            frame.show(
                el(
                    "div",
                    f"{other} · {lead['score']:.2f}",
                    el("small", mask.text(t.known("reason", lead["reason"]))),
                    css="jw-note",
                )
            )
        if button.button(t("entity.open_same"), key=f"same_{lead['other']}"):
            frame.go("entity", entity=lead["other"])


def _came_together(desk: Desk, entity_id: str, t: Words) -> None:
    """Show the ways in which rows came to this entity; a chosen one with its waterfall."""
    ways = identity.came_together(desk, entity_id)
    if not ways:
        return
    frame.heading(t("evidence.together"))
    st.caption(t("evidence.about"))
    rows = [
        {
            t("entity.how"): how_told(way["how"], t),
            t("evidence.score"): round(way["score"], 1),
            t("app.count"): way["rows"],
            t("evidence.tables"): t.joined(terms.table(name, t.language) for name in way["tables"]),
        }
        for way in ways
    ]
    chosen = sheet(rows, t, key=f"ways_{entity_id}")
    way = ways[chosen if chosen is not None else 0]
    parts = ((field_name(part["field"], t), part["weight"]) for part in way["parts"])
    frame.show(el("div", el("h4", how_told(way["how"], t)), waterfall(parts, t), css="jw-panel"))


def _records(desk: Desk, entity_id: str, mask: Mask, t: Words) -> None:
    sources = profile.sources(desk, entity_id)
    if not sources:
        return
    frame.heading(t("entity.records"))
    for source in sources:
        label = t("entity.records_of", table=terms.table(source.table, t.language), n=source.total)
        with st.expander(label, expanded=source is sources[0]):
            rows = evidence.readable(source.rows, source.table, mask, t.language)
            if source.total > len(rows):
                st.caption(t("entity.records_cut", n=len(rows)))
            sheet(_with_place(desk, source, rows, t), t)


def _with_place(
    desk: Desk, source: profile.Source, rows: list[dict[str, str]], t: Words
) -> list[dict[str, Any]]:
    """Add to each record its role, how it was linked, and where it stands in the hand-over."""
    ties = {link["record_id"]: link for link in source.links.sort("primary").to_dicts()}
    placed = []
    records = source.rows.select("record_id", "source_file", "source_row").to_dicts()
    for row, record in zip(rows, records, strict=True):
        tie, file = ties[record["record_id"]], record["source_file"]
        how = " + ".join(_how(part, t) for part in str(tie["how"]).split("+"))
        place = {t("app.source_file"): file, t("app.source_row"): record["source_row"]}
        known = {t("entity.how"): how, t("app.department"): desk.departments.get(file, "")}
        placed.append(place | {t("app.role"): t.known("role", tie["role"])} | row | known)
    return placed


def _how(part: str, t: Words) -> str:
    """Return what a link was made by: the attribute, or the other table that names the entity."""
    if part.startswith("via_"):
        return t("how.via", table=terms.table(part.removeprefix("via_"), t.language))
    return how_told(part, t)


def _mentions(desk: Desk, entity_id: str, mask: Mask, t: Words) -> None:
    notes = profile.mentions(desk, entity_id)
    if not notes:
        return
    frame.heading(t("entity.mentions"))
    for note in notes:
        shown, spans = _masked_note(note, mask)
        place = f"{note['source_file']} : {note['source_row']}"
        frame.show(el("div", marked(shown, spans), el("small", place), css="jw-note"))


def _masked_note(note: dict[str, Any], mask: Mask) -> tuple[str, list[tuple[int, int, bool]]]:
    """Mask the mentioned names and long numbers of a note; a mask keeps the length, so offsets hold."""
    text = str(note["text"])
    for start, end, label, _ in note["spans"]:
        if not mask.clear and label.lower() in ("person", "per", "name"):
            text = text[:start] + mask.value("name", text[start:end]) + text[end:]
    return mask.text(text), [(start, end, mine) for start, end, _, mine in note["spans"]]
