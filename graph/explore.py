"""What an investigator asks of the graph: around a suspect, between two of them, and what came and went.

Every answer is put together from one-hop questions (`GraphStore.neighbors`), so that hubs are counted instead
of followed, caps hold, and every engine gives the same answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

import networkx as nx

from graph.store import ALWAYS, GraphStore, Row, Window

WIDTH = 2_000  # edges that one side of a search for paths may gather at a hop


@dataclass(frozen=True)
class Surroundings:
    """What lies around some nodes.

    Attributes:
        depth: node → hops from the nearest start, the starts themselves 0.
        edges: rows as of `graph.store.Neighborhood`, both ends in ``depth``.
        hubs: (node, edge type) → number of edges, where there were too many to follow.
        left_out: nodes that were reached and not taken in, because of the cap.
    """

    depth: dict[str, int]
    edges: list[Row]
    hubs: dict[tuple[str, str], int]
    left_out: int


def around(
    store: GraphStore,
    ids: Sequence[str],
    *,
    hops: int = 1,
    types: Sequence[str] = (),
    window: Window = ALWAYS,
    node_cap: int = 300,
    degree_cap: int = 100,
) -> Surroundings:
    """Walk out from ``ids`` hop by hop.

    Args:
        store: an opened store.
        ids: nodes to start from.
        hops: how far.
        types: edge types to follow; none means all.
        window: days between which an edge must have been.
        node_cap: nodes to take in, the starts included; those tied most often come first, then by id.
        degree_cap: a node with more edges of a type than this is a hub: counted, not followed.
    """
    depth = dict.fromkeys(sorted(set(ids)), 0)
    edges: dict[str, Row] = {}
    hubs: dict[tuple[str, str], int] = {}
    left_out: set[str] = set()
    front = list(depth)
    for hop in range(1, hops + 1):
        # Twice the room: parallel edges, and nodes that are left out for better ones.
        found = store.neighbors(front, types, WIDTH, degree_cap, window)
        hubs |= found.hubs
        order = _tied_most([end for row in found.edges for end in _ends(row) if end not in depth])
        front = order[: max(0, node_cap - len(depth))]
        left_out |= set(order) - set(front)
        depth |= dict.fromkeys(front, hop)
        edges |= {row["eid"]: row for row in found.edges}
        if not front:
            break
    inside = [row for row in edges.values() if depth.keys() >= {*_ends(row)}]
    rows = sorted(inside, key=lambda row: (row["type"], row["eid"]))
    return Surroundings(depth, rows, dict(sorted(hubs.items())), len(left_out - depth.keys()))


def _ends(row: Row) -> tuple[str, str]:
    return row["source"], row["target"]


def _tied_most(ends: Sequence[str]) -> list[str]:
    """Return every node once, the most frequent first, then by id."""
    ties = Counter(ends)
    return sorted(ties, key=lambda node: (-ties[node], node))


def between(
    store: GraphStore,
    a: str,
    b: str,
    *,
    k: int = 3,
    types: Sequence[str] = (),
    window: Window = ALWAYS,
    max_len: int = 6,
    degree_cap: int = 200,
) -> list[list[Row]]:
    """Return up to ``k`` ways from ``a`` to ``b``, the shortest first, each as its edges in order.

    No way passes a node twice, and no two pass the same nodes. Hubs are led through only where ``types``
    names edges to them.
    """
    if a == b:
        return []
    wanted = store.schema.path_types(types)
    best: dict[tuple[str, str], Row] = {}
    fronts: list[list[str]] = [[a], [b]]
    seen: list[set[str]] = [{a}, {b}]
    graph = nx.Graph()
    graph.add_nodes_from((a, b))
    for turn in range(max_len):
        side = turn % 2 if fronts[turn % 2] else 1 - turn % 2
        found = store.neighbors(fronts[side], wanted, WIDTH, degree_cap, window).edges
        for row in found:
            tie = (min(_ends(row)), max(_ends(row)))
            if tie[0] != tie[1] and row["eid"] <= best.setdefault(tie, row)["eid"]:
                best[tie] = row
        reached = {end for row in found for end in _ends(row)}
        fronts[side] = sorted(reached - seen[side])
        seen[side] |= reached
        graph.add_edges_from(sorted(best))
        if not (fronts[0] or fronts[1]) or _ways(graph, a, b, k, turn + 1) == k:
            break
    paths = [path for path in _first(best, a, b, k) if len(path) <= max_len + 1]
    return [[best[min(x, y), max(x, y)] for x, y in pairwise(path)] for path in paths]


def _first(ties: Iterable[tuple[str, str]], a: str, b: str, k: int) -> list[list[str]]:
    """Return the ``k`` shortest ways; which, must not hang on the order in which ties were found."""
    ordered = nx.Graph()
    ordered.add_nodes_from((a, b))
    ordered.add_edges_from(sorted(ties))
    try:
        return list(islice(nx.shortest_simple_paths(ordered, a, b), k))
    except nx.NetworkXNoPath:
        return []


def _ways(graph: nx.Graph, a: str, b: str, k: int, length: int) -> int:
    """Count, up to ``k``, the ways of at most so many edges: those that no further hop can beat."""
    if not nx.has_path(graph, a, b):
        return 0
    ways = islice(nx.shortest_simple_paths(graph, a, b), k)
    return sum(len(path) - 1 <= length for path in ways)


def difference(rows: Sequence[Row], day: int, later: int) -> tuple[list[Row], list[Row]]:
    """Return of some edges those that came and those that ended between two days.

    An edge came if its first day lies after ``day`` and not after ``later``; it ended if its last day lies
    from ``day`` on and before ``later``. Edges without days did neither.
    """
    came = [row for row in rows if row.get("first_day") is not None and day < row["first_day"] <= later]
    ended = [
        row
        for row in rows
        if row.get("last_day") is not None and day <= row["last_day"] < later and row not in came
    ]
    return came, ended
