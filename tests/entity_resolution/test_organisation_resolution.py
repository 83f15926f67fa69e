"""Employers, clinics and accounts; and what holds for the links of every kind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from .numbers import citizen_id, credit_code

Resolve = Callable[..., Any]


ONE, TWO = credit_code("12345678"), credit_code("87654321")
ANN = citizen_id("19700101", 22)


def test_a_number_learns_its_code_and_a_name_its_firm(resolve: Resolve) -> None:
    world = resolve(
        business=[{"uscc": ONE, "name": "南阳安盛物流有限公司", "former_names": ["南阳旧名物流有限公司"]}],
        enrolment=[
            {
                "person_no": "1",
                "employer_no": "88",
                "uscc": ONE,
                "employer_name": "安盛物流（南阳）有限责任公司",
            },
            {"person_no": "2", "employer_no": "88", "employer_name": "安盛物流"},
        ],
        employment_status=[
            {"name": "甲乙", "registered_date": date(2024, 1, 1), "employer_name": "安盛(南阳)物流有限公司"},
            {"name": "甲丙", "registered_date": date(2024, 1, 1), "employer_name": "南阳旧名物流有限公司"},
            {
                "name": "甲丁",
                "registered_date": date(2024, 1, 1),
                "employer_name": "南阳安盛物流有限公司城区分公司",
            },
        ],
    )
    firm = world.entity("business", 1, "employer")
    assert [world.entity("enrolment", n, "employer") for n in (1, 2)] == [firm, firm]
    assert [world.entity("employment_status", n, "employer") for n in (1, 2, 3)] == [firm] * 3


def test_a_shared_brand_does_not_merge_two_codes(resolve: Resolve) -> None:
    world = resolve(
        business=[
            {"uscc": ONE, "name": "南阳安盛物流有限公司"},
            {"uscc": TWO, "name": "南阳安盛物流有限公司"},
        ],
        employment_status=[
            {"name": "甲乙", "registered_date": date(2024, 1, 1), "employer_name": "南阳安盛物流有限公司"}
        ],
    )
    assert world.entity("business", 1, "employer") != world.entity("business", 2, "employer")
    assert world.entity("employment_status", 1, "employer") is None


def visit(code: str | None, name: str, number: int) -> dict[str, object]:
    return {
        "settlement_no": f"S{number}",
        "person_no": "1",
        "citizen_id": ANN,
        "name": "何梅秀",
        "clinic_code": code,
        "clinic_name": name,
        "settled_at": datetime.fromisoformat(f"2024-01-0{number}"),
        "total_amount": 1.0,
    }


def test_a_clinics_name_links_only_where_one_bears_it(resolve: Resolve) -> None:
    injury = {"name": "何梅秀", "citizen_id": ANN, "accident_date": date(2024, 1, 1), "amount": 1.0}
    world = resolve(
        institution=[{"code": "H41130200001", "name": "某县人民医院"}],
        settlement=[
            visit("H41130200001", "某县人民医院", 1),
            visit("H1", "李村卫生室", 2),
            visit("H2", "李村卫生室", 3),
        ],
        injury_payment=[injury | {"clinic_name": "某县人民医院"}, injury | {"clinic_name": "李村卫生室"}],
    )
    assert world.entity("injury_payment", 1, "clinic") == world.entity("settlement", 1, "clinic")
    assert world.entity("injury_payment", 2, "clinic") is None


def test_items_follow_their_settlement_and_flows_their_accounts_owner(resolve: Resolve) -> None:
    world = resolve(
        settlement=[visit("H1", "李村卫生室", 1)],
        settlement_item=[{"settlement_no": "S1", "amount": 1.0}, {"settlement_no": "none", "amount": 1.0}],
        bank_account=[
            {
                "account_no": "6217 0000 0000 0001",
                "holder": "何梅秀",
                "citizen_id": ANN,
                "holder_type": "person",
            }
        ],
        bank_flow=[
            {
                "account_no": "6217000000000001",
                "booked_at": datetime.fromisoformat("2024-01-01"),
                "amount": 1.0,
            }
        ],
    )
    ann = world.entity("settlement", 1)
    assert world.entity("settlement_item", 1) == ann
    assert world.entity("settlement_item", 1, "clinic") == world.entity("settlement", 1, "clinic")
    assert world.entity("settlement_item", 2) is None
    assert world.entity("bank_account", 1, "account") == world.entity("bank_flow", 1, "account")


def test_a_hospital_that_insures_staff_is_two_entities_and_a_pair(resolve: Resolve) -> None:
    world = resolve(
        institution=[{"code": "H41130200001", "name": "某县人民医院", "uscc": ONE}],
        enrolment=[{"person_no": "1", "employer_no": "88", "uscc": ONE, "employer_name": "某县人民医院"}],
    )
    pair = world.table("same_organisation").row(0, named=True)
    assert pair == {
        "clinic": world.entity("institution", 1, "clinic"),
        "employer": world.entity("enrolment", 1, "employer"),
        "by": "uscc",
    }


def small_world() -> dict[str, list[dict[str, object]]]:
    return {
        "resident": [{"citizen_id": ANN, "name": "何梅秀"}],
        "enrolment": [
            {
                "person_no": "1",
                "citizen_id": ANN,
                "name": "何梅秀",
                "employer_no": "88",
                "employer_name": "某厂",
            }
        ],
        "settlement": [visit("H1", "李村卫生室", 1), visit("H1", "李村卫生室", 2)],
        "past_case": [
            {
                "object_type": "person",
                "object_name": "何梅秀",
                "object_id": ANN,
                "closed_date": date(2024, 1, 1),
            },
            {"object_type": "person", "object_name": "无此人", "closed_date": date(2024, 1, 1)},
        ],
    }


def test_at_most_one_primary_link_per_row_and_kind_and_links_are_sorted(resolve: Resolve) -> None:
    links = resolve(**small_world()).table("links")
    primary = links.filter("primary").group_by("record_id", "kind").len()
    assert primary["len"].max() == 1
    assert links.equals(links.sort("source_file", "source_row", "kind", "role", "entity_id"))


def test_a_reference_founds_nobody(resolve: Resolve) -> None:
    world = resolve(**small_world())
    assert world.entity("past_case", 1) == world.entity("resident", 1)
    assert world.entity("past_case", 2) is None


def test_the_same_records_give_the_same_rows_in_a_fresh_workspace(resolve: Resolve) -> None:
    first, second = resolve("one", **small_world()), resolve("two", **small_world())
    for name in ("links", "entities", "possible_same", "mentions", "keys"):
        assert first.table(name).equals(second.table(name))


def test_a_later_batch_keeps_published_ids(resolve: Resolve) -> None:
    tax = {"name": "申屠明", "employer_name": "某厂", "period_start": date(2024, 1, 1), "income": 1.0}
    first = resolve("w", **small_world(), wage_tax=[tax])
    before = {(t, n): first.entity(t, n) for t, n in (("resident", 1), ("enrolment", 1), ("wage_tax", 1))}
    grown = small_world() | {"wage_tax": [tax]}
    grown["resident"].append({"citizen_id": citizen_id("19880808", 44), "name": "邓玉兰"})
    again = resolve("w", **grown)
    assert {key: again.entity(*key) for key in before} == before


def test_two_published_persons_are_not_merged_but_reviewed(resolve: Resolve) -> None:
    number = {"person_no": "7", "month": date(2024, 1, 1), "base": 1.0}
    base = {"resident": [{"citizen_id": ANN, "name": "何梅秀"}], "contribution": [number]}
    first = resolve("w", **base)
    was = first.entity("contribution", 1)
    assert was != first.entity("resident", 1)
    again = resolve("w", **base, enrolment=[{"person_no": "7", "citizen_id": ANN, "name": "何梅秀"}])
    assert again.entity("contribution", 1) == was
    assert again.entity("enrolment", 1) == again.entity("resident", 1) == first.entity("resident", 1)
    assert again.table("review")["other_id"].to_list() == [was]
    assert was in again.table("entities")["entity_id"].to_list()
