"""HTML built from parts: whatever is not markup of ours is escaped, so entity text cannot become markup.

Entity text never goes through Streamlit's Markdown either: a name may hold an image link. It is shown by
`st.html` with markup from here, or in a table, which draws it as text on a canvas.
"""

from __future__ import annotations

from html import escape


class Markup(str):
    """Text that is already HTML."""

    __slots__ = ()


def el(tag: str, *children: str, css: str = "", title: str = "") -> Markup:
    """Return an element with a class and a title; children that are not `Markup` are escaped."""
    attributes = "".join(f' {k}="{escape(v)}"' for k, v in (("class", css), ("title", title)) if v)
    inner = "".join(c if isinstance(c, Markup) else escape(c) for c in children)
    return Markup(f"<{tag}{attributes}>{inner}</{tag}>")


def join(*parts: str) -> Markup:
    """Return parts beside each other, escaped unless they are markup."""
    return Markup("".join(p if isinstance(p, Markup) else escape(p) for p in parts))


def badge(grade: str, text: str) -> Markup:
    """Return a coloured badge of a grade."""
    return el("span", text, css=f"jw-badge jw-{grade}")


def chips(texts: list[str]) -> Markup:
    """Return small grey labels."""
    return join(*(el("span", t, css="jw-chip") for t in texts))


def bullets(texts: list[str], css: str = "jw-list") -> Markup:
    """Return a list."""
    return el("ul", *(el("li", t) for t in texts), css=css)


def tiles(pairs: list[tuple[str, str, str]]) -> Markup:
    """Return a row of figures: (label, value, grade or "")."""
    made = (
        el(
            "div",
            el("div", label, css="jw-tile-label"),
            el("div", value, css="jw-tile-value"),
            css=f"jw-tile jw-{tone}",
        )
        for label, value, tone in pairs
    )
    return el("div", *made, css="jw-tiles")


def facts(pairs: list[tuple[str, str]], *, wide: bool = False) -> Markup:
    """Return a grid of label and value; with ``wide`` the last one takes a whole line."""
    made = (el("div", el("dt", k), el("dd", v or "—"), css="jw-fact") for k, v in pairs)
    return el("dl", *made, css="jw-facts jw-wide" if wide else "jw-facts")


def marked(text: str, spans: list[tuple[int, int, bool]]) -> Markup:
    """Return a text with spans (start, end, strong) highlighted; of overlapping spans only the first."""
    parts: list[str] = []
    at = 0
    for start, end, strong in sorted(spans):
        if start < at or end > len(text):
            continue
        parts += [text[at:start], el("mark", text[start:end], css="jw-strong" if strong else "")]
        at = end
    return join(*parts, text[at:])
