"""Who is who: ids, numbers, borrowed ids, take-overs, masked ids, and what a bare name may not do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from .numbers import citizen_id

Resolve = Callable[..., Any]


ANN, BEN = citizen_id("19700101", 22), citizen_id("19550505", 33)
ANN_NAME, BEN_NAME = "何梅秀", "顾辉强"


def resident(cid: str, name: str, **more: object) -> dict[str, object]:
    return {"citizen_id": cid, "name": name} | more


def visit(**more: object) -> dict[str, object]:
    return {"settled_at": datetime.fromisoformat("2024-05-01"), "total_amount": 1.0} | more


def enrolment(**more: object) -> dict[str, object]:
    return {"scheme": "employee_pension"} | more


def test_an_old_id_is_the_new_ones_person(resolve: Resolve) -> None:
    old = BEN[:6] + BEN[8:17]
    world = resolve(resident=[resident(BEN, BEN_NAME)], settlement=[visit(citizen_id=old, name=BEN_NAME)])
    assert world.entity("settlement", 1) == world.entity("resident", 1)


def test_a_number_leads_to_the_person_of_its_ids(resolve: Resolve) -> None:
    world = resolve(
        resident=[resident(ANN, ANN_NAME)],
        enrolment=[enrolment(person_no="1", citizen_id=ANN, name=ANN_NAME)],
        contribution=[{"person_no": "1", "month": date(2024, 1, 1), "base": 1.0}],
    )
    assert world.entity("contribution", 1) == world.entity("resident", 1)
    assert world.how("contribution", 1) == "number"


def test_two_valid_ids_never_merge(resolve: Resolve) -> None:
    twin = citizen_id("19700101", 24)
    same = {"address": "清河乡河岭村5组98号", "phone": "13800000001", "sex": "female"}
    world = resolve(
        resident=[resident(ANN, ANN_NAME, address=same["address"])],
        enrolment=[
            enrolment(person_no="1", citizen_id=ANN, name=ANN_NAME, **same),
            enrolment(person_no="2", citizen_id=twin, name=ANN_NAME, **same),
        ],
    )
    assert world.entity("enrolment", 1) != world.entity("enrolment", 2)
    lead = world.table("possible_same").row(0, named=True)
    assert {lead["entity_a"], lead["entity_b"]} == {
        world.entity("enrolment", 1),
        world.entity("enrolment", 2),
    }
    assert lead["reason"] == "same_name_birth_home"
    assert lead["records"]


def test_a_borrowed_id_goes_to_the_person_of_its_number(resolve: Resolve) -> None:
    world = resolve(
        resident=[resident(ANN, ANN_NAME), resident(BEN, BEN_NAME)],
        enrolment=[enrolment(person_no="1", citizen_id=ANN, name=ANN_NAME)],
        settlement=[visit(person_no="1", citizen_id=BEN, name=ANN_NAME)],
    )
    assert world.entity("settlement", 1) == world.entity("resident", 1)
    entities = world.table("entities").filter(pl.col("citizen_id") == ANN)
    assert entities["conflicts"].item().to_list() == ["borrowed_id"]
    assert entities["name"].item() == ANN_NAME


def test_a_borrowed_id_without_a_number_is_not_its_owners(resolve: Resolve) -> None:
    world = resolve(
        resident=[resident(ANN, ANN_NAME), resident(BEN, BEN_NAME)],
        bank_account=[
            {"account_no": "6217000000000000", "holder": ANN_NAME, "citizen_id": BEN, "holder_type": "person"}
        ],
    )
    assert world.entity("bank_account", 1) != world.entity("resident", 2)


def test_a_row_that_contradicts_its_id_does_not_found_a_person_on_it(resolve: Resolve) -> None:
    stranger = citizen_id("19900808", 11, division="652301")
    world = resolve(
        resident=[resident(ANN, ANN_NAME, address="清河乡河岭村5组98号")],
        enrolment=[
            enrolment(
                person_no="1",
                citizen_id=stranger,
                name=ANN_NAME,
                sex="female",
                birth_date=date(1970, 1, 1),
                address="河岭村5组98号",
            )
        ],
    )
    assert world.entity("enrolment", 1) == world.entity("resident", 1)


def test_an_account_that_was_taken_over_stays_two_persons_and_is_a_lead(resolve: Resolve) -> None:
    world = resolve(
        resident=[resident(ANN, ANN_NAME), resident(BEN, BEN_NAME)],
        enrolment=[
            enrolment(person_no="1", citizen_id=BEN, name=BEN_NAME),
            enrolment(person_no="1", citizen_id=ANN, name=ANN_NAME),
        ],
        certification=[
            {"person_no": "1", "name": ANN_NAME, "certified_at": datetime.fromisoformat("2024-09-01")}
        ],
    )
    assert world.entity("enrolment", 1) == world.entity("resident", 2)
    assert world.entity("enrolment", 2) == world.entity("resident", 1)
    assert world.entity("certification", 1) == world.entity("resident", 1)
    assert world.table("possible_same")["reason"].to_list() == ["shared_number"]


def test_a_change_of_name_and_id_in_the_log_is_a_lead(resolve: Resolve) -> None:
    world = resolve(
        resident=[resident(ANN, ANN_NAME), resident(BEN, BEN_NAME)],
        change_log=[
            {
                "person_no": "1",
                "changed_field": "name_and_citizen_id",
                "old_value": f"{BEN_NAME}|{BEN}",
                "new_value": f"{ANN_NAME}|{ANN}",
                "changed_at": datetime.fromisoformat("2024-09-01"),
            }
        ],
    )
    assert world.table("possible_same")["reason"].to_list() == ["double_change"]


def test_a_repaired_typo_in_the_log_is_no_lead(resolve: Resolve) -> None:
    world = resolve(
        resident=[resident(ANN, ANN_NAME)],
        change_log=[
            {
                "person_no": "1",
                "changed_field": "citizen_id",
                "old_value": ANN[:10] + ("1" if ANN[10] != "1" else "2") + ANN[11:],
                "new_value": ANN,
                "changed_at": datetime.fromisoformat("2024-09-01"),
            }
        ],
    )
    assert world.table("possible_same").is_empty()


@pytest.mark.parametrize("slip", [ANN[:8] + ANN[9:], ANN[:9] + ANN[10] + ANN[9] + ANN[11:]])
def test_a_slip_in_an_id_is_seen_through(resolve: Resolve, slip: str) -> None:
    world = resolve(
        resident=[resident(ANN, ANN_NAME), resident(BEN, BEN_NAME)],
        wage_tax=[{"name": ANN_NAME, "citizen_id": slip, "period_start": date(2024, 1, 1), "income": 1.0}],
    )
    assert world.entity("wage_tax", 1) == world.entity("resident", 1)


def test_a_second_pension_at_one_home_under_a_name_alike_is_a_lead(resolve: Resolve) -> None:
    ghost = citizen_id("19710202", 24)
    home = {"phone": "13800000001", "address": "清河乡河岭村5组98号"}
    pension = {"month": date(2024, 1, 1), "amount": 1.0}
    people = [("1", ANN, ANN_NAME), ("2", ghost, "何美秀")]
    world = resolve(
        resident=[resident(ANN, ANN_NAME)],
        enrolment=[enrolment(person_no=n, citizen_id=c, name=name, **home) for n, c, name in people],
        pension_payment=[pension | {"person_no": n, "citizen_id": c, "name": name} for n, c, name in people],
    )
    assert world.table("possible_same")["reason"].to_list() == ["second_pension_at_home"]


def test_namesakes_who_share_nothing_are_no_lead(resolve: Resolve) -> None:
    namesake = citizen_id("19700101", 86, division="411381")
    world = resolve(resident=[resident(ANN, ANN_NAME), resident(namesake, ANN_NAME)])
    assert world.table("possible_same").is_empty()


def trace(**more: object) -> dict[str, object]:
    return {"occurred_at": datetime.fromisoformat("2024-05-01"), "trace_type": "bus"} | more


def test_a_masked_id_links_where_one_person_fits(resolve: Resolve) -> None:
    world = resolve(
        resident=[resident(ANN, ANN_NAME), resident(BEN, BEN_NAME)],
        life_trace=[trace(name=ANN_NAME, citizen_id=ANN[:4] + "*" * 10 + ANN[14:])],
    )
    assert world.entity("life_trace", 1) == world.entity("resident", 1)


def test_a_masked_id_that_fits_two_founds_nobody(resolve: Resolve) -> None:
    others = [citizen_id(f"19{year}0101", 22) for year in range(50, 90)]
    pair = next((a, b) for a in others for b in others if a < b and a[14:] == b[14:])
    world = resolve(
        resident=[resident(pair[0], ANN_NAME), resident(pair[1], ANN_NAME)],
        life_trace=[trace(name=ANN_NAME, citizen_id=pair[0][:4] + "*" * 10 + pair[0][14:])],
    )
    assert world.entity("life_trace", 1) is None
    assert world.table("unresolved")["reason"].to_list() == ["ambiguous"]


def test_a_bare_name_links_nobody(resolve: Resolve) -> None:
    world = resolve(
        resident=[resident(ANN, ANN_NAME)],
        sentence=[{"name": ANN_NAME, "start_date": date(2024, 1, 1)}],
        death_certificate=[
            {
                "name": BEN_NAME,
                "citizen_id": BEN,
                "death_at": datetime.fromisoformat("2024-01-01"),
                "relative_name": ANN_NAME,
            }
        ],
    )
    assert world.entity("sentence", 1) is None
    assert world.entity("death_certificate", 1, role="relative") is None


def test_a_relative_is_known_by_the_household(resolve: Resolve) -> None:
    world = resolve(
        resident=[resident(ANN, ANN_NAME, household_no="7"), resident(BEN, BEN_NAME, household_no="7")],
        death_certificate=[
            {
                "name": BEN_NAME,
                "citizen_id": BEN,
                "death_at": datetime.fromisoformat("2024-01-01"),
                "relative_name": ANN_NAME,
            }
        ],
    )
    assert world.entity("death_certificate", 1, role="relative") == world.entity("resident", 1)


def test_another_birth_date_forbids_a_link(resolve: Resolve) -> None:
    world = resolve(
        resident=[resident(ANN, ANN_NAME, address="清河乡河岭村5组98号")],
        death_certificate=[
            {
                "name": ANN_NAME,
                "birth_date": date(1941, 7, 9),
                "sex": "female",
                "death_at": datetime.fromisoformat("2024-01-01"),
            }
        ],
    )
    assert world.entity("death_certificate", 1) != world.entity("resident", 1)


def test_monthly_rows_of_a_stranger_are_one_person(resolve: Resolve) -> None:
    month = {"name": "申屠明", "employer_name": "某厂", "income": 1.0}
    world = resolve(
        resident=[resident(ANN, ANN_NAME)],
        wage_tax=[month | {"period_start": date(2024, m, 1)} for m in (1, 2, 3)],
    )
    assert len({world.entity("wage_tax", row) for row in (1, 2, 3)}) == 1
    assert world.how("wage_tax", 1) == "founded"
