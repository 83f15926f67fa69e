"""The baseline: pattern hits alone, their precisions corrected by the cases."""

from __future__ import annotations

import polars as pl

from gnn.dataset import KINDS
from gnn.hits import weigh
from gnn.models import Answer, Study
from gnn.models.carried import logit


class Rules:
    """Noisy-or of the patterns that name an entity."""

    name = "rules"

    def answer(
        self, study: Study, labelled: pl.DataFrame, *, thorough: bool, on: Study | None = None
    ) -> Answer:
        """Weigh the patterns by ``labelled``; an entity that no pattern names stays at the floor."""
        del thorough
        patterns = weigh(study.dataset, labelled, on=on.dataset if on else None)
        margins = {kind: logit(patterns.of(study.dataset.ids[label])) for kind, label in KINDS.items()}
        return Answer(margins, margins)
