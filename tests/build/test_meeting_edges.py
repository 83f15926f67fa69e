"""Company that needs a reason: kin, cards that travel together, beds that fill in waves, boxes sold twice."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

NINE = time(9)
SAME_VILLAGE = ("甲省乙市丙县丁镇戊村1号", "甲省乙市丙县丁镇戊村9号")
OTHER_VILLAGE = ("甲省乙市丙县丁镇戊村1号", "甲省乙市丙县丁镇己村9号")


def test_a_household_a_shared_telephone_and_their_in_laws_are_kin(town: Any) -> None:
    for person in ("p1", "p2"):
        town.row("resident", person, household_no="H1")
    for person in ("p2", "p3"):
        town.row("enrolment", person, phone="T1")
    for person in ("p4", "p5", "p6", "p7", "p8"):  # an agent's number, not a family's
        town.row("enrolment", person, phone="T2")
    kin = {ends: e["relation"] for ends, e in town.build().edges("KIN").items()}
    assert kin == {("p1", "p2"): "household", ("p2", "p3"): "telephone", ("p1", "p3"): "in-law"}


@pytest.mark.parametrize(
    ("name", "born", "kin"), [("王二", 1985, True), ("王二", 1960, False), ("李二", 1985, False)]
)
def test_money_between_generations_of_one_surname_is_the_familys(
    town: Any, name: str, born: int, kin: bool
) -> None:
    for person in ("p1", "p2"):
        town.account(person)
    town.entity("p1", name="王一", birth_date=date(1955, 1, 1))
    town.entity("p2", name=name, birth_date=date(born, 1, 1))
    town.pays("p1", "p2", datetime.combine(date(2024, 1, 1), NINE), 100.0)
    assert (("p1", "p2") in town.build().edges("KIN")) is kin


def swipes(
    town: Any, days: int, minutes: int = 20, clinic: str = "c1", first: date = date(2024, 3, 1)
) -> None:
    for day in range(days):
        start = datetime.combine(first, time(9, 20)) + timedelta(day)
        for person, late in (("p1", 0), ("p2", minutes)):
            fields = {
                "terminal": f"T-{clinic}",
                "visit_type": "outpatient",
                "total_amount": 50.0,
                "fund_amount": 30.0,
            }
            town.row("settlement", person, clinic, settled_at=start + timedelta(minutes=late), **fields)


@pytest.mark.parametrize(("days", "minutes", "met"), [(3, 30, True), (2, 5, False), (5, 31, False)])
def test_cards_travel_together_on_three_days_within_half_an_hour(
    town: Any, days: int, minutes: int, met: bool
) -> None:
    swipes(town, days, minutes)
    edges = town.build().edges("CO_SWIPES")
    assert {ends: (e["days"], e["amount"]) for ends, e in edges.items()} == (
        {("p1", "p2"): (days, 60.0 * days)} if met else {}
    )


def test_two_daily_guests_of_one_pharmacy_meet_by_chance(town: Any) -> None:
    swipes(town, 3)
    for day in range(19):  # 22 days each, 3 of them together: fewer than one in seven
        for person, hour in (("p1", 9), ("p2", 16)):
            when = datetime.combine(date(2024, 5, 1), time(hour)) + timedelta(day)
            town.row(
                "settlement",
                person,
                "c1",
                settled_at=when,
                terminal="T-c1",
                total_amount=9.0,
                fund_amount=9.0,
            )
    assert town.build().edges("CO_SWIPES") == {}


@pytest.mark.parametrize(("addresses", "neighbours"), [(SAME_VILLAGE, 1), (OTHER_VILLAGE, 0)])
def test_neighbours_are_told(town: Any, addresses: tuple[str, str], neighbours: int) -> None:
    for person, address in zip(("p1", "p2"), addresses, strict=True):
        town.row("resident", person, address=address)
    swipes(town, 3)
    assert town.build().edges("CO_SWIPES")["p1", "p2"]["neighbours"] == neighbours


def test_two_places_of_equal_company_give_the_same_answer_every_time(town: Any) -> None:
    swipes(town, 2, clinic="c2")
    swipes(town, 2, clinic="c1", first=date(2024, 4, 1))
    edge = town.build().edges("CO_SWIPES")["p1", "p2"]
    assert (edge["clinic"], edge["days"], edge["terminals"]) == ("c1", 4, 2)


def stays(town: Any, *starts: tuple[str, date]) -> None:
    for person, start in starts:
        fields = {"visit_type": "inpatient", "start_date": start, "total_amount": 900.0, "fund_amount": 600.0}
        town.row("settlement", person, "c1", settled_at=datetime.combine(start, NINE), **fields)


@pytest.mark.parametrize(("county", "far"), [("庚县", 1), ("丙县", 0)])
def test_two_waves_of_admission_far_from_home(town: Any, county: str, far: int) -> None:
    for person, address in zip(("p1", "p2"), OTHER_VILLAGE, strict=True):
        town.row("resident", person, address=address)
    town.row("institution", "c1", address=f"甲省乙市{county}辛镇1号")
    first, second = date(2023, 1, 1), date(2023, 4, 8)
    stays(town, ("p1", first), ("p2", first + timedelta(3)), ("p1", second), ("p2", second + timedelta(3)))
    edge = town.build().edges("CO_ADMITTED")["p1", "p2"]
    assert (edge["n"], edge["amount"], edge["far"]) == (2, 2400, far)
    assert edge["expected"] == pytest.approx(2 * 2 * 7 / 100)  # two stays each in a hundred days
    assert len(edge["records"]) == 4


@pytest.mark.parametrize("late", [3, 4])
def test_one_wave_or_four_days_apart_are_no_company(town: Any, late: int) -> None:
    first, second = date(2023, 1, 1), date(2023, 4, 8)
    stays(town, ("p1", first), ("p2", first + timedelta(late)), ("p1", second), ("p2", second + timedelta(4)))
    assert town.build().edges("CO_ADMITTED") == {}


@pytest.mark.parametrize(("buyer", "shop"), [("p2", "c2"), ("p1", "c2"), ("p2", "c1")])
def test_a_box_settled_twice_was_sold_back_by_its_first_buyer(town: Any, buyer: str, shop: str) -> None:
    """Settled twice by one shop it was returned, or scanned twice."""
    code = "8" + "0" * 19
    for number, (person, clinic) in enumerate([("p1", "c1"), (buyer, shop)], 1):
        when = datetime.combine(date(2024, 1, number), NINE)
        town.row("settlement", person, clinic, settlement_no=f"S{number}", settled_at=when, total_amount=80.0)
        town.row(
            "settlement_item",
            person,
            clinic,
            settlement_no=f"S{number}",
            amount=80.0,
            trace_codes=[code, "short"],
        )
    edges = town.build().edges("RESELLS_TO")
    wanted = {("p1", "c2"): (1, 80)} if (buyer, shop) == ("p2", "c2") else {}
    assert {ends: (e["codes"], e["amount"]) for ends, e in edges.items()} == wanted


@pytest.mark.parametrize(
    ("new", "born", "taken"), [("钱乙", 1990, True), ("赵乙", 1990, False), ("钱乙", 1950, False)]
)
def test_a_number_taken_over_points_from_the_taker_to_the_robbed(
    town: Any, new: str, born: int, taken: bool
) -> None:
    town.entity("p1", name="赵甲", birth_date=date(1950, 1, 1))
    town.entity("p2", name=new, birth_date=date(born, 1, 1))
    town.row("enrolment", "p1", person_no="N1")
    told = {"person_no": "N1", "operator": "clerk-7", "changed_at": datetime.combine(date(2024, 2, 1), NINE)}
    town.row("change_log", "p2", changed_field="name", old_value="赵甲", new_value=new, **told)
    town.row("change_log", "p2", changed_field="citizen_id", old_value="1", new_value="2", **told)
    for month in (1, 3, 4):
        fields = {"month": date(2024, month, 1), "paid_date": date(2024, month, 5), "amount": 900.0}
        town.row("pension_payment", "p2", "a-p2", person_no="N1", **fields)
    edges = town.build().edges("TAKES_OVER")
    assert list(edges) == ([("p2", "p1")] if taken else [])
    for edge in edges.values():
        assert (edge["amount"], edge["n_same_clerk"], edge["number"]) == (1800, 1, "N1")
        assert "clerk-7" not in edge["clerk"]


def test_who_is_enrolled_and_waged_is_borne_by_records(town: Any) -> None:
    enrolled = town.row("enrolment", "p1", "e1", start_date=date(2023, 1, 1))
    waged = [town.row("wage_tax", "p1", "e1", period_start=date(2023, m, 1), income=5000.0) for m in (1, 2)]
    graph = town.build()
    assert graph.edges("INSURED_BY")["p1", "e1"]["records"] == [enrolled]
    assert sorted(graph.edges("WAGED_BY")["p1", "e1"]["records"]) == sorted(waged)
