"""A ring as a small graph: its members, what ties them, and where each stands on the picture."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from app.services.desk import Desk

MAX_NODES, MAX_EDGES = 300, 1_200
_SPACING = 90.0  # pixels between neighbours, before the browser fits the picture


@dataclass(frozen=True)
class Node:
    """One node: ``member`` says that it belongs to the ring rather than tying it together."""

    id: str
    label: str
    caption: str
    role: str
    member: bool
    x: float = 0.0
    y: float = 0.0


@dataclass(frozen=True)
class Edge:
    """One tie, with its properties as the graph has them (days since 1970-01-01)."""

    source: str
    target: str
    type: str
    props: dict[str, Any]


@dataclass(frozen=True)
class Network:
    """What is drawn; ``left_out`` nodes were too many to be drawn."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    left_out: int


def of_ring(desk: Desk, ring: dict[str, Any]) -> Network:
    """Return the network of a ring: its own edges, or, if it names none, all edges among its members."""
    members = desk.members.filter(pl.col("ring_id") == ring["ring_id"]).sort("entity_id")
    roles = dict(members.select("entity_id", "role").iter_rows())
    edges = list(_edges(desk, pl.col("eid").is_in(list(ring["edges"])))) if len(ring["edges"]) else []
    if not edges:
        inside = pl.col("source").is_in(list(roles)) & pl.col("target").is_in(list(roles))
        edges = list(_edges(desk, inside))
    edges = edges[:MAX_EDGES]
    ids = _ranked(roles, edges)
    kept = ids[:MAX_NODES]
    edges = [e for e in edges if e.source in set(kept) and e.target in set(kept)]
    sorts = labels(desk, kept)
    captions = desk.names(kept)
    places = layout(kept, [(e.source, e.target) for e in edges])
    nodes = tuple(
        Node(i, sorts.get(i, "Person"), captions.get(i, ""), roles.get(i, ""), i in roles, *places[i])
        for i in kept
    )
    return Network(nodes, tuple(edges), len(ids) - len(kept))


def _edges(desk: Desk, wanted: pl.Expr) -> Iterator[Edge]:
    for path in _tables(desk, "edges"):
        frame = pl.scan_parquet(path).filter(wanted).sort("eid").collect()
        for row in frame.iter_rows(named=True):
            props = {k: v for k, v in row.items() if k not in ("source", "target", "eid") and v is not None}
            yield Edge(row["source"], row["target"], path.stem, props)


def labels(desk: Desk, ids: list[str]) -> dict[str, str]:
    """Return node → its label in the graph; unknown ids are left out."""
    found: dict[str, str] = {}
    for path in _tables(desk, "nodes"):
        frame = pl.scan_parquet(path).filter(pl.col("id").is_in(ids)).select("id").collect()
        found |= dict.fromkeys(frame["id"], path.stem)
    return found


def _tables(desk: Desk, folder: str) -> list[Path]:
    return sorted((desk.workspace.folder("graph") / folder).glob("*.parquet"))


def _ranked(roles: dict[str, str], edges: list[Edge]) -> list[str]:
    """Members first, then what ties most of them; by degree, then id."""
    degree = dict.fromkeys(roles, 0)
    for edge in edges:
        for end in (edge.source, edge.target):
            degree[end] = degree.get(end, 0) + 1
    return sorted(degree, key=lambda i: (i not in roles, -degree[i], i))


def layout(ids: list[str], ties: Iterable[tuple[str, str]]) -> dict[str, tuple[float, float]]:
    """Return a place (pixels) for each id: each connected part laid out by itself, parts packed in rows.

    The same graph always gives the same picture.
    """
    import igraph

    number = {i: n for n, i in enumerate(ids)}
    graph = igraph.Graph(n=len(ids), edges=[(number[a], number[b]) for a, b in ties]).simplify()
    parts = sorted(graph.connected_components(), key=lambda part: (-len(part), part))
    boxes = [_part(graph, part) for part in parts]
    width = math.sqrt(sum(w * h for _, w, h in boxes)) * 1.3 if boxes else 0.0
    places: dict[str, tuple[float, float]] = {}
    x = y = row = 0.0
    for part, (points, w, h) in zip(parts, boxes, strict=True):
        if x and x + w > width:
            x, y, row = 0.0, y + row, 0.0
        for vertex, (px, py) in zip(part, points, strict=True):
            places[ids[vertex]] = (round(x + px, 1), round(y + py, 1))
        x, row = x + w, max(row, h)
    return places


def _part(graph: Any, part: list[int]) -> tuple[list[tuple[float, float]], float, float]:
    """Lay out one connected part; return its points and the size of its box, margins included."""
    inner = graph.induced_subgraph(part)
    circle = inner.layout_circle()
    if len(part) <= 2:
        points = [(n * _SPACING, 0.0) for n in range(len(part))]
    elif len(part) <= 120:
        points = _scaled(inner.layout_kamada_kawai(seed=circle, maxiter=50 * len(part)), len(part))
    else:
        points = _scaled(inner.layout_fruchterman_reingold(seed=circle, niter=300, grid="nogrid"), len(part))
    points = _apart(points)
    left, top = min(p[0] for p in points), min(p[1] for p in points)
    moved = [(px - left + _SPACING / 2, py - top + _SPACING / 2) for px, py in points]
    return moved, max(p[0] for p in moved) + _SPACING / 2, max(p[1] for p in moved) + _SPACING / 2


def _scaled(points: Any, count: int) -> list[tuple[float, float]]:
    """Stretch a layout so that its nodes have room."""
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    span = max(max(xs) - min(xs), max(ys) - min(ys)) or 1.0
    factor = _SPACING * math.sqrt(count) * 1.25 / span
    return [(px * factor, py * factor) for px, py in points]


def _apart(points: list[tuple[float, float]], rounds: int = 40) -> list[tuple[float, float]]:
    """Push nodes that lie on each other apart: nodes with the same neighbours land on the same place."""
    import numpy as np

    place = np.array(points, dtype=float)
    turn = np.linspace(0, 2 * math.pi, len(place), endpoint=False)
    place += np.column_stack((np.cos(turn), np.sin(turn)))  # so that equal places have a way to part
    for _ in range(rounds):
        way = place[:, None, :] - place[None, :, :]
        far = np.sqrt((way**2).sum(axis=2))
        np.fill_diagonal(far, np.inf)
        push = np.clip(_SPACING * 0.75 - far, 0, None) / 2 / far
        if not push.any():
            break
        place += (way * push[:, :, None]).sum(axis=1)
    return [(float(x), float(y)) for x, y in place]
