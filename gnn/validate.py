"""Validation: every model is asked about cases that taught it nothing: held out whole, and once later."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from scipy.stats import rankdata

from gnn.blend import fit_blend
from gnn.dataset import KINDS
from gnn.features import feature_tables
from gnn.figures import Judged, all_figures, average_precision, difference
from gnn.hits import weigh
from gnn.labels import Labels
from gnn.models import Answer, Margins, Model, Study
from gnn.targets import Split, leave_cases_out, split_by_time, targets_of
from jiwang.errors import ModelError

BLEND = "blend"
"""What is published: the kept model and the patterns together; reported beside its parts."""
FEATURES_CUT = (
    "training sees no edge and no hit that began after the day; sums over edges that began before, and what "
    "stands on nodes, are as of the end of the data"
)


def validate(
    study: Study, labels: Labels, models: Sequence[Model], base_rate: float, step: Callable[[], None]
) -> dict[str, Any]:
    """Return the figures of every model, of the blend, and which model is kept and why.

    ``step`` is called after every split of `leave_cases_out`, and once after the split by time.
    """
    asked = _over(leave_cases_out(labels), study, study, models, base_rate, step)
    if not asked:
        return {"models": {}, "kept": None, "why": "no split leaves labels enough to learn from"}
    found = {name: {"loco": all_figures(judged, study.seed)} for name, judged in asked.items()}
    timed = split_by_time(labels)
    day = None
    if timed is not None:
        day, split = timed
        early = earlier(study, day)
        for name, judged in _over([split], early, study, models, base_rate, step).items():
            found[name]["by_time"] = all_figures(judged, study.seed)
    kept, why = choose(asked, study.seed)
    apart = (
        difference(asked["hetero"], asked["tree"], average_precision, study.seed)
        if "hetero" in asked
        else None
    )
    time = {"day": None if day is None else day.isoformat(), "features": FEATURES_CUT}
    account = {"models": found, "kept": kept, "why": why, "hetero_less_tree_ap": apart, "time": time}
    plain: dict[str, Any] = _plain(account)
    return plain


def _plain(value: Any) -> Any:
    """Return ``value`` with None where a figure is unknown: JSON has no NaN."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and np.isnan(value) else value


def earlier(study: Study, day: date) -> Study:
    """Return the study as far as it can be cut at ``day`` (see `FEATURES_CUT`), its columns as before."""
    cut = study.dataset.until((day - date(1970, 1, 1)).days)
    tables = feature_tables(cut)
    same = {}
    for kind, table in study.tables.items():
        at = {feature: i for i, feature in enumerate(tables[kind].features)}
        empty = np.zeros(len(table.ids), dtype=np.float32)
        columns = [tables[kind].values[:, at[f]] if f in at else empty for f in table.features]
        values = np.column_stack(columns) if columns else table.values
        same[kind] = replace(table, values=values)
    return replace(study, dataset=cut, tables=same)


def _over(
    splits: Iterable[Split],
    past: Study,
    present: Study,
    models: Sequence[Model],
    base_rate: float,
    step: Callable[[], None],
) -> dict[str, Judged]:
    """Ask every model about every split and join what they say; too poor a split is left out."""
    rows: dict[str, list[pl.DataFrame]] = {}
    for split in splits:
        try:
            said = _ask(split, past, present, models, base_rate)
        except ModelError:
            step()
            continue
        for name, margins in said.items():
            rows.setdefault(name, []).append(_ranks(split.test, margins, present))
        step()
    return {name: _judged(pl.concat(parts)) for name, parts in rows.items()}


def _ask(
    split: Split, past: Study, present: Study, models: Sequence[Model], base_rate: float
) -> dict[str, Margins]:
    said: dict[str, Margins] = {}
    for model in models:
        answer = model.answer(past, split.train, thorough=False, on=present)
        said[model.name] = answer.full
        if model.name == "tree":
            said[BLEND] = _blended(answer, split, past, present, base_rate)
    return said


def _blended(answer: Answer, split: Split, past: Study, present: Study, base_rate: float) -> Margins:
    known, now = weigh(past.dataset, split.train), weigh(past.dataset, split.train, on=present.dataset)
    people = past.tables["person"].ids
    targets = targets_of(split.train, "person", people)
    blend = fit_blend(answer.held["person"], known.of(people), targets, base_rate)
    return {kind: blend.log_odds(m, now.of(present.tables[kind].ids)) for kind, m in answer.full.items()}


def _ranks(test: pl.DataFrame, margins: Margins, study: Study) -> pl.DataFrame:
    """Return label, case and score of each object of ``test``: its share of the region below it.

    Margins of different fits have different offsets; a rank among all entities of the kind can be pooled.
    """
    parts = []
    for kind in KINDS:
        objects = test.filter(pl.col("kind") == kind)
        if not objects.height:
            continue
        ids = study.tables[kind].ids
        share = rankdata(margins[kind], method="average") / len(ids)
        scored = pl.DataFrame(
            {"entity_id": ids, "score": share}, schema={"entity_id": pl.String, "score": pl.Float64}
        )
        parts.append(
            objects.join(scored, on="entity_id", how="inner").select("entity_id", "label", "case", "score")
        )
    return pl.concat(parts).sort("entity_id")


def _judged(rows: pl.DataFrame) -> Judged:
    ordered = rows.sort("case", "entity_id")
    return Judged(
        ordered["label"].cast(pl.Float64).to_numpy(), ordered["score"].to_numpy(), ordered["case"].to_numpy()
    )


def choose(asked: Mapping[str, Judged], seed: int) -> tuple[str, str]:
    """Keep the trees unless the graph network is better beyond the intervals of both."""
    if "hetero" not in asked:
        return "tree", "the graph network was not trained"
    tree = all_figures(asked["tree"], seed)["ap"]
    hetero = all_figures(asked["hetero"], seed)["ap"]
    spans = " and ".join(
        f"{name} {ap[1]:.3f}–{ap[2]:.3f}" for name, ap in (("tree", tree), ("hetero", hetero))
    )
    if hetero[1] > tree[2]:
        return "hetero", f"its AP over held-out cases lies above the trees' interval ({spans})"
    if tree[1] > hetero[2]:
        return "tree", f"its AP over held-out cases lies above the network's interval ({spans})"
    return "tree", f"the intervals of AP over held-out cases overlap ({spans}): the simpler is kept"
