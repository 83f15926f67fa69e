"""Grades: four words for a score, few of the first."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

THRESHOLDS: Mapping[str, float] = {"red": 0.5, "orange": 0.2, "yellow": 0.05}
"""Least score of a grade. Red: more likely true than not, by a score whose mean over all persons is the base
rate, so reds stay few whatever the models do. Orange: one in five, worth a look at the desk before a visit.
Yellow: five times the highest base rate in use; below that an entity is like anybody else."""
ORDER = (*THRESHOLDS, "none")


def grade_of(score: pl.Expr) -> pl.Expr:
    """Return the grade of a score column."""
    expression = pl.lit("none")
    for name, least in sorted(THRESHOLDS.items(), key=lambda item: item[1]):
        expression = pl.when(score >= least).then(pl.lit(name)).otherwise(expression)
    return expression
