"""The yardsticks: ranking quality, distance of two samples, a small tree that must not suffice."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.stats import ks_2samp
from sklearn.metrics import average_precision_score
from sklearn.tree import DecisionTreeClassifier

Floats = np.ndarray


@dataclass(frozen=True, slots=True)
class Reading:
    """What a gate measured. ``low`` and ``high`` bound the value; ``why`` says where it was found."""

    gate: str
    measure: str
    value: float
    low: float
    high: float
    why: str = ""

    @property
    def holds(self) -> bool:
        """Whether the world passes."""
        return self.low <= self.value <= self.high


def precision(labels: Floats, scores: Floats) -> float:
    """Return the average precision of a column read upwards or downwards, whichever is better."""
    both = (average_precision_score(labels, scores), average_precision_score(labels, -scores))
    return float(max(both))


def portion(flags: pl.Series) -> float:
    """Return the share of true ones, zero of none."""
    return float(flags.to_numpy().mean()) if len(flags) else 0.0


def distance(one: Floats, other: Floats) -> tuple[float, float]:
    """Return the Kolmogorov-Smirnov distance of two samples, and what chance alone would reach (95 %)."""
    if len(one) < 2 or len(other) < 2:
        return 0.0, 1.0
    found = ks_2samp(one, other).statistic
    return float(found), float(1.36 * np.sqrt((len(one) + len(other)) / (len(one) * len(other))))


def shallow_tree(features: Floats, labels: Floats, groups: Floats, folds: int = 5) -> float:
    """Return the average precision of a tree of depth 3 on people whose ring it has not seen.

    Args:
        features: n × k.
        labels: n, 1 for the guilty.
        groups: n, the ring of the guilty and any number for the others; a group is never cut.
        folds: Number of parts.
    """
    part = groups % folds
    scores = np.zeros(len(labels))
    for fold in range(folds):
        train, test = part != fold, part == fold
        if labels[train].sum() == 0 or not test.any():
            continue
        tree = DecisionTreeClassifier(
            max_depth=3, min_samples_leaf=5, class_weight="balanced", random_state=0
        )
        tree.fit(features[train], labels[train])
        scores[test] = tree.predict_proba(features[test])[:, 1]
    return float(average_precision_score(labels, scores))
