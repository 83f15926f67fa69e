"""Weights of a region: what persons agree on, and what strangers do, learned by EM on its own pairs.

EM learns m, the shares of levels among pairs of one person; u, those among strangers, is counted and drawn at
large. Beside both stand the expectations of the profile ``region``, so that a small pool is weighed sensibly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from entity_resolution.engine import compare, learn
from entity_resolution.engine.compare import SAME, Patterns
from entity_resolution.engine.learn import LEVELS, Floats, Weights
from entity_resolution.engine.profile import FieldOf, Profile
from entity_resolution.engine.units import Units
from entity_resolution.engine.values import Codes, Said

AT_LEAST_AMONG = 10_000  # a phone or a home is no less telling for being met in a small pool
LOCAL = ("name", "employer", "firm", "place")  # shared by as many as there are people to share them
EXPECTED = 30  # pairs that the profile's expectations are worth beside what the region teaches
AT_LARGE = 500  # the same, of strangers
_LEAST, _RARE = 1e-7, 5e-4
_DRAWN = 60_000  # pairs at large, where there are so many
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Met:
    """Units that were compared.

    Attributes:
        said: what the rows say.
        units: claims, rows held out, and persons.
        asked: which of them are claims or held out.
        left: a claim of each pair.
        right: a person of each pair; their names are alike.
        patterns: of the pairs.
    """

    said: Said
    units: Units
    asked: Flags
    left: Ints
    right: Ints
    patterns: Patterns


def learned(met: Met, rules: Profile) -> Weights:
    """Learn the weights of the profile's fields by EM among the pairs of a claim and a person."""
    counts = np.bincount(met.patterns.of_pair, minlength=len(met.patterns.levels)).astype(float)
    u, expected = _at_large(met, rules), _expected(met, rules)
    every = 2 * int(met.asked.sum()) * int((~met.asked).sum())
    n = max(round(every**0.5), 2)  # EM takes n (n - 1) / 2 for the number of pairs
    prior, m = learn.em(met.patterns, counts, u, rules, n, expected)
    return learn.in_bits(met.patterns.fields, prior, np.log(m / u), m, u)


def _at_large(met: Met, rules: Profile) -> Floats:
    """Return u: how often a claim and a person at large agree at each level, where both say something.

    Values in common are counted, so that a value is worth what its rarity makes it; the others are drawn. A
    pool of few people shows little of either: what the profile expects of strangers stands beside it.
    """
    u = np.full((len(rules.evidence), LEVELS), _LEAST)
    for i, of in enumerate(rules.evidence):
        rows = met.units.listed[of.name]
        mine = met.asked[rows.unit]
        theirs = np.unique(rows.unit[~mine])
        ours = np.unique(rows.unit[mine]) if mine.any() else theirs
        names = compare.names_of_levels(of)
        stranger = np.array([of.strangers.get(n, _LEAST if n in SAME else _RARE) for n in names])
        if not len(theirs):
            u[i, 1 : len(names)] = stranger[1:]
            continue
        seen = _same(met, of, mine, len(ours), len(theirs))
        pairs, unlike = _unlike(met, of, ours, theirs)
        seen[len(SAME) + 1 :] = unlike[len(SAME) + 1 :]
        if "same" in of.strangers:
            stranger[1 : len(SAME) + 1] = of.strangers["same"] * _said(met, of)[1 : len(SAME) + 1]
        else:
            stranger[: len(SAME) + 1] = seen[: len(SAME) + 1]
        mixed = (pairs * seen[: len(names)] + AT_LARGE * stranger) / (pairs + AT_LARGE)
        u[i, 1 : len(names)] = np.maximum(mixed[1:], _LEAST)
    return u


def _same(met: Met, of: FieldOf, mine: Flags, ours: int, theirs: int) -> Floats:
    """Return the share of each level of one value in common; ``mine`` says which rows are claims'."""
    rows, held = met.units.listed[of.name], met.units.holders[of.name]
    sides = (mine, ~mine) if mine.any() else (~mine, ~mine)
    counts = [np.bincount(rows.code[side], minlength=len(held)).astype(float) for side in sides]
    level = 1 + np.searchsorted(compare.HELD_BY, held)
    among = theirs if of.name in LOCAL else max(theirs, AT_LEAST_AMONG)
    found: Floats = np.bincount(level, weights=counts[0] * counts[1], minlength=LEVELS) / (ours * among)
    return found


def _unlike(met: Met, of: FieldOf, ours: Codes, theirs: Codes) -> tuple[int, Floats]:
    """Draw pairs at large: how many different ones there are at most, and the share of each unlike level."""
    draws = np.arange(min(_DRAWN, len(ours) * len(theirs)), dtype=np.int64)
    a, b = ours[draws % len(ours)], theirs[(draws * 7919 + draws // len(ours) * 31) % len(theirs)]
    drawn = compare.levels(a.astype(np.int64), b.astype(np.int64), of.name, met.said, met.units)
    share = np.bincount(drawn, minlength=LEVELS).astype(float)
    share[: len(SAME) + 1] = 0
    return len(draws), share / max(share.sum(), 1)


def _said(met: Met, of: FieldOf) -> Floats:
    """Return by how many known a value is held that a person says: shares of the levels of one value."""
    rows = met.units.listed[of.name]
    held = met.units.holders[of.name][rows.code[~met.asked[rows.unit]]]
    said = np.bincount(1 + np.searchsorted(compare.HELD_BY, held), minlength=LEVELS) + 0.1
    said[0], said[len(SAME) + 1 :] = 0, 0
    shares: Floats = said / said.sum()
    return shares


def _expected(met: Met, rules: Profile) -> Floats:
    """Return the pairs of one person that EM takes for seen: a value in common is any person's value."""
    expected = np.zeros((len(rules.evidence), LEVELS))
    for i, of in enumerate(rules.evidence):
        expected[i] = of.expect["same"] * _said(met, of)
        for level, name in enumerate(compare.names_of_levels(of)):
            if level > len(SAME):
                expected[i, level] = of.expect.get(name, _RARE)
    return expected * EXPECTED
