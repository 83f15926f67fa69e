"""How alike two different values of a field are: levels by kind, on distinct pairs of values.

String measures are rapidfuzz's (C++, whole columns): OSA for slips and turned neighbours, Jaro-Winkler for
western names, token sets for addresses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from entity_resolution.engine.profile import FieldOf

Bytes = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]
LEVELS: Mapping[str, tuple[str, ...]] = {
    "han_name": ("sounds alike", "a character lost", "written otherwise", "one character differs", "differs"),
    "latin_name": ("turned round", "very alike", "alike", "sounds alike", "a part in common", "differs"),
    "date": ("one slip", "two parts agree", "within two months", "same year", "differs"),
    "year": ("one year apart", "two years apart", "differs"),
    "code": ("differs",),
    "citizen": ("one slip", "two slips", "masked, fits", "differs", "two usable", "same, under another name"),
    "id": ("one slip", "two slips", "differs"),
    "phone": ("one slip", "differs"),
    "han_address": ("same house or road", "differs"),
    "latin_address": ("very alike", "alike", "differs"),
    "sex": ("differs",),
    "source": ("none in common",),
    "text": ("very alike", "alike", "differs"),
}
BORROWED = LEVELS["citizen"].index("same, under another name")
PARTIAL = {"han_name": 2, "citizen": 2}  # the level of two equal values that are masked
_NEAR_DAYS = 60


def rule(of: FieldOf) -> str:
    """Return the name of the rule that judges a field's values; a key of `LEVELS`."""
    by_kind = {
        "name": f"{of.script}_name",
        "address": f"{of.script}_address",
        "id": "citizen" if of.checksum == "citizen" else "id",
        "date": "date",
        "year": "year",
        "code": "code",
        "phone": "phone",
        "sex": "sex",
        "source": "source",
    }
    return by_kind.get(of.kind, "text")


def judge(of: FieldOf, x: pl.Series, y: pl.Series, both_usable: Flags) -> Bytes:
    """Return how alike unequal values are: places in ``LEVELS[rule(of)]``.

    Args:
        of: the field.
        x: normalised values.
        y: normalised values, unequal to ``x``.
        both_usable: whether both identify by themselves.
    """
    if not len(x):
        return np.empty(0, dtype=np.uint8)
    name = rule(of)
    found = _RULES[name](x, y)
    if name == "citizen":
        found[both_usable] = LEVELS[name].index("two usable")
    return found


def _measured(
    x: pl.Series, y: pl.Series, scorer: Any, dtype: Any = np.uint8, **more: Any
) -> npt.NDArray[Any]:
    return cpdist(x.to_list(), y.to_list(), scorer=scorer, dtype=dtype, workers=1, **more)


def _first(tests: list[Flags], otherwise: int) -> Bytes:
    """Return the place of the first test that holds."""
    return np.select(tests, list(range(len(tests))), otherwise).astype(np.uint8)


def _han_name(x: pl.Series, y: pl.Series) -> Bytes:
    """Judge the pairs that could be alike at all by the house's `likeness`; most are not."""
    from entity_resolution.normalize import names  # noqa: PLC0415 - loads the tables of sounds

    slips = _measured(x, y, OSA.distance, score_cutoff=2)
    frame = pl.DataFrame({"x": x, "y": y})
    lost = frame.select(
        pl.any_horizontal(pl.col("x", "y").str.contains("?", literal=True))
        | (pl.col("x").str.len_chars() >= 4)
        | (pl.col("y").str.len_chars() >= 4)
    ).to_series()
    heard = (names.sound_keys(x) == names.sound_keys(y)).fill_null(value=False)
    may = (slips <= 1) | lost.to_numpy() | heard.to_numpy()
    score = np.zeros(len(x))
    at = np.flatnonzero(may)
    score[at] = names.likenesses(x.gather(at), y.gather(at))
    lost_one = (score == names.WRITING) & frame.select(
        pl.col("x").str.len_chars() >= 3
    ).to_series().to_numpy()
    lost_one &= (frame["x"].str.len_chars() == frame["y"].str.len_chars()).to_numpy()
    return _first([score == names.SOUND, lost_one, score == names.WRITING, score == names.SHAPE], 4)


def _latin_name(x: pl.Series, y: pl.Series) -> Bytes:
    from entity_resolution.engine.kinds import name_part  # noqa: PLC0415 - kinds and levels know each other

    near = _measured(x, y, JaroWinkler.similarity, np.float32)
    ordered = name_part("sorted", x), name_part("sorted", y)
    turned = (ordered[0] == ordered[1]).to_numpy()
    crosswise = _measured(*ordered, JaroWinkler.similarity, np.float32)
    heard = (name_part("sound", x) == name_part("sound", y)).to_numpy()
    common = _measured(x, y, fuzz.partial_token_set_ratio, np.float32) >= 99.9
    best = np.maximum(near, crosswise)
    return _first([turned, best >= 0.94, best >= 0.88, heard, common], 5)


def _date(x: pl.Series, y: pl.Series) -> Bytes:
    a, b = (s.str.extract_groups(r"^(....)(..)(..)").struct.unnest() for s in (x, y))
    year, month, day = ((a[c] == b[c]).to_numpy() for c in a.columns)
    turned = year & ((a["2"] == b["3"]) & (a["3"] == b["2"])).to_numpy()
    open_ = ((a["3"] == "00") | (b["3"] == "00")).to_numpy()
    slip = _measured(x, y, OSA.distance, score_cutoff=2) <= 1
    days = [s.str.to_date("%Y%m%d", strict=False).cast(pl.Int32).cast(pl.Float64) for s in (x, y)]
    near = ((days[0] - days[1]).abs() <= _NEAR_DAYS).fill_null(value=False).to_numpy()
    parts = (year.astype(int) + month + day >= 2) | (open_ & year)
    return _first([(slip & ~open_) | turned, parts, near, year], 4)


def _year(x: pl.Series, y: pl.Series) -> Bytes:
    apart = (x.cast(pl.Int32) - y.cast(pl.Int32)).abs().to_numpy()
    return _first([apart == 1, apart == 2], 2)


def _citizen(x: pl.Series, y: pl.Series) -> Bytes:
    short = [pl.when(pl.col(c).str.len_chars() == 15).then(pl.col(c)) for c in ("x", "y")]
    frame = pl.DataFrame({"x": x, "y": y})
    # A wrong number of 15 places is held against the places of the other that it would have.
    cut = [pl.col(c).str.slice(0, 6) + pl.col(c).str.slice(8, 9) for c in ("x", "y")]
    frame = frame.with_columns(
        x2=pl.when(short[1].is_not_null() & (pl.col("x").str.len_chars() == 18)).then(cut[0]).otherwise("x"),
        y2=pl.when(short[0].is_not_null() & (pl.col("y").str.len_chars() == 18)).then(cut[1]).otherwise("y"),
    )
    slips = _measured(frame["x2"], frame["y2"], OSA.distance, score_cutoff=3)
    head = r"^([0-9]+)\*+([0-9X]*)$"
    fits = np.zeros(len(x), dtype=bool)
    for one, other in (("x", "y"), ("y", "x")):
        parts = pl.col(one).str.extract_groups(head)
        tail = parts.struct.field("2")
        old = pl.col(other).str.slice(0, 17).str.ends_with(tail)  # the end of the number of 15 places
        ends = pl.col(other).str.starts_with(parts.struct.field("1")) & (
            pl.col(other).str.ends_with(tail) | old
        )
        masked = pl.col(one).str.contains("*", literal=True) & ~pl.col(other).str.contains("*", literal=True)
        fits |= frame.select((masked & ends).fill_null(value=False)).to_series().to_numpy()
    return _first([(slips <= 1) & ~fits, (slips == 2) & ~fits, fits], 3)


def _id(x: pl.Series, y: pl.Series) -> Bytes:
    slips = _measured(x, y, OSA.distance, score_cutoff=3)
    return _first([slips <= 1, slips == 2], 2)


def _phone(x: pl.Series, y: pl.Series) -> Bytes:
    return _first([_measured(x, y, OSA.distance, score_cutoff=2) <= 1], 1)


def _han_address(x: pl.Series, y: pl.Series) -> Bytes:
    place = r"^(.*?#?\d+)"
    return _first([(x.str.extract(place) == y.str.extract(place)).fill_null(value=False).to_numpy()], 1)


def _latin_address(x: pl.Series, y: pl.Series) -> Bytes:
    ratio = _measured(x, y, fuzz.token_set_ratio, np.float32)
    return _first([ratio >= 90, ratio >= 75], 2)


def _unlike(x: pl.Series, y: pl.Series) -> Bytes:
    del y
    return np.zeros(len(x), dtype=np.uint8)


def _text(x: pl.Series, y: pl.Series) -> Bytes:
    near = _measured(x, y, JaroWinkler.similarity, np.float32)
    return _first([near >= 0.92, near >= 0.8], 2)


_RULES: Mapping[str, Callable[[pl.Series, pl.Series], Bytes]] = {
    "han_name": _han_name,
    "latin_name": _latin_name,
    "date": _date,
    "year": _year,
    "code": _unlike,
    "citizen": _citizen,
    "id": _id,
    "phone": _phone,
    "han_address": _han_address,
    "latin_address": _latin_address,
    "sex": _unlike,
    "source": _unlike,
    "text": _text,
}
