"""Relation features: what stands on a node, and statistics of its edges and of its neighbours.

Everything follows from the graph's schema. Ids, order of rows and absolute dates are no features: a day
becomes an age at the end of the data, or a span. Nothing here knows a label.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gnn.dataset import INNOCENCE, KINDS, Dataset, Floats, Indices, Relation
from gnn.hits import hit_counts
from gnn.pooled import RISING, pooled

PATTERNS = "patterns"
EVIDENCE = "evidence"
PROFILE = "profile"


@dataclass(frozen=True)
class Feature:
    """One column.

    Attributes:
        group: what it is explained as: an edge type, ``profile`` or ``patterns``.
        stat: how it was made: value, age, deg, rare, sum, mean, max, span, hits, or ``of_`` of a neighbour's.
        prop: the property, or the neighbour's column, that it was made of; empty for degrees.
        strict: only edges without an innocent tie were counted.
        side: out, in or both, as seen from the node.
        rising: more of it can only mean more suspicion.
    """

    group: str
    stat: str
    prop: str = ""
    strict: bool = False
    side: str = ""
    rising: bool = False

    @property
    def name(self) -> str:
        """The column's name, unique in its table."""
        marks = [self.group, self.side, "strict" if self.strict else "", self.stat, self.prop]
        return ".".join(mark for mark in marks if mark)


@dataclass(frozen=True)
class FeatureTable:
    """The features of every entity of one kind.

    Attributes:
        kind: person, employer, clinic or account.
        ids: entity ids, sorted; one row each.
        features: one per column.
        values: float32, shape (entities, features); NaN where there is nothing to measure.
    """

    kind: str
    ids: list[str]
    features: tuple[Feature, ...]
    values: NDArray[np.float32]

    def lean(self) -> FeatureTable:
        """Return the table with the columns that hold for every typology, or can only raise suspicion."""
        return self._only([i for i, f in enumerate(self.features) if f.rising or f.group == EVIDENCE])

    def without(self, group: str) -> FeatureTable:
        """Return the table without the columns of ``group``."""
        return self._only([i for i, feature in enumerate(self.features) if feature.group != group])

    def _only(self, kept: list[int]) -> FeatureTable:
        return replace(self, features=tuple(self.features[i] for i in kept), values=self.values[:, kept])


Columns = dict[Feature, Floats]


def feature_tables(dataset: Dataset, *, hits: bool = True) -> dict[str, FeatureTable]:
    """Return the feature table of every kind; ``hits`` adds the group of pattern hits."""
    near = {label: _own(dataset, label) | _edges(dataset, label) for label in dataset.ids}
    summary = {label: _passed_on(columns) for label, columns in near.items()}
    counts = hit_counts(dataset) if hits else {}
    together = pooled(dataset)
    tables = {}
    for kind, label in KINDS.items():
        columns = near[label] | _neighbours(dataset, label, summary)
        for name, values in together[label].items():
            if hits or not name.startswith("near_hit"):
                columns[Feature(EVIDENCE, "pooled", name, rising=name in RISING)] = values
        for name, values in counts.get(label, {}).items():
            columns[Feature(PATTERNS, "hits", name, rising=True)] = values
        tables[kind] = _table(kind, dataset.ids[label], columns)
    return tables


def _table(kind: str, ids: list[str], columns: Columns) -> FeatureTable:
    """Keep the columns that tell at least two nodes apart."""
    kept = {f: v for f, v in columns.items() if len(v) and np.nanmax(_filled(v)) > np.nanmin(_filled(v))}
    ordered = sorted(kept, key=lambda feature: feature.name)
    values = np.column_stack([kept[f] for f in ordered]) if ordered else np.zeros((len(ids), 0))
    return FeatureTable(kind, ids, tuple(ordered), values.astype(np.float32))


def _filled(values: Floats) -> Floats:
    return np.where(np.isfinite(values), values, -1.0)


def _own(dataset: Dataset, label: str) -> Columns:
    columns: Columns = {}
    for name, values in dataset.props[label].items():
        if name.endswith("_day"):
            columns[Feature(PROFILE, "age", name)] = dataset.end - values
        else:
            columns[Feature(PROFILE, "value", name)] = values
    return columns


def _passed_on(columns: Columns) -> Columns:
    """Return what a node tells its neighbours: its own properties and its degrees by evidence."""
    return {f: v for f, v in columns.items() if f.group == PROFILE or (f.stat == "deg" and f.rising)}


def sides(relation: Relation, label: str) -> Iterator[tuple[str, Indices, Indices, str]]:
    """Yield (side, own index, neighbour's index, neighbour's label) as seen from nodes of ``label``."""
    if relation.symmetric and relation.source == label:
        own, other = (
            np.concatenate([relation.src, relation.dst]),
            np.concatenate([relation.dst, relation.src]),
        )
        yield "both", own, other, label
        return
    if relation.source == label:
        yield "out", relation.src, relation.dst, relation.target
    if relation.target == label:
        yield "in", relation.dst, relation.src, relation.source


def _edges(dataset: Dataset, label: str) -> Columns:
    columns: Columns = {}
    for relation in dataset.relations:
        for side, own, other, other_label in sides(relation, label):
            n, m = len(dataset.ids[label]), len(dataset.ids[other_label])
            twice = 2 if side == "both" else 1
            columns |= _statistics(relation, side, own, other, (n, m), twice)
        strict = relation.strict()
        if strict is None:
            continue
        for side, own, other, other_label in sides(strict, label):
            n, m = len(dataset.ids[label]), len(dataset.ids[other_label])
            found = _statistics(strict, side, own, other, (n, m), 2 if side == "both" else 1)
            columns |= {replace(f, strict=True): v for f, v in found.items()}
    return columns


def _statistics(
    relation: Relation, side: str, own: Indices, other: Indices, sizes: tuple[int, int], twice: int
) -> Columns:
    """Return degree, degree weighted by the rarity of the neighbour, and statistics of every property."""
    n, m = sizes
    degree = np.bincount(own, minlength=n).astype(np.float64)
    rarity = 1.0 / np.log2(2.0 + np.bincount(other, minlength=m))
    columns = {
        Feature(relation.name, "deg", side=side, rising=relation.evidence): degree,
        Feature(relation.name, "rare", side=side): np.bincount(own, rarity[other], minlength=n).astype(
            np.float64
        ),
    }
    for name, values in _edge_values(relation).items():
        spread = np.tile(values, twice)
        known = np.isfinite(spread)
        at, given = own[known], spread[known]
        total: Floats = np.bincount(at, given, minlength=n).astype(np.float64)
        count = np.bincount(at, minlength=n)
        mean = np.divide(total, count, out=np.full(n, np.nan), where=count > 0)
        columns[Feature(relation.name, "mean", name, side=side)] = mean
        if name in INNOCENCE:
            continue
        columns[Feature(relation.name, "max", name, side=side)] = _largest(at, given, n)
        if name != "span":
            columns[Feature(relation.name, "sum", name, side=side)] = total
    return columns


def _edge_values(relation: Relation) -> Mapping[str, Floats]:
    """Return what can be summed over edges: days only as the span from the first to the last."""
    values = {p: v for p, v in relation.props.items() if not p.endswith("_day") and p != "day"}
    if {"first_day", "last_day"} <= set(relation.props):
        values["span"] = relation.props["last_day"] - relation.props["first_day"]
    return values


def _largest(at: Indices, given: Floats, n: int) -> Floats:
    largest = np.full(n, -np.inf)
    np.maximum.at(largest, at, given)
    return np.where(np.isfinite(largest), largest, np.nan)


def _neighbours(dataset: Dataset, label: str, summary: Mapping[str, Columns]) -> Columns:
    """Return mean, and over evidence also maximum, of what the neighbours of a node tell of themselves."""
    columns: Columns = {}
    n = len(dataset.ids[label])
    for relation in dataset.relations:
        near = (relation.strict() or relation) if relation.evidence else relation
        for side, own, other, other_label in sides(near, label):
            for feature, values in summary[other_label].items():
                if feature.stat == "age" and other_label == label:
                    continue  # how old one's acquaintances are says who one is, not what one does
                given = values[other]
                known = np.isfinite(given)
                at = own[known]
                total, count = np.bincount(at, given[known], minlength=n), np.bincount(at, minlength=n)
                mean = np.divide(total, count, out=np.full(n, np.nan), where=count > 0)
                columns[Feature(relation.name, "of_mean", feature.name, side=side)] = mean
                if relation.evidence:
                    most = _largest(at, given[known], n)
                    columns[Feature(relation.name, "of_max", feature.name, side=side)] = most
    return columns
