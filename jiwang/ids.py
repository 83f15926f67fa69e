"""Stable identifiers: the same content gets the same id in every run and on every machine."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

SEPARATOR = "\x1f"  # a unit separator cannot occur in a field of a hand-over, so joined parts stay distinct


def digest(*parts: object, length: int = 20) -> str:
    """Return the first ``length`` hex digits of the SHA-256 of ``parts``, joined unambiguously."""
    text = SEPARATOR.join("" if p is None else str(p) for p in parts)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:length]


def digests(head: tuple[str, ...], last: Iterable[str], length: int = 20) -> list[str]:
    """Return ``digest(*head, x, length=length)`` for every x of ``last``, hashing the head once."""
    shared = hashlib.sha256((SEPARATOR.join(head) + SEPARATOR).encode("utf-8"))
    found = []
    for x in last:
        h = shared.copy()
        h.update(x.encode("utf-8"))
        found.append(h.hexdigest()[:length])
    return found


def record_id(region: str, source_file: str, source_row: int) -> str:
    """Return the id of a record: a hash of where it stood in the hand-over."""
    return "r" + digest("record", region, source_file, source_row)


def record_ids(region: str, source_file: str, places: Iterable[object]) -> list[str]:
    """Return the ids of many records of one file by their rows, or rows and parts, hashing the head once."""
    head = hashlib.sha256(SEPARATOR.join(("record", region, source_file, "")).encode("utf-8"))
    ids = []
    for place in places:
        h = head.copy()
        h.update(str(place).encode("utf-8"))
        ids.append("r" + h.hexdigest()[:20])
    return ids


ENTITY_PREFIX = {"person": "p", "employer": "e", "clinic": "c", "account": "a"}


def entity_id(kind: str, *anchor: object) -> str:
    """Return the id of an entity of ``kind`` founded on ``anchor``, the key that first identified it."""
    return ENTITY_PREFIX[kind] + digest("entity", kind, *anchor, length=16)
