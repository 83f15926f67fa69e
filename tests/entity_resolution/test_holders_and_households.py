"""Accounts mistyped, masked, joint or of a proxy; clinics' codes mended; households of the register."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from .numbers import citizen_id

Resolve = Callable[..., Any]


ANN, EVE = citizen_id("19400101", 22), citizen_id("19700202", 44)
CARD = "6217000010000000003"  # ends in its Luhn digit


def account(holder: str, owner: str, number: str = CARD) -> dict[str, object]:
    return {"account_no": number, "holder": holder, "citizen_id": owner, "holder_type": "person"}


def pension(number: str, holder: str) -> dict[str, object]:
    return {
        "person_no": "1", "citizen_id": ANN, "name": "何梅秀", "month": date(2024, 1, 1), "amount": 1.0,
        "account_no": number, "account_holder": holder,
    }  # fmt: skip


@pytest.mark.parametrize("number", [CARD[:6] + "9" + CARD[7:], CARD[:8] + CARD[9:], "6217****0003"])
def test_a_mistyped_or_masked_number_is_its_holders_account(resolve: Resolve, number: str) -> None:
    world = resolve(
        bank_account=[account("何梅秀", ANN)],
        pension_payment=[pension(number, "何梅秀"), pension(number, "邓玉兰")],
    )
    known = world.entity("bank_account", 1, "account")
    assert world.entity("pension_payment", 1, "account") == known
    assert world.entity("pension_payment", 2, "account") != known


def test_a_pension_into_anothers_account_is_a_proxy_lead(resolve: Resolve) -> None:
    world = resolve(
        resident=[{"citizen_id": ANN, "name": "何梅秀"}, {"citizen_id": EVE, "name": "邓玉兰"}],
        bank_account=[account("邓玉兰", EVE)],
        pension_payment=[pension(CARD, "邓玉兰"), pension(CARD, "邓玉兰") | {"month": date(2024, 2, 1)}],
    )
    row = world.table("account_leads").row(0, named=True)
    assert row["topic"] == "proxy"
    assert (row["entity_a"], row["entity_b"]) == (world.entity("resident", 2), world.entity("resident", 1))
    assert row["rows"] == len(row["records"]) == 2


def test_two_owners_of_one_account_are_joint(resolve: Resolve) -> None:
    world = resolve(
        resident=[{"citizen_id": ANN, "name": "何梅秀"}, {"citizen_id": EVE, "name": "邓玉兰"}],
        bank_account=[account("何梅秀", ANN), account("邓玉兰", EVE)],
    )
    assert world.table("account_leads")["topic"].cast(str).to_list() == ["joint"]


def test_a_mistyped_institution_code_is_mended_under_the_same_name_only(resolve: Resolve) -> None:
    def visit(code: str, name: str, number: int) -> dict[str, object]:
        return {
            "settlement_no": f"S{number}", "citizen_id": ANN, "name": "何梅秀", "clinic_code": code,
            "clinic_name": name, "settled_at": datetime.fromisoformat("2024-01-01"), "total_amount": 1.0,
        }  # fmt: skip

    world = resolve(
        institution=[{"code": "H41130200001", "name": "某县人民医院"}],
        settlement=[visit("H4113O200001", "某县人民医院", 1), visit("H41130200002", "某县中医院", 2)],
    )
    assert world.entity("settlement", 1, "clinic") == world.entity("institution", 1, "clinic")
    assert world.entity("settlement", 2, "clinic") != world.entity("institution", 1, "clinic")


def test_a_household_has_its_members_its_head_and_its_county(resolve: Resolve) -> None:
    home = "河南省南阳市宛城区桥岭街道北京西路69号紫荆新城25号楼3单元1601室"
    said = {"household_no": "77", "address": home}
    world = resolve(
        resident=[
            said | {"citizen_id": ANN, "name": "何梅秀", "relation": "head"},
            said | {"citizen_id": EVE, "name": "邓玉兰", "relation": "child"},
        ]
    )
    rows = world.table("households")
    head = world.entity("resident", 1)
    assert rows["household_id"].n_unique() == 1
    assert rows["head"].to_list() == [head, head]
    assert dict(rows.select("entity_id", "relation").rows())[world.entity("resident", 2)] == "child"
    assert set(rows["division"]) == {"411302"}
