"""Blocks: which units are compared at all. Joins on hashes, under a cap that names what it leaves out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from entity_resolution.engine.profile import Profile
from entity_resolution.engine.units import Units, parts_of_units
from entity_resolution.engine.values import Said

SHOWN = 5  # blocks over the cap that are named a rule


@dataclass(frozen=True)
class Crowd:
    """A block of more units than the cap: refined, and what stays too large is not compared by this rule.

    Attributes:
        rule: the parts that the block agrees on.
        value: what they say, for kinds that are not personal; masked otherwise.
        units: how many units.
        dropped: how many of them stayed in blocks over the cap after refinement.
    """

    rule: Sequence[str]
    value: str
    units: int
    dropped: int


@dataclass(frozen=True)
class Candidates:
    """What is to be compared.

    Attributes:
        pairs: candidate pairs as ``a << 32 | b`` with a < b, sorted.
        crowds: the blocks over the cap.
        keyed: ``unit, h`` of each rule: the blocks that every unit is in.
        compared: number of pairs that were compared.
    """

    pairs: pl.Series
    crowds: list[Crowd]
    keyed: list[pl.DataFrame]
    compared: int


def candidates(said: Said, units: Units, profile: Profile) -> Candidates:
    """Return the pairs that share a block, and the blocks."""
    wanted = list(dict.fromkeys(p for rule in (*profile.blocks, profile.refine) for p in rule))
    parts = parts_of_units(said, units, wanted)
    found, crowds, every = [pl.Series(dtype=pl.UInt64)], [], []
    for rule in profile.blocks:
        keyed = keys(parts, rule).unique()
        every.append(keyed)
        fitting, over = split(keyed, profile.cap)
        found.append(met(fitting))
        if over.height:
            refined, dropped = _refined(over, parts, rule, profile)
            found.append(refined)
            crowds += _named(over, dropped, rule, said, units)
    pairs = pl.concat(found).unique().sort()
    return Candidates(pairs, crowds, every, len(pairs))


def of_units(said: Said, units: Units, profile: Profile) -> list[pl.DataFrame]:
    """Return ``unit, h`` of each rule: the blocks that every unit is in."""
    parts = parts_of_units(said, units, list(dict.fromkeys(p for rule in profile.blocks for p in rule)))
    return [keys(parts, rule).unique() for rule in profile.blocks]


def keys(parts: Mapping[str, pl.DataFrame], rule: Sequence[str]) -> pl.DataFrame:
    """Return ``unit, h``: the blocks of one rule that every unit is in."""
    keyed = parts[rule[0]]
    for part in rule[1:]:
        keyed = finer(keyed, parts[part])
    return keyed


def finer(keyed: pl.DataFrame, part: pl.DataFrame) -> pl.DataFrame:
    """Return the blocks that agree on a further part as well; both are ``unit, h``."""
    return keyed.join(part, on="unit", suffix="_2").select(
        pl.exclude("h", "h_2"), h=pl.struct("h", "h_2").hash()
    )


def split(keyed: pl.DataFrame, cap: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows of blocks of two units up to ``cap``, and those of larger ones with their size."""
    sized = keyed.with_columns(size=pl.len().over("h")).filter(pl.col("size") > 1)
    return sized.filter(pl.col("size") <= cap).select("unit", "h"), sized.filter(pl.col("size") > cap)


def met(keyed: pl.DataFrame) -> pl.Series:
    """Return the pairs of units in one block, as ``a << 32 | b``, each once."""
    keyed = keyed.sort("h", "unit")
    both = keyed.join(keyed, on="h", suffix="_b").filter(pl.col("unit") < pl.col("unit_b"))
    key = pl.col("unit").cast(pl.UInt64) * 2**32 + pl.col("unit_b").cast(pl.UInt64)
    return both.select(k=key)["k"].unique()


def _refined(
    over: pl.DataFrame, parts: Mapping[str, pl.DataFrame], rule: Sequence[str], profile: Profile
) -> tuple[pl.Series, pl.DataFrame]:
    """Add further parts to blocks over the cap until they fit; return pairs, and the rows that never do."""
    found, left = [pl.Series(dtype=pl.UInt64)], over.select("unit", "h")
    done = further(rule, profile)
    for part in done:
        fitting, rest = split(finer(left, parts[part]).unique(), profile.cap)
        found.append(met(fitting))
        left = rest.select("unit", "h")
    if not done:
        return found[0], over
    return pl.concat(found).unique(), left


def further(rule: Sequence[str], profile: Profile) -> list[str]:
    """Return the parts that refine a rule's blocks: those of fields that it does not look at already."""
    fields = {r.partition(".")[0] for r in rule}
    return [p for p in profile.refine if p.partition(".")[0] not in fields]


def _named(
    over: pl.DataFrame, dropped: pl.DataFrame, rule: Sequence[str], said: Said, units: Units
) -> list[Crowd]:
    largest = (
        over.group_by("h").agg(pl.len(), pl.col("unit").min()).sort("len", "h", descending=[True, False])
    )
    lost = set(dropped["unit"].unique().to_list()) if dropped.height else set()
    crowds = []
    for h, size, unit in largest.head(SHOWN).iter_rows():
        members = over.filter(pl.col("h") == h)["unit"]
        crowds.append(
            Crowd(tuple(rule), value_of(rule, unit, said, units), size, sum(m in lost for m in members))
        )
    return crowds


def value_of(rule: Sequence[str], unit: int, said: Said, units: Units) -> str:
    """Return what a unit says of the parts of a rule; of names, ids and phones only the ends."""
    return " + ".join(_shown(part, unit, said, units) for part in rule)


_PERSONAL = frozenset({"id", "phone", "name"})


def _shown(part: str, unit: int, said: Said, units: Units) -> str:
    name, _, piece = part.partition(".")
    rows = units.listed[name]
    code = rows.code[rows.starts[unit]] if rows.starts[unit] < rows.starts[unit + 1] else None
    if code is None:
        return f"{part}=?"
    told = said.values[name].parts[piece][int(code)]
    text = str(told[0] if isinstance(told, pl.Series) and len(told) else told)
    if said.values[name].field.kind in _PERSONAL and len(text) > 1:
        text = f"{text[0]}…{text[-1]}" if len(text) > 4 else f"{text[0]}…"
    return f"{part}={text}"
