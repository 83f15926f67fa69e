"""The explorer: what lies around a suspect and between two of them, asked of the loaded graph store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from app.services.desk import Desk
from app.services.network import MAX_NODES, Edge, Network, Node, labels, layout
from graph.explore import around, between, difference
from graph.opening import open_store
from graph.schema import load_schema
from graph.store import GraphStore, Row, Window
from jiwang.config import load

EPOCH = date(1970, 1, 1)
DEGREE_CAP = 50  # a node with more edges of a type is a hub: its number is told instead
LONGEST_WAY = 6
_ENDS = ("source", "target", "eid", "type")


def opened(desk: Desk) -> GraphStore:
    """Open the store that the workspace's settings name.

    Raises:
        StoreError: it cannot be reached; asking one that holds no graph raises it too, with what to do.
    """
    return open_store(load(desk.workspace.root), desk.workspace)


@cache
def edge_types() -> tuple[str, ...]:
    """Return the edge types of the graph."""
    return tuple(load_schema().edges)


def day_number(day: date) -> int:
    """Return days since 1970-01-01."""
    return (day - EPOCH).days


def surroundings(
    desk: Desk,
    store: GraphStore,
    ids: Sequence[str],
    hops: int,
    types: Sequence[str],
    days: tuple[date, date] | None,
) -> tuple[Network, dict[tuple[str, str], int], list[Row]]:
    """Return the picture around ``ids``, its hubs, (node, type) → number of edges, and its edges."""
    window = Window(day_number(days[0]), day_number(days[1])) if days else Window()
    found = around(
        store, ids, hops=hops, types=types, window=window, node_cap=MAX_NODES, degree_cap=DEGREE_CAP
    )
    drawn = picture(desk, found.edges, list(found.depth), ids, found.left_out)
    return drawn, found.hubs, found.edges


def ways(desk: Desk, store: GraphStore, a: str, b: str, k: int, types: Sequence[str]) -> list[Network]:
    """Return the pictures of up to ``k`` ways from ``a`` to ``b``, the shortest first."""
    found = between(store, a, b, k=k, types=types, max_len=LONGEST_WAY, degree_cap=DEGREE_CAP)
    return [picture(desk, way, _along(a, way), (a, b)) for way in found]


def came_and_ended(rows: Sequence[Row], days: tuple[date, date]) -> tuple[list[Row], list[Row]]:
    """Return of some edges those that came and those that ended between two days."""
    return difference(rows, day_number(days[0]), day_number(days[1]))


def picture(
    desk: Desk, rows: Sequence[Row], ids: Sequence[str], marked: Sequence[str], left_out: int = 0
) -> Network:
    """Return edges as a picture; the ``marked`` nodes stand out as the ones that were asked about."""
    edges = tuple(
        Edge(
            r["source"],
            r["target"],
            r["type"],
            {k: v for k, v in r.items() if k not in _ENDS and v is not None},
        )
        for r in rows
    )
    sorts, names = labels(desk, list(ids)), desk.names(ids)
    nodes = [Node(i, sorts.get(i, "Person"), names.get(i, ""), "", i in marked) for i in ids]
    return arranged(nodes, edges, left_out)


def arranged(nodes: Sequence[Node], edges: Sequence[Edge], left_out: int = 0) -> Network:
    """Return nodes and edges as a picture, each node with a place."""
    places = layout([node.id for node in nodes], [(e.source, e.target) for e in edges])
    placed = [replace(node, x=places[node.id][0], y=places[node.id][1]) for node in nodes]
    return Network(tuple(placed), tuple(edges), left_out)


def span(desk: Desk) -> tuple[date, date]:
    """Return the days from which and to which edges with days lie."""
    first, last = [0], [1]
    for path in sorted(Path(desk.workspace.folder("graph") / "edges").glob("*.parquet")):
        frame = pl.scan_parquet(path)
        if {"first_day", "last_day"} <= set(frame.collect_schema()):
            low, high = frame.select(pl.col("first_day").min(), pl.col("last_day").max()).collect().row(0)
            if low is not None and high is not None:
                first.append(low)
                last.append(high)
    return EPOCH + timedelta(min(first[1:], default=0)), EPOCH + timedelta(max(last[1:], default=1))


def _is_prop(name: str, value: object) -> bool:
    return name not in _ENDS and value is not None


def _along(start: str, rows: Sequence[Row]) -> list[str]:
    """Return the nodes of a way in order."""
    nodes = [start]
    for row in rows:
        nodes.append(row["target"] if row["source"] == nodes[-1] else row["source"])
    return nodes


def told(row: Row) -> dict[str, Any]:
    """Return the days and the money of an edge, for a table."""
    days = {name: EPOCH + timedelta(row[name]) if row.get(name) is not None else None
            for name in ("first_day", "last_day")}  # fmt: skip
    return days | {"amount": row.get("amount")}
