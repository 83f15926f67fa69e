"""The region looks like the country: census, yearbooks, bulletins (as the project's fact sheet quotes them).

Tolerances are relative; marks as there: R read in the source, B believed.
"""

from __future__ import annotations

import json
from datetime import date
from statistics import mean
from typing import TYPE_CHECKING

import pytest

from simulation.genesis import create

if TYPE_CHECKING:
    from conftest import Made

    from simulation.scene import Scene

MIDYEAR = date(2024, 7, 1)


@pytest.fixture(scope="module")
def scene() -> Scene:
    """Return a region of 12,000 people, planned and not written."""
    return create(12_000, 5, "361000", "和宁市")


@pytest.fixture(scope="module")
def measured(scene: Scene) -> dict[str, float]:
    """Return the quantities of the plan."""
    people = scene.world.people
    count = len(people)
    ages = [scene.age(person) for person in people]
    active = sum(bool(person.job(MIDYEAR)) or person.flexible for person in people)
    employed = sum(bool(person.job(MIDYEAR)) for person in people)
    retired = sum(any(pension.scheme in ("110", "120") for pension in person.pensions) for person in people)
    amounts = {
        scheme: mean(
            p.amount for person in people for p in person.pensions if p.scheme == scheme and p.item == "101"
        )
        for scheme in ("110", "170")
    }
    return {
        "young": sum(age < 15 for age in ages) / count,
        "sixty": sum(age >= 60 for age in ages) / count,
        "sixty-five": sum(age >= 65 for age in ages) / count,
        "male": sum(person.sex == 1 for person in people) / count,
        "household": count / len({person.household for person in people}),
        "urban": sum(not person.place.rural for person in people) / count,
        "deaths": 500 * sum(person.death is not None for person in people) / count,
        "births": 500 * sum(map(len, scene.plan.births.values())) / count,
        "active": active / count,
        "retired": retired / count,
        "jobless": sum(1 for made in scene.plan.claims if not made.ring) / 2 / employed,
        "pension": amounts["110"],
        "residents' pension": amounts["170"],
        "migrants": sum(person.cid[:4] != "3610" for person in people) / count,
    }


@pytest.mark.parametrize(
    ("quantity", "target", "tolerance"),
    [
        ("young", 0.1795, 0.12),  # R census 2020
        ("sixty", 0.187, 0.12),  # R census 2020
        ("sixty-five", 0.135, 0.12),  # R census 2020
        ("male", 0.5124, 0.04),  # R census 2020
        ("household", 2.62, 0.08),  # R census 2020
        ("urban", 0.6389, 0.08),  # R census 2020
        ("deaths", 7.87, 0.2),  # R per 1,000 and year, 2023
        ("births", 6.39, 0.2),  # R per 1,000 and year, 2023
        ("active", 349.17 / 1411.78, 0.2),  # R contributors to employees' pensions, 2021
        ("retired", 131.57 / 1411.78, 0.2),  # R
        ("jobless", 6.08 / 229.58, 0.4),  # R paid of the insured, 2021
        ("pension", 3200.0, 0.08),  # B yuan a month
        ("residents' pension", 220.0, 0.08),  # B yuan a month
        ("migrants", 292.51 / 1411.78, 0.4),  # R; here only those registered in other provinces
    ],
)
def test_people(measured: dict[str, float], quantity: str, target: float, tolerance: float) -> None:
    assert measured[quantity] == pytest.approx(target, rel=tolerance)


def test_firms_are_many_small_and_few_large(scene: Scene) -> None:
    sizes = sorted((firm.size for firm in scene.world.employers if firm.size), reverse=True)
    small = sum(size <= 10 for size in sizes) / len(sizes)
    assert small > 0.8
    assert sum(sizes[: len(sizes) // 10]) > 0.4 * sum(sizes)


def test_settlements(city: Made) -> None:
    kinds: dict[str, int] = {}
    stays: dict[str, list[float]] = {"310": [], "390": []}
    for line in city.lines("settlement"):
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if row:
            kinds[row["med_type"]] = kinds.get(row["med_type"], 0) + 1
            if row["med_type"] == "21":
                stays[row["insutype"]].append(float(row["medfee_sumamt"]))
    people = city.truth("prevalence")["people"].sum()
    # R about 4.7 a person and year in the whole country, pharmacies included; B inpatients 17-22 % a year.
    assert sum(kinds.values()) / 2 / people == pytest.approx(4.7, rel=0.25)
    assert kinds["21"] / 2 / people == pytest.approx(0.195, rel=0.2)
    assert mean(stays["310"]) == pytest.approx(12_000, rel=0.15)
    assert mean(stays["390"]) == pytest.approx(7_700, rel=0.15)
