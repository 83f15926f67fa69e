"""Text as the matcher sees it, and the way back to the offsets of the text as it was written."""

from __future__ import annotations

import re
import unicodedata

from entity_resolution.normalize.variants import PRIVATE_USE, SIMPLIFIED

_DOTS = "·•‧∙・･⋅"
_DROPPED = re.compile(rf"[\s\u3000\u200b-\u200f\ufeff{_DOTS}]")
_FOLD = {ord(a): b for a, b in (PRIVATE_USE | SIMPLIFIED).items()}


class _Table(dict[int, str]):
    """Character → what it is folded to, filled as characters are met; a dropped one becomes empty."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if _DROPPED.match(character):
            folded = ""
        else:
            wide = unicodedata.normalize("NFKC", character)
            folded = (wide if len(wide) == 1 else character).translate(_FOLD)
        self[code] = folded
        return folded


_TABLE = _Table()


class Folded:
    """A text without blanks and middle dots, full-width and traditional characters folded.

    Attributes:
        text: the folded text, one character for each character kept.
        joints: offsets in ``text`` before which a middle dot was dropped: within a name of two parts.
    """

    def __init__(self, raw: str) -> None:
        self.text = raw.translate(_TABLE)
        self.joints: frozenset[int] = frozenset()
        self._places: list[int] | None = None
        if len(self.text) != len(raw):
            self._places = [i for i, c in enumerate(raw) if _TABLE[ord(c)]]
            before = {place: at for at, place in enumerate(self._places)}
            dots = [i for i, c in enumerate(raw) if c in _DOTS]
            self.joints = frozenset(before[i + 1] for i in dots if i + 1 in before)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the offsets in the raw text of the folded characters ``start`` to ``end`` (exclusive)."""
        if self._places is None:
            return start, end
        return self._places[start], self._places[end - 1] + 1


def fold(name: str) -> str:
    """Return a name as it would stand in a folded text."""
    return name.translate(_TABLE)
