"""Notes of clerks and callers, made from clauses with slots: the gold spans come with them."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jiwang.codes import citizen

WORDS: dict[str, Any] = tomllib.loads(Path(__file__).with_name("notes_clauses.toml").read_text("utf-8"))
_FORM = r"(?:股份有限公司|有限责任公司|有限公司)$"
_SLOT = re.compile(r"\{(.)\}")
LABELS = {
    "P": "person", "E": "employer", "C": "clinic", "R": "address", "D": "date", "M": "amount",
    "I": "citizen_id", "A": "account", "T": "account_tail", "F": "phone", "N": "alias",
}  # fmt: skip
Span = tuple[str, int, int, int | None]  # label, start, end, number of the person, employer or clinic


@dataclass(frozen=True)
class People:
    """Everybody that a note may name, in the order of their numbers."""

    persons: list[str]
    employers: list[str]
    clinics: list[str]


def population(rng: random.Random, persons: int, employers: int, clinics: int) -> People:
    """Draw names: persons may share them, employers and clinics do not."""
    return People(
        [_person(rng) for _ in range(persons)],
        sorted({_employer(rng) for _ in range(employers)}),
        sorted(
            {rng.choice(WORDS["clinic_places"]) + rng.choice(WORDS["clinic_kinds"]) for _ in range(clinics)}
        ),
    )


def _person(rng: random.Random) -> str:
    if rng.random() < 0.01:
        return str(rng.choice(WORDS["minority"]))
    surname = rng.choice(WORDS["compound"]) if rng.random() < 0.01 else _ranked(rng, WORDS["surnames"])
    return surname + "".join(rng.choices(WORDS["given"], k=1 if rng.random() < 0.18 else 2))


def _ranked(rng: random.Random, words: str) -> str:
    return words[min(int(rng.expovariate(1 / 22)), len(words) - 1)]


def _employer(rng: random.Random) -> str:
    city, brand = rng.choice(WORDS["cities"]), "".join(rng.sample(WORDS["brands"], 2))
    form = rng.choice(("有限公司", "有限公司", "有限责任公司", "股份有限公司"))
    return f"{city}{brand}{rng.choice(WORDS['trades'])}{form}"


def notes(clauses: list[str], count: int, people: People, rng: random.Random) -> list[tuple[str, list[Span]]]:
    """Return ``count`` notes of one to three clauses with their gold spans."""
    return [_note(rng.choices(clauses, k=rng.choice((1, 1, 1, 2))), people, rng) for _ in range(count)]


def _note(clauses: list[str], people: People, rng: random.Random) -> tuple[str, list[Span]]:
    text, spans = "", []
    for piece in _SLOT.split("".join(clauses)):
        if len(piece) == 1 and piece in LABELS:
            said, number = _FILLED[piece](people, rng)
            spans.append((LABELS[piece], len(text), len(text) + len(said), number))
            text += said
        else:
            text += piece
    return text, spans


Filled = tuple[str, int | None]


def _of_person(people: People, rng: random.Random) -> Filled:
    number = rng.randrange(len(people.persons))
    return people.persons[number], number


def _of_employer(people: People, rng: random.Random) -> Filled:
    number = rng.randrange(len(people.employers))
    name, dice = people.employers[number], rng.random()
    core = re.sub(_FORM, "", name[2:])
    if dice < 0.15:
        return f"{core}({name[:2]}){name[2 + len(core) :]}", number
    return (name[:2] + core if dice < 0.27 else name), number


def _of_clinic(people: People, rng: random.Random) -> Filled:
    number = rng.randrange(len(people.clinics))
    return people.clinics[number], number


def _address(people: People, rng: random.Random) -> Filled:
    del people
    place, town = rng.choice(WORDS["places"]), rng.choice(WORDS["towns"])
    if rng.random() < 0.35:
        rural = town if town.endswith(("乡", "镇")) else ""
        return (
            f"{place}{rural}{rng.choice(WORDS['villages'])}{rng.randint(1, 12)}组{rng.randint(1, 200)}号",
            None,
        )
    road = f"{rng.choice(WORDS['roads'])}{rng.randint(1, 400)}号"
    if rng.random() < 0.5:
        return f"{place}{town}{road}", None
    room = f"{rng.randint(1, 40)}号楼{rng.randint(1, 4)}单元{rng.randint(1, 26)}0{rng.randint(1, 4)}室"
    return f"{place if rng.random() < 0.7 else ''}{town}{road}{rng.choice(WORDS['estates'])}{room}", None


def _date(people: People, rng: random.Random) -> Filled:
    del people
    year, month, day = rng.randint(2019, 2025), rng.randint(1, 12), rng.randint(1, 28)
    styles = (
        f"{year}年{month}月{day}日", f"{year}-{month:02d}-{day:02d}", f"{year}.{month:02d}.{day:02d}",
        f"{month}月{day}号", f"{year}年{month}月", f"去年{month}月",
    )  # fmt: skip
    return rng.choice(styles), None


def _money(people: People, rng: random.Random) -> Filled:
    del people
    amount = rng.randint(100, 90_000)
    return rng.choice(
        (f"{amount}元", f"{amount:,}元", f"¥{amount:,}", f"{amount / 10000:.1f}万元", f"{amount}块钱")
    ), None


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choices("0123456789", k=count))


def _citizen(people: People, rng: random.Random) -> Filled:
    del people
    born = f"{rng.randint(1940, 2004)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"
    first = f"4113{rng.randint(22, 30)}{born}{_digits(rng, 3)}"
    return first + citizen.check_digit(first), None


_FILLED: dict[str, Callable[[People, random.Random], Filled]] = {
    "P": _of_person, "E": _of_employer, "C": _of_clinic, "R": _address, "D": _date, "M": _money,
    "I": _citizen,
    "A": lambda _, rng: ("621" + _digits(rng, 16), None),
    "T": lambda _, rng: (_digits(rng, 4), None),
    "F": lambda _, rng: (f"1{rng.choice('35789')}{_digits(rng, 9)}", None),
    "N": lambda _, rng: (rng.choice(WORDS["nicknames"]), None),
}  # fmt: skip
