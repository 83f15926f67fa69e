"""What changed between two versions of the graph's tables: the rows to write and the rows to take away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from graph.contract import rows_of
from graph.schema import GraphSchema
from graph.store import Tables


@dataclass(frozen=True)
class Change:
    """The change of one table.

    Attributes:
        written: rows that are new or differ, whole.
        replaced: keys of the rows that differ or are no more: ``id``, or ``source``, ``target`` and ``eid``.
        gone: those of these that nothing takes the place of.
    """

    written: pl.DataFrame
    replaced: pl.DataFrame
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
    was = was.select(keys)
    return Change(now, was, was.join(now, on=keys, how="anti"))


def keeps_contract(schema: GraphSchema, before: Tables, after: Tables, changed: Mapping[str, Change]) -> bool:
    """Say whether tables surely keep their contract, if those ``before`` did and only this changed.

    Looks at what changed instead of at everything; False says only that `graph.contract` must look itself.
    """
    as_many = all(
        rows_of(now[name]) - rows_of(was[name])
        == (changed[name].written.height - changed[name].replaced.height if name in changed else 0)
        for was, now in zip(before, after, strict=True)
        for name in now
    )  # else a row that was there is there twice
    return (
        as_many
        and _keys_are_fresh("id", before[0], {n: changed[n] for n in schema.nodes if n in changed})
        and _keys_are_fresh("eid", before[1], {n: changed[n] for n in schema.edges if n in changed})
        and not any(changed[name].gone.height for name in schema.nodes if name in changed)
        and all(
            not changed[kind].written.select(id=end).join(ids.collect(), on="id", how="anti").height
            for kind, edge in schema.edges.items()
            if kind in changed
            for end, label in (("source", edge.from_), ("target", edge.to))
            for ids in (pl.scan_parquet(after[0][label]).select("id"),)
        )
    )


def _keys_are_fresh(key: str, before: Mapping[str, Path], changed: Mapping[str, Change]) -> bool:
    """Say whether no written row bears the key of another, in any table."""
    if not changed:
        return True
    written = pl.concat([change.written.select(key) for change in changed.values()])
    if written[key].null_count() or written[key].is_duplicated().any():
        return False
    new = pl.concat(
        [c.written.select(key).join(c.replaced.select(key), on=key, how="anti") for c in changed.values()]
    )
    taken = [
        pl.scan_parquet(path).select(key).join(new.lazy(), on=key, how="semi") for path in before.values()
    ]
    return not any(frame.height for frame in pl.collect_all(taken))
