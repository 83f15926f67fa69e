"""Cross-department checks: each finds its contradiction, and is silent on what is ordinary."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import polars as pl
import pytest

LAST = date(2025, 12, 31)
ID = "the number"


def at_nine(day: date) -> datetime:
    return datetime.combine(day, time(9))


@pytest.fixture
def today(town: Any) -> Any:
    """Fix the last day of the data: a settlement of another's on it."""
    town.row("settlement", "p9", "c9", settled_at=at_nine(LAST))
    return town


def found(town: Any) -> dict[tuple[str, str], dict[str, Any]]:
    """Build; return (check, entity) → finding."""
    rows = pl.read_parquet(town.build().folder / "checks.parquet").to_dicts()
    return {(row["check"], row["entity_id"]): row for row in rows}


def certified(town: Any, person: str, day: date) -> str:
    return str(town.row("death_certificate", person, death_at=at_nine(day)))


@pytest.mark.parametrize(("died", "told"), [(date(2025, 9, 1), True), (date(2025, 11, 1), False)])
def test_a_death_that_the_register_does_not_know_after_three_months(
    today: Any, died: date, told: bool
) -> None:
    certificate, resident = certified(today, "p1", died), today.row("resident", "p1", cancelled="no")
    rows = found(today)
    assert (("death_not_registered", "p1") in rows) is told
    if told:
        row = rows["death_not_registered", "p1"]
        assert (row["left_value"], row["right_value"]) == (died.isoformat(), None)
        assert row["difference"] == (LAST - died).days
        assert set(row["records"]) == {certificate, resident}


def test_a_cancelled_registration_contradicts_nobody(today: Any) -> None:
    certified(today, "p1", date(2025, 3, 1))
    today.row("resident", "p1", cancelled="yes", cancel_reason="死亡注销", cancel_date=date(2025, 5, 1))
    assert not found(today)


@pytest.mark.parametrize(("cancelled", "told"), [(date(2025, 9, 1), True), (date(2025, 2, 1), False)])
def test_a_registered_death_that_nobody_certified(today: Any, cancelled: date, told: bool) -> None:
    """A cancellation soon after the first certificate may speak of a death before it."""
    for day in (date(2025, 1, 1), date(2025, 12, 1)):
        certified(today, "p8", day)
    today.row("resident", "p1", cancelled="yes", cancel_reason="死亡", cancel_date=cancelled)
    assert (("registered_dead_alone", "p1") in found(today)) is told


@pytest.mark.parametrize(("cremated", "told"), [(date(2025, 6, 20), True), (date(2025, 6, 4), False)])
def test_two_days_of_death(today: Any, cremated: date, told: bool) -> None:
    certified(today, "p1", date(2025, 6, 1))
    today.row("cremation", "p1", death_date=cremated, cremation_date=cremated)
    assert (("death_dates_differ", "p1") in found(today)) is told


def test_births_and_sexes_that_differ(today: Any) -> None:
    born = date(1960, 5, 1)
    for person, other, sex in (("p1", date(1958, 5, 1), "male"), ("p2", born, "female"), ("p3", born, None)):
        today.row("enrolment", person, birth_date=other, sex=sex)
        today.row("resident", person, birth_date=born, sex="male")
    rows = found(today)
    assert set(rows) == {("birth_dates_differ", "p1"), ("sexes_differ", "p2")}
    assert rows["birth_dates_differ", "p1"]["difference"] == 731  # 1960 was a leap year
    assert (rows["sexes_differ", "p2"]["left_value"], rows["sexes_differ", "p2"]["right_value"]) == (
        "female",
        "male",
    )


@pytest.mark.parametrize(
    ("enrolled", "registered", "former", "told"),
    [
        ("赵甲乙", "钱丙丁", None, True),
        ("赵甲乙", "钱丙丁", "赵甲乙", False),  # renamed
        ("赵甲乙", "赵甲已", None, False),  # one character: a slip
        ("赵　甲乙", "赵乙甲", None, False),  # spaced, and written the other way round
        ("赵*乙", "钱丙丁", None, False),  # masked: says nothing
    ],
)
def test_one_number_two_names(
    today: Any, enrolled: str, registered: str, former: str | None, told: bool
) -> None:
    today.row("enrolment", "p1", name=enrolled, citizen_id=ID)
    today.row("resident", "p1", name=registered, former_name=former, citizen_id=ID)
    assert (("names_differ", "p1") in found(today)) is told


def working(town: Any, person: str, base: float, income: float, months: int) -> None:
    for month in range(1, months + 1):
        first = date(2025, month, 1)
        town.row("contribution", person, "e1", month=first, base=base)
        town.row("wage_tax", person, "e1", period_start=first, income=income)


@pytest.mark.parametrize(
    ("base", "income", "months", "told"),
    [(4000, 9000, 6, True), (6000, 9000, 6, False), (4000, 9000, 5, False), (20000, 50000, 6, False)],
)
def test_a_base_far_below_the_wage(today: Any, base: float, income: float, months: int, told: bool) -> None:
    """The highest base in use is the ceiling: who earns more is rightly above it."""
    working(today, "p1", base, income, months)
    working(today, "p2", 20000, 20000, 1)
    rows = found(today)
    assert (("base_below_wage", "p1") in rows) is told
    if told:
        row = rows["base_below_wage", "p1"]
        assert row["difference"] == pytest.approx(1 - base / income, abs=1e-4)


@pytest.mark.parametrize(("paid", "told"), [(6000, True), (5500, False)])
def test_wages_paid_above_the_wage_taxed(today: Any, paid: float, told: bool) -> None:
    today.account("p1")
    for month in range(1, 5):
        today.row("wage_tax", "p1", "e1", period_start=date(2025, month, 1), income=5000 * 0.99)
        booked = {"booked_at": at_nine(date(2025, month, 10)), "amount": paid}
        today.row("bank_flow", "a-p1", direction="in", channel="batch", purpose="工资", **booked)
    assert (("wage_paid_above_taxed", "p1") in found(today)) is told


def test_patterns_can_ask_how_many_checks_disagree(today: Any) -> None:
    certified(today, "p1", date(2025, 3, 1))
    today.row("cremation", "p1", death_date=date(2025, 4, 1), cremation_date=date(2025, 4, 2))
    today.row("resident", "p1", cancelled="no")
    assert len(found(today)) == 2
    assert today.build().node("Person", "p1")["disagreements"] == 2
