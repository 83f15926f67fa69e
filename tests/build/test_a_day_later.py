"""What a day adds to the graph is what happened on it: nobody is another row for being a day older."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import polars as pl

NOON = datetime.combine(date(2024, 3, 14), time(12))


def filled(town: Any) -> Any:
    """People who work, draw pensions and see doctors, the last of them at `NOON`."""
    town.row("enrolment", "p1", "e1", start_date=date(2020, 1, 1), scheme="employee_pension")
    town.row("contribution", "p1", "e1", month=date(2024, 2, 1), base=5000.0)
    town.entity("p2", birth_date=date(1930, 1, 1))
    month = {"month": date(2024, 3, 1), "paid_date": date(2024, 3, 5), "amount": 3000.0}
    town.row("pension_payment", "p2", "a2", scheme="employee_pension", item="basic_pension", **month)
    town.row("life_trace", "p2", trace_type="rail", occurred_at=NOON - timedelta(400))
    visit(town, "p3", "c1", NOON)
    return town


def visit(town: Any, person: str, clinic: str, when: datetime) -> None:
    day = {"start_date": when.date(), "end_date": when.date(), "settled_at": when}
    town.row(
        "settlement", person, clinic, visit_type="outpatient", total_amount=90.0, fund_amount=60.0, **day
    )


def test_a_day_later_only_what_happened_is_another_row(town: Any, tmp_path: Path) -> None:
    before = filled(town).build()
    later = filled(type(town)(tmp_path / "later"))
    visit(later, "p9", "c9", NOON + timedelta(1))
    after = later.build()
    changed = set()
    for path in sorted(before.folder.glob("*/*.parquet")):
        old = pl.read_parquet(path)
        new = pl.read_parquet(after.folder / path.relative_to(before.folder))
        rows = new.join(old, on=old.columns, how="anti", nulls_equal=True)
        assert old.join(new, on=old.columns, how="anti", nulls_equal=True).is_empty(), path
        changed |= {
            (path.stem, *row) for row in rows.select(new.columns[: 1 if "id" in new else 2]).iter_rows()
        }
    assert changed == {("Clinic", "c9"), ("Person", "p9"), ("VISITS", "p9", "c9")}
