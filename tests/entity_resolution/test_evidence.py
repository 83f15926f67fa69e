"""Evidence: every link's waterfall sums to its score; leads on identities are told apart by kind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl

from .numbers import citizen_id

Resolve = Callable[..., Any]


ANN, EVE = citizen_id("19700101", 22), citizen_id("19800202", 44)
TAX = {"period_start": date(2024, 1, 1), "income": 1.0, "employer_name": "某厂"}


def world_of(resolve: Resolve, **more: list[dict[str, object]]) -> Any:
    return resolve(
        resident=[{"citizen_id": ANN, "name": "何梅秀"}, {"citizen_id": EVE, "name": "邓玉兰"}],
        enrolment=[
            {
                "person_no": "1",
                "citizen_id": ANN,
                "name": "何梅秀",
                "employer_no": "88",
                "employer_name": "某厂",
            },
            {
                "person_no": "2",
                "citizen_id": EVE,
                "name": "邓玉兰",
                "employer_no": "88",
                "employer_name": "某厂",
            },
        ],
        wage_tax=[
            TAX | {"name": "何梅秀"},
            TAX | {"name": "何梅秀", "citizen_id": f"{ANN[:6]}********{ANN[14:]}"},
        ],
        **more,
    )


def test_the_parts_of_every_link_sum_to_its_score(resolve: Resolve) -> None:
    evidence = world_of(resolve).table("evidence")
    weights = pl.element().struct.field("weight")
    summed = evidence.with_columns(sum=pl.col("parts").list.eval(weights).list.sum())
    assert evidence.height >= 5
    assert summed.filter((pl.col("sum") - pl.col("score")).abs() > 1e-9).is_empty()


def test_every_link_has_its_evidence(resolve: Resolve) -> None:
    world = world_of(resolve)
    links = world.table("links").select("entity_id", "how").unique()
    known = world.table("evidence").select("entity_id", "how").unique()
    assert (
        links.filter(~pl.col("how").str.starts_with("via_"))
        .join(known, on=["entity_id", "how"], how="anti")
        .is_empty()
    )


def test_a_link_by_weight_shows_what_was_weighed(resolve: Resolve) -> None:
    world = world_of(resolve)
    ann = world.entity("resident", 1)
    rows = world.table("evidence").filter(
        (pl.col("entity_id") == ann) & pl.col("how").str.contains("masked_id")
    )
    parts = {p["field"]: p["weight"] for p in rows["parts"][0]}
    assert parts["id"] > 4
    assert parts["name"] > 0
    assert rows["rows"].to_list() == [1]


def test_rows_under_somebody_elses_id_are_a_lead_that_names_both(resolve: Resolve) -> None:
    borrowed = {
        "person_no": "1",
        "citizen_id": EVE,
        "name": "何梅秀",
        "month": date(2024, 1, 1),
        "amount": 1.0,
    }
    world = world_of(resolve, pension_payment=[borrowed])
    row = world.table("identity_leads").row(0, named=True)
    assert row["kind"] == "borrowed_id"
    assert {row["entity_a"], row["entity_b"]} == {world.entity("resident", 1), world.entity("resident", 2)}
    links = world.table("links").filter(pl.col("table") == "pension_payment")
    assert links["record_id"][0] in [*row["rows_a"], *row["rows_b"]]


def test_two_ids_of_one_life_are_a_double_registration(resolve: Resolve) -> None:
    second = citizen_id("19700101", 24, division="411303")
    home = "南阳市宛城区桥岭街道北京西路69号紫荆新城25号楼3单元1601室"
    world = resolve(
        resident=[
            {"citizen_id": i, "name": "何梅秀", "birth_date": date(1970, 1, 1), "address": home}
            for i in (ANN, second)
        ]
    )
    leads = world.table("identity_leads")
    assert leads["kind"].cast(pl.String).to_list() == ["double_registration"]
    assert leads["rows_a"].list.len().to_list() == leads["rows_b"].list.len().to_list() == [1]
