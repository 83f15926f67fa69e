"""What people, firms and hospitals do that must be seen in tables first, and how far from their peers."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

SPRING = date(2024, 3, 1)
NOON = datetime.combine(SPRING, time(12))


def later(days: int) -> datetime:
    return NOON + timedelta(days)


def stay(town: Any, person: str, clinic: str, first: int, days: int, **fields: Any) -> str:
    start = SPRING + timedelta(first)
    about = {"visit_type": "inpatient", "start_date": start, "end_date": start + timedelta(days)}
    paid = {"total_amount": 9000.0, "fund_amount": 6000.0, "settled_at": later(first + days)}
    record: str = town.row("settlement", person, clinic, **(about | paid | fields))
    return record


def pension(town: Any, person: str, account: str, month: int, amount: float = 3000.0, **fields: Any) -> str:
    day = date(2024, month, 5)
    paid = {"scheme": "employee_pension", "item": "basic_pension", "month": date(2024, month, 1)}
    record: str = town.row(
        "pension_payment", person, account, **(paid | {"amount": amount, "paid_date": day} | fields)
    )
    return record


def test_one_payment_to_somebody_whom_few_pay_is_an_edge(town: Any) -> None:
    people = [f"p{i}" for i in range(40)]
    for person in (*people, "pq1", "pq2"):
        town.account(person)
    first = [town.pays(person, "pq1", later(0), 500.0) for person in people[:2]]
    for person in people[:31]:
        town.pays(person, "pq2", later(1), 30.0)
    edges = town.build().edges("GIVES_TO")
    assert set(edges) == {("p0", "pq1"), ("p1", "pq1")}
    assert (edges["p0", "pq1"]["givers"], edges["p0", "pq1"]["records"]) == (2, first[:1])


def test_who_draws_two_pensions_bears_a_name_for_it(town: Any) -> None:
    for month in (1, 2, 3, 4):
        pension(town, "p1", "a1", month)
        pension(town, "p1", "a2", month, scheme="resident_pension")
        pension(town, "p2", "a3", month)
        pension(town, "p3", "a4", month)
    lead = {"entity_a": "p2", "entity_b": "p3", "score": 0.8, "reason": "twin", "records": ["r"]}
    town.leads.append(lead)
    graph = town.build()
    assert [graph.node("Person", f"p{i}")["double_id"] for i in (1, 2, 3)] == ["p1", "p2", "p2"]


def change(town: Any, person: str, old: str, new: str, day: int) -> str:
    about = {"changed_field": "account_no", "old_value": old, "new_value": new}
    record: str = town.row("change_log", person, **about, changed_at=later(day), operator="经办")
    return record


def test_a_benefit_sent_elsewhere_and_back_is_told_with_what_was_paid(town: Any) -> None:
    for name in ("a1", "a9"):
        town.entity(name, account_no=name)
    records = [change(town, "p1", "a1", "a9", 0), change(town, "p1", "a9", "a1", 40)]
    records.append(pension(town, "p1", "a9", 4, account_holder="别人"))
    pension(town, "p1", "a1", 6)
    edge = town.build().edges("REDIRECTS")["p1", "a9"]
    assert (edge["n"], edge["amount"], edge["back_after"], edge["own"]) == (1, 3000.0, 40, 0)
    assert sorted(edge["records"]) == sorted(records)


def test_firms_of_one_telephone_are_of_one_hand_unless_everybody_has_it(town: Any) -> None:
    for firm in ("e1", "e2"):
        town.row("business", firm, phone="T1")
    for number in range(10, 17):
        town.row("business", f"e{number}", phone="T2", report_phone="T2")
    edges = town.build().edges("SAME_CONTROL")
    assert set(edges) == {("e1", "e2")}
    assert (edges["e1", "e2"]["reason"], edges["e1", "e2"]["firms"]) == ("telephone", 2)


@pytest.mark.parametrize(("diagnosis", "planned"), [("J18.900", 0), ("Z51.100", 1), ("N18.900", 1)])
def test_back_in_bed_within_fifteen_days_for_the_same_disease(
    town: Any, diagnosis: str, planned: int
) -> None:
    records = [stay(town, "p1", "c1", start, 5, diagnosis_code=diagnosis) for start in (0, 15, 40)]
    stay(town, "p2", "c1", 0, 5, diagnosis_code=diagnosis)
    stay(town, "p2", "c1", 10, 5, diagnosis_code="K29.500")
    edges = town.build().edges("READMITTED")
    assert set(edges) == {("p1", "c1")}
    assert (edges["p1", "c1"]["n"], edges["p1", "c1"]["planned"]) == (1, planned)
    assert sorted(edges["p1", "c1"]["records"]) == sorted(records[:2])


def test_a_train_ride_within_a_stay_contradicts_it_the_day_of_arrival_does_not(town: Any) -> None:
    lying = stay(town, "p1", "c1", 0, 10)
    ride = town.row("life_trace", "p1", trace_type="rail", occurred_at=later(4))
    stay(town, "p2", "c1", 0, 10)
    town.row("life_trace", "p2", trace_type="rail", occurred_at=later(0))
    town.row("life_trace", "p2", trace_type="utility", occurred_at=later(4))
    graph = town.build()
    assert set(graph.edges("AWAY_DURING")) == {("p1", "c1")}
    assert sorted(graph.edges("AWAY_DURING")["p1", "c1"]["records"]) == sorted([lying, ride])
    assert graph.node("Clinic", "c1")["peak_stays"] == 2


@pytest.mark.parametrize(
    ("pool", "cost", "met"),
    [("B", 9000.0, (1, 1)), ("B", 5000.0, (1, 0)), ("A", 9100.0, (0, 1)), ("A", 5000.0, None)],
)
def test_one_stay_settled_twice(town: Any, pool: str, cost: float, met: tuple[int, int] | None) -> None:
    stay(town, "p1", "c1", 0, 10, visit_pool="A")
    stay(town, "p1", "c2", 2, 8, visit_pool=pool, total_amount=cost)
    found = town.build().edges("DOUBLE_STAY").get(("p1", "c2"))
    assert (None if found is None else (found["pools"], found["same_cost"])) == met


def test_who_goes_to_three_institutions_in_the_same_weeks_is_company(town: Any) -> None:
    for week, clinic in enumerate(("c1", "c2", "c3")):
        for person in ("p1", "p2"):
            when = SPRING + timedelta(21 * week)
            town.row(
                "settlement", person, clinic, start_date=when, settled_at=later(21 * week), fund_amount=9.0
            )
    for person in ("p3", "p4"):
        for week in range(6):
            when = SPRING + timedelta(7 * week)
            town.row("settlement", person, "c4", start_date=when, settled_at=later(7 * week), fund_amount=9.0)
    edges = town.build().edges("CO_VISITS")
    assert set(edges) == {("p1", "p2")}
    assert (edges["p1", "p2"]["clinics"], len(edges["p1", "p2"]["records"])) == (3, 6)
    assert edges["p1", "p2"]["weight"] == pytest.approx(3 / 1.584963, abs=1e-4)


@pytest.mark.parametrize("length", [3, 4, 5])
def test_money_that_comes_back_is_a_round_of_three_to_five(town: Any, length: int) -> None:
    people = [f"p{i}" for i in range(length)]
    for person in (*people, "pq"):
        town.account(person)
    records = [
        town.pays(giver, taker, later(3 * n), 5000.0 - 100 * n)
        for n, (giver, taker) in enumerate(zip(people, [*people[1:], "p0"], strict=True))
    ]
    town.pays("p1", "pq", later(4), 4900.0)
    town.pays("pq", "p0", later(2), 4900.0)  # before it was received: no round
    edges = town.build().edges("CIRCULATES")
    assert {edge["length"] for edge in edges.values()} == {length}
    assert sorted(r for edge in edges.values() for r in edge["records"]) == sorted(records)
    assert len({edge["cycle"] for edge in edges.values()}) == 1


def test_a_round_loses_little_and_does_not_rest(town: Any) -> None:
    for person in ("p1", "p2", "p3"):
        town.account(person)
    for start, amounts, gap in ((0, (5000.0, 5000.0, 900.0), 3), (100, (5000.0, 5000.0, 5000.0), 40)):
        for n, (giver, taker) in enumerate((("p1", "p2"), ("p2", "p3"), ("p3", "p1"))):
            town.pays(giver, taker, later(start + gap * n), amounts[n])
    assert town.build().table("CIRCULATES").is_empty()


def test_a_dear_doctors_regular_patients(town: Any) -> None:
    for person, doctor, amount in (("p1", "D1", 200.0), ("p2", "D2", 100.0), ("p3", "D3", 100.0)):
        for day in range(6):
            fields = {"visit_type": "chronic", "doctor_code": doctor, "fund_amount": amount}
            town.row("settlement", person, "c1", settled_at=later(30 * day), **fields)
    edges = town.build().edges("LOYAL_TO")
    assert edges["p1", "c1"]["lift"] == pytest.approx(2.0)
    assert edges["p1", "c1"]["doctor_share"] == pytest.approx(0.5)
    assert edges["p1", "c1"]["doctor"] != "D1"  # a pseudonym


def test_who_pays_several_patients_of_one_doctor_after_their_visits(town: Any) -> None:
    crowd = [f"p{n}" for n in range(40)]
    for n, person in enumerate(("p91", "p92", "p93", *crowd)):
        town.account(person)
        doctor = "D1" if person in ("p0", "p1", "p2") else f"D{n}"
        town.row("settlement", person, "c1", settled_at=later(0), doctor_code=doctor, fund_amount=80.0)
        town.row("settlement", person, "c2", settled_at=later(400), doctor_code=f"E{n}", fund_amount=10.0)
    paid = {(p, town.pays("p91", p, later(20), 500.0)) for p in ("p0", "p1", "p2")}
    for person in crowd[3:20]:
        town.pays("p92", person, later(20), 500.0)  # each a patient of a doctor of their own
    for person in ("p0", "p1", "p2"):
        town.pays("p93", person, later(90), 500.0)  # long after
    edges = town.build().edges("PAYS_PATIENT")
    assert set(edges) == {("p91", p) for p, _ in paid}
    for person, payment in paid:
        edge = edges["p91", person]
        assert (edge["clinic"], edge["patients"], edge["takers"], edge["n"]) == ("c1", 3, 3, 1)
        assert (edge["amount"], edge["fund"]) == (500.0, 80.0)
        assert payment in edge["records"]
        assert len(edge["records"]) == 2
        assert edge["surprise"] > 3


def test_inpatients_of_one_hospital_count_together_whoever_treated_them(town: Any) -> None:
    for n in range(40):
        town.account(f"p{n}")
        place = "c1" if n < 3 else "c2"
        fields = {"visit_type": "inpatient", "doctor_code": f"D{n}", "fund_amount": 3000.0}
        town.row("settlement", f"p{n}", place, settled_at=later(n), **fields)
        town.row("settlement", f"p{n}", "c3", settled_at=later(400), doctor_code=f"E{n}", fund_amount=10.0)
    town.account("p91")
    for person in ("p0", "p1", "p2"):
        town.pays("p91", person, later(30), 500.0)
    edges = town.build().edges("PAYS_PATIENT")
    assert {(pair, edge["stay"], edge["clinic"]) for pair, edge in edges.items()} == {
        (("p91", person), 1, "c1") for person in ("p0", "p1", "p2")
    }


def test_kin_are_paid_after_a_visit_and_neighbours_see_the_same_doctor(town: Any) -> None:
    for person in ("p91", "p0", "p1", *(f"p{n}" for n in range(10, 30))):
        town.account(person)
        town.row("settlement", person, "c1", settled_at=later(0), doctor_code="D1", fund_amount=80.0)
    for person in ("p0", "p1"):
        town.pays("p91", person, later(20), 500.0)
    assert town.build().table("PAYS_PATIENT").is_empty()  # everybody sees this doctor


def test_a_payment_is_measured_against_its_peers(town: Any) -> None:
    for number in range(30):
        pension(town, f"p{number}", f"a{number}", 1, 3000.0 + number)
    pension(town, "p99", "a99", 1, 9000.0)
    pension(town, "p98", "a98", 2, 9000.0)  # alone in its month: no peers
    edges = town.build().edges("DRAWS")
    assert edges["p99", "a99"]["deviation"] > 5
    assert edges["p0", "a0"]["deviation"] < 0
    assert edges["p98", "a98"]["deviation"] is None


def test_enrolled_in_batches_and_paid_back_afterwards(town: Any) -> None:
    for person in ("p1", "p2", "p3"):
        town.row("enrolment", person, "e1", start_date=SPRING)
    town.row("enrolment", "p4", "e1", start_date=SPRING + timedelta(9))
    for month in range(1, 13):
        late = {"payment_type": "back_payment", "scheme": "employee_pension", "base": 4000.0}
        town.row("contribution", "p4", "e1", month=date(2010, month, 1), received_date=SPRING, **late)
    edges = town.build().edges("INSURED_BY")
    assert [edges[f"p{i}", "e1"]["batch"] for i in (1, 2, 3, 4)] == [3, 3, 3, 1]
    assert (edges["p4", "e1"]["late_months"], edges["p1", "e1"]["late_months"]) == (12, 0)


def test_a_pension_that_begins_within_the_data_tells_the_age(town: Any) -> None:
    town.entity("p1", sex="male", birth_date=date(1970, 1, 1))
    town.row("enrolment", "p1", birth_date=date(1970, 1, 1))
    town.row("resident", "p1", birth_date=date(1972, 1, 1))
    for month in range(1, 7):
        pension(town, "p2", "a2", month)
    pension(town, "p1", "a1", 6)
    graph = town.build()
    early, old = graph.node("Person", "p1"), graph.node("Person", "p2")
    assert (early["pension_start_age"], early["birth_gap_days"]) == (pytest.approx(54.4167, abs=1e-3), 730)
    assert (old["pension_start_day"], old["birth_gap_days"]) == (None, None)


def test_an_employer_beside_last_year_and_its_wages(town: Any) -> None:
    for person in ("p1", "p2", "p3"):
        town.row("enrolment", person, "e1", start_date=date(2023, 1, 1))
        for year, base in ((2023, 8000.0), (2024, 4000.0)):
            town.row("contribution", person, "e1", month=date(year, 5, 1), base=base)
            about = {"period_start": date(year, 5, 1), "period_end": date(year, 5, 31), "income": 8000.0}
            town.row("wage_tax", person, "e1", **about)
    town.row("wage_tax", "p9", "e1", period_start=date(2024, 5, 1), income=8000.0)
    firm = town.build().node("Employer", "e1")
    assert (firm["base_change"], firm["wage_change"]) == (0.5, 1.0)
    assert (firm["n_taxed"], firm["n_uninsured"]) == (4, 1)


def test_wages_of_months_in_which_nobody_enrolled_the_person(town: Any) -> None:
    for month in range(1, 9):
        town.row("wage_tax", "p1", "e1", period_start=date(2024, month, 1), income=5000.0)
        town.row("wage_tax", "p2", "e1", period_start=date(2024, month, 1), income=5000.0)
    town.row(
        "enrolment", "p1", "e2", start_date=date(2023, 1, 1), end_date=date(2024, 3, 10)
    )  # to the employer before
    town.row("enrolment", "p2", start_date=date(2023, 1, 1))  # on their own
    edges = town.build().edges("WAGED_BY")
    assert (edges["p1", "e1"]["n"], edges["p1", "e1"]["uninsured"]) == (8, 5)
    assert (edges["p2", "e1"]["n"], edges["p2", "e1"]["uninsured"]) == (8, 0)
