"""The web app's entry: `jiwang app` starts it with Streamlit and names the workspace in the environment."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

import streamlit as st

from app.i18n import LANGUAGES
from app.views import frame
from app.views.markup import el
from jiwang.errors import JiwangError

ICONS = {
    "queue": ":material/list_alt:", "ring": ":material/hub:", "entity": ":material/badge:",
    "explore": ":material/travel_explore:", "review": ":material/compare_arrows:",
    "files": ":material/fact_check:",
}  # fmt: skip


def _page(name: str) -> Callable[[], None]:
    """Return a page that imports its view when it is opened."""

    def page() -> None:
        import_module(f"app.views.{name}").render()

    return page


def main() -> None:
    """Draw the frame and run the page that the address names."""
    t = frame.words()
    st.set_page_config(page_title=t("app.name"), page_icon=frame.ICON, layout="wide")
    st.html(frame.STYLE)
    pages = {
        name: st.Page(_page(name), title=t(f"nav.{name}"), icon=icon, url_path=name, default=name == "queue")
        for name, icon in ICONS.items()
    }
    st.session_state[frame.PAGES] = pages
    chosen = st.navigation(list(pages.values()), position="sidebar")
    with st.sidebar:
        st.segmented_control(
            t("app.language"), LANGUAGES, default=t.language, required=True, key=frame.LANGUAGE,
            format_func={"zh": "中文", "en": "English"}.__getitem__, persist_state="session",
        )  # fmt: skip
    try:
        region = frame.desk().region
        with st.sidebar:
            st.html(
                el("div", el("b", t("app.name")), el("div", t("app.tagline")),
                   el("div", t("app.region", region=region)), css="jw-brand")
            )  # fmt: skip
        chosen.run()
        st.html(el("div", t("app.decides"), css="jw-decides"))
    except JiwangError as error:
        st.html(
            el(
                "div",
                el("b", t("app.no_workspace")),
                el("p", error.problem),
                el("p", error.remedy),
                css="jw-error",
            )
        )


main()
