"""The simulator's own codecs, against the examples of the standards."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest

from simulation.chance import Serial, stream
from simulation.codec import citizen_id, credit_code, first_generation, is_citizen_id, luhn


def test_the_standards_citizen_id() -> None:
    assert citizen_id("110105", date(1949, 12, 31), 2) == "11010519491231002X"


def test_a_first_generation_id_has_neither_century_nor_check() -> None:
    cid = citizen_id("110105", date(1949, 12, 31), 2)
    assert first_generation(cid) == "110105" + "491231" + "002"


def test_one_wrong_digit_is_always_seen() -> None:
    cid = citizen_id("361002", date(1960, 2, 29), 123)
    wrong = {
        cid[:at] + digit + cid[at + 1 :] for at in range(17) for digit in "0123456789" if digit != cid[at]
    }
    assert not any(is_citizen_id(other) for other in wrong)


def test_the_standards_credit_code() -> None:
    # GB 32100-2015's own kind of example: division 440300, organisation code 70846113-6.
    assert credit_code("440300", "70846113") == "91440300708461136T"


def test_luhn() -> None:
    assert luhn("7992739871") == "79927398713"


@pytest.mark.parametrize("width", [4, 5, 6])
def test_serials_are_used_once_and_tell_no_time(width: int) -> None:
    serial = Serial(Random(3), width)
    issued = [serial.next() for _ in range(5000)]
    assert len(set(issued)) == len(issued)
    numbers = [int(number) for number in issued]
    half = len(numbers) // 2
    late = sorted(range(len(numbers)), key=numbers.__getitem__)
    assert abs(sum(at >= half for at in late[:half]) / half - 0.5) < 0.05


def test_streams_depend_on_seed_and_purpose() -> None:
    draws = {stream(seed, purpose).random() for seed in (1, 2) for purpose in ("a", "b")}
    assert len(draws) == 4
    assert stream(1, "a").random() == stream(1, "a").random()
