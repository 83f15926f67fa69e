"""Text as the matcher sees it, and the way back to the offsets of the text as it was written."""

from __future__ import annotations

import re
import unicodedata

from entity_resolution.normalize.variants import PRIVATE_USE, SIMPLIFIED

_DROPPED = re.compile(r"[\s\u3000\u200b-\u200f\ufeff·•‧∙・･⋅]")
_FOLD = {ord(a): b for a, b in (PRIVATE_USE | SIMPLIFIED).items()}


class Folded:
    """A text without blanks and middle dots, full-width and traditional characters folded.

    Attributes:
        text: the folded text, one character for each character kept.
    """

    def __init__(self, raw: str) -> None:
        self._places = [i for i, c in enumerate(raw) if not _DROPPED.match(c)]
        self.text = "".join(_one(raw[i]) for i in self._places)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the offsets in the raw text of the folded characters ``start`` to ``end`` (exclusive)."""
        return self._places[start], self._places[end - 1] + 1


def _one(character: str) -> str:
    wide = unicodedata.normalize("NFKC", character)
    return (wide if len(wide) == 1 else character).translate(_FOLD)


def fold(name: str) -> str:
    """Return a name as it would stand in a folded text."""
    return Folded(name).text
