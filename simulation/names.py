"""Names of people: own small tables, characters by decade of birth, rare ones and minority names included."""

from datetime import date
from random import Random
from typing import Any

from simulation.data import table

DECADES = (1930, 1950, 1970, 1980, 1990, 2000)


def _surnames() -> tuple[list[str], list[float]]:
    rows: list[list[Any]] = table("names")["surnames"]
    chars = [char for _, block in rows for char in block]
    weights = [float(weight) for weight, block in rows for _ in block]
    return chars, weights


def surname(rng: Random) -> str:
    """Draw a surname; one in 300 is a compound one."""
    if rng.random() < 1 / 300:
        return str(rng.choice(table("names")["compound"]))
    chars, weights = _surnames()
    return rng.choices(chars, weights)[0]


def given(rng: Random, sex: int, born: date) -> str:
    """Draw a given name of one (a quarter) or two characters, as it was fashionable at birth."""
    decade = max(start for start in DECADES if start <= max(born.year, DECADES[0]))
    chars: str = table("names")["given"][str(decade)]["m" if sex == 1 else "f"]
    # Squaring the draw makes the characters near the front commoner.
    picks = [chars[int(rng.random() ** 1.6 * len(chars))] for _ in range(1 if rng.random() < 0.25 else 2)]
    return "".join(picks)


def rare_given(rng: Random) -> str:
    """Draw a character that the old encodings cannot hold."""
    return str(rng.choice(table("names")["rare"]["given"]))


def minority(rng: Random, sex: int) -> str:
    """Draw a two-part name with its dot."""
    words: dict[str, list[str]] = table("names")["minority"]
    return f"{rng.choice(words['given_m' if sex == 1 else 'given_f'])}·{rng.choice(words['father'])}"


def homophone(rng: Random, name: str) -> str:
    """Return the name with one character miswritten by ear, or unchanged where none offers itself."""
    places = [
        (at, pair)
        for at, char in enumerate(name)
        for pair in table("names")["homophones"]["pairs"]
        if char in pair
    ]
    if not places:
        return name
    at, pair = rng.choice(places)
    return name[:at] + str(pair).replace(name[at], "")[:1] + name[at + 1 :]
