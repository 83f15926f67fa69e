"""Why a scenario hits an entity, or by how much it does not: each threshold is loosened until it would."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from graph.patterns import Param
from graph.runner import run_pattern
from graph.scenarios import Scenario
from graph.store import GraphStore
from jiwang.config import Settings
from jiwang.errors import PatternError

STEPS = 12  # of bisection: a threshold to within a four-thousandth of its range
CAP = 500


@dataclass(frozen=True)
class Reason:
    """What can be said about one entity.

    Attributes:
        hits: the hits that name it, as `jiwang.tables.Hits`.
        nearly: parameter → the value nearest to today's at which it would be hit.
        together: it would be hit if all thresholds were at their loosest, but by none alone.
        ties: edge type that the pattern needs → how many the entity has.
    """

    hits: pl.DataFrame
    nearly: Mapping[str, Any] = field(default_factory=dict)
    together: bool = False
    ties: Mapping[str, int] = field(default_factory=dict)


def reason(store: GraphStore, scenario: Scenario, entity: str, settings: Settings) -> Reason:
    """Ask ``store`` why ``scenario`` names ``entity`` or does not.

    Raises:
        StoreError: no graph is loaded.
    """
    today = scenario.values()
    hits = _naming(store, scenario, entity, settings, today)
    ties = _ties(store, scenario, entity)
    if hits is not None and hits.height:
        return Reason(hits, ties=ties)
    empty = pl.DataFrame() if hits is None else hits
    if ties and not any(ties.values()):
        return Reason(empty, ties=ties)
    loosest: dict[str, Any] = {}
    nearly: dict[str, Any] = {}
    for name, param in scenario.pattern.params.items():
        for bound in _bounds(param, today[name]):
            found = _naming(store, scenario, entity, settings, {**today, name: bound})
            if found is not None and found.height:
                nearly[name] = _nearest(store, scenario, entity, settings, name, bound)
                break
        loosest |= _looser(store, scenario, settings, today, name, param)
    together = False
    if not nearly and loosest:
        found = _naming(store, scenario, entity, settings, {**today, **loosest})
        together = found is not None and found.height > 0
    return Reason(empty, nearly, together, ties)


def _naming(
    store: GraphStore, scenario: Scenario, entity: str, settings: Settings, values: Mapping[str, Any]
) -> pl.DataFrame | None:
    """Return the hits that name the entity; None where these values give more rows than may be read."""
    try:
        found = run_pattern(store, scenario.pattern, scenario.region, settings, values)
    except PatternError:
        return None
    return found.filter(pl.col("members").list.contains(entity))


def _ties(store: GraphStore, scenario: Scenario, entity: str) -> dict[str, int]:
    needed = scenario.pattern.requires
    around = store.neighbors([entity], needed, cap=CAP, degree_cap=CAP) if needed else None
    counts = dict.fromkeys(needed, 0)
    for row in around.edges if around else ():
        counts[row["type"]] += 1
    for (_, kind), degree in around.hubs.items() if around else ():
        counts[kind] += degree
    return counts


def _bounds(param: Param, today: Any) -> Iterator[Any]:
    """Yield the ends of a parameter's range that differ from today's value."""
    if param.type in ("int", "float"):
        ends = [end for end in (param.min, param.max) if end is not None]
        yield from (int(end) if param.type == "int" else end for end in ends if end != today)


def _nearest(
    store: GraphStore, scenario: Scenario, entity: str, settings: Settings, name: str, bound: Any
) -> Any:
    """Return the value nearest to today's, on the way to ``bound``, at which the entity is hit."""
    today = scenario.values()
    whole = scenario.pattern.params[name].type == "int"
    inside, outside = bound, today[name]
    for _ in range(STEPS):
        middle = (inside + outside) // 2 if whole else (inside + outside) / 2
        if middle in (inside, outside):
            break
        found = _naming(store, scenario, entity, settings, {**today, name: middle})
        if found is not None and found.height:
            inside = middle
        else:
            outside = middle
    return inside if whole else round(inside, 4)


def _looser(
    store: GraphStore,
    scenario: Scenario,
    settings: Settings,
    today: Mapping[str, Any],
    name: str,
    param: Param,
) -> dict[str, Any]:
    """Return the end of a parameter's range at which the pattern hits most, if it hits more than today."""
    counts = []
    for bound in (*_bounds(param, today[name]), today[name]):
        try:
            values = {**today, name: bound}
            found = run_pattern(store, scenario.pattern, scenario.region, settings, values).height
        except PatternError:
            found = settings.pattern_limit
        counts.append((found, bound))
    most, bound = max(counts, key=lambda c: c[0])
    return {name: bound} if most > counts[-1][0] else {}
