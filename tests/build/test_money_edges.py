"""Money on the graph: who passes a benefit on, who keeps a firm alive, what is paid after a death."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

PAID = date(2024, 1, 5)


def pension(town: Any, person: str, paid: date = PAID, amount: float = 1000.0, **more: Any) -> str:
    fields = {
        "month": paid.replace(day=1),
        "paid_date": paid,
        "amount": amount,
        "item": "basic_pension",
    } | more
    return str(town.row("pension_payment", person, f"a-{person}", **fields))


def at_noon(day: date) -> datetime:
    return datetime.combine(day, time(12))


@pytest.fixture
def purses(town: Any) -> Any:
    """Two people with an account each."""
    for person in ("p1", "p2"):
        town.account(person)
    return town


@pytest.mark.parametrize(
    ("days", "amount", "passed_on"),
    [
        (0, 1000, True),
        (21, 500, True),
        (22, 500, False),
        (-1, 500, False),
        (3, 301, True),
        (3, 299, False),
        (3, 1101, False),
    ],
)
def test_a_pension_goes_on_within_three_weeks_and_for_a_good_part(
    purses: Any, days: int, amount: float, passed_on: bool
) -> None:
    paid = pension(purses, "p1")
    moved = purses.pays("p1", "p2", at_noon(PAID + timedelta(days)), amount)
    edges = purses.build().edges("PASSES_ON")
    assert list(edges) == ([("p1", "p2")] if passed_on else [])
    for edge in edges.values():
        assert edge["share"] == pytest.approx(amount / 1000)
        assert sorted(edge["records"]) == sorted([paid, moved])
        assert (edge["kin"], edge["rent"], edge["returned"]) == (0, 0, 0)


def test_a_lump_sum_is_shared_out_later_and_in_parts(purses: Any) -> None:
    fields = {"birth_event_date": PAID, "paid_date": PAID, "amount": 30_000.0}
    purses.row("maternity_payment", "p1", "a-p1", **fields)
    for days in (30, 150, 181):
        purses.pays("p1", "p2", at_noon(PAID + timedelta(days)), 900.0)
    (edge,) = purses.build().edges("PASSES_ON").values()
    assert (edge["benefit"], edge["n"], edge["amount"], edge["share"]) == ("maternity", 2, 1800, 0.06)


def test_money_among_kin_rent_and_money_that_comes_back_are_marked(purses: Any) -> None:
    for person in ("p1", "p2"):
        purses.row("resident", person, household_no="H1")
    pension(purses, "p1")
    purses.pays("p1", "p2", at_noon(PAID), 600.0, "房租")
    purses.pays("p2", "p1", at_noon(PAID + timedelta(40)), 250.0)
    edge = purses.build().edges("PASSES_ON")["p1", "p2"]
    assert (edge["kin"], edge["rent"], edge["returned"]) == (1, 1, 250)


def test_a_pension_that_the_bank_returned_went_nowhere(purses: Any) -> None:
    pension(purses, "p1", pay_status="returned")
    purses.pays("p1", "p2", at_noon(PAID), 600.0)
    graph = purses.build()
    assert graph.edges("PASSES_ON") == {}
    assert graph.edges("DRAWS") == {}


@pytest.mark.parametrize(("times", "funds"), [(1, False), (2, True)])
def test_who_pays_into_a_firm_again_and_again_funds_it(town: Any, times: int, funds: bool) -> None:
    town.account("p1")
    town.account("e1")
    for month in range(1, times + 1):
        when = at_noon(date(2024, month, 3))
        town.pays("p1", "e1", when, 700.0)
        # the firm's own bank books the same transfer: it counts once
        told = {"direction": "in", "channel": "mobile", "booked_at": when, "amount": 700.0}
        town.row("bank_flow", "a-e1", counterparty="a-p1", **told)
    edges = town.build().edges("FUNDS")
    assert {ends: (e["n"], e["amount"]) for ends, e in edges.items()} == (
        {("p1", "e1"): (2, 1400)} if funds else {}
    )


def test_a_transfer_of_unknown_channel_is_one_and_a_batch_is_none(purses: Any) -> None:
    pension(purses, "p1")
    for channel in (None, "batch"):
        fields = {"direction": "out", "booked_at": at_noon(PAID), "amount": 500.0, "channel": channel}
        purses.row("bank_flow", "a-p1", counterparty="a-p2", **fields)
    assert purses.build().edges("TRANSFERS")["a-p1", "a-p2"]["n"] == 1


@pytest.mark.parametrize(
    ("taken_back", "months", "yuan"), [(0.0, 4, 4000), (-2000.0, 4, 2000), (-4000.0, 0, 0), (-3700.0, 0, 0)]
)
def test_what_was_paid_after_a_death_and_not_taken_back(
    town: Any, taken_back: float, months: int, yuan: float
) -> None:
    town.row("death_certificate", "p1", death_at=at_noon(date(2023, 1, 10)))
    for month in range(1, 7):  # January and February are the time that a report takes
        pension(town, "p1", date(2023, month, 5))
    if taken_back:
        pension(town, "p1", date(2023, 9, 5), taken_back, month=date(2023, 6, 1))
    person = town.build().node("Person", "p1")
    assert (person["paid_months_after_death"], person["paid_after_death"]) == (months, yuan)


def test_a_withdrawn_death_certificate_kills_nobody(town: Any) -> None:
    town.row("death_certificate", "p1", death_at=at_noon(date(2023, 1, 10)), valid="void")
    assert town.build().node("Person", "p1")["death_day"] is None


@pytest.mark.parametrize(
    ("ours", "benefit"), [(None, "unemployment_elsewhere"), (2, "unemployment"), (9, "both")]
)
def test_unemployment_benefit_of_another_region_is_told_from_ours(
    town: Any, ours: int | None, benefit: str
) -> None:
    town.account("p1")
    fields = {"direction": "in", "channel": "batch", "booked_at": at_noon(PAID), "amount": 1500.0}
    town.row("bank_flow", "a-p1", purpose="失业保险金", **fields)
    if ours is not None:
        day = PAID - timedelta(ours)
        town.row(
            "unemployment_payment", "p1", "a-p1", month=PAID.replace(day=1), paid_date=day, amount=1500.0
        )
    drawn = town.build().table("DRAWS")
    found = {"both": ["unemployment", "unemployment_elsewhere"]}.get(benefit, [benefit])
    assert sorted(drawn["benefit"]) == found
