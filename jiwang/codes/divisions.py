"""Administrative divisions (GB/T 2260 and the statistics bureau's codes of 2023): names and pooling regions.

The table `divisions.csv` is derived from modood/Administrative-divisions-of-China (WTFPL), codes as published
by the National Bureau of Statistics for 2023. `divisions_history.csv` leads names and codes of divisions that
were renamed, merged or raised (襄樊市, 宣武区, 开封县) to their successors; it holds the better-known changes
since the 1990s, not all, so a code that neither knows may still be historic.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

_UNNAMED = ("市辖区", "省直辖县级行政区划", "自治区直辖县级行政区划", "县")
# Provinces whose numbers are issued though the bureau publishes no counties for them.
_WITHOUT_COUNTIES = {"71": "台湾省", "81": "香港特别行政区", "82": "澳门特别行政区", "83": "台湾居民居住证"}


@cache
def names() -> Mapping[str, str]:
    """Return the name of every division by its code of 2 (province), 4 (city) or 6 (county) digits."""
    text = (files(__package__) / "divisions.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return MappingProxyType({r["code"]: r["name"] for r in rows} | _WITHOUT_COUNTIES)


@cache
def history() -> Mapping[str, tuple[str, str]]:
    """Return former code of a division → its former name and the code of its successor."""
    text = (files(__package__) / "divisions_history.csv").read_text(encoding="utf-8")
    return MappingProxyType(
        {r["code"]: (r["name"], r["successor"]) for r in csv.DictReader(text.splitlines())}
    )


def former_names() -> list[tuple[str, str]]:
    """Return ``(code of the successor, former name)`` of every division that changed its name."""
    return [(successor, name) for name, successor in history().values()]


def current(code: str) -> str:
    """Return the code that a division bears today: its own, or its successor's."""
    _, successor = history().get(code, ("", code))
    return successor


def name_of(code: str | None) -> str | None:
    """Return the full name of a division of 2, 4 or 6 digits, as far down as it is known; None for no code.

    ``XXXX00`` and ``XX0000`` are the city and the province themselves.
    """
    found = names()
    parts = [found.get((code or "")[:n]) for n in (2, 4, 6)]
    steps = [p for p in parts if p and p not in _UNNAMED]
    return "".join(steps) or None


def same_pool(code_a: str | None, code_b: str | None) -> bool:
    """Say whether two division codes lie in one pooling region: the same city, their first four digits."""
    return bool(code_a and code_b and len(code_a) >= 4 and code_a[:4] == code_b[:4])


@cache
def known_codes() -> npt.NDArray[np.bool_]:
    """Return a flag for each number 0 to 999999: the code of a county, or of a city without counties?"""
    known = np.zeros(1_000_000, dtype=np.bool_)
    cities = {c for c in names() if len(c) == 4}
    split = {c[:4] for c in names() if len(c) == 6}
    known[[int(c) for c in names() if len(c) == 6]] = True
    for city in cities - split:
        known[int(city) * 100 : int(city) * 100 + 100] = True
    for province in _WITHOUT_COUNTIES:
        known[int(province) * 10_000] = True
    return known
