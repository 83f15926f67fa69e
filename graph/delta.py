"""What changed between a loaded graph and the tables of a later one: what to write and what to take away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from graph.hashes import Hashes, all_differ, column_hash, hashed, places_of_others
from graph.kept import Former
from graph.schema import GraphSchema, Tables

KEYS = (["id"], ["source", "target", "eid"])  # of nodes, of edges


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


@dataclass(frozen=True)
class Delta:
    """The change of a graph.

    Attributes:
        changed: table → its change, in the order in which they can be written; without unchanged tables.
        hashes: table → hashes of its later rows.
    """

    changed: Mapping[str, Change]
    hashes: Mapping[str, Hashes]

    @property
    def rows(self) -> int:
        """How many rows change."""
        return sum(change.rows for change in self.changed.values())


def delta(schema: GraphSchema, before: Former, after: Tables, most: float = 1.0) -> Delta | None:
    """Return what changed since ``before``, or None if it is more than the share ``most`` of all rows.

    Only the later tables are read and hashed whole; of the former ones, the keys of the rows that differ.
    """
    hashes: dict[str, Hashes] = {}
    places: dict[str, tuple[pl.Series, pl.Series]] = {}
    for name, path in _every(schema, after):
        hashes[name] = Hashes.of(hashed(path, schema.table(name)))
        places[name] = places_of_others(before.rows(name), hashes[name].rows)
    if sum(len(now) for _, now in places.values()) > most * sum(len(h.rows) for h in hashes.values()):
        return None
    changed = {}
    for name, path in _every(schema, after):
        was, now = places[name]
        if len(was) or len(now):
            changed[name] = _change(before.path(name), path, KEYS[name in schema.edges], was, now)
    return Delta(changed, hashes)


def _every(schema: GraphSchema, tables: Tables) -> Iterator[tuple[str, Path]]:
    yield from ((label, tables[0][label]) for label in schema.nodes)
    yield from ((kind, tables[1][kind]) for kind in schema.edges)


def _change(old: Path, new: Path, keys: list[str], was: pl.Series, now: pl.Series) -> Change:
    written = _rows(new, now)
    return Change(written, _rows(old, was, keys).join(written, on=keys, how="anti"))


def _rows(path: Path, places: pl.Series, columns: list[str] | None = None) -> pl.DataFrame:
    """Return the rows of a table at some places."""
    scan = pl.scan_parquet(path, row_index_name="place").filter(pl.col("place").is_in(places.implode()))
    return scan.select(columns or pl.exclude("place")).collect()


def keeps_contract(schema: GraphSchema, found: Delta) -> bool:
    """Say whether tables surely keep their contract, if the former ones did and only this changed.

    Looks at keys and at what changed instead of at everything; False says only that `graph.contract` must
    look itself.
    """
    changed, hashes = found.changed, found.hashes
    return (
        all(all_differ([hashes[name].keys for name in sort]) for sort in (schema.nodes, schema.edges))
        and not any(changed[name].gone.height for name in schema.nodes if name in changed)
        and all(
            _are_there(changed[kind].written[end], hashes[label].keys)
            for kind, edge in schema.edges.items()
            if kind in changed
            for end, label in (("source", edge.from_), ("target", edge.to))
        )
    )


def _are_there(ends: pl.Series, ids: np.ndarray) -> bool:
    wanted = ends.unique().to_frame("id").select(column_hash("id")).to_series()
    return bool(wanted.is_in(pl.Series(ids).implode()).all())
