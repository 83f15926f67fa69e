"""Boosted trees on relation features: bags of labelled cases and of unlabelled entities as weak negatives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
import xgboost as xgb

from gnn.dataset import Floats, Indices
from gnn.features import FeatureTable
from gnn.models import Answer, Study
from gnn.models.carried import carry
from gnn.targets import Targets, kinds_with_labels, targets_of
from jiwang.errors import ModelError

BAGS, BAGS_OF_VALIDATION = 16, 4
ROUNDS, PATIENCE = 150, 15
UNLABELLED = 1_500
"""Unlabelled entities drawn for a bag: enough to know what is usual, few enough that most stay out of it."""
USUAL = 0.01
"""What an unlabelled entity is learnt as: hardly anybody cheats, and nobody knows who."""
ENOUGH = 6
"""A kind is learnt by itself from as many positives and as many negatives on."""
LEAST_CASES = 8
"""From as many cases on, each bag leaves a quarter of them out, whole, and stops early by them."""
PARAMETERS = {
    "objective": "binary:logistic",
    "tree_method": "hist",
    "max_depth": 3,
    "eta": 0.06,
    "min_child_weight": 1.0,
    "lambda": 4.0,
    "alpha": 0.2,
    "subsample": 0.8,
    "colsample_bytree": 0.4,
    "max_bin": 64,
    "base_score": 0.1,
    "nthread": 1,  # sums in one order: the same bytes on every run
    "verbosity": 0,
}


@dataclass(frozen=True)
class Bag:
    """One fit: the booster, and which rows it has not learnt from."""

    booster: xgb.Booster
    unseen: Indices


class Tree:
    """XGBoost, regularised, shallow, bagged, with out-of-bag margins."""

    name = "tree"

    def answer(
        self, study: Study, labelled: pl.DataFrame, *, thorough: bool, on: Study | None = None
    ) -> Answer:
        """Learn every kind that has labels enough; the others carry their neighbours' margins."""
        full, held, files = {}, {}, {}
        for kind in _kinds(labelled):
            table = study.tables[kind]
            targets = targets_of(labelled, kind, table.ids)
            bags = list(_bags(table, targets, study.seed, BAGS if thorough else BAGS_OF_VALIDATION))
            mean, held[kind] = _margins(table, targets, bags)
            full[kind] = mean if on is None or on is study else _margins(on.tables[kind], targets, bags)[0]
            for number, bag in enumerate(bags):
                files[f"tree/{kind}-{number:02d}.ubj"] = bytes(bag.booster.save_raw("ubj"))
        return Answer(carry((on or study).dataset, full), carry(study.dataset, held), files)


def _kinds(labelled: pl.DataFrame) -> list[str]:
    counts = kinds_with_labels(labelled)
    found = [kind for kind, both in counts.items() if min(both) >= ENOUGH]
    if "person" not in found:
        raise ModelError(
            f"too few closed cases to learn from: {counts}", f"at least {ENOUGH} persons of either finding"
        )
    return found


def _bags(table: FeatureTable, targets: Targets, seed: int, number: int) -> Iterator[Bag]:
    parameters = PARAMETERS | {"monotone_constraints": _monotone(table)}
    for bag in range(number):
        generator = np.random.default_rng([seed, bag])
        left_out = _cases_left_out(targets, generator)
        known = targets.known
        stays = ~np.isin(targets.case[known], left_out)
        drawn = draw_unlabelled(targets, generator)
        half = len(drawn) * 3 // 4 if len(left_out) else len(drawn)
        learn = _matrix(table, targets, known[stays], drawn[:half])
        settings = parameters | {"seed": int(generator.integers(2**31))}
        if len(left_out):
            watch = _matrix(table, targets, known[~stays], drawn[half:])
            booster = xgb.train(
                settings,
                learn,
                ROUNDS,
                evals=[(watch, "held")],
                early_stopping_rounds=PATIENCE,
                verbose_eval=False,
            )
            booster = booster[: max(PATIENCE, booster.best_iteration + 1)]
        else:
            booster = xgb.train(settings, learn, ROUNDS // 2)
        unseen = np.setdiff1d(np.arange(len(table.ids)), np.concatenate([known[stays], drawn[:half]]))
        yield Bag(booster, unseen)


def _monotone(table: FeatureTable) -> str:
    return "(" + ",".join("1" if feature.rising else "0" for feature in table.features) + ")"


def _cases_left_out(targets: Targets, generator: np.random.Generator) -> Indices:
    """Draw a quarter of the cases of either finding."""
    known = targets.known
    cases, place = np.unique(targets.case[known], return_inverse=True)
    if len(cases) < LEAST_CASES:
        return np.array([], dtype=np.int64)
    share = np.bincount(place, targets.label[known]) / np.bincount(place)
    out = []
    for finding in (share >= 0.5, share < 0.5):
        of_it = cases[finding]
        quarter = max(1, len(of_it) // 4) if len(of_it) > 1 else 0
        out.append(generator.permutation(of_it)[:quarter])
    return np.concatenate(out)


def draw_unlabelled(targets: Targets, generator: np.random.Generator) -> Indices:
    """Draw the rows that a fit learns as ordinary: at most half of those that no case names."""
    others = targets.others
    return generator.permutation(others)[: min(UNLABELLED, len(others) // 2)]


def _matrix(table: FeatureTable, targets: Targets, known: Indices, unlabelled: Indices) -> xgb.DMatrix:
    """Return labelled and unlabelled rows; the two weigh the same in sum."""
    rows = np.concatenate([known, unlabelled])
    wanted = np.concatenate([targets.soft()[known], np.full(len(unlabelled), USUAL)])
    weight = targets.weight[known] * len(known) / max(targets.weight[known].sum(), 1e-9)
    light = np.full(len(unlabelled), len(known) / max(len(unlabelled), 1))
    return xgb.DMatrix(table.values[rows], label=wanted, weight=np.concatenate([weight, light]))


def _margins(table: FeatureTable, targets: Targets, bags: list[Bag]) -> tuple[Floats, Floats]:
    """Return (full, held): means over all bags for labelled rows, and over bags that have not seen a row."""
    everyone = xgb.DMatrix(table.values)
    total, fresh = np.zeros(len(table.ids)), np.zeros(len(table.ids))
    times = np.zeros(len(table.ids))
    for bag in bags:
        margin = bag.booster.predict(everyone, output_margin=True).astype(np.float64)
        total += margin
        fresh[bag.unseen] += margin[bag.unseen]
        times[bag.unseen] += 1
    mean = total / len(bags)
    held = np.where(times > 0, fresh / np.maximum(times, 1), mean)
    return np.where(np.isfinite(targets.label), mean, held), held
