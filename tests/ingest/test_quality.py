"""Figures of quality by field, and what is kept of them from batch to batch."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from ingest import quality

ENROL = """
id = "enrol"
department = "人社局"
table = "enrolment"
files = ["人社局/enrol*.csv"]
encoding = ["gb18030"]
business_key = ["person_no"]
codes.sex = { "1" = "male", "2" = "female" }
[columns]
number = { field = "person_no" }
id = { field = "citizen_id" }
name = { field = "name" }
sex = { field = "sex", codes = "sex" }
born = { field = "birth_date", dates = ["yyyyMMdd"] }
since = { field = "start_date", dates = ["yyyyMMdd"] }
"""
HEAD = "number,id,name,sex,born,since"
PAY_HEAD = "number,id,name,month,amount,paid,reason,account"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def number(born: str, order: str) -> str:
    body = f"110101{born}{order}"
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, WEIGHTS, strict=True)) % 11]


def wrong(citizen_id: str) -> str:
    return citizen_id[:-1] + ("0" if citizen_id[-1] != "0" else "1")


def lines() -> list[str]:
    man, woman = number("19600101", "011"), number("19700202", "022")
    return [
        HEAD,
        f"1,{man},甲,1,19600101,20100101",
        f"1,{man},甲,1,19600101,20100101",  # once more
        f"2,{woman},乙,1,19700202,20110101",  # a man with a woman's number
        f"3,{woman},丙,2,19710202,20120101",  # another date of birth than the number's
        f"4,{wrong(man)},丁,1,19600101,20130101",  # a check digit that is wrong
        "5,,戊,2,,20140101",
    ]


def paid(day: str) -> list[str]:
    return [PAY_HEAD, f"1,,甲,{day[:6]},100.00,{day},01,"]


@pytest.fixture
def batch(desk):
    desk.mappings["enrol"] = ENROL
    desk.lay({"人社局/enrol.csv": lines(), "人社局/pay.csv": paid("20240115")})
    return desk


def field(frame: pl.DataFrame, name: str, table: str = "enrolment") -> dict:
    return frame.row(by_predicate=(pl.col("table") == table) & (pl.col("field") == name), named=True)


def test_the_figures_of_a_field_are_those_of_its_rows(batch):
    found = batch.ingest().table("quality")
    one = field(found, "citizen_id")
    assert (one["rows"], one["filled"], one["doubtful"], one["verdicts"]) == (6, 5, 1, ["checksum:1"])
    assert (one["distinct"], one["duplicates"], one["superseded"]) == (3, 1, 0)
    assert field(found, "phone")["filled"] == 0


def test_the_citizen_id_is_held_against_birth_date_and_sex(batch):
    found = batch.ingest().table("quality")
    told = {n: (field(found, n)["compared"], field(found, n)["agreeing"]) for n in ("sex", "birth_date")}
    assert told == {"sex": (5, 4), "birth_date": (5, 4)}
    assert (field(found, "citizen_id")["compared"], field(found, "citizen_id")["agreeing"]) == (5, 3)
    assert field(found, "name")["compared"] == 0


def test_lag_is_counted_to_the_last_event_of_the_batch(batch):
    found = batch.ingest().table("quality")
    since, pay = field(found, "start_date"), field(found, "paid_date", "unemployment_payment")
    assert (since["first_event"], since["last_event"]) == (date(2010, 1, 1), date(2014, 1, 1))
    assert (since["lag_days"], pay["lag_days"]) == ((date(2024, 1, 15) - date(2014, 1, 1)).days, 0)
    assert field(found, "birth_date")["first_event"] is None, (
        "only the event date: a birth date is a person's"
    )


def test_two_batches_are_two_points_and_a_batch_read_again_is_none(batch):
    first = batch.ingest()
    assert quality.history(first.workspace)["batch"].unique().to_list() == [1]
    batch.lay({"人社局/enrol.csv": lines()[:4]})
    batch.ingest()
    twice = quality.history(first.workspace)
    of = twice.filter(pl.col("table") == "enrolment", pl.col("field") == "birth_date").sort("batch")
    assert of.select("batch", "rows", "filled").rows() == [(1, 6, 5), (2, 3, 3)]
    batch.ingest()
    assert quality.history(first.workspace).equals(twice)
    batch.lay({"人社局/enrol.csv": lines()})
    batch.ingest()
    assert quality.history(first.workspace).equals(twice), "the first batch again keeps its number"


def test_figures_taken_over_are_those_of_a_full_run(batch):
    batch.ingest()
    batch.lay({"人社局/pay.csv": paid("20240215")})
    delta, full = batch.ingest(), batch.ingest(workspace="other")
    assert delta.table("quality").equals(full.table("quality"))
    assert (
        field(delta.table("quality"), "start_date")["lag_days"] == (date(2024, 2, 15) - date(2014, 1, 1)).days
    )


def test_no_value_of_a_row_is_kept(batch):
    found = batch.ingest().table("quality")
    texts = found.select(pl.col(pl.String), pl.col("verdicts").list.join(" ").alias("said")).write_csv()
    assert number("19600101", "011") not in texts
    assert "甲" not in texts
