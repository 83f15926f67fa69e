"""What changed between two versions of the graph's tables: the rows to write and the rows to take away."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from graph.schema import GraphSchema
from graph.store import Tables


@dataclass(frozen=True)
class Change:
    """The change of one table.

    Attributes:
        written: rows that are new or differ, whole.
        gone: keys of the rows that are no more: ``id``, or ``source``, ``target`` and ``eid``.
    """

    written: pl.DataFrame
    gone: pl.DataFrame

    @property
    def rows(self) -> int:
        """How many rows change."""
        return self.written.height + self.gone.height


def changes(schema: GraphSchema, before: Tables, after: Tables) -> dict[str, Change]:
    """Return table → its change, in the order in which they can be written; unchanged tables are left out.

    Rows are compared by a 64-bit hash of all their columns: of ten million rows, one change in a billion is
    overlooked, and no row is ever taken for another's key.
    """
    found: dict[str, Change] = {}
    for keys, old, new in ((["id"], before[0], after[0]), (["source", "target", "eid"], before[1], after[1])):
        for name in schema.nodes if keys == ["id"] else schema.edges:
            change = _change(old[name], new[name], keys)
            if change is not None and change.rows:
                found[name] = change
    return found


def _change(old: Path, new: Path, keys: list[str]) -> Change | None:
    if old.samefile(new):
        return None
    marked = [pl.read_parquet(path).with_row_index("row") for path in (old, new)]
    hashes = [frame.select("row", h=frame.drop("row").hash_rows(0)) for frame in marked]
    was, now = (
        frame.join(hashed.join(other, on="h", how="anti"), on="row", how="semi").drop("row")
        for frame, hashed, other in (
            (marked[0], hashes[0], hashes[1]),
            (marked[1], hashes[1], hashes[0]),
        )
    )
    return Change(now, was.join(now, on=keys, how="anti").select(keys))
