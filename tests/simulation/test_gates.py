"""The honesty gates hold on a world of moderate size; and a gate can fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from simulation.gates import leaks, measure
from simulation.gates.__main__ import main
from simulation.gates.measures import distance, precision, shallow_tree

if TYPE_CHECKING:
    from conftest import Made


def test_every_gate_holds(city: Made) -> None:
    readings = list(measure(city.out))
    assert {reading.gate for reading in readings} == {
        "leak",
        "number",
        "margin",
        "prevalence",
        "tiers",
        "variants",
        "time",
        "hard negatives",
        "baseline",
        "twins",
        "closeness",
        "labels",
    }
    failed = [(r.measure, float(r.value), r.high, r.why) for r in readings if not r.holds]
    assert not failed


def test_a_leak_is_seen(city: Made) -> None:
    guilty = city.truth("ring_members").filter(pl.col("kind") == "person")["entity"]
    people = pl.DataFrame({"entity": range(1, 20000)}).with_columns(
        told=pl.col("entity").is_in(guilty.to_list()).cast(pl.Int8)
    )
    labels, _ = leaks._labels(people, city_members(city))
    assert precision(labels, people["told"].to_numpy().astype(float)) / labels.mean() > leaks.TIMES


def city_members(city: Made) -> pl.DataFrame:
    """Return ring and entity of the people of rings."""
    return city.truth("ring_members").filter(pl.col("kind") == "person").select("ring_id", "entity")


def test_a_tree_finds_what_lies_open_and_not_what_does_not() -> None:
    rng = np.random.default_rng(5)
    labels = (rng.random(4000) < 0.02).astype(float)
    groups = np.arange(4000)
    hidden = rng.normal(size=(4000, 3))
    assert shallow_tree(hidden, labels, groups) < 0.1
    assert shallow_tree(np.column_stack([hidden, labels]), labels, groups) > 0.9


def test_samples_of_one_law_are_near_and_others_far() -> None:
    rng = np.random.default_rng(6)
    near, chance = distance(rng.normal(size=900), rng.normal(size=900))
    assert near < 0.1 + chance
    far, _ = distance(rng.normal(size=900), rng.normal(1, 1, size=900))
    assert far > 0.3


def test_the_door_refuses_what_is_no_region(
    tmp_path: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([]) == 2
    assert main([str(tmp_path)]) == 2
    assert "no simulated region" in capsys.readouterr().err
