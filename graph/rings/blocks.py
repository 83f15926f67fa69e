"""Dense blocks: single people's hits of one kind that gather at the same employer, device or hand.

A benefit drawn beside a wage is one person's affair; four such at one employer are the employer's. People
with hits of one typology and the hubs they share form a bipartite graph, whose columns weigh
``1 / log(5 + degree)``: what half the region shares says little. It is peeled greedily (FRAUDAR, Hooi et al.,
KDD 2016): the node with the least weight goes first, the densest state on the way is a block. A hub keeps its
block only where chance would hardly bring as many such people together there.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import exp, log

import networkx

from graph.rings.facts import Edge, Facts, Row

# Typology → what its single cases may share: who insures or pays them, what certifies them, whom they pay.
SHARED: Mapping[str, tuple[str, ...]] = {
    "W1": ("CLAIMS_FROM", "GIVES_TO"),
    "U1": ("WAGED_BY", "INSURED_BY", "GIVES_TO"),
    "P1": ("CERTIFIED_ON", "GIVES_TO"),
    "P2": ("CERTIFIED_ON", "GIVES_TO"),
    "P3": ("CERTIFIED_ON", "GIVES_TO"),
    "P4": ("INSURED_BY", "GIVES_TO"),
    "P6": ("INSURED_BY", "GIVES_TO"),
    "P7": ("GIVES_TO",),
    "A2": ("GIVES_TO",),
    "W2": ("GIVES_TO",),
    "X1": ("GIVES_TO",),
}
OFFSET = 5.0  # of the column weights, as FRAUDAR has it
LEAST = 2  # people of a block
BY_CHANCE = 1e-3  # that so many of a hub's people have such a hit


@dataclass(frozen=True)
class Block:
    """Hits of one typology and the hubs that their people share.

    Attributes:
        hits: places of the hits in the list that was searched.
        hubs: entities that they share, employers and hands among them.
        ties: edges between people and hubs.
    """

    hits: tuple[int, ...]
    hubs: tuple[str, ...]
    ties: tuple[Edge, ...]


def blocks(hits: list[Row], facts: Facts) -> Iterator[Block]:
    """Yield the blocks of each typology among single people's hits, in a fixed order."""
    for typology in sorted({h["typology"] for h in hits} & SHARED.keys()):
        rows = {i: h["subject"] for i, h in enumerate(hits) if h["typology"] == typology}
        cells = _cells(rows, SHARED[typology], hits, facts)
        while cells:
            found = [b for b in _densest(cells, facts) if len({rows[i] for i, _ in b}) >= LEAST]
            if not found:
                break
            for block in found:
                hubs = tuple(sorted({hub for _, hub in block}))
                ties = {e.eid: e for cell in block for e in cells[cell]}
                yield Block(tuple(sorted({i for i, _ in block})), hubs, tuple(ties[e] for e in sorted(ties)))
            used = {i for block in found for i, _ in block}
            cells = {cell: edges for cell, edges in cells.items() if cell[0] not in used}


Cell = tuple[int, str]


def _cells(
    rows: Mapping[int, str], shared: tuple[str, ...], hits: list[Row], facts: Facts
) -> dict[Cell, list[Edge]]:
    """Return the cells (hit, hub) of hubs at which more hits gather than chance would bring there."""
    cells: dict[Cell, list[Edge]] = {}
    for i, person in rows.items():
        for edge in facts.ties.get(person, ()):
            if edge.type in shared and _concerns(edge, hits[i], facts):
                cells.setdefault((i, edge.target), []).append(edge)
    guests: dict[str, set[str]] = {}
    for i, hub in cells:
        guests.setdefault(hub, set()).add(rows[i])
    people = len(facts.people) or 1
    rate = len(set(rows.values())) / people
    rare = {
        hub
        for hub, them in guests.items()
        if len(them) >= LEAST and _tail(len(them), rate * facts.degrees.get(hub, people)) <= BY_CHANCE
    }
    return {cell: edges for cell, edges in cells.items() if cell[1] in rare}


def _concerns(edge: Edge, hit: Row, facts: Facts) -> bool:
    """Is the tie part of the story? An employer must be one that the hit names, unless it names none."""
    named = [m for m in hit["members"] if facts.kinds.get(m) == "employer"]
    if facts.kinds.get(edge.target) != "employer" or not named:
        return True
    return edge.target in named


def _tail(k: int, expected: float) -> float:
    """Return the chance of ``k`` or more where ``expected`` are expected (Poisson)."""
    term, below = exp(-expected), 0.0
    for n in range(k):
        below += term
        term *= expected / (n + 1)
    return max(0.0, 1.0 - below)


def _densest(cells: Iterable[Cell], facts: Facts) -> list[list[Cell]]:
    """Peel the cells; return the connected parts of the densest state, as cells, in order."""
    graph = networkx.Graph()
    for i, hub in sorted(cells):
        weight = 1 / log(OFFSET + facts.degrees.get(hub, len(facts.people)))
        graph.add_edge(("hit", i), ("hub", hub), weight=weight)
    gone = peel(graph)
    kept = graph.subgraph(set(graph) - gone)
    parts = []
    for part in networkx.connected_components(kept):
        ends = [sorted(edge) for edge in kept.subgraph(part).edges]  # "hit" sorts before "hub"
        parts.append(sorted((int(hit[1]), str(hub[1])) for hit, hub in ends))
    return sorted(p for p in parts if p)


def peel(graph: networkx.Graph) -> set[object]:
    """Return the nodes that go before the state with the highest weight per node (Charikar's greedy)."""
    degree = {node: sum(d["weight"] for d in graph[node].values()) for node in graph}
    heap = [(weight, str(node), node) for node, weight in degree.items()]
    heapq.heapify(heap)
    total, left = sum(degree.values()) / 2, len(degree)
    best, at = total / left if left else 0.0, 0
    gone: list[object] = []
    while heap:
        weight, _, node = heapq.heappop(heap)
        if node not in degree or weight > degree[node] + 1e-12:
            continue
        total, left = total - degree.pop(node), left - 1
        gone.append(node)
        for other, data in graph[node].items():
            if other in degree:
                degree[other] -= data["weight"]
                heapq.heappush(heap, (degree[other], str(other), other))
        if left and total / left > best + 1e-12:
            best, at = total / left, len(gone)
    return set(gone[:at])
