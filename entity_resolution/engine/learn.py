"""Weights: Fellegi and Sunter's model, learned by EM, then moved towards what ids and people say.

1. *EM* (Winkler 1988) over the counts of patterns: m, the share of a level among pairs of one entity, is
   learned; u, its share among pairs of two, is counted (values in common) or drawn (values alike) at large.
2. Where ids pass a checksum, held-out records with their id hidden are pairs with a known answer; so are
   people's judgements. The weights are fitted to them by logistic regression with a ridge towards EM's: a
   level that no answer speaks of keeps its weight, and fields that go together in families (phone, home) are
   no longer counted as if they were independent.

Weights are in bits, rounded to binary fractions: the parts of a score sum to it exactly, in any order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from entity_resolution.engine import compare
from entity_resolution.engine.alike import BORROWED
from entity_resolution.engine.compare import SAME, Patterns
from entity_resolution.engine.profile import Profile
from entity_resolution.engine.units import Units
from entity_resolution.engine.values import Said

STEP = 1024  # weights are whole 1024ths of a bit: binary fractions, so that sums of them are exact
_ROUNDS = 60
_SAMPLE = 60_000  # pairs at large from which the share of levels among strangers is drawn
_RIDGE = 0.05  # per (natural) unit of weight squared, against the log-likelihood of the labelled pairs
_RIDGE_OF_GROUPS = 1e-3  # what the levels of a field share may move freely: it carries levels without answers
_STEPS = 60
_LEAST = 1e-7
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
LEVELS = 16


@dataclass(frozen=True)
class Weights:
    """Learned weights.

    Attributes:
        fields: the fields.
        prior: log2 odds that a candidate is one entity before anything is compared.
        table: (fields, `LEVELS`) bits of each level.
        m: shares of levels among pairs of one entity, as EM found them.
        u: shares among pairs of two.
        answers: labelled pairs used, of one entity and of two.
    """

    fields: Sequence[str]
    prior: float
    table: Floats
    m: Floats
    u: Floats
    answers: tuple[int, int]

    def score(self, patterns: Patterns) -> Floats:
        """Return the score of each pattern in bits, prior included."""
        total = np.full(len(patterns.levels), self.prior)
        for i in range(len(self.fields)):
            total += self.table[i][patterns.levels[:, i].astype(np.int64)]
        return total

    def frame(self, profile: Profile) -> pl.DataFrame:
        """Return ``field, level, weight, m, u``; the prior is the field ``prior``."""
        rows: list[tuple[str, str, float, float | None, float | None]] = [
            ("prior", "", self.prior, None, None)
        ]
        for i, name in enumerate(self.fields):
            for level, text in enumerate(compare.names_of_levels(profile.of(name))):
                if level:
                    rows.append((name, text, self.table[i, level], self.m[i, level], self.u[i, level]))
        return pl.DataFrame(
            rows,
            schema={
                "field": pl.String,
                "level": pl.String,
                "weight": pl.Float64,
                "m": pl.Float64,
                "u": pl.Float64,
            },
            orient="row",
        )


def shares_at_large(said: Said, units: Units, profile: Profile) -> Floats:
    """Return u: how often two units drawn at random agree at each level, where both say something."""
    u = np.full((len(profile.evidence), LEVELS), _LEAST)
    for i, of in enumerate(profile.evidence):
        rows = units.listed[of.name]
        who = np.flatnonzero(np.diff(rows.starts) > 0)
        counts = len(compare.names_of_levels(of))
        held = np.bincount(rows.code, minlength=len(said.values[of.name].texts))
        a, b = drawn_pairs(who)
        level = compare.levels(a, b, of.name, said, units)
        u[i] = shares(counts, len(who), agreements(held, units.holders[of.name]), level)
    return u


def agreements(held: Ints, holders: Ints) -> Floats:
    """Return how many ordered pairs of units have one value in common, by its level; an addend a value."""
    bucket = 1 + np.searchsorted(compare.HELD_BY, holders)
    pairs = np.bincount(bucket, weights=held * (held - 1.0), minlength=LEVELS)
    return pairs[:LEVELS].astype(np.float64, copy=False)


def drawn_pairs(who: Ints) -> tuple[Ints, Ints]:
    """Return pairs drawn at large from the units that say something."""
    draws = np.arange(min(_SAMPLE, 20 * len(who)), dtype=np.int64)
    a, b = who[draws % len(who)], who[(draws * 7919 + draws // len(who) * 31 + 1) % len(who)]
    return a[a != b], b[a != b]


def shares(counts: int, n: int, same: Floats, level: npt.NDArray[np.uint8]) -> Floats:
    """Return u of one field.

    Args:
        counts: number of its levels.
        n: units that say something.
        same: as `agreements` returns it, of all values together.
        level: of pairs drawn at large.
    """
    u = np.full(LEVELS, _LEAST)
    if n < 2:
        u[1:counts] = 1 / (counts - 1)
        return u
    drawn = np.bincount(level[level > 0], minlength=LEVELS)[:LEVELS].astype(float)
    drawn[: len(SAME) + 1] = 0
    drawn = (drawn + 0.5 * (np.arange(LEVELS) > len(SAME))) / max(drawn.sum(), 1)
    u[1:counts] = np.maximum((same / (n * (n - 1.0)) + drawn)[1:counts], _LEAST)
    return u


def _start(profile: Profile) -> Floats:
    """Return the m that EM starts from: most agree, some are alike, few differ."""
    m = np.full((len(profile.evidence), LEVELS), _LEAST)
    for i, of in enumerate(profile.evidence):
        n = len(compare.names_of_levels(of)) - 1
        unlike = n - len(SAME)
        m[i, 1 : len(SAME) + 1] = 0.85 / len(SAME)
        m[i, len(SAME) + 1 : n + 1] = 0.15 / unlike
    return m


def em(
    patterns: Patterns, counts: Floats, u: Floats, profile: Profile, n: int, expected: Floats | None = None
) -> tuple[float, Floats]:
    """Learn m and the prior odds from the counts of patterns.

    Args:
        patterns: the patterns.
        counts: pairs of each.
        u: as `shares_at_large` returns it.
        profile: the profile.
        n: number of units.
        expected: (fields, `LEVELS`) pairs of one entity that count as if they had been seen.

    Returns:
        The natural log odds that two units at large are one, and m.
    """
    every, m = max(n * (n - 1) / 2, 1.0), _start(profile)  # all rows may be of one cell
    if expected is not None:
        m = np.maximum(expected / expected.sum(axis=1, keepdims=True), _LEAST)
    found = n * (profile.prior - 1) / 2
    levels = patterns.levels.astype(np.int64)
    for _ in range(_ROUNDS):
        weight = np.log(m) - np.log(u)
        weight[:, 0] = 0
        share = min(found / every, 0.5)
        logit = np.log(share / (1 - share)) + sum(weight[i][levels[:, i]] for i in range(levels.shape[1]))
        belief = counts / (1 + np.exp(-np.clip(logit, -500, 500)))
        before, found = found, max(float(belief.sum()), 1.0)
        for i in range(levels.shape[1]):
            told = np.bincount(levels[:, i], weights=belief, minlength=LEVELS)
            told[0] = 0
            smooth = 0.5 * (m[i] > _LEAST) if expected is None else expected[i]
            m[i] = np.maximum((told + smooth) / (told + smooth).sum(), _LEAST)
        if abs(found - before) < 1e-6 * found:
            break
    share = min(found / every, 0.5)
    return float(np.log(share / (1 - share))), m


def fit(
    levels: npt.NDArray[np.uint8], yes: Floats, no: Floats, start: Floats, prior: float
) -> tuple[float, Floats]:
    """Fit weights to patterns with known answers, near to where they start.

    Args:
        levels: (patterns, fields).
        yes: pairs of one entity of each pattern.
        no: pairs of two.
        start: (fields, `LEVELS`) natural log weights.
        prior: natural log odds.

    Returns:
        Prior and weights.
    """
    spoken = np.flatnonzero(yes + no > 0)
    fields = levels.shape[1]
    design, groups = _design(levels[spoken].astype(np.int64)), 2 * fields
    used = np.flatnonzero(design.any(axis=0))
    x, n, y = design[:, used], (yes + no)[spoken], yes[spoken]
    offset = prior + sum(start[i][levels[spoken, i]] for i in range(fields))
    ridge = np.where(used < fields * LEVELS, _RIDGE, _RIDGE_OF_GROUPS)
    beta = np.zeros(len(used))
    for _ in range(_STEPS):
        p = 1 / (1 + np.exp(-np.clip(offset + x @ beta, -500, 500)))
        gradient = x.T @ (y - n * p) - ridge * beta
        hessian = (x * (n * p * (1 - p))[:, None]).T @ x + np.diag(ridge)
        step = np.clip(np.linalg.solve(hessian, gradient), -2, 2)
        beta += step
        if np.abs(step).max() < 1e-6:
            break
    moved = np.zeros(fields * LEVELS + groups + 1)
    moved[used] = beta
    of_level = moved[: fields * LEVELS].reshape(start.shape)
    of_group = moved[fields * LEVELS : -1].reshape(fields, 2)
    group = (np.arange(LEVELS) > len(SAME)).astype(np.int64)
    fitted = start + of_level + of_group[:, group]
    fitted[:, 0] = 0
    return prior + float(moved[-1]), fitted


def _design(levels: Ints) -> Floats:
    """Return a column a level, two a field for what its levels share (one value; two), one for all."""
    rows, fields = levels.shape
    design = np.zeros((rows, fields * (LEVELS + 2) + 1))
    for i in range(fields):
        told = np.flatnonzero(levels[:, i] > 0)
        design[told, i * LEVELS + levels[told, i]] = 1
        design[told, fields * LEVELS + 2 * i + (levels[told, i] > len(SAME))] = 1
    design[:, -1] = 1
    return design


def borrowed(
    levels: npt.NDArray[np.uint8], counts: Floats, prior: float, natural: Floats, field: int
) -> float:
    """Return the weight of an id in common under two names: what stands beside it decides, by EM.

    What is said of strangers at large says nothing of somebody else's id, and no held-out record bears one.
    """
    at = levels.astype(np.int64)
    column = len(SAME) + 1 + BORROWED
    others = prior + sum(natural[i][at[:, i]] for i in range(at.shape[1]) if i != field)
    weight = 0.0
    for _ in range(_ROUNDS):
        own = np.where(at[:, field] == column, weight, natural[field][at[:, field]])
        belief = 1 / (1 + np.exp(-np.clip(others + own, -500, 500)))
        told, here = at[:, field] > 0, at[:, field] == column
        yes, no = ((counts * p)[told & here].sum() + 0.5 for p in (belief, 1 - belief))
        all_yes, all_no = ((counts * p)[told].sum() + 1 for p in (belief, 1 - belief))
        before, weight = weight, float(np.log(yes / all_yes) - np.log(no / all_no))
        if abs(weight - before) < 1e-4:
            break
    return weight


def weights(
    patterns: Patterns, said: Said, units: Units, profile: Profile, answers: Mapping[bool, Ints] | None = None
) -> Weights:
    """Learn the weights of a table.

    Args:
        patterns: of the candidate pairs.
        said: what the records say.
        units: the units.
        profile: the profile.
        answers: True and False -> the patterns of pairs known to be of one and of two entities.
    """
    counts = np.bincount(patterns.of_pair, minlength=len(patterns.levels)).astype(float)
    return learned(patterns, counts, shares_at_large(said, units, profile), profile, units.n, answers)


def learned(
    patterns: Patterns,
    counts: Floats,
    u: Floats,
    profile: Profile,
    n: int,
    answers: Mapping[bool, Ints] | None = None,
) -> Weights:
    """Learn weights from counts alone: what `weights` does once all pairs have been looked at.

    Args:
        patterns: of the candidate pairs.
        counts: pairs of each.
        u: as `shares_at_large` returns it.
        profile: the profile.
        n: number of units.
        answers: True and False -> the patterns of pairs known to be of one and of two entities.
    """
    prior, m = em(patterns, counts, u, profile, n)
    natural = np.log(m) - np.log(u)
    natural[:, 0] = 0
    known = (0, 0)
    if answers is not None and len(answers[True]) and len(answers[False]):
        yes, no = (np.bincount(answers[k], minlength=len(counts)).astype(float) for k in (True, False))
        prior, natural = fit(patterns.levels, yes, no, natural, prior)
        ids = [i for i, f in enumerate(patterns.fields) if f in profile.constraints.two_ids]
        for i in ids:
            natural[i, len(SAME) + 1 + BORROWED] = borrowed(patterns.levels, counts, prior, natural, i)
        known = (len(answers[True]), len(answers[False]))
    return in_bits(patterns.fields, prior, natural, m, u, known)


def in_bits(
    fields: Sequence[str],
    prior: float,
    natural: Floats,
    m: Floats,
    u: Floats,
    known: tuple[int, int] = (0, 0),
) -> Weights:
    """Return natural log weights and prior as `Weights`: in bits, rounded so that sums of them are exact."""
    bits = np.rint(natural / np.log(2) * STEP) / STEP
    bits[:, 0] = 0
    return Weights(fields, round(prior / float(np.log(2)) * STEP) / STEP, bits, m, u, known)
