"""One office's hand: every slip of the catalogue happens, and what was written once is written again."""

from __future__ import annotations

from random import Random

import pytest

from simulation.data import table
from simulation.genesis import create
from simulation.render.desk import Desk
from simulation.world import Person


@pytest.fixture(scope="module")
def people() -> list[Person]:
    return create(400, 3, "361000", "和宁市").world.people


def desk(**rates: float) -> Desk:
    """Return a desk that makes only the slips named."""
    none = dict.fromkeys(table("dirt")["default"], 0.0)
    return Desk("enrolment", Random(1), "和宁市", "江西省", {"enrolment": none | rates})


def test_a_careful_office_writes_what_is_true(people: list[Person]) -> None:
    hand = desk()
    common = [person for person in people if not person.rare and "·" not in person.name]
    assert all(hand.person(person) == (person.name, person.cid) for person in common)


@pytest.mark.parametrize(
    ("slip", "mark"),
    [("dead", "（已故）"), ("name_wide", "\u3000"), ("name_space", " ")],
)
def test_slips_of_the_name(people: list[Person], slip: str, mark: str) -> None:
    hand = desk(**{slip: 1.0})
    assert any(mark in hand.person(person)[0] for person in people)


def test_slips_of_the_id(people: list[Person]) -> None:
    old = [person for person in people if person.born.year < 1985]
    assert {len(desk(id15=1.0).person(person)[1]) for person in old} == {15}
    assert {len(desk(lost=1.0).person(person)[1]) for person in people} == {17}
    assert {desk(missing=1.0).person(person)[1] for person in people} == {""}
    masked = desk(masked=1.0, id15=1.0)
    assert {masked.person(person)[1][4:-4] for person in old} == {"*" * 7}
    for slip, mark in (("lower_x", "x"), ("full_x", "Ｘ"), ("star_x", "*")):
        ends = {desk(**{slip: 1.0}).person(person)[1][-1] for person in people}
        assert mark in ends
        assert "X" not in ends


def test_a_lost_digit_stays_lost(people: list[Person]) -> None:
    hand = desk(lost=0.5, homophone=0.5)
    assert [hand.person(person) for person in people] == [hand.person(person) for person in people]


def test_names_of_firms_vary_and_keep_their_core(people: list[Person]) -> None:
    firms = create(400, 3, "361000", "和宁市").world.employers
    hand = desk(firm=1.0)
    written = [(firm.name, hand.firm(firm)) for firm in firms]
    assert len({name for name, variant in written if name != variant}) > len(firms) // 3
    assert all(hand.firm(firm) == variant for firm, (_, variant) in zip(firms, written, strict=True))
