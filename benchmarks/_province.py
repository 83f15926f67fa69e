"""A synthetic province with the columns of our graph, as Parquet: for loads, walks and whole-graph scans.

At scale 1: a million people, 1.2 million accounts, 8 million visits, 3 million transfers, 16 million rows in
all. Degrees are skewed as in life: the busiest clinic sees 70,898 people. It is no region: nobody in it lives
or dies, and what patterns look for stays empty unless it is planted (`planted`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa

from graph.schema import GraphSchema, load_schema

PEOPLE, ACCOUNTS, EMPLOYERS, CLINICS = 1_000_000, 1_200_000, 60_000, 3_000
EDGES = {"INSURED_BY": 1_200_000, "OWNS": 1_200_000, "DRAWS": 440_000, "TRANSFERS": 3_000_000,
         "VISITS": 8_000_000, "KIN": 200_000}  # fmt: skip
BUSIEST = 70_898  # people at the busiest clinic, at scale 1
HEX = np.frombuffer(b"".join(b"%02x" % byte for byte in range(256)), dtype="S2")
SORTS = {"Person": "p", "Account": "a", "Employer": "e", "Clinic": "c", "Device": "d", "Phone": "t"}
FIRST, LAST = 18_262, 20_088  # days of the window: 2020 to 2024
# What a property is drawn from; one that is not named here stays null.
DRAWN: Mapping[str, tuple[float, float]] = {
    "birth_day": (-20_000, 12_000), "established_day": (9_000, 20_000), "opened_day": (9_000, 20_000),
    "n_insured": (1, 400), "n_patients": (50, 70_000), "n_payees": (0, 2), "n": (1, 13),
    "months": (1, 60), "waged_months": (1, 60), "base": (3_000, 20_000), "amount": (20, 9_000),
    "fund": (10, 5_000), "own": (1, 2), "open": (0, 2), "inpatient": (0, 2), "kin": (0, 1),
}  # fmt: skip
SAID = {"sex": ("1", "2"), "benefit": ("pension", "unemployment"), "relation": ("spouse", "child"),
        "holder_kind": ("person",), "level": ("1", "2", "3")}  # fmt: skip
Tables = tuple[dict[str, Path], dict[str, Path]]
Ends = tuple[np.ndarray, np.ndarray]


def province(folder: Path, scale: float, seed: int = 1, schema: GraphSchema | None = None) -> Tables:
    """Write the province's node and edge tables below ``folder`` and return them; the same seed, the same."""
    schema = schema or load_schema()
    draw = np.random.default_rng(seed)
    sizes = {"Person": PEOPLE, "Account": ACCOUNTS, "Employer": EMPLOYERS, "Clinic": CLINICS}
    ids = {
        label: _hexed(draw, max(20, int(sizes[label] * scale)) if label in sizes else 0, SORTS[label])
        for label in schema.nodes
    }
    nodes, edges = {}, {}
    for label, node in schema.nodes.items():
        frame = pl.DataFrame({"id": ids[label].sort()})
        nodes[label] = _written(folder / "nodes" / f"{label}.parquet", frame, node.columns(), draw)
    for kind, edge in schema.edges.items():
        size = int(EDGES.get(kind, 0) * scale)
        source, target = _ends(kind, ids[edge.from_].len(), ids[edge.to].len(), size, scale, draw)
        frame = pl.DataFrame(
            {"source": ids[edge.from_].gather(source), "target": ids[edge.to].gather(target)}
        )
        frame = frame.unique().sort("source", "target")
        frame = frame.with_columns(_hexed(draw, frame.height, "x").alias("eid"))
        edges[kind] = _written(folder / "edges" / f"{kind}.parquet", frame, edge.columns(), draw)
    return nodes, edges


def next_day(tables: Tables, folder: Path, share: float = 1 / 365, seed: int = 2) -> Tables:
    """Write the province a day later and return its tables: ``share`` of the edges changed, came or went.

    Of every touched edges three in four have another amount, one in five is new, the rest is gone.
    """
    schema, draw = load_schema(), np.random.default_rng(seed)
    nodes, edges = tables
    later: dict[str, Path] = {}
    for kind, path in edges.items():
        frame = pl.read_parquet(path)
        touched = draw.random(frame.height) < share
        fate = draw.random(frame.height)
        money = "amount" if "amount" in frame.columns else None
        if money:
            changed = pl.Series(touched & (fate < 0.75))
            frame = frame.with_columns(pl.when(changed).then(pl.col(money) + 1).otherwise(money).alias(money))
        born = frame.filter(pl.Series(touched & (fate >= 0.75) & (fate < 0.95)))
        born = born.with_columns(_hexed(draw, born.height, "x").alias("eid"), pl.col("target").reverse())
        kept = frame.filter(~pl.Series(touched & (fate >= 0.95)))
        whole = pl.concat([kept, born]).sort("source", "target", "eid").select(*schema.edges[kind].columns())
        later[kind] = folder / "edges" / path.name
        later[kind].parent.mkdir(parents=True, exist_ok=True)
        whole.write_parquet(later[kind], compression="zstd")
    return nodes, later


def _hexed(draw: np.random.Generator, count: int, prefix: str) -> pl.Series:
    """Return ``count`` ids: the prefix and sixteen hex digits."""
    digits = HEX[draw.integers(0, 256, (count, 8), dtype=np.uint8)].reshape(count, 8)
    raw = np.empty((count, 17), dtype="S1")
    raw[:, 0] = prefix.encode()
    raw[:, 1:] = digits.view("S1").reshape(count, 16)
    offsets = np.arange(count + 1, dtype=np.int64) * 17
    text = pa.LargeStringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(raw.tobytes()))
    return pl.Series(values=text)


def _ends(kind: str, sources: int, targets: int, size: int, scale: float, draw: np.random.Generator) -> Ends:
    if not size:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    away: Callable[[int], np.ndarray] = lambda n: draw.integers(0, sources, n)  # noqa: E731
    if kind == "OWNS":  # one owner an account
        return away(min(size, targets)), np.arange(min(size, targets))
    if kind != "VISITS":
        return away(size), draw.integers(0, targets, size)
    weight = 1.0 / np.arange(1, targets + 1) ** 0.35
    weight /= weight.sum()
    chosen = draw.choice(targets, size, p=weight)
    busiest = min(int(BUSIEST * scale), sources)
    chosen = np.where(chosen == 0, 1, chosen)
    return np.concatenate([away(size), draw.permutation(sources)[:busiest]]), np.concatenate(
        [chosen, np.zeros(busiest, np.int64)]
    )


def _written(
    path: Path, frame: pl.DataFrame, columns: Mapping[str, pl.DataType], draw: np.random.Generator
) -> Path:
    count = frame.height
    made = {
        name: _drawn(name, kind, count, draw) for name, kind in columns.items() if name not in frame.columns
    }
    whole = frame.with_columns(**made)
    if {"first_day", "last_day"} <= set(columns):
        first = pl.Series(draw.integers(FIRST, LAST - 30, count))
        whole = whole.with_columns(first.alias("first_day"), (first + 30).alias("last_day"))
    path.parent.mkdir(parents=True, exist_ok=True)
    whole.select(*columns).write_parquet(path, compression="zstd")
    return path


def _drawn(name: str, kind: pl.DataType, count: int, draw: np.random.Generator) -> pl.Series:
    if name in SAID:
        return pl.Series(SAID[name]).gather(draw.integers(0, len(SAID[name]), count)).cast(kind)
    if name not in DRAWN:
        return pl.repeat(None, count, dtype=kind, eager=True)
    low, high = DRAWN[name]
    if kind == pl.Float64():
        return pl.Series(draw.uniform(low, high, count)).round(2)
    return pl.Series(draw.integers(int(low), max(int(high), int(low) + 1), count))
