"""Hops and shortest paths on the server: few queries, whose texts hang on the schema and not on the nodes.

Such a text is planned once, where it has few parameters that are lists: a plan is kept for each of their
orders of magnitude. Degrees are read where the server counts them, without going over the edges, so that a
hub costs no more than anybody. Edges come as one list: of many records each costs the driver two reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from graph.schema import GraphSchema
from graph.store import GraphStore, Neighborhood, Row, Window

SHORTEST = 50  # of several shortest paths so many are looked at in one go


class _Way(NamedTuple):
    """Edges of one type in one direction."""

    kind: str
    outward: bool


def neighborhood(
    store: GraphStore, ids: Sequence[str], types: Sequence[str], cap: int, degree_cap: int, window: Window
) -> Neighborhood:
    """Return the edges one hop around ``ids``; see `graph.store.GraphStore.neighbors`."""
    kinds = store.schema.edge_types(types)
    hubs: dict[tuple[str, str], int] = {}
    alike: dict[frozenset[_Way], list[str]] = {}  # ways that are not followed → nodes
    for node, degrees in _degrees(store, kinds, ids).items():
        closed = frozenset(way for way, degree in degrees.items() if degree > degree_cap)
        for kind, _ in closed:
            hubs[node, kind] = sum(degrees[way] for way in closed if way.kind == kind)
        if closed != degrees.keys():
            alike.setdefault(closed, []).append(node)
    edges: dict[str, Row] = {}
    for closed, nodes in alike.items():
        edges |= {row["eid"]: row for row in _fetch(store, kinds, closed, nodes, cap, window)}
    rows = sorted(edges.values(), key=lambda row: (row["type"], row["eid"]))
    return Neighborhood(rows[:cap], dict(sorted(hubs.items())), len(rows) > cap)


def _degrees(store: GraphStore, kinds: Sequence[str], ids: Sequence[str]) -> dict[str, dict[_Way, int]]:
    """Return node → way → number of edges, where there are any."""
    if not ids:
        return {}
    edges = store.schema.edges
    ways = {
        label: [_Way(kind, True) for kind in kinds if edges[kind].from_ == label]
        + [_Way(kind, False) for kind in kinds if edges[kind].to == label]
        for label in sorted(store.schema.nodes)
    }
    parts = [
        f"MATCH (a:`{label}`) WHERE a.id IN $ids RETURN '{label}' AS label, collect([a.id, "
        f"[d IN [{', '.join(f'[{n}, COUNT {{ {_pattern(way)} }}]' for n, way in enumerate(own))}] "
        "WHERE d[1] > 0]]) AS nodes"
        for label, own in ways.items()
        if own
    ]
    rows = store.run(" UNION ALL ".join(parts), {"ids": sorted(set(ids))})
    return {
        node: {ways[row["label"]][n]: degree for n, degree in degrees}
        for row in rows
        for node, degrees in row["nodes"]
    }


def _pattern(way: _Way) -> str:
    return f"(a)-[:`{way.kind}`]->()" if way.outward else f"(a)<-[:`{way.kind}`]-()"


def _fetch(
    store: GraphStore,
    kinds: Sequence[str],
    closed: frozenset[_Way],
    ids: Sequence[str],
    cap: int,
    window: Window,
) -> list[Row]:
    """Return the edges of some nodes but for the ways that are closed; of each arm one more than ``cap``."""
    arrows = {True: "(a)-[r:{}]->()", False: "(a)<-[r:{}]-()"}
    arms = [([kind for kind in kinds if _Way(kind, out) not in closed], arrows[out]) for out in arrows]
    if not closed:
        arms = [(list(kinds), "(a)-[r:{}]-()")]
    parts = [
        f"MATCH (a:{_any(sorted(store.schema.nodes))}) WHERE a.id IN $ids MATCH {arrow.format(_any(free))} "
        "WHERE ($since IS NULL OR r.last_day IS NULL OR r.last_day >= $since) "
        "AND ($until IS NULL OR r.first_day IS NULL OR r.first_day <= $until) "
        "WITH DISTINCT r ORDER BY type(r), r.eid LIMIT $cap "
        f"RETURN collect({_edge(store.schema, kinds)}) AS edges"
        for free, arrow in arms
        if free
    ]
    given = {"ids": list(ids), "cap": cap + 1, "since": window.since, "until": window.until}
    rows = store.run(" UNION ALL ".join(parts), given)
    return [_told(store.schema, edge) for row in rows for edge in row["edges"]]


def _any(names: Sequence[str]) -> str:
    return "|".join(f"`{name}`" for name in names)


def _edge(schema: GraphSchema, kinds: Sequence[str]) -> str:
    """Return what a query says of a relationship r; `_told` reads it."""
    props = {kind: ", ".join(f"r.`{name}`" for name in schema.edges[kind].props) for kind in kinds}
    cases = " ".join(f"WHEN '{kind}' THEN [{listed}]" for kind, listed in props.items())
    return f"[startNode(r).id, endNode(r).id, r.eid, type(r), CASE type(r) {cases} END]"


def _told(schema: GraphSchema, edge: Sequence[Any]) -> Row:
    source, target, eid, kind, props = edge
    named = dict(zip(schema.edges[kind].props, props, strict=True))
    return {"source": source, "target": target, "eid": eid, "type": kind, **named}


def shortest(
    store: GraphStore, a: str, b: str, types: Sequence[str], max_len: int, degree_cap: int
) -> list[Row]:
    """Return the shortest path over edges of some types; see `graph.store.GraphStore.path`.

    The server finds paths; it cannot be asked for degrees on the way. What is too busy on the paths found is
    closed, and the search repeated, until a path leads through nothing busy.
    """
    if a == b or max_len < 1 or not types:
        return []
    labels = _any(sorted(store.schema.nodes))
    query = (
        f"MATCH (a:{labels} WHERE a.id = $a), (b:{labels} WHERE b.id = $b) "
        f"MATCH p = allShortestPaths((a)-[:{_any(types)}*1..{max_len:d}]-(b)) "
        "WHERE none(r IN relationships(p) WHERE type(r) + '>' + startNode(r).id IN $closed "
        "OR type(r) + '<' + endNode(r).id IN $closed) "
        "WITH relationships(p) AS edges, [r IN relationships(p) | r.eid] AS eids "
        f"ORDER BY eids LIMIT {SHORTEST} RETURN [r IN edges | {_edge(store.schema, types)}] AS edges"
    )
    closed: set[str] = set()
    while paths := store.run(query, {"a": a, "b": b, "closed": sorted(closed)}):
        found = [[_told(store.schema, edge) for edge in path["edges"]] for path in paths]
        nodes = {row[end] for rows in found for row in rows for end in ("source", "target")}
        busy = {
            f"{way.kind}{'>' if way.outward else '<'}{node}"
            for node, degrees in _degrees(store, types, sorted(nodes)).items()
            for way, degree in degrees.items()
            if degree > degree_cap
        }
        for rows in found:
            if not any(busy & {f"{r['type']}>{r['source']}", f"{r['type']}<{r['target']}"} for r in rows):
                return rows
        closed |= busy
    return []
