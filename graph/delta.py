"""What changed between a loaded graph and the tables of a later one: what to write and what to take away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from graph.contract import rows_of
from graph.hashes import Hashes, all_differ, column_hash, how_many_of, places_of_others, row_hashes
from graph.kept import Former
from graph.schema import EdgeTable, GraphSchema, NodeTable, Tables

KEYS = (["id"], ["source", "target", "eid"])  # of nodes, of edges
SLICE = 1 << 20  # rows that are held at once


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
        doubled: some later table has a row twice.
    """

    changed: Mapping[str, Change]
    hashes: Mapping[str, Hashes]
    doubled: bool

    @property
    def rows(self) -> int:
        """How many rows change."""
        return sum(change.rows for change in self.changed.values())


def delta(schema: GraphSchema, before: Former, after: Tables, most: float = 1.0) -> Delta | None:
    """Return what changed since ``before``, or None if it is more than the share ``most`` of all rows.

    The later tables are read once, and of the former ones the keys of the rows that differ. Rows that lie in
    quite another order than before may count as changed.
    """
    tables = dict(_every(schema, after))
    left = int(most * sum(map(rows_of, tables.values())))
    hashes: dict[str, Hashes] = {}
    changed: dict[str, Change] = {}
    doubled = False
    for name, path in tables.items():
        former = before.rows(name)
        hashes[name], was, written = _compared(path, schema.table(name), former, left)
        left -= written.height
        if left < 0:
            return None
        doubled |= len(hashes[name].rows) - written.height != len(former) - len(was)  # former rows all differ
        if len(was) or written.height:
            keys = KEYS[name in schema.edges]
            gone = _rows(before.path(name), was, keys).join(written, on=keys, how="anti")
            changed[name] = Change(written, gone)
    return Delta(changed, hashes, doubled)


def _every(schema: GraphSchema, tables: Tables) -> Iterator[tuple[str, Path]]:
    yield from ((label, tables[0][label]) for label in schema.nodes)
    yield from ((kind, tables[1][kind]) for kind in schema.edges)


def _compared(
    path: Path, table: NodeTable | EdgeTable, former: np.ndarray, most: int
) -> tuple[Hashes, np.ndarray, pl.DataFrame]:
    """Return the hashes of a table, the places of the former rows it lacks, and its rows that are new.

    Slice is held against slice, each with what was left over of those before: the rows lie in one order, so
    that little is left. Where it is a slice more than ``most`` rows, the table is not read to its end.
    """
    scan = pl.scan_parquet(path).with_columns(*row_hashes(table))
    rest, was = scan.head(0).collect(), np.arange(0)
    hashes = [rest.select("row", "key")]
    for start in range(0, max(rows_of(path), len(former)), SLICE):
        part = scan.slice(start, SLICE).collect(engine="streaming")
        hashes.append(part.select("row", "key"))
        rest = pl.concat([rest, part])
        was = np.concatenate([was, np.arange(start, min(start + SLICE, len(former)))])
        old, new = places_of_others(former[was], rest["row"].to_numpy())
        was, rest = was[old], rest[new]
        if rest.height > most + SLICE:
            break
    return Hashes.of(pl.concat(hashes)), was, rest.drop("row", "key")


def _rows(path: Path, places: np.ndarray, columns: list[str]) -> pl.DataFrame:
    """Return some columns of a table's rows at some places, which are sorted."""
    scan = pl.scan_parquet(path).select(columns)
    parts = [scan.head(0).collect()]
    starts = range(0, int(places[-1]) + 1 if len(places) else 0, SLICE)
    for start, here in zip(starts, np.split(places, np.searchsorted(places, starts[1:])), strict=False):
        if len(here):
            parts.append(scan.slice(start, SLICE).collect(engine="streaming")[here - start])
    return pl.concat(parts)


def keeps_contract(schema: GraphSchema, found: Delta) -> bool:
    """Say whether tables surely keep their contract, if the former ones did and only this changed.

    Looks at keys and at what changed instead of at everything; False says only that `graph.contract` must
    look itself.
    """
    changed, hashes = found.changed, found.hashes
    return (
        not found.doubled
        and _keys_differ(found, [label for label in schema.nodes if label in changed], schema.nodes, "id")
        and _keys_differ(found, [kind for kind in schema.edges if kind in changed], schema.edges, "eid")
        and not any(changed[name].gone.height for name in schema.nodes if name in changed)
        and all(
            _are_there(changed[kind].written[end], hashes[label].keys)
            for kind, edge in schema.edges.items()
            if kind in changed
            for end, label in (("source", edge.from_), ("target", edge.to))
        )
    )


def _keys_differ(found: Delta, changed: list[str], tables: Iterable[str], key: str) -> bool:
    """Say whether no written row lacks a key or bears that of another row, in whatever table."""
    if not changed:
        return True
    written = [_hashes_of(found.changed[name].written[key]) for name in changed]
    among = np.concatenate(written)
    there = sum(how_many_of(found.hashes[name].keys, among) for name in tables)
    return all_differ(written) and there == len(among)


def _are_there(ends: pl.Series, ids: np.ndarray) -> bool:
    wanted = _hashes_of(ends.unique())
    return how_many_of(ids, wanted) == len(wanted)


def _hashes_of(texts: pl.Series) -> np.ndarray:
    return texts.to_frame("text").select(column_hash("text")).to_series().to_numpy()
