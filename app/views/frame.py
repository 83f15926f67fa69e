"""What every page shares: the desk, the language, ways between pages, the look."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NoReturn

import streamlit as st

from app.i18n import LANGUAGES, Words
from app.services.desk import Desk
from app.views.markup import Markup
from app.web import LANGUAGE_VARIABLE, WORKSPACE_VARIABLE

STYLE = Path(__file__).with_name("style.css")
# A picture of ours: Streamlit fetches the named symbols and emoji of a page's icon from a font server.
ICON = Path(__file__).with_name("favicon.svg")
PAGES = "jw_pages"
LANGUAGE = "jw_language"
CLEAR = "jw_clear"


def words() -> Words:
    """Return the texts in the language of this session."""
    chosen = st.session_state.get(LANGUAGE) or os.environ.get(LANGUAGE_VARIABLE, LANGUAGES[0])
    return Words(chosen)


def desk() -> Desk:
    """Return the desk over the workspace that is served; the same one until the workspace publishes anew."""
    root = Path(os.environ.get(WORKSPACE_VARIABLE, "."))
    return _desk(str(root), Desk.stamp(root))


@st.cache_resource(max_entries=1, show_spinner=False)
def _desk(root: str, stamp: str) -> Desk:
    del stamp
    return Desk(Path(root))


def show(markup: Markup) -> None:
    """Put markup on the page."""
    st.html(markup)


def heading(text: str) -> None:
    """Put a section's heading, a text of ours, on the page."""
    st.html(f'<h3 class="jw-h3">{text}</h3>')


def go(page: str, **params: str) -> NoReturn:
    """Go to a page with parameters in its address."""
    st.switch_page(st.session_state[PAGES][page], query_params=params)


def parameter(name: str) -> str | None:
    """Return a parameter of the page's address, or None."""
    value = st.query_params.get(name)
    return str(value) if value else None


def is_clear(subject: str) -> bool:
    """Tell whether this session has been allowed to see the clear values of ``subject``."""
    return subject in st.session_state.get(CLEAR, set())


def yuan(amount: float | None, t: Words) -> str:
    """Return an amount of money for the screen: in ten thousands where it is large."""
    if amount is None:
        return "—"
    if abs(amount) >= 1_000_000 and t.language == "zh":
        return t("app.yuan_wan", amount=f"{amount / 10_000:,.1f}")
    return t("app.yuan", amount=f"{amount:,.0f}")


def span(first: Any, last: Any) -> str:
    """Return a span of time."""
    if first is None and last is None:
        return "—"
    return f"{first or '…'} — {last or '…'}"
