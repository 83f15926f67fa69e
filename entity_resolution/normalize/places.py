"""The division at the head of an address, found in a trie of today's and former names.

``河南省南阳市宛城区…``, ``南阳市宛城区…`` and ``宛城区…`` name one county; ``湖北襄樊襄阳县…`` names what
is now 襄州区 of 襄阳市. A name that several counties bear (鼓楼区) means one only after its city or province.
"""

from __future__ import annotations

from functools import cache

from entity_resolution.normalize.employers import bare
from jiwang.codes import divisions

_UNNAMED = frozenset(("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"))
_LEAST = 2  # characters of a name without its level: 郊, 城 and the like name nothing

_END = ""


@cache
def _trie() -> dict[str, object]:
    """Return the trie of names, the codes of each at its end."""
    root: dict[str, object] = {}
    for code, name in [*divisions.names().items(), *divisions.former_names()]:
        if name in _UNNAMED:
            continue
        for form in {name, bare(name)}:
            if len(form) < _LEAST:
                continue
            node = root
            for character in form:
                node = node.setdefault(character, {})  # type: ignore[assignment]
            codes = node.setdefault(_END, set())
            assert isinstance(codes, set)
            codes.add(code)
    return root


def locate(address: str) -> tuple[str | None, int]:
    """Return the deepest division that an address begins with, and how many characters name it.

    The code has 2, 4 or 6 digits; None where the text begins with no division or with one of several.
    """
    at, inside, found = 0, "", None
    while (step := _longest(address, at, inside)) is not None:
        end, codes = step
        if len(codes) != 1:
            return (found, at)
        inside = found = next(iter(codes))
        at = end
    return found, at


def _longest(text: str, at: int, inside: str) -> tuple[int, frozenset[str]] | None:
    """Return the end and codes of the longest name at ``at`` that lies within the division ``inside``."""
    node: object = _trie()
    best = None
    for end in range(at, len(text)):
        node = node.get(text[end]) if isinstance(node, dict) else None
        if node is None:
            break
        codes = node.get(_END)
        if codes:
            lower = frozenset(c for c in codes if c.startswith(inside) and len(c) > len(inside))
            if lower:
                best = (end + 1, lower)
    return best
