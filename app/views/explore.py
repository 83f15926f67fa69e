"""网络探索: walk out from a suspect, see hubs counted, look at a span of time, find the ways between two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from app.i18n import Words
from app.services import explorer, profile
from app.services.desk import Desk
from app.services.drawing import page as drawing
from app.services.network import Network
from app.views import frame
from app.views.captions import captions
from app.views.markup import bullets, el
from app.views.sheet import sheet
from graph.store import GraphStore, Row
from jiwang.errors import StoreError

HEIGHT = 560
STARTS = "jw_explored"  # the nodes that the picture starts from, by the node first asked about
FOUND = 20


def render() -> None:
    """Draw the surroundings of the entity that the address names."""
    t, desk = frame.words(), frame.desk()
    frame.show(el("h1", t("explore.title"), css="jw-title"))
    start = frame.parameter("entity") or _searched(desk, t, "explore_text", t("explore.search"))
    if start is None:
        return
    try:
        store = _store(str(desk.workspace.root), Desk.stamp(desk.workspace.root))
        _around(desk, store, start, t)
    except StoreError as error:
        frame.show(el("div", el("b", error.problem), el("p", error.remedy), css="jw-error"))


@st.cache_resource(max_entries=1, show_spinner=False)
def _store(root: str, stamp: str) -> GraphStore:
    del root, stamp
    return explorer.opened(frame.desk())


def _searched(desk: Desk, t: Words, key: str, label: str) -> str | None:
    """Let an entity be found by name or number; return its id once one is chosen."""
    text = st.text_input(label, key=key)
    if not text.strip():
        return None
    rows = profile.search(desk, text, FOUND).to_dicts()
    if not rows:
        frame.show(el("div", t("app.nothing"), css="jw-empty"))
        return None
    said = _names(desk, [row["entity_id"] for row in rows], t)
    chosen = st.selectbox(t("explore.choose"), list(said), format_func=said.__getitem__, key=f"{key}_chosen")
    return str(chosen)


def _names(desk: Desk, ids: Sequence[str], t: Words) -> dict[str, str]:
    """Return id → what the screen calls the node, masked."""
    drawn = explorer.picture(desk, [], list(ids), [])
    return {i: title for i, (_, title) in captions(drawn, t).nodes.items()}


def _around(desk: Desk, store: GraphStore, start: str, t: Words) -> None:
    starts: list[str] = st.session_state.setdefault(STARTS, {}).setdefault(start, [start])
    left, middle, right = st.columns([1, 3, 3], gap="medium")
    hops = left.segmented_control(t("explore.hops"), [1, 2, 3], default=1, required=True, key="explore_hops")
    types = middle.multiselect(
        t("explore.types"),
        explorer.edge_types(),
        format_func=lambda kind: t.known("edge", kind),
        placeholder=t("explore.pick"),
        key="explore_types",
    )
    first, last = explorer.span(desk)
    days = (
        right.slider(t("explore.window"), first, last, (first, last), key="explore_days")
        if first < last
        else None
    )
    whole = days is None or days == (first, last)
    drawn, hubs, rows = explorer.surroundings(
        desk, store, starts, int(hops or 1), types, None if whole else days
    )
    said = captions(drawn, t)
    names = {i: title for i, (_, title) in said.nodes.items()}
    st.iframe(_picture(drawn, said), height=HEIGHT)
    cut = f" · {t('ring.left_out', n=drawn.left_out)}" if drawn.left_out else ""
    st.caption(t("explore.help", n=len(drawn.nodes), edges=len(drawn.edges)) + cut)
    _expand(starts, start, names, t)
    if hubs:
        frame.heading(t("explore.hubs"))
        told = [t("explore.hub", name=names.get(i, i), n=f"{n:,}", edge=t.known("edge", kind))
                for (i, kind), n in hubs.items()]  # fmt: skip
        frame.show(bullets(told))
    if days is not None:
        _difference(rows, days, names, t)
    _ways(desk, store, start, types, t)


def _expand(starts: list[str], start: str, names: Mapping[str, str], t: Words) -> None:
    """Let a node of the picture be walked out from too, opened as a profile, or all be taken back."""
    others = [i for i in names if i not in starts]
    pick, more, less, profiled = st.columns([4, 1, 1, 1], vertical_alignment="bottom")
    chosen = pick.selectbox(
        t("explore.node"),
        others,
        format_func=lambda i: names[i],
        index=None,
        placeholder=t("explore.pick"),
        key=f"expand_{start}_{len(starts)}",
    )
    if more.button(t("explore.expand"), disabled=chosen is None) and chosen:
        starts.append(chosen)
        st.rerun()
    if less.button(t("explore.reset"), disabled=len(starts) == 1):
        del starts[1:]
        st.rerun()
    if profiled.button(t("explore.profile")):
        frame.go("entity", entity=chosen or start)


def _difference(rows: Sequence[Row], days: Any, names: Mapping[str, str], t: Words) -> None:
    """Show which ties came and which ended within the window."""
    came, ended = explorer.came_and_ended(rows, days)
    with st.expander(t("explore.difference", came=len(came), ended=len(ended))):
        for title, part in ((t("explore.came"), came), (t("explore.ended"), ended)):
            st.caption(title)
            sheet([_tie(row, names, t) for row in part], t)


def _tie(row: Row, names: Mapping[str, str], t: Words) -> dict[str, Any]:
    told = explorer.told(row)
    return {
        t("explore.from"): names.get(row["source"], ""),
        t("explore.tie"): t.known("edge", row["type"]),
        t("explore.to"): names.get(row["target"], ""),
        t("explore.first"): told["first_day"],
        t("explore.last"): told["last_day"],
        t("app.sum"): told["amount"],
    }


def _ways(desk: Desk, store: GraphStore, start: str, types: Sequence[str], t: Words) -> None:
    frame.heading(t("explore.ways"))
    other = _searched(desk, t, "explore_other", t("explore.other"))
    if other is None:
        return
    found = explorer.ways(desk, store, start, other, 3, types)
    if not found:
        frame.show(el("div", t("explore.no_way", n=explorer.LONGEST_WAY), css="jw-empty"))
    for number, way in enumerate(found, 1):
        said = captions(way, t)
        st.caption(t("explore.way", number=number, n=len(way.edges)))
        frame.show(bullets([said.nodes[node.id][1] for node in way.nodes]))
    if found:
        merged = _merged(found)
        st.iframe(_picture(merged, captions(merged, t)), height=HEIGHT)


def _merged(ways: Sequence[Network]) -> Network:
    """Return several ways as one picture."""
    nodes = {node.id: node for way in ways for node in way.nodes}
    edges = list(dict.fromkeys((e.source, e.target, e.type) for way in ways for e in way.edges))
    by_key = {(e.source, e.target, e.type): e for way in ways for e in way.edges}
    return explorer.arranged(list(nodes.values()), [by_key[key] for key in edges])


@st.cache_data(max_entries=16, show_spinner=False)
def _picture(drawn: Network, said: Any) -> str:
    return drawing(drawn, said, HEIGHT - 4)
