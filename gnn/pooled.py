"""Evidence pooled over all edge types: what rings of every typology have in common.

Closed cases are few and name few typologies, so what is learnt on one edge type says little of another. These
columns count ties of any type: how many, of how many types, with whom, and how often innocence explains them.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gnn.dataset import INNOCENCE, Dataset, Floats, Indices, Relation
from gnn.hits import members

COLUMNS = ("ties", "rare_ties", "types", "near_hits", "near_hit_share", "innocent_share")
RISING = frozenset(COLUMNS) - {"innocent_share"}


def pooled(dataset: Dataset) -> dict[str, dict[str, Floats]]:
    """Return label → column of `COLUMNS` → value per node."""
    named = set(members(dataset)["entity_id"])
    hit = {label: np.array([i in named for i in ids], dtype=np.float64) for label, ids in dataset.ids.items()}
    return {label: _of_label(dataset, label, hit) for label in dataset.ids}


def _of_label(dataset: Dataset, label: str, hit: dict[str, Floats]) -> dict[str, Floats]:
    n = len(dataset.ids[label])
    found = {column: np.zeros(n) for column in COLUMNS}
    edges, innocent = np.zeros(n), np.zeros(n)
    for relation in dataset.relations:
        if not relation.evidence:
            continue
        per_type = np.zeros(n)
        for own, other, other_label in shared_ties(relation, label, dataset):
            crowd = np.bincount(other, minlength=len(dataset.ids[other_label]))
            per_type += np.bincount(own, minlength=n)
            found["rare_ties"] += np.bincount(own, 1.0 / np.log2(1.0 + crowd[other]), minlength=n)
            found["near_hits"] += np.bincount(own, hit[other_label][other], minlength=n)
        found["ties"] += per_type
        found["types"] += per_type > 0
        edges, innocent = edges + _count(relation, label, n), innocent + _innocent(relation, label, n)
    found["near_hit_share"] = found["near_hits"] / (found["ties"] + 1.0)
    found["innocent_share"] = np.divide(innocent, edges, out=np.full(n, np.nan), where=edges > 0)
    return found


def shared_ties(relation: Relation, label: str, dataset: Dataset) -> Iterator[tuple[Indices, Indices, str]]:
    """Yield (own index, other's index, other's label) of ties without an innocent reason, each pair once.

    A tie to an account, device, telephone, firm or clinic counts where it is shared: one's own is no tie.
    """
    strict = relation.strict() or relation
    pairs = np.unique(np.column_stack([strict.src, strict.dst]), axis=0)
    src, dst = pairs[:, 0], pairs[:, 1]
    if relation.source != relation.target:
        shared = np.bincount(dst, minlength=len(dataset.ids[relation.target]))[dst] > 1
        src, dst = src[shared], dst[shared]
    if relation.source == label:
        yield src, dst, relation.target
    if relation.target == label:
        yield dst, src, relation.source


def _count(relation: Relation, label: str, n: int) -> Floats:
    """Return the number of edges per node, of types that record innocent reasons."""
    total = np.zeros(n)
    if not any(flag in relation.props for flag in INNOCENCE):
        return total
    for end, name in ((relation.src, relation.source), (relation.dst, relation.target)):
        total += np.bincount(end, minlength=n) if name == label else 0
    return total


def _innocent(relation: Relation, label: str, n: int) -> Floats:
    strict = relation.strict()
    return np.zeros(n) if strict is None else _count(relation, label, n) - _count(strict, label, n)
