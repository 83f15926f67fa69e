"""Slipped columns told by the file's own rows, where types alone say little."""

from __future__ import annotations

import pytest

HEADER = ["number", "id", "name", "month", "amount", "paid", "reason", "account"]


def row(n: int) -> list[str]:
    months = f"2024{n % 12 + 1:02}"
    return [
        f"{7_000_000 + n}",
        "",
        "甲乙丙"[n % 3],
        months,
        f"{1600 + n}.00",
        f"{months}15",
        "01",
        f"62{n:017}",
    ]


SOUND = [row(n) for n in range(60)]
SLIPS = {
    "a field came in early and the last fell off": lambda r: [*r[:2], "", *r[2:-1]],
    "two came in": lambda r: [*r[:3], "", "", *r[3:-2]],
    "a field fell out": lambda r: [*r[1:], ""],
    "the last field stands first": lambda r: [r[-1], *r[:-1]],
    "the first field stands last": lambda r: [*r[1:], r[0]],
    "a field fell out, and the row is short": lambda r: [*r[:3], *r[4:]],
    "a comma inside a field": lambda r: [*r[:2], "甲", *r[2:-1], ""],
}


@pytest.mark.parametrize("slip", SLIPS.values(), ids=SLIPS)
def test_a_slipped_row_is_told_by_the_other_rows_of_its_file(deliver, slip):
    told = deliver([",".join(r) for r in [*SOUND, slip(row(60))]])
    assert told.broken == {61: "shifted"}


@pytest.mark.parametrize(
    "fields",
    [
        ["7000060", "1.1E+17", "甲", "202401", "1.00", "没有", "99", "12"],
        ["A-7", "", "阿卜杜·热合曼", "202401", "99999999.99", "", "", "0"],
        ["7000060", "62000000000000001", "", "202401", "1.00", "20240115", "01", ""],
    ],
    ids=["dirty", "of shapes not seen before", "one value beside its column"],
)
def test_a_row_that_is_merely_unlike_the_others_stays(deliver, fields):
    told = deliver([",".join(r) for r in [*SOUND, fields]])
    assert told.broken == {}


def test_a_row_that_was_cut_off_has_not_slipped(deliver):
    cut = [row(60 + n)[: n + 2] for n in range(6)]
    told = deliver([",".join(r) for r in [*SOUND, *cut]])
    assert set(told.broken.values()) == {"field_count"}
