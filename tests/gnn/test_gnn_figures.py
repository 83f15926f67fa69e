"""Figures of merit and their intervals."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from gnn.figures import Judged, all_figures, auroc, average_precision, by_case, difference, resampled


def draws(ties: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    generator = np.random.default_rng(3)
    label = (generator.random(80) < 0.3).astype(float)
    score = label * 0.4 + generator.random(80)
    weight = generator.integers(0, 3, 80).astype(float)
    return label, np.round(score, 1) if ties else score, weight


@pytest.mark.parametrize("ties", [False, True])
def test_figures_agree_with_sklearn(ties: bool) -> None:
    label, score, weight = draws(ties)
    assert average_precision(label, score, weight) == pytest.approx(
        average_precision_score(label, score, sample_weight=weight)
    )
    assert auroc(label, score, weight) == pytest.approx(roc_auc_score(label, score, sample_weight=weight))


def test_a_figure_without_both_findings_is_unknown() -> None:
    assert np.isnan(auroc(np.ones(3), np.arange(3.0), np.ones(3)))


def test_intervals_resample_whole_cases() -> None:
    # Two cases only: whatever is drawn, the objects of a case come and go together.
    judged = Judged(np.repeat([1.0, 0.0], 50), np.repeat([0.9, 0.1], 50), np.repeat([0, 1], 50))
    values = resampled(judged, auroc, seed=1)
    assert len(values) >= 500
    assert np.isnan(values).mean() > 0.3, "half of the draws hold one case twice"
    assert set(values[np.isfinite(values)]) == {1.0}


def test_intervals_hold_the_value_and_repeat() -> None:
    generator = np.random.default_rng(5)
    case = np.repeat(np.arange(20), 5)
    label = (case % 3 == 0).astype(float)
    judged = Judged(label, label * 0.5 + generator.random(100), case)
    figures = all_figures(judged, seed=9)
    for value, low, high in (figures["ap"], figures["auroc"], figures["case_auroc"]):
        assert low <= value <= high
    assert figures == all_figures(judged, seed=9)
    assert difference(judged, judged, auroc, seed=9) == [0.0, 0.0, 0.0]


def test_a_case_is_judged_by_its_members_mean() -> None:
    cases = by_case(Judged(np.array([1.0, 1, 0]), np.array([0.2, 0.4, 0.9]), np.array([5, 5, 7])))
    assert cases.score == pytest.approx([0.3, 0.9])
    assert cases.label.tolist() == [1.0, 0.0]
