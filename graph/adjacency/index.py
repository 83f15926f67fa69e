"""The index as its reader sees it: one hop around some nodes, its hubs counted."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from graph.adjacency.table import EdgeRows, Numbers, Stretch, mapped
from graph.adjacency.written import NODES
from graph.schema import GraphSchema
from graph.store import ALWAYS, Neighborhood, Row, Window


class Steps(NamedTuple):
    """Edges of one type that lead on from some nodes: for each where it starts, where it ends, its row."""

    kind: str
    near: Numbers
    far: Numbers
    row: Numbers


class Adjacency:
    """The index in a folder that `graph.adjacency.write` made.

    Args:
        folder: where its files lie.
        schema: the tables of the graph.

    Raises:
        OSError: a file is missing.
        ValueError: a file is damaged.
    """

    def __init__(self, folder: Path, schema: GraphSchema) -> None:
        self.schema = schema
        self._ids = mapped(folder / NODES, ["id"]).column("id")
        self._edges = {kind: EdgeRows(folder / kind, edge) for kind, edge in schema.edges.items()}

    def __len__(self) -> int:
        return len(self._ids)

    def numbers(self, ids: Sequence[str]) -> Numbers:
        """Return the numbers of those of ``ids`` that are nodes, sorted, each once."""
        places = ((bisect_left(self._ids, i, key=pa.StringScalar.as_py), i) for i in sorted(set(ids)))
        known = [n for n, i in places if n < len(self._ids) and self._ids[n].as_py() == i]
        return np.array(known, np.uint32)

    def named(self, rows: list[Row]) -> list[Row]:
        """Return rows with the ids of their ends in the place of numbers."""
        ends = sorted({row[end] for row in rows for end in ("source", "target")})
        names = dict(zip(ends, self._ids.take(pa.array(ends, pa.uint32())).to_pylist(), strict=True))
        return [row | {end: names[row[end]] for end in ("source", "target")} for row in rows]

    def told(self, kind: str, rows: Numbers) -> list[Row]:
        """Return edges as rows of `graph.store.Neighborhood`, by eid."""
        return self.named([{"type": kind, **row} for row in self._edges[kind].told(rows, len(rows))])

    def eids(self, kind: str, rows: Numbers) -> list[str]:
        """Return the eids of some rows of a type."""
        return self._edges[kind].eids(rows)

    def neighborhood(
        self, ids: Sequence[str], types: Sequence[str], cap: int, degree_cap: int, window: Window = ALWAYS
    ) -> Neighborhood:
        """Return the edges one hop around ``ids``; see `graph.store.GraphStore.neighbors`."""
        nodes = self.numbers(ids)
        hubs: dict[tuple[str, str], int] = {}
        found: list[Row] = []
        count = 0
        for kind in self.schema.edge_types(types):
            edges, sides = self._edges[kind], []
            for outward in (True, False):
                low, degree = edges.stretch(nodes, outward=outward)
                few = degree <= degree_cap
                for place in np.flatnonzero(~few):
                    hub = (self._ids[int(nodes[place])].as_py(), kind)
                    hubs[hub] = hubs.get(hub, 0) + int(degree[place])
                sides.append(edges.rows(Stretch(low[few], degree[few]), outward=outward))
            rows = edges.within(np.unique(np.concatenate(sides)), window)
            if len(rows) and len(found) < cap:
                found += ({"type": kind, **row} for row in edges.told(rows, cap - len(found)))
            count += len(rows)
        return Neighborhood(self.named(found), dict(sorted(hubs.items())), count > cap)

    def steps(self, nodes: Numbers, types: Sequence[str], degree_cap: int) -> Iterator[Steps]:
        """Yield type by type the edges at ``nodes`` neither of whose ends has too many of them that way."""
        for kind in types:
            edges = self._edges[kind]
            for outward in (True, False):
                low, degree = edges.stretch(nodes, outward=outward)
                few = (degree > 0) & (degree <= degree_cap)
                row = edges.rows(Stretch(low[few], degree[few]), outward=outward)
                if not len(row):
                    continue
                far = (edges.target if outward else edges.source)[row]
                ends, place = np.unique(far, return_inverse=True)
                free = (edges.stretch(ends, outward=not outward).degree <= degree_cap)[place]
                near = np.repeat(nodes[few], degree[few])
                yield Steps(kind, near[free], far[free], row[free])
