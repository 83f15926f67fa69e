"""A ring keeps its name while its people come and go, and while a batch does not show it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from graph.rings.identity import named, still_known
from graph.rings.portrait import Portrait


def ring(name: str, *people: str, hub: str = "e1") -> Portrait:
    roles: dict[str, tuple[str, str]] = dict.fromkeys(people, ("person", "beneficiary"))
    about: dict[str, Any] = dict.fromkeys(("first_seen", "last_seen"))
    return Portrait(
        ring_id=name,
        typology="U2",
        also=(),
        title={},
        amount=0.0,
        roles=roles | {hub: ("employer", "employer")},
        reasons={},
        checks=(),
        patterns=(),
        edges=(),
        strength=0.5,
        **about,
    )


def known(*rings: Portrait, before: dict[str, frozenset[str]] | None = None) -> dict[str, frozenset[str]]:
    frame = still_known(before or {}, rings).group_by("ring_id").agg("entity_id")
    return {name: frozenset(members) for name, members in frame.iter_rows()}


def names(*rings: Portrait, before: dict[str, frozenset[str]]) -> list[str]:
    return [p.ring_id for p in named(rings, before)]


def test_a_ring_that_gains_and_loses_people_keeps_its_name() -> None:
    before = known(ring("g1", "p1", "p2", "p3"))
    assert names(ring("g2", "p1", "p2", "p3", "p4"), before=before) == ["g1"]
    assert names(ring("g3", "p2", "p3"), before=before) == ["g1"]


def test_a_ring_of_other_people_at_the_same_firm_is_another() -> None:
    before = known(ring("g1", "p1", "p2", "p3"))
    assert names(ring("g2", "p7", "p8", "p9"), before=before) == ["g2"]
    assert names(ring("g2", "p1", "p8", "p9"), before=before) == ["g2"]


def test_of_two_parts_the_greater_keeps_the_name_in_any_order() -> None:
    before = known(ring("g1", "p1", "p2", "p3", "p4", "p5"))
    small, great = ring("g2", "p1", "p2"), ring("g3", "p3", "p4", "p5")
    assert names(small, great, before=before) == ["g2", "g1"]
    assert names(great, small, before=before) == ["g1", "g2"]


def test_a_ring_that_a_batch_misses_comes_back_under_its_name() -> None:
    first = known(ring("g1", "p1", "p2", "p3"))
    then = known(ring("g5", "p7", "p8"), before=first)
    assert names(ring("g9", "p1", "p2", "p3", "p4"), before=then) == ["g1"]


def test_without_a_past_names_are_hashes_and_stay_so(tmp_path: Path) -> None:
    assert names(ring("g1", "p1", "p2"), before={}) == ["g1"]
    assert names(ring("g1", "p1", "p2"), before=known(ring("g1", "p1", "p2"))) == ["g1"]
