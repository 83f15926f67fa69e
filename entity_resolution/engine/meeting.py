"""Steps from units to pairs: blocks under the cap, and those over it refined; each on one shard (`seam`)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from entity_resolution.engine import block, seam
from entity_resolution.engine.profile import Profile

Ints = npt.NDArray[np.int64]


def keys(frame: pl.DataFrame, rules: int) -> pl.DataFrame:
    """Return the blocks that units are in: `seam.KEYS`."""
    return pl.concat(
        frame.select(rule=pl.lit(i, dtype=pl.Int64), h=f"rule:{i}", unit="unit").explode("h").drop_nulls("h")
        for i in range(rules)
    )


def met(frame: pl.DataFrame, cap: int) -> pl.DataFrame:
    """Return the pairs of blocks up to the cap, and the rows of those over it: `seam.MET`.

    Args:
        frame: rows of `seam.KEYS`, all rows of a block in this shard.
        cap: most units of a block.
    """
    found = [pl.DataFrame(schema=dict(seam.MET))]
    for (rule,), rows in frame.partition_by("rule", as_dict=True).items():
        fitting, over = block.split(rows.select("unit", "h"), cap)
        pair = block.met(fitting).to_frame("k")
        a, b = (pl.col("k") // 2**32).cast(pl.Int64), (pl.col("k") % 2**32).cast(pl.Int64)
        number = pl.lit(rule, dtype=pl.Int64)
        none = pl.lit(None, dtype=pl.Int64)
        found.append(pair.select(rule=number, h=none, a=a, b=b))
        found.append(over.select(rule=number, h="h", a="unit", b=none))
    return pl.concat(found)


def pairs(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs among what met: `seam.PAIRS`."""
    return frame.filter(pl.col("b").is_not_null()).select("a", "b").unique()


def over(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of blocks over the cap: `seam.KEYS`."""
    return frame.filter(pl.col("b").is_null()).select("rule", "h", unit="a")


def of_rules(frame: pl.DataFrame, rules: Sequence[int]) -> pl.DataFrame:
    """Return the rows of some rules: `seam.KEYS`."""
    return frame.filter(pl.col("rule").is_in(list(rules)))


def finer(left: pl.DataFrame, units: pl.DataFrame, part: int) -> pl.DataFrame:
    """Add a part to blocks over the cap: `seam.KEYS`.

    Args:
        left: rows of `seam.KEYS`.
        units: the units of this shard, with ``part:N``.
        part: its place among the profile's ``refine``.
    """
    told = units.select("unit", h=f"part:{part}").explode("h").drop_nulls("h")
    # Hashes of hashes are taken of unsigned numbers, as everywhere else.
    unsigned = pl.col("h").reinterpret(signed=False)
    found = block.finer(left.with_columns(unsigned), told.with_columns(unsigned)).unique()
    return found.select("rule", pl.col("h").reinterpret(signed=True), "unit")


def crowds(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the largest blocks over the cap of each rule in this shard: `seam.CROWDS`."""
    rows = over(frame).group_by("rule", "h").agg(size=pl.len().cast(pl.Int64), least=pl.col("unit").min())
    return largest(rows).select(list(seam.CROWDS))


def largest(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the largest blocks of each rule, by size, then hash."""
    order = pl.col("h").reinterpret(signed=False)
    ranked = rows.sort("rule", "size", order, descending=[False, True, False])
    return ranked.group_by("rule", maintain_order=True).head(block.SHOWN)


def members(frame: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of the blocks that are to be named: `seam.KEYS`."""
    return over(frame).join(named.select("rule", "h"), on=["rule", "h"], how="semi")


def chosen(frame: pl.DataFrame, members: Ints) -> pl.DataFrame:
    """Return some units, with all that is known of them."""
    return frame.filter(pl.Series(np.isin(frame["unit"].to_numpy(), members)))


def lost(members: pl.DataFrame, left: pl.DataFrame) -> pl.DataFrame:
    """Count the members of named blocks that no refinement brought under the cap: `seam.COUNTS`.

    Args:
        members: as `members` returns them.
        left: rows of `seam.KEYS` that are still over the cap; both of the units of this shard.
    """
    found = members.join(left.select("rule", "unit").unique(), on=["rule", "unit"], how="semi")
    return found.group_by("rule", "h").agg(n=pl.len().cast(pl.Int64))


def applies(part: str, profile: Profile) -> list[int]:
    """Return the rules whose blocks a part refines."""
    return [i for i, rule in enumerate(profile.blocks) if part in block.further(rule, profile)]
