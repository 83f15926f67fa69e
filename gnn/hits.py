"""Pattern hits as features and as evidence by themselves.

Each pattern has a precision: what its grade promises, corrected by the closed cases that it touches. The
precisions of the patterns that name an entity are joined by noisy-or, so the part is transparent and can
only rise with more patterns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from gnn.dataset import Dataset, Floats

PROMISE: Mapping[str, float] = {"red": 0.5, "orange": 0.25, "yellow": 0.08}
"""Share of hits that a pattern of a grade promises to be true before any case speaks."""
LEAST = PROMISE["yellow"]
STRENGTH = 8.0
"""How many closed cases weigh as much as the promise: a grade is not overturned by one or two."""


def members(dataset: Dataset) -> pl.DataFrame:
    """Return who is named by which hit, once each: entity_id, pattern_id, typology, severity, hit_id, n."""
    columns = ("hit_id", "pattern_id", "typology", "severity")
    named = dataset.hits.with_columns(
        pl.concat_list("members", pl.concat_list("subject")).list.unique().list.sort().alias("entity_id")
    ).with_columns(pl.col("entity_id").list.len().alias("n"))
    return named.select(*columns, "n", "entity_id").explode("entity_id").sort("hit_id", "entity_id")


def hit_counts(dataset: Dataset) -> dict[str, dict[str, Floats]]:
    """Return label → typology (and ``any``) → number of hits per node, in the order of the nodes' ids."""
    named = members(dataset)
    everything = pl.concat([named, named.with_columns(pl.lit("any").alias("typology"))])
    counts = everything.group_by("typology", "entity_id").len()
    tables: dict[str, dict[str, Floats]] = {}
    for label, ids in dataset.ids.items():
        order = pl.DataFrame({"entity_id": ids}, schema={"entity_id": pl.String})
        tables[label] = {}
        for typology in sorted(set(counts["typology"])):
            of_it = counts.filter(pl.col("typology") == typology)
            found = order.join(of_it, on="entity_id", how="left", maintain_order="left")["len"]
            tables[label][typology] = found.fill_null(0).cast(pl.Float64).to_numpy()
    return tables


@dataclass(frozen=True)
class Patterns:
    """What the hits alone say.

    Attributes:
        precision: pattern → share of its hits believed true.
        belief: entity → noisy-or of the precisions of the patterns that name it.
    """

    precision: Mapping[str, float]
    belief: Mapping[str, float]

    def of(self, ids: list[str]) -> Floats:
        """Return the belief of each entity; 0 where no pattern names it."""
        return np.array([self.belief.get(entity, 0.0) for entity in ids])


def weigh(dataset: Dataset, labelled: pl.DataFrame, on: Dataset | None = None) -> Patterns:
    """Weigh the patterns by ``labelled``, which may be empty, and say what they believe.

    Args:
        dataset: whose hits are compared with the labels.
        labelled: see `gnn.labels.Labels`.
        on: whose hits are believed; None: those of ``dataset``.
    """
    precision = _precision(members(dataset), labelled)
    named = members(on or dataset)
    once = (
        named.select("entity_id", "pattern_id", "severity")
        .unique()
        .sort("entity_id", "pattern_id", "severity")
    )
    innocent: dict[str, float] = {}
    for entity, pattern, severity in once.iter_rows():
        believed = precision.get(pattern, PROMISE.get(severity, LEAST))
        innocent[entity] = innocent.get(entity, 1.0) * (1.0 - believed)
    return Patterns(precision, {entity: 1.0 - left for entity, left in innocent.items()})


def _precision(named: pl.DataFrame, labelled: pl.DataFrame) -> dict[str, float]:
    known = labelled.filter(pl.col("label").is_not_null()).select("entity_id", "label", "case")
    outcomes = named.join(known, on="entity_id", how="inner")
    cases = outcomes.group_by("pattern_id", "case").agg(pl.col("label").mean()).sort("pattern_id", "case")
    counted = cases.group_by("pattern_id", maintain_order=True).agg(
        pl.col("label").sum().alias("true"), pl.len().alias("cases")
    )
    seen = {row["pattern_id"]: (row["true"], row["cases"]) for row in counted.iter_rows(named=True)}
    precision = {}
    for pattern, severity in named.select("pattern_id", "severity").unique().sort("pattern_id").iter_rows():
        true, closed = seen.get(pattern, (0.0, 0))
        precision[pattern] = (true + STRENGTH * PROMISE.get(severity, LEAST)) / (closed + STRENGTH)
    return precision
