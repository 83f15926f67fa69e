"""Comparison: at which level two units agree in each field; whole pairs become counts of patterns.

Level 0 says nothing (a value is missing). Levels of one value in common are told apart by how many units hold
it: what few share is strong, an agent's phone, a dormitory or a common name is weak. The weight of each
such level is learned like any other, which makes term frequency and damping one thing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from entity_resolution.engine import alike
from entity_resolution.engine.profile import FieldOf, Profile
from entity_resolution.engine.units import Units
from entity_resolution.engine.values import Said, Values

HELD_BY = (0, 1, 2, 5, 10, 30, 100)  # most holders of the levels of one value in common; then more
SAME = (
    "same, held by nobody known",
    *(f"same, held by {b}" if b == a + 1 else f"same, held by {a + 1} to {b}" for a, b in pairwise(HELD_BY)),
    f"same, held by more than {HELD_BY[-1]}",
)
BITS = 4  # of a level within a pattern
_LIMIT = 4_000_000  # pairs compared at a time: what bounds memory
Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Patterns:
    """What was found of pairs, each combination of levels once.

    Attributes:
        fields: the fields, in the order of the columns of ``levels``.
        levels: (patterns, fields).
        of_pair: pair -> pattern.
    """

    fields: Sequence[str]
    levels: Bytes
    of_pair: Ints


def names_of_levels(of: FieldOf) -> tuple[str, ...]:
    """Return the names of a field's levels; the first is of missing values."""
    return ("missing", *SAME, *alike.LEVELS[alike.rule(of)])


def patterns(a: Ints, b: Ints, said: Said, units: Units, profile: Profile) -> Patterns:
    """Compare pairs of units.

    Args:
        a: units.
        b: units, as many.
        said: what the records say.
        units: the units.
        profile: the profile.
    """
    packed = np.zeros(len(a), dtype=np.uint64)
    fields = [f.name for f in profile.evidence]
    for number, name in enumerate(fields):
        found = levels(a, b, name, said, units)
        if profile.of(name).several:
            found[found == len(names_of_levels(profile.of(name))) - 1] = 0
        packed |= found.astype(np.uint64) << np.uint64(BITS * number)
    packed = _without_echoes(packed, fields, profile)
    return unpacked(packed, profile)


def unpacked(packed: npt.NDArray[np.uint64], profile: Profile) -> Patterns:
    """Return patterns given as numbers, four bits a field; each once, in order."""
    fields = [f.name for f in profile.evidence]
    distinct, of_pair = np.unique(packed, return_inverse=True)
    columns = [(distinct >> np.uint64(BITS * i)) & np.uint64(15) for i in range(len(fields))]
    return Patterns(fields, np.stack(columns, axis=1).astype(np.uint8), of_pair.astype(np.int64))


def of_one_id(found: Patterns, profile: Profile) -> npt.NDArray[np.bool_]:
    """Say which patterns are of an id in common under two names that are not alike."""
    at = [i for i, name in enumerate(found.fields) if profile.of(name).bearer]
    told: npt.NDArray[np.bool_] = (found.levels[:, at] == len(SAME) + 1 + alike.BORROWED).any(axis=1)
    return told


def levels(a: Ints, b: Ints, name: str, said: Said, units: Units) -> Bytes:
    """Return the level of each pair in one field: the strongest among the values of either side."""
    found = np.empty(len(a), dtype=np.uint8)
    for start in range(0, len(a), _LIMIT):
        part = slice(start, start + _LIMIT)
        found[part] = _levels(a[part], b[part], name, said, units)
    return found


def _levels(a: Ints, b: Ints, name: str, said: Said, units: Units) -> Bytes:
    rows, values = units.listed[name], said.values[name]
    ours, theirs = np.diff(rows.starts)[a], np.diff(rows.starts)[b]
    times = ours * theirs
    pair = np.repeat(np.arange(len(a)), times)
    within = np.arange(len(pair)) - np.repeat(np.cumsum(times) - times, times)
    left = rows.code[rows.starts[a][pair] + within // theirs[pair]]
    right = rows.code[rows.starts[b][pair] + within % theirs[pair]]
    found = np.full(len(a), 255, dtype=np.uint8)
    np.minimum.at(found, pair, _of_values(left, right, values, units.holders[name]))
    found[found == 255] = 0
    return found


def _of_values(
    left: npt.NDArray[np.uint32], right: npt.NDArray[np.uint32], values: Values, holders: Ints
) -> Bytes:
    same = left == right
    found = np.zeros(len(left), dtype=np.uint8)
    found[same] = 1 + np.searchsorted(HELD_BY, holders[left[same]])
    rule = alike.rule(values.field)
    if len(alike.LEVELS[rule]) > 1:  # a code has no level between the same and different
        found[same & values.partial[left]] = len(SAME) + 1 + alike.PARTIAL.get(rule, 0)
    low = np.minimum(left[~same], right[~same]).astype(np.uint64)
    high = np.maximum(left[~same], right[~same]).astype(np.uint64)
    keys, inverse = np.unique((low << np.uint64(32)) | high, return_inverse=True)
    x = values.texts.gather((keys >> np.uint64(32)).astype(np.uint32))
    y = values.texts.gather((keys & np.uint64(0xFFFFFFFF)).astype(np.uint32))
    unlike = alike.judge(values.field, x, y, _usable(values, keys))
    found[~same] = (len(SAME) + 1 + unlike)[inverse]
    return found


def _usable(values: Values, keys: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
    """Say of which pairs both values identify by themselves."""
    low, high = (keys >> np.uint64(32)).astype(np.int64), (keys & np.uint64(0xFFFFFFFF)).astype(np.int64)
    return values.usable[low] & values.usable[high]


def _without_echoes(
    packed: npt.NDArray[np.uint64], fields: Sequence[str], profile: Profile
) -> npt.NDArray[np.uint64]:
    """Let a birth date and a sex read out of one shared id not count beside the id itself.

    And tell an id in common under one name, or two alike, from one under two names.
    """
    for of in profile.evidence:
        at = np.uint64(4 * fields.index(of.name))
        level = (packed >> at) & np.uint64(15)
        shared = (level > 0) & (level <= len(SAME))
        if of.bearer:
            bearer = (packed >> np.uint64(4 * fields.index(of.bearer))) & np.uint64(15)
            borrowed = shared & (bearer == len(names_of_levels(profile.of(of.bearer))) - 1)
            other = np.uint64(len(SAME) + 1 + alike.BORROWED) << at
            packed = np.where(borrowed, packed & ~(np.uint64(15) << at) | other, packed)
        for target in (of.birth, *of.dates, of.sex):
            if target:
                mask = ~(np.uint64(15) << np.uint64(4 * fields.index(target)))
                packed = np.where(shared, packed & mask, packed)
    return packed
