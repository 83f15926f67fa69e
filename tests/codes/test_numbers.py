"""Credit codes, bank cards, phones and divisions."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiwang.codes import bankcard, divisions, phone, uscc


def verdict(codec, text):
    return codec.inspect(pl.Series([text], dtype=pl.String)).row(0, named=True)["verdict"]


def outer_check(first17):
    total = sum(uscc.ALPHABET.index(c) * w for c, w in zip(first17, uscc.WEIGHTS, strict=True))
    return uscc.ALPHABET[(31 - total % 31) % 31]


def test_the_examples_of_the_credit_code():
    assert verdict(uscc, "91440300708461136T") == "ok"
    assert verdict(uscc, " ９１440300708461136t ") == "ok"
    assert verdict(uscc, "911101081000204357") == "checksum"
    assert verdict(uscc, "110108000123456") == "format"  # an old registration number
    assert verdict(uscc, None) == "missing"


def test_the_inner_organisation_code_is_checked_but_only_noted():
    first17 = "9144030070846113" + "7"  # the inner digit is 6
    row = uscc.inspect(pl.Series([first17 + outer_check(first17)])).row(0, named=True)
    assert (row["verdict"], row["usable"]) == ("org_code", True)


@given(st.integers(0, 16), st.sampled_from(uscc.ALPHABET))
def test_a_changed_character_of_a_credit_code_is_noticed(place, character):
    right = "91440300708461136T"
    wrong = right[:place] + character + right[place + 1 :]
    assert verdict(uscc, wrong) == (
        "ok" if wrong == right else ("format" if 2 <= place < 8 and not character.isdigit() else "checksum")
    )


def luhn(first):
    digits = [int(c) for c in reversed(first)]
    total = sum(sum(divmod(2 * d, 10)) if i % 2 == 0 else d for i, d in enumerate(digits))
    return first + str(-total % 10)


@given(st.integers(15, 18).flatmap(lambda n: st.text("0123456789", min_size=n, max_size=n)))
def test_cards_of_every_length_carry_a_luhn_digit(first):
    right = luhn(first)
    assert verdict(bankcard, right) == "ok"
    assert verdict(bankcard, right[:-1] + str((int(right[-1]) + 1) % 10)) == "luhn"


def test_passbooks_keep_leading_zeros_and_need_no_check():
    row = bankcard.inspect(pl.Series(["0005 1122 3795"])).row(0, named=True)
    assert (row["canonical"], row["verdict"]) == ("000511223795", "passbook")
    assert verdict(bankcard, "6.2E+18") == "format"


@pytest.mark.parametrize(
    ("text", "canonical", "kind"),
    [
        ("138 0013 8000", "13800138000", "mobile"),
        ("+86-13800138000", "13800138000", "mobile"),
        ("0377-63123456", "037763123456", "landline"),
        ("12345", None, "format"),
        ("", None, "missing"),
    ],
)
def test_phones(text, canonical, kind):
    row = phone.inspect(pl.Series([text])).row(0, named=True)
    assert (row["canonical"], row["verdict"]) == (canonical, kind)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("110101", "北京市东城区"),
        ("429004", "湖北省仙桃市"),
        ("440300", "广东省深圳市"),
        ("130000", "河北省"),
        ("441999", "广东省东莞市"),
        ("999999", None),
        (None, None),
    ],
)
def test_names_of_divisions(code, name):
    assert divisions.name_of(code) == name


def test_a_pool_is_a_city():
    assert divisions.same_pool("440304", "440300")
    assert not divisions.same_pool("440304", "440100")
    assert not divisions.same_pool(None, "440100")
