"""Citizen ids: what is read, what is only noted, and that nobody old is turned away."""

from __future__ import annotations

import time
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiwang.codes import citizen, divisions

COUNTIES = sorted(c for c in divisions.names() if len(c) == 6)


@st.composite
def ids(draw, years=(1900, 2020)):
    head = draw(st.sampled_from(COUNTIES))
    birth = draw(st.dates(date(years[0], 1, 1), date(years[1], 12, 31)))
    first17 = f"{head}{birth:%Y%m%d}{draw(st.integers(1, 999)):03d}"
    return first17 + citizen.check_digit(first17)


def one(text, **options):
    return citizen.inspect(pl.Series([text], dtype=pl.String), **options).row(0, named=True)


def test_the_standards_own_example():
    assert citizen.check_digit("1101" + "0519" + "4912" + "31002") == "X"  # GB 11643-1999, annex


@given(ids())
def test_a_right_number_is_read_whatever_its_birth_year(text):
    row = one(text)
    assert (row["canonical"], row["verdict"], row["usable"]) == (text, "ok", True)
    assert row["birth_date"].strftime("%Y%m%d") == text[6:14]
    assert row["sex"] == ("male" if int(text[16]) % 2 else "female")
    assert row["region"] == text[:6]


@given(ids(years=(1900, 1999)))
def test_fifteen_digits_become_the_same_person(text):
    row = one(text[:6] + text[8:17])
    assert (row["canonical"], row["verdict"], row["usable"]) == (text, "upgraded", True)


@given(ids(), st.sampled_from(["lower", "wide", "spaced", "apostrophe", "star"]))
def test_the_ways_departments_write_a_number(text, way):
    written = {
        "lower": text.lower(),
        "wide": "".join(chr(ord(c) + 0xFEE0) for c in text),
        "spaced": f" {text[:6]} {text[6:14]}\u3000{text[14:]}\t",
        "apostrophe": f"'{text}",
        "star": text.replace("X", "*"),
    }[way]
    assert one(written)["canonical"] == text


@given(ids(), st.integers(0, 16), st.integers(1, 9))
def test_every_single_wrong_digit_is_noticed(text, place, shift):
    wrong = text[:place] + str((int(text[place]) + shift) % 10) + text[place + 1 :]
    row = one(wrong)
    assert row["verdict"] in {"checksum", "date"}
    assert not row["usable"]
    assert row["canonical"] == wrong  # kept: resolution compares it


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (None, "missing"),
        ("", "missing"),
        (" \u3000", "missing"),
        ("无", "format"),
        ("1.10101E+17", "format"),
        ("41132419" + "632143202", "format"),
        ("1101**********1234", "masked"),
        ("4113*******5063", "masked"),
    ],
)
def test_what_is_no_complete_number_says_why(text, verdict):
    row = one(text)
    assert (row["verdict"], row["canonical"], row["usable"]) == (verdict, None, False)


def made(first17):
    return first17 + citizen.check_digit(first17)


def test_notes_do_not_make_a_number_unusable():
    assert one(made("110229" + "19500307" + "123"))["verdict"] == "region"  # 延庆县, renumbered in 2015
    assert one(made("110229" + "19500307" + "123"))["usable"]
    assert one(made("110101" + "19500307" + "000"))["verdict"] == "sequence"
    assert one(made("110101" + "19500307" + "000"))["usable"]


def test_impossible_and_future_births():
    assert one(made("110101" + "20230229" + "123"))["verdict"] == "date"
    assert one(made("110101" + "20230229" + "123"))["birth_date"] is None
    unborn = made("110101" + "20240301" + "123")
    assert one(unborn)["usable"]
    assert one(unborn, today=date(2024, 2, 29))["verdict"] == "date"


def test_masked_parts_show_head_tail_and_length():
    parts = citizen.masked_parts(
        pl.Series(
            [
                "4113**********1731",
                "4113**********018*",
                "4113*******5063",
                made("110101" + "19500307" + "123"),
                None,
            ]
        )
    )
    assert parts.rows() == [
        ("4113", "1731", 18),
        ("4113", "018X", 18),
        ("4113", "5063", 15),
        (None, None, None),
        (None, None, None),
    ]


def test_an_empty_column():
    assert citizen.inspect(pl.Series([], dtype=pl.String)).height == 0


def test_a_million_ids_in_seconds():
    texts = pl.Series([made(f"110101{1900 + i % 100}0{1 + i % 9}15{i % 999:03d}") for i in range(20_000)])
    many = pl.concat([texts] * 25)
    citizen.inspect(texts)
    started = time.process_time()
    citizen.inspect(many)
    assert time.process_time() - started < 2  # half a million; 0.2 s on an idle core
