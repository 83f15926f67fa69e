"""Hashes of a table's rows and keys, read in one pass: two versions are told apart without comparing a text.

They have 64 bits. Between two versions of ten million rows one change in a billion is overlooked; equal keys
always have equal hashes, so that a doubled one is never missed, and what looks doubled is looked at again.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl

from graph.schema import EdgeTable, NodeTable

# Polars gives the same hashes in every process of one version, and promises no more.
VERSION = f"1-polars-{pl.__version__}"
MIX = pl.lit(0x9E3779B97F4A7C15, dtype=pl.UInt64)  # odd, so that no bit is lost; sums and products wrap
NONE = int(pl.Series([None], dtype=pl.String).hash(0)[0])  # of a key that is missing


class Hashes(NamedTuple):
    """Of one table, in the order of its rows, as arrays of uint64.

    Attributes:
        rows: of all columns.
        keys: of ``id`` or ``eid``.
    """

    rows: np.ndarray
    keys: np.ndarray

    @classmethod
    def of(cls, frame: pl.DataFrame) -> Hashes:
        """Return the hashes of rows and keys that `hashed` gave."""
        return cls(frame["row"].to_numpy(), frame["key"].to_numpy())


def hashed(path: Path, table: NodeTable | EdgeTable, also: Sequence[pl.Expr] = ()) -> pl.DataFrame:
    """Return the hashes ``row`` and ``key`` of every row of a table, and what else is asked of it."""
    every = reduce(lambda sofar, column: sofar * MIX + column, map(column_hash, table.columns()))
    key = column_hash("eid" if isinstance(table, EdgeTable) else "id")
    return (
        pl.scan_parquet(path).select(every.alias("row"), key.alias("key"), *also).collect(engine="streaming")
    )


def column_hash(column: str) -> pl.Expr:
    """Return the hash of a column, the same for the same value wherever it stands."""
    return pl.col(column).hash(0)


def all_differ(keys: list[np.ndarray]) -> bool:
    """Say whether surely no key is missing and none is there twice."""
    ordered = np.sort(np.concatenate(keys))
    return not ((ordered[1:] == ordered[:-1]).any() or (ordered == NONE).any())


def places_of_others(old: np.ndarray, new: np.ndarray) -> tuple[pl.Series, pl.Series]:
    """Return the places of the rows that only ``old`` has, and of those that only ``new`` has."""
    both = np.sort(np.concatenate([old, new]))
    alike = both[1:] == both[:-1]
    single = np.ones(len(both), bool)
    single[1:] &= ~alike
    single[:-1] &= ~alike
    others = pl.Series(both[single]).implode()
    return pl.Series(old).is_in(others).arg_true(), pl.Series(new).is_in(others).arg_true()
