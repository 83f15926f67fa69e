"""Employers by what registers called them: old numbers, mistyped codes, branches, chains, abbreviations."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from .numbers import credit_code

Resolve = Callable[..., Any]


ONE, TWO, THREE = (credit_code(d) for d in ("12345678", "87654321", "24681357"))
OLD = "411302000000019"


def worker(number: int, **said: object) -> dict[str, object]:
    return {"person_no": f"{number}", "name": "甲乙"} | said


def asked(name: str) -> dict[str, object]:
    return {"name": "甲乙", "registered_date": date(2024, 1, 1), "employer_name": name}


@pytest.mark.parametrize(
    "number",
    [
        OLD,
        f"{ONE[8:16]}-{ONE[16]}",
        ONE[2:17],
        ONE.replace("1", "I", 1),
        ONE[:9] + str((int(ONE[9]) + 1) % 10) + ONE[10:],
        ONE[:5] + ONE[6:],
    ],
)
def test_every_number_of_a_firm_leads_to_it(resolve: Resolve, number: str) -> None:
    world = resolve(
        business=[
            {"uscc": ONE, "registration_no": OLD, "name": "南阳安盛物流有限公司"},
            {"uscc": TWO, "name": "南阳恒信食品有限公司"},
        ],
        enrolment=[worker(1, uscc=number, employer_name="安盛物流")],
    )
    assert world.entity("enrolment", 1, "employer") == world.entity("business", 1, "employer")


def test_a_mistyped_code_under_another_firms_name_is_not_mended(resolve: Resolve) -> None:
    wrong = ONE[:9] + str((int(ONE[9]) + 1) % 10) + ONE[10:]
    world = resolve(
        business=[{"uscc": ONE, "name": "南阳安盛物流有限公司"}],
        enrolment=[worker(1, uscc=wrong, employer_name="镇平大通矿业有限公司")],
    )
    assert world.entity("enrolment", 1, "employer") != world.entity("business", 1, "employer")


def test_a_branch_with_a_code_is_an_entity_tied_to_its_parent(resolve: Resolve) -> None:
    world = resolve(
        business=[
            {"uscc": ONE, "name": "南阳安盛物流有限公司"},
            {"uscc": TWO, "name": "南阳安盛物流有限公司城区分公司"},
        ],
        employment_status=[
            asked("南阳安盛物流有限公司城区分公司"),
            asked("安盛物流(南阳)有限公司开发区分公司"),
        ],
    )
    parent, branch = (world.entity("business", n, "employer") for n in (1, 2))
    assert parent != branch
    assert world.table("branches").rows() == [(branch, parent)]
    # The branch that is registered answers to its name; one that nobody registered is its company.
    assert [world.entity("employment_status", n, "employer") for n in (1, 2)] == [branch, parent]


def test_shells_of_one_brand_at_one_place_stay_apart(resolve: Resolve) -> None:
    shells = ["南阳安盛一号商贸有限公司", "南阳安盛二号商贸有限公司", "南阳安盛商贸有限公司"]
    world = resolve(
        business=[{"uscc": c, "name": n} for c, n in zip((ONE, TWO, THREE), shells, strict=True)],
        employment_status=[asked(n) for n in shells] + [asked("安盛")],
    )
    firms = [world.entity("business", n, "employer") for n in (1, 2, 3)]
    assert len(set(firms)) == 3
    assert [world.entity("employment_status", n, "employer") for n in (1, 2, 3)] == firms
    assert world.entity("employment_status", 4, "employer") is None


@pytest.mark.parametrize(
    "name",
    [
        "南阳安盛幼教", "安盛幼儿教育", "南阳安晟幼儿教育咨询服务有限公司",
        "南阳市宛城区安盛幼儿教育咨询服务有限公司", "河南省南阳市安盛幼儿教育咨询服务有限公司",
        "宛城安盛幼儿教育咨询服务服有限公司",
    ],
)  # fmt: skip
def test_ways_of_writing_one_name(resolve: Resolve, name: str) -> None:
    known = "宛城安盛幼儿教育咨询服务有限公司" if "宛城" in name else "南阳安盛幼儿教育咨询服务有限公司"
    world = resolve(
        business=[{"uscc": ONE, "name": known}, {"uscc": TWO, "name": "南阳恒信食品有限公司"}],
        employment_status=[asked(name)],
    )
    assert world.entity("employment_status", 1, "employer") == world.entity("business", 1, "employer")


def test_aliases_list_every_number_of_a_firm(resolve: Resolve) -> None:
    world = resolve(
        business=[{"uscc": ONE, "registration_no": OLD, "name": "南阳安盛物流有限公司"}],
        enrolment=[worker(1, employer_no="88", uscc=ONE)],
    )
    said = world.table("aliases").select("scheme", "value").rows()
    assert set(said) == {("uscc", ONE), ("org_code", ONE[8:17]), ("registration_no", OLD), ("number", "88")}
