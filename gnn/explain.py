"""Why an entity has its score: the parts of the blend, TreeSHAP per relation, the patterns that hit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
import xgboost as xgb
from numpy.typing import NDArray

from gnn.dataset import Floats
from gnn.features import PATTERNS, Feature, FeatureTable
from gnn.kept import Kept, boosters, read_kept, read_table
from gnn.wording import Wording
from jiwang.tables import Hits
from jiwang.workspace import Workspace

LEAST = 0.1
"""Log-odds below which a group is no reason."""
MOST_GROUPS, MOST_PATTERNS = 3, 3
DIRECT = frozenset({"pooled", "value", "age", "deg", "sum", "max", "mean"})


@dataclass(frozen=True)
class Part:
    """One relation group's share of the model's log-odds, and the column that gave most of it."""

    group: str
    log_odds: float
    feature: Feature
    value: float


@dataclass(frozen=True)
class Explanation:
    """The parts of one score.

    Attributes:
        score: 0..1.
        offset: log-odds of an entity of which nothing is known.
        model: log-odds given by the model.
        patterns: log-odds given by the patterns.
        parts: shares of the model per relation group, largest first; empty for kinds that carry their
            neighbours' scores.
        hits: ids of the patterns that name the entity, the most believed first.
        wording: words of the catalogue.
    """

    score: float
    offset: float
    model: float
    patterns: float
    parts: tuple[Part, ...]
    hits: tuple[tuple[str, str], ...]
    wording: Wording

    def reasons(self, language: str) -> list[str]:
        """Return the reasons in ``language`` ("zh" or "en"), the pattern evidence first."""
        words = self.wording
        lines = [
            words.pattern(pattern, typology, language) for pattern, typology in self.hits[:MOST_PATTERNS]
        ]
        raising = [part for part in self.parts if part.log_odds >= LEAST and part.group != PATTERNS]
        lines += [words.part(part.feature, part.value, language) for part in raising[:MOST_GROUPS]]
        if not self.parts and self.model > 0:
            lines.append(words.sentence("carried", language))
        values = {
            "model": f"{self.model:+.2f}",
            "patterns": f"{self.patterns:+.2f}",
            "offset": f"{self.offset:+.2f}",
        }
        return [*lines, words.sentence("sum", language, **values)]


class Explainer:
    """Explains entities of one workspace; what it reads, it reads once."""

    def __init__(self, workspace: Workspace, kept: Kept | None = None) -> None:
        self.workspace = workspace
        self.kept = kept or read_kept(workspace)
        self.wording = Wording()

    def explain(self, kind: str, ids: Sequence[str]) -> dict[str, Explanation]:
        """Return the explanation of each known entity of ``ids``."""
        known, margins = self.kept.margins.get(kind, ([], np.array([])))
        at = {entity: place for place, entity in enumerate(known)}
        wanted = [entity for entity in ids if entity in at]
        if not wanted:
            return {}
        parts = self._parts(kind, wanted)
        blend = self.kept.blend
        margin, belief = margins[[at[entity] for entity in wanted]], self.kept.patterns.of(wanted)
        score, silent = blend.score(margin, belief), np.zeros(len(wanted))
        model = blend.model * margin
        patterns = blend.log_odds(margin, belief) - blend.log_odds(margin, silent)
        return {
            entity: Explanation(
                float(score[i]), blend.offset, float(model[i]), float(patterns[i]), parts.get(entity, ()),
                self._hits.get(entity, ()), self.wording,
            )
            for i, entity in enumerate(wanted)
        }  # fmt: skip

    @cached_property
    def _hits(self) -> Mapping[str, tuple[tuple[str, str], ...]]:
        """Entity → (pattern, typology), the most believed pattern first."""
        frame = pl.read_parquet(self.workspace.table("hits", "hits")).select(Hits.column_names())
        named = frame.with_columns(pl.concat_list("members", pl.concat_list("subject")).alias("entity_id"))
        once = named.select("entity_id", "pattern_id", "typology").explode("entity_id").unique()
        believed = self.kept.patterns.precision
        found: dict[str, list[tuple[str, str]]] = {}
        for entity, pattern, typology in once.sort("entity_id", "pattern_id", "typology").iter_rows():
            found.setdefault(entity, []).append((pattern, typology))
        return {
            e: tuple(sorted(hits, key=lambda hit: -believed.get(hit[0], 0.0))) for e, hits in found.items()
        }

    def _parts(self, kind: str, ids: list[str]) -> dict[str, tuple[Part, ...]]:
        trees = boosters(self.workspace, kind)
        if not trees:
            return {}
        table = read_table(self.workspace, kind, ids[0] if len(ids) == 1 else None)
        at = {entity: place for place, entity in enumerate(table.ids)}
        rows = [at[entity] for entity in ids]
        shares = contributions(table, rows, trees) * self.kept.blend.model
        return {
            e: _summed(table, table.values[r], shares[i])
            for i, (e, r) in enumerate(zip(ids, rows, strict=True))
        }


def contributions(table: FeatureTable, rows: Sequence[int], trees: Sequence[bytes]) -> Floats:
    """Return the mean TreeSHAP values over the bags, in log-odds, shape (rows, features)."""
    matrix = xgb.DMatrix(table.values[list(rows)])
    total = np.zeros((len(rows), len(table.features)))
    for raw in trees:
        booster = xgb.Booster(model_file=bytearray(raw))
        booster.set_param({"nthread": 1})
        total += booster.predict(matrix, pred_contribs=True)[:, :-1]
    return total / max(len(trees), 1)


def _summed(table: FeatureTable, values: NDArray[np.float32], shares: Floats) -> tuple[Part, ...]:
    """Sum the shares of one row per group, largest first; each group is told by its strongest column."""
    groups: dict[str, list[int]] = {}
    for column, feature in enumerate(table.features):
        groups.setdefault(feature.group.split("@")[0], []).append(column)
    parts = []
    for group, columns in groups.items():
        best = max(
            columns,
            key=lambda c: (_tellable(table.features[c], float(values[c]), float(shares[c])), shares[c], -c),
        )
        parts.append(Part(group, float(shares[columns].sum()), table.features[best], float(values[best])))
    return tuple(sorted(parts, key=lambda part: (-part.log_odds, part.group)))


def _tellable(feature: Feature, value: float, share: float) -> bool:
    """Tell whether people understand a column: it raises the score, and counts what is on the entity."""
    return bool(share > 0 and value > 0 and feature.stat in DIRECT)
