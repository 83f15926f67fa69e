"""The models side by side: each turns labels into a margin (log-odds, not yet calibrated) per entity."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

import polars as pl

from gnn.dataset import Dataset, Floats
from gnn.features import FeatureTable

# torch_geometric still scripts its operators, and torch says so to every user at import.
warnings.filterwarnings("ignore", message="`torch.jit", category=FutureWarning)

Margins = Mapping[str, Floats]
"""Kind → margin per entity, in the order of the kind's ids."""


LEAN_BELOW = 300
"""Confirmed objects below which models see the lean columns only: with fewer than columns, a model learns the
typologies that happened to be investigated, and ranks the next one below the innocent."""


@dataclass(frozen=True)
class Study:
    """What a model may look at: the graph and its features; labels come apart.

    Attributes:
        dataset: the graph and the hits.
        tables: kind → feature table.
        seed: seed of everything drawn.
        epochs: epochs of a graph model.
        device: device of a graph model.
    """

    dataset: Dataset
    tables: Mapping[str, FeatureTable]
    seed: int
    epochs: int = 60
    device: str = "cpu"

    def seen(self, positives: int) -> Study:
        """Return the study with the columns that ``positives`` confirmed objects can carry."""
        if positives >= LEAN_BELOW:
            return self
        return replace(self, tables={kind: table.lean() for kind, table in self.tables.items()})


@dataclass(frozen=True)
class Answer:
    """What a fitted model says.

    Attributes:
        full: margins for scoring; a labelled entity's own label has taught them.
        held: margins for calibration: those of labelled entities come only from fits without their case.
        files: relative name → bytes of what explanations need later.
    """

    full: Margins
    held: Margins
    files: Mapping[str, bytes] = field(default_factory=dict)


class Model(Protocol):
    """A way to learn from labels; ``thorough`` is for the fit that scores, not for those of validation."""

    name: str

    def answer(
        self, study: Study, labelled: pl.DataFrame, *, thorough: bool, on: Study | None = None
    ) -> Answer:
        """Learn from ``labelled`` (see `gnn.labels.Labels`) and say something about every entity.

        ``on`` is the same region seen later: full margins are of it, held margins of ``study``.

        Raises:
            ModelError: the labels do not suffice (see `gnn.models.enough`).
        """
