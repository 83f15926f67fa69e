"""From the graph's Parquet tables to the index's Arrow files: one for each column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa

from graph.contract import rows_of
from graph.schema import EdgeTable, GraphSchema

FORMAT = 2  # of the files: to be raised when they change, so that older ones count as none
NODES = "nodes"
ENDS = ("source", "target", "back", "back_target")
MOST_BYTES = 1 << 31  # of the text of a column with 32-bit offsets


def write(folder: Path, schema: GraphSchema, nodes: Mapping[str, Path], edges: Mapping[str, Path]) -> None:
    """Write the index of a graph whose tables keep their contract (`graph.contract`) into a new folder.

    ``nodes/id.arrow`` holds every ``id``, sorted: a node's number is its place. ``<TYPE>/`` holds the edges
    by source, a file a column: ``source`` and ``target`` as numbers, ``eid`` and the properties; ``back``
    lists its rows in the order of their targets, which ``back_target`` repeats. Memory: the numbers of one
    edge type, and one of its columns as it is read and as it is written.
    """
    scans = [pl.scan_parquet(nodes[name]).select("id", label=pl.lit(name)) for name in schema.nodes]
    ids = pl.concat(scans).sort("id").with_row_index("number").collect()
    _save(folder / NODES, [("id", _text(ids["id"]))])
    numbers = {name: ids.filter(label=name).select("id", "number") for name in schema.nodes}
    del ids
    for kind, edge in schema.edges.items():
        ends = numbers[edge.from_], numbers[edge.to]
        _save(folder / kind, _columns(edges[kind], list(edge.props), ends))


def columns_of(edge: EdgeTable) -> list[str]:
    """Return the columns that are written for an edge type."""
    return [*ENDS, "eid", *edge.props]


def _columns(
    path: Path, props: list[str], numbers: tuple[pl.DataFrame, pl.DataFrame]
) -> Iterator[tuple[str, pa.Array]]:
    """Yield the columns of one edge type, all in the order of the sources."""
    if not rows_of(path):
        yield from ((name, pa.array([], pa.uint32())) for name in ENDS)
        yield from ((name, pa.array([], pa.null())) for name in ("eid", *props))
        return
    source, target = (_numbered(path, *end) for end in zip(("source", "target"), numbers, strict=True))
    order = None
    if (source[1:] < source[:-1]).any():  # `build` sorts its tables by source; others may not
        order = np.argsort(source, kind="stable")
        source, target = source[order], target[order]
    back = np.argsort(target, kind="stable").astype(np.uint32)
    for name, array in zip(ENDS, (source, target, back, target[back]), strict=True):
        yield name, pa.array(array)
    del source, target, back, array
    for name in ("eid", *props):
        column = pl.read_parquet(path, columns=[name])[name]
        column = column if order is None else column.gather(order)
        if column.dtype == pl.String():
            yield name, _text(column)
        else:
            yield name, (column.shrink_dtype() if column.dtype.is_integer() else column).to_arrow()


def _numbered(path: Path, column: str, numbers: pl.DataFrame) -> np.ndarray:
    """Return a column of ids as numbers."""
    ends = pl.scan_parquet(path).select(id=column)
    found = ends.join(numbers.lazy(), on="id", how="left", maintain_order="left").select("number")
    return found.collect(engine="streaming")["number"].to_numpy()


def _text(column: pl.Series) -> pa.Array:
    """Return texts with offsets of 32 bits, unless they are too long for them together."""
    text = column.to_arrow(compat_level=pl.CompatLevel.oldest())
    return text.cast(pa.string()) if text.nbytes < MOST_BYTES else text


def _save(folder: Path, columns: Iterable[tuple[str, pa.Array]]) -> None:
    folder.mkdir(parents=True)
    for name, array in columns:
        batch = pa.record_batch([array], names=[name])
        with (
            pa.OSFile(str(folder / f"{name}.arrow"), "wb") as file,
            pa.ipc.new_file(file, batch.schema) as out,
        ):
            out.write_batch(batch)
