"""The published score: one calibrated sum of what the model and what the patterns say.

    log-odds of the score = offset + model × margin + patterns × lift

``margin`` is the model's log-odds of an entity, ``lift`` how far the patterns' belief in it (`gnn.hits`)
lies above the base rate, in log-odds, never below 0. Both weights are ≥ 0, so the score rises with either
part. They are fitted on margins of objects whose own case taught nothing, and pulled towards `PRIOR`, because
closed cases are few and biased. The offset follows from the base rate alone: the scores of all persons
average to it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq, minimize

from gnn.dataset import Floats
from gnn.models.carried import expit, logit
from gnn.models.tree import USUAL
from gnn.targets import Targets

PRIOR, PRIOR_SPREAD = np.array([0.5, 1.0]), 0.2
"""Expected weights of model and patterns, and how far few cases may move them. The patterns are believed as
they promise; the model counts half, because it sees their hits among its columns."""
ALONE = 1.0
"""Weight of the patterns where there is no model."""


@dataclass(frozen=True)
class Blend:
    """The weights of the two parts, and the offset."""

    offset: float
    model: float
    patterns: float
    base_rate: float

    def log_odds(self, margin: Floats, belief: Floats) -> Floats:
        """Return the log-odds of the score."""
        return self.offset + self.model * margin + self.patterns * lift(belief, self.base_rate)

    def score(self, margin: Floats, belief: Floats) -> Floats:
        """Return the score, 0..1."""
        return expit(self.log_odds(margin, belief))


def lift(belief: Floats, base_rate: float) -> Floats:
    """Return how far ``belief`` lies above the base rate, in log-odds; 0 where it does not."""
    usual = float(np.log(base_rate / (1 - base_rate)))
    return np.maximum(logit(belief) - usual, 0.0)


def fit_blend(margin: Floats, belief: Floats, targets: Targets, base_rate: float) -> Blend:
    """Fit the weights on persons: labelled by soft labels, unlabelled as weak negatives of equal weight."""
    parts = np.column_stack([margin, lift(belief, base_rate)])
    known = np.isfinite(targets.label)
    wanted = np.where(known, np.nan_to_num(targets.soft()), USUAL)
    whole = targets.weight.sum()
    weight = np.where(known, targets.weight, whole / max((~known).sum(), 1))

    def loss(x: Floats) -> float:
        log_odds = x[0] + parts @ x[1:]
        missed = np.logaddexp(0, log_odds) - wanted * log_odds
        return float(weight @ missed + ((x[1:] - PRIOR) ** 2).sum() / (2 * PRIOR_SPREAD**2))

    start = np.array([-1.0, *PRIOR])
    found = minimize(loss, start, method="L-BFGS-B", bounds=[(-20, 20), (0, 2), (0, 2)])
    return _offset(margin, belief, (float(found.x[1]), float(found.x[2])), base_rate)


def without_model(belief: Floats, base_rate: float) -> Blend:
    """Return the blend of a region without closed cases: the patterns alone."""
    return _offset(np.zeros(len(belief)), belief, (0.0, ALONE), base_rate)


def _offset(margin: Floats, belief: Floats, weights: tuple[float, float], base_rate: float) -> Blend:
    """Find the offset at which the mean score is the base rate (prior correction)."""
    part = weights[0] * margin + weights[1] * lift(belief, base_rate)
    if not len(part):
        return Blend(0.0, *weights, base_rate)
    offset = brentq(lambda c: float(expit(c + part).mean()) - base_rate, -40.0, 40.0, xtol=1e-9)
    return Blend(round(float(offset), 9), round(weights[0], 9), round(weights[1], 9), base_rate)
