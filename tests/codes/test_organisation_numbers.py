"""Organisations' numbers of every age: told apart by form and check digit, mended where both checks agree."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiwang.codes import organisation, uscc

KNOWN = "91440300708461136T"  # the example of GB 32100


def read(number: str) -> dict[str, object]:
    return organisation.read(pl.Series([number])).row(0, named=True)


def code(digits: str) -> str:
    total = sum(int(c) * w for c, w in zip(digits, uscc.ORG_WEIGHTS, strict=True))
    check = (11 - total % 11) % 11
    first = f"91411302{digits}{'X' if check == 10 else check}"
    values = sum(uscc.ALPHABET.index(c) * w for c, w in zip(first, uscc.WEIGHTS, strict=True))
    return first + uscc.ALPHABET[(31 - values) % 31]


@pytest.mark.parametrize(
    ("number", "found"),
    [
        (KNOWN, {"uscc": KNOWN, "mended": False, "org_code": "708461136"}),
        ("70846113-6", {"uscc": None, "org_code": "708461136"}),
        ("440300708461136", {"org_code": "708461136", "registration_no": "440300708461136"}),
        ("9144O3OO7O8461136T", {"uscc": KNOWN, "mended": True, "org_code": "708461136"}),
        ("91440300708461137T", {"uscc": None, "broken": "91440300708461137T", "org_code": None}),
        ("708461137", {"uscc": None, "org_code": None, "broken": None}),
    ],
)
def test_a_number_is_read_by_its_kind(number: str, found: dict[str, object]) -> None:
    said = read(number)
    assert {key: said[key] for key in found} == found


@given(st.integers(0, 10**8 - 1), st.integers(0, 17), st.sampled_from(uscc.ALPHABET))
def test_a_mistyped_code_finds_the_known_one_it_is_near_to(serial: int, at: int, letter: str) -> None:
    right = code(f"{serial:08d}")
    wrong = right[:at] + letter + right[at + 1 :]
    met = organisation.near(pl.Series([wrong]), pl.Series([right, KNOWN]))
    assert met["known"].to_list() == [right]


@given(st.integers(0, 10**8 - 1), st.integers(0, 17))
def test_a_lost_or_swapped_character_is_one_slip(serial: int, at: int) -> None:
    right = code(f"{serial:08d}")
    lost = right[:at] + right[at + 1 :]
    swapped = right[:at] + right[at + 1 : at + 2] + right[at] + right[at + 2 :]
    met = organisation.near(pl.Series([lost, swapped]), pl.Series([right]))
    assert set(met["broken"]) == {lost, swapped}


def test_a_look_alike_letter_is_not_mended_against_the_inner_check() -> None:
    right = code("12345678")
    wrong = right.replace("1", "I", 1)[:-1] + ("0" if right[-1] != "0" else "1")
    assert read(wrong)["uscc"] is None
