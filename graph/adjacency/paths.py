"""The shortest path over the index: searched in breadth from both ends at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from graph.adjacency.index import Adjacency
from graph.adjacency.table import Numbers
from graph.store import Row

_UNSEEN = -1


class _Side:
    """The nodes reached from one end, and how far from it each lies."""

    def __init__(self, index: Adjacency, start: Numbers, types: Sequence[str], degree_cap: int) -> None:
        self._index, self._types, self._degree_cap = index, types, degree_cap
        self.depth = np.full(len(index), _UNSEEN, np.int8)
        self.depth[start] = 0
        self.front = start
        self.length = 0

    def widen(self) -> None:
        """Go one edge further."""
        self.length += 1
        self.front = self._beside(self.front, _UNSEEN)
        self.depth[self.front] = self.length

    def layers(self, met: Numbers) -> list[Numbers]:
        """Return the nodes of all shortest paths to ``met``, by how far they are from the end."""
        layers = [met]
        for depth in range(self.length - 1, -1, -1):
            layers.insert(0, self._beside(layers[0], depth))
        return layers

    def _beside(self, nodes: Numbers, depth: int) -> Numbers:
        """Return the neighbours of ``nodes`` that lie at some depth, sorted, each once."""
        found = [
            step.far[self.depth[step.far] == depth]
            for step in self._index.steps(nodes, self._types, self._degree_cap)
        ]
        return np.unique(np.concatenate(found)) if found else nodes[:0]


def shortest(
    index: Adjacency, a: str, b: str, types: Sequence[str], max_len: int, degree_cap: int
) -> list[Row]:
    """Return the edges of the shortest path, of several the one first by its eids.

    See `graph.store.GraphStore.path`.
    """
    wanted = index.schema.path_types(types)
    ends = [index.numbers([end]) for end in (a, b)]
    if a == b or not all(map(len, ends)):
        return []
    left, right = (_Side(index, end, wanted, degree_cap) for end in ends)
    while left.length + right.length < max_len and len(left.front) and len(right.front):
        side, other = (left, right) if len(left.front) <= len(right.front) else (right, left)
        side.widen()
        met = side.front[other.depth[side.front] != _UNSEEN]
        if len(met):
            layers = [*left.layers(met), *reversed(right.layers(met)[:-1])]
            return _first(index, layers, wanted, degree_cap)
    return []


def _first(index: Adjacency, layers: Sequence[Numbers], types: Sequence[str], degree_cap: int) -> list[Row]:
    """Return the path first by its eids: an eid is of one edge, so that each step may choose by itself."""
    path: list[Row] = []
    node = layers[0]
    for layer in layers[1:]:
        choices: list[tuple[str, str, int, int]] = []
        for step in index.steps(node, types, degree_cap):
            on = np.isin(step.far, layer)
            eids = index.eids(step.kind, step.row[on])
            choices += zip(eids, [step.kind] * len(eids), step.row[on], step.far[on], strict=True)
        _, kind, row, far = min(choices)
        path += index.told(kind, np.array([row]))
        node = np.array([far], np.uint32)
    return path
