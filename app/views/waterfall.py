"""A waterfall of evidence: every part with its bits, drawn as a bar, and the sum."""

from __future__ import annotations

from collections.abc import Iterable

from app.i18n import Words
from app.views.markup import Markup, el

_BITS_A_BLOCK = 2.0
_BLOCKS = 22


def waterfall(parts: Iterable[tuple[str, float]], t: Words) -> Markup:
    """Return parts, each with its name in words, as lines (name, bar, bits), and their sum as the last."""
    listed = list(parts)
    total = sum(weight for _, weight in listed)
    lines = [_line(name, weight) for name, weight in listed]
    lines.append(_line(t("evidence.sum"), total, css="jw-sum"))
    return el("div", *lines, css="jw-waterfall")


def _line(label: str, weight: float, css: str = "") -> Markup:
    size = min(_BLOCKS, max(1, round(abs(weight) / _BITS_A_BLOCK))) if weight else 0
    tone = "jw-plus" if weight >= 0 else "jw-minus"
    return el(
        "div",
        el("span", label, css="jw-what"),
        el("span", "█" * size, css=tone),
        el("span", f"{weight:+.1f}", css="jw-bits"),
        css=f"jw-part {css}".strip(),
    )
