"""Figures of merit over labelled objects, with intervals from resampling whole cases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gnn.dataset import Floats, Indices

RESAMPLES = 600
INTERVAL = (2.5, 97.5)
EARLY = 0.02
"""Share of a region that investigators might look at in a year."""
Figure = Callable[[Floats, Floats, Floats], float]


@dataclass(frozen=True)
class Judged:
    """Held-out objects: their label (0 or 1), their score, and the index of their case."""

    label: Floats
    score: Floats
    case: Indices


def average_precision(label: Floats, score: Floats, weight: Floats) -> float:
    """Return the weighted average precision, ties taken together; NaN without both labels."""
    true, false = _by_threshold(label, score, weight)
    if not true.sum() or not false.sum():
        return float("nan")
    found = np.cumsum(true)
    precision = found / np.maximum(found + np.cumsum(false), 1e-12)
    return float((precision * true).sum() / true.sum())


def auroc(label: Floats, score: Floats, weight: Floats) -> float:
    """Return the weighted area under the ROC curve, ties counted half; NaN without both labels."""
    true, false = _by_threshold(label, score, weight)
    if not true.sum() or not false.sum():
        return float("nan")
    below = false.sum() - np.cumsum(false)
    return float((true * (below + false / 2)).sum() / (true.sum() * false.sum()))


def _by_threshold(label: Floats, score: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Return the weight of true and of false objects at each distinct score, from the highest down."""
    _, place = np.unique(-score, return_inverse=True)
    true: Floats = np.bincount(place, weight * label).astype(np.float64)
    false: Floats = np.bincount(place, weight * (1 - label)).astype(np.float64)
    return true, false


def reach(label: Floats, score: Floats, weight: Floats) -> float:
    """Return the mean score of true objects: where scores are ranks, the AUROC against everybody."""
    true = weight * label
    return float((true * score).sum() / true.sum()) if true.sum() else float("nan")


def found_early(label: Floats, score: Floats, weight: Floats) -> float:
    """Return the share of true objects in the top `EARLY` of everybody, where scores are ranks."""
    return reach(label, (score >= 1 - EARLY).astype(np.float64), weight)


def by_case(judged: Judged) -> Judged:
    """Return one object a case: its members' mean score, and what most of them were found to be."""
    cases, place = np.unique(judged.case, return_inverse=True)
    sizes = np.bincount(place)
    label = (np.bincount(place, judged.label) / sizes >= 0.5).astype(np.float64)
    return Judged(label, np.bincount(place, judged.score) / sizes, cases)


def with_interval(judged: Judged, figure: Figure, seed: int) -> list[float]:
    """Return [value, low, high]: the 95 % interval over `RESAMPLES` resamples of whole cases."""
    draws = resampled(judged, figure, seed)
    value = figure(judged.label, judged.score, np.ones(len(judged.label)))
    known = draws[np.isfinite(draws)]
    low, high = np.percentile(known, INTERVAL) if len(known) else (float("nan"), float("nan"))
    return [round(float(v), 4) for v in (value, low, high)]


def resampled(judged: Judged, figure: Figure, seed: int) -> Floats:
    """Return the figure of each resample; NaN where one drew cases of a single finding."""
    cases, place = np.unique(judged.case, return_inverse=True)
    generator = np.random.default_rng(seed)
    draws = generator.integers(0, len(cases), size=(RESAMPLES, len(cases)))
    times = [np.bincount(draw, minlength=len(cases)).astype(np.float64) for draw in draws]
    return np.array([figure(judged.label, judged.score, weight[place]) for weight in times])


def all_figures(judged: Judged, seed: int) -> dict[str, list[float]]:
    """Return each figure with its interval.

    ``ap`` and ``auroc`` order confirmed before cleared objects, ``case_auroc`` whole cases; ``region_auroc``
    and ``found_early`` place the confirmed among everybody, which needs scores that are ranks in the region.
    """
    return {
        "ap": with_interval(judged, average_precision, seed),
        "auroc": with_interval(judged, auroc, seed),
        "case_auroc": with_interval(by_case(judged), auroc, seed),
        "region_auroc": with_interval(judged, reach, seed),
        "found_early": with_interval(judged, found_early, seed),
    }


def difference(a: Judged, b: Judged, figure: Figure, seed: int) -> list[float]:
    """Return [value, low, high] of figure(a) - figure(b), paired: both see the same resamples."""
    draws = resampled(a, figure, seed) - resampled(b, figure, seed)
    ones = np.ones(len(a.label))
    value = figure(a.label, a.score, ones) - figure(b.label, b.score, ones)
    known = draws[np.isfinite(draws)]
    low, high = np.percentile(known, INTERVAL) if len(known) else (float("nan"), float("nan"))
    return [round(float(v), 4) for v in (value, low, high)]
