"""Entities of a kind with too few labels of its own carry what is said of those tied to them by evidence."""

from __future__ import annotations

import numpy as np

from gnn.dataset import KINDS, Dataset, Floats
from gnn.features import sides
from gnn.models import Margins

STRANGER = 1.0
"""One imagined innocent neighbour: an account of one suspect carries half of what an account of many does."""
FLOOR = 1e-3


def logit(p: Floats) -> Floats:
    """Return the log-odds of ``p``, kept off 0 and 1."""
    kept = np.clip(p, FLOOR, 1 - FLOOR)
    return np.log(kept / (1 - kept))


def expit(margin: Floats) -> Floats:
    """Return the probability of log-odds."""
    return 1.0 / (1.0 + np.exp(-np.clip(margin, -50, 50)))


def carry(dataset: Dataset, known: Margins) -> dict[str, Floats]:
    """Return margins of every kind: those of ``known``, and for others the mean over neighbours by evidence.

    The mean is of probabilities, over edges without an innocent tie, with one innocent neighbour added.
    """
    label_of = {label: kind for kind, label in KINDS.items()}
    margins = dict(known)
    for kind, label in KINDS.items():
        if kind in known:
            continue
        n = len(dataset.ids[label])
        total, count = np.zeros(n), np.full(n, STRANGER)
        for relation in dataset.relations:
            if not relation.evidence:
                continue
            for _, own, other, other_label in sides(relation.strict() or relation, label):
                if label_of.get(other_label) not in known:
                    continue
                pairs = np.unique(np.column_stack([own, other]), axis=0)
                given = expit(known[label_of[other_label]])[pairs[:, 1]]
                total += np.bincount(pairs[:, 0], given, minlength=n)
                count += np.bincount(pairs[:, 0], minlength=n)
        margins[kind] = logit(total / count)
    return margins
