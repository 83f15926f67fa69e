"""How well records were put together: pair precision and recall, and B³, from two labellings."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Agreement:
    """Agreement of found entities with the true ones, each in 0..1."""

    precision: float
    recall: float
    f1: float
    b3: float


def agreement(truth: pl.Series, found: pl.Series) -> Agreement:
    """Compare two labellings of the same records; a null in ``found`` is an entity of its own."""
    frame = pl.DataFrame({"t": truth, "f": found}).with_row_index("i")
    alone = pl.format("\x00{}", "i")
    frame = frame.with_columns(pl.coalesce(pl.col("f").cast(pl.String), alone))
    sizes = frame.with_columns(
        nt=pl.len().over("t").cast(pl.Float64),
        nf=pl.len().over("f").cast(pl.Float64),
        nb=pl.len().over("t", "f").cast(pl.Float64),
    )
    # Each record meets n - 1 others of its group: half the sum is the number of pairs.
    both, ours, theirs = ((sizes[c] - 1).sum() for c in ("nb", "nf", "nt"))
    precision, recall = both / max(ours, 1), both / max(theirs, 1)
    kept, met = (sizes["nb"] / sizes["nf"]).mean(), (sizes["nb"] / sizes["nt"]).mean()
    assert isinstance(kept, float)
    assert isinstance(met, float)
    return Agreement(precision, recall, _harmonic(precision, recall), _harmonic(kept, met))


def _harmonic(a: float, b: float) -> float:
    return 2 * a * b / (a + b) if a + b else 0.0
