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
    return pl.scan_parquet(path).select(*row_hashes(table), *also).collect(engine="streaming")


def row_hashes(table: NodeTable | EdgeTable) -> tuple[pl.Expr, pl.Expr]:
    """Return what gives the hashes ``row`` and ``key`` of a table's rows."""
    every = reduce(lambda sofar, column: sofar * MIX + column, map(column_hash, table.columns()))
    return every.alias("row"), column_hash("eid" if isinstance(table, EdgeTable) else "id").alias("key")


def column_hash(column: str) -> pl.Expr:
    """Return the hash of a column, the same for the same value wherever it stands."""
    return pl.col(column).hash(0)


def all_differ(keys: list[np.ndarray]) -> bool:
    """Say whether surely no key is missing and none is there twice."""
    ordered = np.concatenate(keys)
    ordered.sort()
    return not ((ordered[1:] == ordered[:-1]).any() or (ordered == NONE).any())


def places_of_others(old: np.ndarray, new: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the places of the rows that only ``old`` has, and of those that only ``new`` has.

    A row that ``new`` has twice, and ``old`` not, is in neither.
    """
    both = np.concatenate([old, new])
    both.sort()
    alike = both[1:] == both[:-1]
    single = np.ones(len(both), bool)
    single[1:] &= ~alike
    single[:-1] &= ~alike
    others = both[single]
    del both, alike, single
    return _places(old, others), _places(new, others)


def how_many_of(hashes: np.ndarray, some: np.ndarray) -> int:
    """Return how many of ``hashes`` are among ``some``."""
    return len(_places(hashes, some))


def _places(hashes: np.ndarray, some: np.ndarray) -> np.ndarray:
    found = pl.Series(hashes).is_in(pl.Series(some, dtype=pl.UInt64).implode())
    return found.arg_true().to_numpy()
