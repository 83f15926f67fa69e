"""Pointing: the line of a mapping file on which a key stands, for errors that say where to look."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence

_SECTION = re.compile(r"^\s*\[+\s*(.+?)\s*\]+\s*(?:#.*)?$")
_PART = re.compile(r'"((?:[^"\\]|\\.)*)"|\'([^\']*)\'|([^.\s=]+)')
_KEY = re.compile(
    r'^\s*((?:"(?:[^"\\]|\\.)*"|\'[^\']*\'|[^\s=."#]+)(?:\s*\.\s*(?:"[^"]*"|\'[^\']*\'|[^\s=."]+))*)\s*='
)


def line_of(text: str, keys: Sequence[str]) -> int | None:
    """Return the line (from 1) of the innermost of ``keys`` that stands on a line of its own, or None."""
    best, depth = None, 0
    section: list[str] = []
    wanted = list(map(str, keys))
    for number, line in enumerate(text.splitlines(), 1):
        if match := _SECTION.match(line):
            section = path = _parts(match[1])
        elif match := _KEY.match(line):
            path = [*section, *_parts(match[1])]
        else:
            continue
        if path == wanted[: len(path)] and len(path) > depth:
            best, depth = number, len(path)
    return best


def nearest(word: str, known: Iterable[str]) -> str:
    """Return `` (did you mean …?)`` with the nearest known word, or nothing."""
    found = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f" (did you mean {found[0]!r}?)" if found else ""


def _parts(path: str) -> list[str]:
    return [a or b or c for a, b, c in _PART.findall(path)]
