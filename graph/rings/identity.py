"""The identity of a ring: it keeps its name while its people come and go.

A ring found for the first time is named by a hash of its typology and members. Found again, it takes the
name of the known ring with which it shares most: an alert is about a ring, not about one day's list of its
members. Rings that are missing from one batch stay known, so that they come back under their name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import polars as pl

from graph.rings.portrait import Portrait
from jiwang.tables import RingMembers, from_rows
from jiwang.workspace import Workspace

KNOWN = "known.parquet"
SHARED = 2  # people and accounts that two lists must share to be one ring
OVERLAP = 0.5  # of the shorter list
HUBS = ("clinic", "employer")  # many rings meet there; sharing one says little


def named(portraits: Sequence[Portrait], known: Mapping[str, frozenset[str]]) -> list[Portrait]:
    """Give each portrait the name of the known ring that it continues; the best match first.

    A known name is taken once. Of two rings that one fell into, the one that shares more keeps the name.
    """
    continued: dict[str, str] = {}
    taken: set[str] = set()
    for _, name, fresh in sorted(_matches(portraits, known)):
        if name not in taken and fresh not in continued:
            continued[fresh] = name
            taken.add(name)
    return [replace(p, ring_id=continued.get(p.ring_id, p.ring_id)) for p in portraits]


def read_known(workspace: Workspace) -> dict[str, frozenset[str]]:
    """Return ring → members when last seen, of every ring that this workspace ever published."""
    path = workspace.folder("rings") / KNOWN
    if not path.is_file():
        return {}
    groups = pl.read_parquet(path).group_by("ring_id").agg("entity_id")
    return {ring: frozenset(members) for ring, members in groups.iter_rows()}


def still_known(known: Mapping[str, frozenset[str]], portraits: Sequence[Portrait]) -> pl.DataFrame:
    """Return ring_id, entity_id of all rings known by now, in order: those of today as they are today."""
    every = dict(known) | {p.ring_id: _body(p) for p in portraits}
    rows = [{"ring_id": ring, "entity_id": e} for ring in sorted(every) for e in sorted(every[ring])]
    schema = {"ring_id": pl.String(), "entity_id": pl.String()}
    return pl.DataFrame(rows, schema=schema)


def members(portraits: Sequence[Portrait]) -> pl.DataFrame:
    """Return the members of the rings as `jiwang.tables.RingMembers`."""
    rows = [
        {"ring_id": p.ring_id, "kind": kind, "entity_id": entity, "role": role}
        for p in portraits
        for entity, (kind, role) in sorted(p.roles.items())
    ]
    return from_rows(rows, RingMembers)


def _body(portrait: Portrait) -> frozenset[str]:
    return frozenset(e for e, (kind, _) in portrait.roles.items() if kind not in HUBS)


def _matches(
    portraits: Sequence[Portrait], known: Mapping[str, frozenset[str]]
) -> Iterator[tuple[float, str, str]]:
    """Yield (minus the Jaccard overlap, known name, fresh name) of every pair that may be one ring."""
    homes: dict[str, list[str]] = {}
    for ring, body in known.items():
        for entity in body:
            homes.setdefault(entity, []).append(ring)
    for portrait in portraits:
        body = _body(portrait)
        for ring in {r for entity in body for r in homes.get(entity, ())}:
            shared = len(body & known[ring])
            if shared >= SHARED and shared >= OVERLAP * min(len(body), len(known[ring])):
                yield -shared / len(body | known[ring]), ring, portrait.ring_id
