"""What a model is asked to learn: soft targets, weights, and which cases are held out whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from gnn.dataset import Floats, Indices
from gnn.labels import Labels

WRONG = 0.1
"""Share of findings believed wrong: a confirmed object is learnt as 0.9, a cleared one as 0.1."""
MOST_FOLDS = 24
"""Above as many cases, several are held out together, so that validation keeps its time."""


@dataclass(frozen=True)
class Targets:
    """The labels of one kind, laid beside its ids.

    Attributes:
        label: 1, 0, or NaN where nothing is known.
        case: index of the case, -1 where there is none; an object held out has a case and no label.
        weight: weight of a labelled row: each case weighs as the root of its size, so that a large case does
            not speak for all.
    """

    label: Floats
    case: Indices
    weight: Floats

    @property
    def known(self) -> Indices:
        """Rows that bear a label."""
        return np.flatnonzero(np.isfinite(self.label))

    @property
    def others(self) -> Indices:
        """Rows that no case names: they may be learnt as ordinary, those held out may not."""
        return np.flatnonzero(self.case < 0)

    def soft(self) -> Floats:
        """Return the labels with the doubt about findings in them."""
        return self.label * (1 - 2 * WRONG) + WRONG


def targets_of(labelled: pl.DataFrame, kind: str, ids: list[str]) -> Targets:
    """Lay the rows of ``labelled`` (see `gnn.labels.Labels`) beside ``ids``."""
    of_kind = labelled.filter(pl.col("kind") == kind)
    order = pl.DataFrame({"entity_id": ids}, schema={"entity_id": pl.String})
    found = order.join(of_kind, on="entity_id", how="left", maintain_order="left")
    case = found["case"].cast(pl.Int64).fill_null(-1).to_numpy()
    label = found["label"].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    known = np.isfinite(label)
    sizes = np.bincount(case[known], minlength=int(case.max(initial=-1)) + 1)
    weight = np.zeros(len(ids))
    weight[known] = 1.0 / np.sqrt(sizes[case[known]])
    return Targets(label, case, weight)


@dataclass(frozen=True)
class Split:
    """One division of the labels: ``train`` teaches, ``test`` is asked; no case is on both sides.

    The objects of ``test`` stand in ``train`` without their label, so that nobody learns them as ordinary.
    """

    train: pl.DataFrame
    test: pl.DataFrame


def leave_cases_out(labels: Labels) -> Iterator[Split]:
    """Hold out every case once, whole: nothing that names an object of it stays in training."""
    cases = sorted(set(labels.frame["case"]))
    n = min(len(cases), MOST_FOLDS)
    for fold in range(n):
        out = cases[fold::n]
        yield _split(labels, out)


def split_by_time(labels: Labels) -> tuple[date, Split] | None:
    """Return the day that best halves the cases with both findings on both sides, and the split; or None.

    An entity of an earlier and of a later case belongs to neither side's training.
    """
    cases = (
        labels.frame.group_by("case").agg(pl.col("closed_date").max(), pl.col("label").mean()).sort("case")
    )
    days = sorted(set(cases["closed_date"]))[:-1]
    best: tuple[int, date] | None = None
    for day in days:
        early, late = cases.filter(pl.col("closed_date") <= day), cases.filter(pl.col("closed_date") > day)
        if not all(0 < (side["label"] >= 0.5).sum() < side.height for side in (early, late)):
            continue
        imbalance = abs(early.height - late.height)
        best = min(best or (imbalance, day), (imbalance, day))
    if best is None:
        return None
    later = cases.filter(pl.col("closed_date") > best[1])["case"].to_list()
    return best[1], _split(labels, later)


def _split(labels: Labels, out: list[int]) -> Split:
    touched = pl.col("cases").list.set_intersection(out).list.len() > 0
    hidden = pl.when(touched).then(None).otherwise(pl.col("label")).alias("label")
    return Split(labels.frame.with_columns(hidden), labels.frame.filter(pl.col("case").is_in(out)))


def kinds_with_labels(labelled: pl.DataFrame) -> Mapping[str, tuple[int, int]]:
    """Return kind → (positives, negatives)."""
    known = labelled.filter(pl.col("label").is_not_null())
    counts = known.group_by("kind").agg(pl.col("label").sum().alias("p"), pl.len().alias("n")).sort("kind")
    return {kind: (int(p), int(n - p)) for kind, p, n in counts.select("kind", "p", "n").iter_rows()}
