"""Two sides weighed anew, in the words of the screen: the waterfall by level, where the two could meet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.i18n import Words
from entity_resolution.engine.pair import Meeting, Part


def level_told(part: Part, t: Words) -> str:
    """Return a part of a waterfall in words: the field, and how far the two agree in it."""
    level = t.known("level", part.level)
    return t.known("field", part.field) + (t("pair.of_level", level=level) if level else "")


def rule_told(rule: Sequence[str], t: Words) -> str:
    """Return what a rule of blocks asks both to have in common."""
    return " + ".join(_part_told(part, t) for part in rule)


def _part_told(part: str, t: Words) -> str:
    field, _, piece = part.partition(".")
    name = t.known("field", field)
    return t("pair.piece", field=name, piece=t.known("piece", piece)) if piece else name


def keys_told(meetings: Iterable[Meeting], t: Words) -> list[str]:
    """Return a line for each kind of rule: shared, had by both but different, by one side, by neither."""
    found: dict[str, list[str]] = {}
    for m in meetings:
        code = ("shared" if m.shared else "both") if m.left and m.right else _side(m)
        found.setdefault(code, []).append(rule_told(m.rule, t))
    order = ("shared", "both", "left", "right", "neither")
    return [t(f"pair.{code}", rules=t.joined(found[code])) for code in order if code in found]


def _side(meeting: Meeting) -> str:
    return "left" if meeting.left else "right" if meeting.right else "neither"


def forbidden_told(code: str, t: Words) -> str:
    """Return what keeps two entities of a table apart: a rule by name, or fields that contradict."""
    told = t.known("against", code)
    if told != code:
        return told
    event, after, end = code.partition(" after ")
    if after:
        return t("pair.after", event=t.known("field", event), end=t.known("field", end))
    return t("pair.differs", field=t.known("field", code))
