"""Constrained union: units become entities in the order of their weight, and what must not meet does not.

One at a time, strongest first, an edge joins two clusters unless a constraint forbids it; a refusal is final,
because what forbade it stays in the cluster. An edge that is the strongest of both its clusters would be
reached before any other that touches them: so all such edges are joined at once, in rounds, with the same
result. The rounds are joins and group-bys, which a dataframe engine can do as well (`engine.spark`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from entity_resolution.engine.values import NONE

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Test = Callable[[Ints, Ints], Flags]  # of pairs of roots: which must stay apart


@dataclass(frozen=True)
class Rules:
    """What units bear that must not contradict within an entity.

    Attributes:
        single: reason -> a code of each unit, `NONE` where it has none: an entity has one at most.
        latest: reason -> day of the last event and of the end of each unit (a death), NaN without one.
        source: bits of sources of each unit, where an entity has one record of a source at most; else None.
        apart: pairs of units (n, 2) that people have judged to be two.
        against: pairs of units (n, 2) that all but exclude each other by what they say.
    """

    single: Mapping[str, npt.NDArray[np.uint32]] = field(default_factory=dict)
    latest: Mapping[str, tuple[Floats, Floats]] = field(default_factory=dict)
    source: npt.NDArray[np.uint64] | None = None
    apart: Ints = field(default_factory=lambda: np.empty((0, 2), dtype=np.int64))
    against: Ints = field(default_factory=lambda: np.empty((0, 2), dtype=np.int64))


@dataclass(frozen=True)
class Union:
    """Clusters and what was refused.

    Attributes:
        root: unit -> the least unit of its cluster.
        refused: ``edge, reason``: edges that a constraint kept from joining two clusters.
    """

    root: Ints
    refused: pl.DataFrame


class _State:
    """The clusters so far: what each bears, kept at its root."""

    def __init__(self, n: int, rules: Rules) -> None:
        self.root = np.arange(n)
        self.rules = rules
        self.single = {k: v.copy() for k, v in rules.single.items()}
        self.latest = {k: (e.copy(), d.copy()) for k, (e, d) in rules.latest.items()}
        self.source = None if rules.source is None else rules.source.copy()

    def forbidden(self, a: Ints, b: Ints) -> npt.NDArray[np.int8]:
        """Return which rule forbids each pair of roots: 0 none, else its place among `tests` plus 1."""
        found = np.zeros(len(a), dtype=np.int8)
        for number, rule in enumerate(self.tests().values(), 1):
            found[(found == 0) & rule(a, b)] = number
        return found

    def tests(self) -> dict[str, Test]:
        """Return name -> rule, in the order in which they are looked at."""
        tests: dict[str, Test] = {name: _Single(codes) for name, codes in self.single.items()}
        tests |= {name: _After(*days) for name, days in self.latest.items()}
        if self.source is not None:
            tests["source"] = _Sources(self.source)
        if len(self.rules.apart):
            tests["judged"] = _Apart(self.rules.apart, self.root)
        if len(self.rules.against):
            tests["against"] = _Apart(self.rules.against, self.root)
        return tests

    def join(self, a: Ints, b: Ints) -> None:
        """Join disjoint pairs of roots; the lesser becomes the root."""
        low, high = np.minimum(a, b), np.maximum(a, b)
        for codes in self.single.values():
            codes[low] = np.minimum(codes[low], codes[high])  # NONE is the greatest
        for events, ends in self.latest.values():
            events[low] = np.fmax(events[low], events[high])
            ends[low] = np.fmin(ends[low], ends[high])
        if self.source is not None:
            self.source[low] |= self.source[high]
        to = np.arange(len(self.root))
        to[high] = low
        self.root = to[self.root]


@dataclass
class _Single:
    codes: npt.NDArray[np.uint32]

    def __call__(self, a: Ints, b: Ints) -> Flags:
        x, y = self.codes[a], self.codes[b]
        found: Flags = (x != NONE) & (y != NONE) & (x != y)
        return found


@dataclass
class _After:
    events: Floats
    ends: Floats

    def __call__(self, a: Ints, b: Ints) -> Flags:
        return (self.events[a] > self.ends[b]) | (self.events[b] > self.ends[a])


@dataclass
class _Sources:
    bits: npt.NDArray[np.uint64]

    def __call__(self, a: Ints, b: Ints) -> Flags:
        found: Flags = (self.bits[a] & self.bits[b]) != 0
        return found


class _Apart:
    """Pairs that must stay apart, as sorted keys of their present roots."""

    def __init__(self, pairs: Ints, root: Ints) -> None:
        self.width = len(root)
        self.keys = np.sort(self._keys(root[pairs[:, 0]], root[pairs[:, 1]]))

    def _keys(self, a: Ints, b: Ints) -> Ints:
        return np.minimum(a, b) * self.width + np.maximum(a, b)

    def __call__(self, a: Ints, b: Ints) -> Flags:
        wanted = self._keys(a, b)
        at = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        found: Flags = self.keys[at] == wanted
        return found


def forbidden(n: int, rules: Rules, a: Ints, b: Ints) -> list[str]:
    """Return the rules that keep some pair of ``n`` units apart, as they stand, in order of their names."""
    return sorted(name for name, rule in _State(n, rules).tests().items() if rule(a, b).any())


def union(n: int, a: Ints, b: Ints, weight: Floats, rules: Rules) -> Union:
    """Join ``n`` units along edges, strongest first.

    Args:
        n: number of units.
        a: units.
        b: units, as many; ties of weight go to the lesser ``a``, then ``b``.
        weight: of each edge; only edges worth joining are given.
        rules: the constraints.
    """
    state = _State(n, rules)
    reasons = list(state.tests())
    order = np.lexsort((b, a, -weight))
    edge, rank = order, np.arange(len(order))
    refused: list[pl.DataFrame] = []
    while len(edge):
        x, y = state.root[a[edge]], state.root[b[edge]]
        forbidden = state.forbidden(x, y)
        out = (forbidden > 0) & (x != y)
        if out.any():
            named = pl.Series(reasons).gather(forbidden[out].astype(np.int64) - 1)
            refused.append(pl.DataFrame({"edge": edge[out], "reason": named}))
        keep = (x != y) & ~out
        edge, rank, x, y = edge[keep], rank[keep], x[keep], y[keep]
        if not len(edge):
            break
        best = np.full(n, len(order))
        np.minimum.at(best, x, rank)
        np.minimum.at(best, y, rank)
        mutual = (best[x] == rank) & (best[y] == rank)
        state.join(x[mutual], y[mutual])
    empty = pl.DataFrame(schema={"edge": pl.Int64, "reason": pl.String})
    return Union(state.root, pl.concat([empty, *refused]).sort("edge"))
