"""Rows told twice and rows corrected: which one counts."""

from __future__ import annotations

import pytest


def fates(told):
    """Return 'valid', 'duplicate of n' or 'superseded by n' for every accepted row, in order."""
    frame = told.table("unemployment_payment").sort("source_file", "source_row")
    rows = {r["record_id"]: i for i, r in enumerate(frame.iter_rows(named=True), 1)}
    said = []
    for row in frame.iter_rows(named=True):
        if row["duplicate_of"]:
            said.append(f"duplicate of {rows[row['duplicate_of']]}")
        elif row["superseded_by"]:
            said.append(f"superseded by {rows[row['superseded_by']]}")
        else:
            said.append("valid")
    return said


A, B = "1,,甲,202401,100.00,20240115,01,", "1,,甲,202401,200.00,20240115,01,"
OTHER = "2,,乙,202401,100.00,20240115,01,"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([A, OTHER], ["valid", "valid"]),
        ([A, OTHER, A], ["valid", "valid", "duplicate of 1"]),
        ([A, B], ["superseded by 2", "valid"]),
        ([A, B, B], ["superseded by 2", "valid", "duplicate of 2"]),
        ([A, A, B], ["superseded by 3", "duplicate of 1", "valid"]),
        ([A, B, A], ["superseded by 3", "superseded by 3", "valid"]),
    ],
)
def test_fates(deliver, lines, said):
    assert fates(deliver(lines)) == said


def test_the_same_value_written_otherwise_is_no_correction(deliver):
    again = "1 ,, 甲\u3000,202401,100,2024-01-15,01,"
    assert fates(deliver([A, again])) == ["valid", "duplicate of 1"]


def test_a_file_sent_twice_counts_once(desk):
    lines = ["number,id,name,month,amount,paid,reason,account", A, OTHER]
    desk.lay({"人社局/pay.csv": lines, "人社局/pay(1).csv": lines})
    told = desk.ingest()
    assert told.counts["accepted"] == 4
    assert told.counts["duplicates"] == 2
    assert sorted(fates(told)) == ["duplicate of 3", "duplicate of 4", "valid", "valid"]


@pytest.mark.parametrize(
    ("first", "later"),
    [
        ("pay.csv", "pay(1).csv"),
        ("pay2.csv", "pay10.csv"),
        ("pay.csv", "pay2.csv"),
        ("pay.csv", "pay-更正.csv"),
        ("pay9/pay.csv", "pay10/pay.csv"),
    ],
)
def test_the_last_file_delivered_is_right(desk, first, later):
    header = "number,id,name,month,amount,paid,reason,account"
    desk.lay({f"人社局/{first}": [header, A], f"人社局/{later}": [header, B]})
    frame = desk.ingest().table("unemployment_payment")
    assert frame.filter(frame["superseded_by"].is_null())["amount"].to_list() == [200.0]


TAX = """
id = "tax"
department = "税务局"
table = "wage_tax"
files = ["tax.csv"]
business_key = ["withholder_id", "name", "citizen_id", "period_start"]
[columns]
w = { field = "withholder_id" }
n = { field = "name" }
i = { field = "citizen_id" }
p = { field = "period_start" }
s = { field = "income" }
"""
CARE = """
id = "care"
department = "医保局"
table = "settlement"
files = ["care.csv"]
business_key = ["settlement_no"]
dates = ["yyyyMMddHHmmss"]
codes.sex = { "1" = "male", "2" = "female", "9" = "unknown" }
[columns]
no = { field = "settlement_no" }
sex = { field = "sex", codes = "sex" }
at = { field = "settled_at" }
sum = { field = "total_amount" }
"""


def test_an_unstated_sex_is_no_other_value(desk):
    desk.mappings = {"care": CARE}
    lines = [
        "no,sex,at,sum",
        "1,9,20240101000000,5",
        "1,2,20240101000000,5",
        "2,1,20240101000000,5",
        "2,2,20240101000000,5",
    ]
    desk.lay({"care.csv": lines})
    told = desk.ingest()
    assert (told.counts["duplicates"], told.counts["superseded"]) == (1, 1)


def test_a_name_with_an_inner_space_is_the_same_key(desk):
    desk.mappings = {"tax": TAX}
    desk.lay({"tax.csv": "w,n,i,p,s\nX,谭\u3000雪,,20240101,5\nX,谭雪,,20240101,5\n".encode()})
    told = desk.ingest()
    assert (
        told.table("wage_tax")["superseded_by"].null_count()
        + told.table("wage_tax")["duplicate_of"].null_count()
        == 3
    )
