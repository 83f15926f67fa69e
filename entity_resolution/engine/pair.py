"""Two units held against each other anew: their waterfall, and the blocks in which they could have met."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from entity_resolution.engine import block, compare
from entity_resolution.engine.learn import Weights
from entity_resolution.engine.profile import Profile
from entity_resolution.engine.units import Units
from entity_resolution.engine.values import Said


@dataclass(frozen=True)
class Part:
    """One step of a waterfall: a field, at which level the two agree in it, and its weight in bits."""

    field: str
    level: str
    weight: float


@dataclass(frozen=True)
class Meeting:
    """A rule of blocks and two units.

    Attributes:
        rule: the parts that a block agrees on.
        left: the first has a key by this rule.
        right: the second has one.
        shared: hashes of the blocks that both are in.
    """

    rule: Sequence[str]
    left: bool
    right: bool
    shared: Sequence[int]


def waterfall(a: int, b: int, said: Said, of: Units, profile: Profile, weights: Weights) -> tuple[Part, ...]:
    """Return what the weights say of two units: the prior, then every field that both speak of.

    Weights are binary fractions: the parts sum exactly to the score that a resolution gives the pair.
    """
    found = compare.patterns(np.array([a]), np.array([b]), said, of, profile)
    parts = [Part("prior", "", weights.prior)]
    for i, name in enumerate(found.fields):
        level = int(found.levels[0, i])
        if level:
            levels = compare.names_of_levels(profile.of(name))
            parts.append(Part(name, levels[level], float(weights.table[i][level])))
    return tuple(parts)


def score(parts: Sequence[Part]) -> float:
    """Return the sum of a waterfall in bits."""
    return sum(p.weight for p in parts)


def meetings(a: int, b: int, said: Said, of: Units, profile: Profile) -> tuple[Meeting, ...]:
    """Return for each rule of the profile's blocks whether two units have a key by it, and a common one.

    Args:
        a: a unit.
        b: another.
        said: what they say, with the parts of the profile's blocks.
        of: the units.
        profile: the profile.
    """
    found = []
    for rule, keyed in zip(profile.blocks, block.of_units(said, of, profile), strict=True):
        ours, theirs = (set(keyed.filter(pl.col("unit") == side)["h"]) for side in (a, b))
        found.append(Meeting(tuple(rule), bool(ours), bool(theirs), sorted(ours & theirs)))
    return tuple(found)
