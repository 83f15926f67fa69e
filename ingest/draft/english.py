"""English headers: settleTime, cert_no and their like, told by the words that they are made of."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_HALF = 0.5  # what a word counts that many fields have


@cache
def _book() -> Mapping[str, Any]:
    return tomllib.loads((files(__package__) / "english.toml").read_text(encoding="utf-8"))


@cache
def words(text: str) -> frozenset[frozenset[str]]:
    """Return the words of a header or of a field's name: for each, all that it may stand for."""
    means = _book()["means"]
    found = [w.lower() for w in _WORD.findall(text)]
    return frozenset(
        frozenset([w, *(word for word, forms in means.items() if w in forms)])
        for w in found
        if w not in _book()["idle"]
    )


@cache
def alike(header: str, field: str, table: str) -> float:
    """Return how well the words of a header name a field of a record table, 0 to 1.

    Words that many fields have count half, as do those of the table's own name.
    """
    if not header.isascii():
        return 0.0
    said, meant = words(header), words(field)
    light = {*_book()["light"], *(w for every in words(table) for w in every)}
    both = [(s, m) for s in said for m in meant if s & m]
    if not both:
        return 0.0
    ways = [[w for w in (said, meant)[side] if w in {pair[side] for pair in both}] for side in (0, 1)]
    share = [sum(_weight(w, light) for w in way) for way in ways]
    whole = [sum(_weight(w, light) for w in every) for every in (said, meant)]
    return 2 * min(share) / sum(whole)


def _weight(word: frozenset[str], light: set[str]) -> float:
    return _HALF if word & light else 1.0
