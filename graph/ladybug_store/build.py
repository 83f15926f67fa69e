"""A new file of the embedded engine, made by COPY from the graph's Parquet tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

import ladybug
import polars as pl

from graph.ladybug_store.memory import given_back
from graph.ladybug_store.statements import do
from graph.schema import LOAD_MARK, EdgeTable, GraphSchema, NodeTable, ladybug_ddl

PIECE = ".piece.parquet"
ROW_BYTES, VALUE_BYTES = 64, 40  # what a COPY of edges holds in memory: measured on 8 million rows
SHARE = 0.6  # of the buffer pool for these; the rest is for what is there already
POOL = 0.9  # of the memory for the buffer pool: a COPY holds the rest, and more, outside it


class Build:
    """How a file is made.

    Args:
        schema: the tables of the graph.
        memory: in bytes; not a bound of the process, which holds some 400 MiB besides.
        threads: threads of the engine.
    """

    def __init__(self, schema: GraphSchema, memory: int, threads: int) -> None:
        self.schema = schema
        self._pool = int(POOL * memory)
        self._threads = threads

    # long: one straight list of what a build does; the file is complete only after its last line
    def write(
        self,
        path: Path,
        nodes: Mapping[str, Path],
        edges: Mapping[str, Path],
        tag: str,
        rows: Mapping[str, int],
        advance: Callable[[float], None],
    ) -> None:
        """Write a new file that holds these tables and is marked with ``tag``.

        Args:
            path: the file, which is not there yet.
            nodes: label → file.
            edges: type → file.
            tag: fingerprint of the graph.
            rows: rows by table.
            advance: is told the rows of each table.

        Raises:
            RuntimeError: the engine failed.
        """
        with (
            given_back(),
            closing(self._opened(path)) as db,
            closing(ladybug.Connection(db, self._threads)) as connection,
        ):
            for statement in ladybug_ddl(self.schema):
                do(connection, statement)
            for label, node in self.schema.nodes.items():
                if rows[label]:  # COPY from a file without rows fails
                    _copy(connection, label, node, nodes[label])
                advance(rows[label])
            for kind, edge in self.schema.edges.items():
                for piece, size in self._pieces(edge, edges[kind], rows[kind], path):
                    _copy(connection, kind, edge, piece)
                    advance(size)
            do(connection, f"CREATE NODE TABLE {LOAD_MARK}(id STRING PRIMARY KEY, tag STRING, schema STRING)")
            mark = {"tag": tag, "schema": self.schema.fingerprint()}
            do(connection, f"CREATE (:{LOAD_MARK} {{id: 'graph', tag: $tag, schema: $schema}})", mark)
            do(connection, "CHECKPOINT")

    def _opened(self, path: Path) -> ladybug.Database:
        """Return a new file to build in, uncompressed.

        A COPY with compression takes twice as long (floats most of all), for a file of 40 % of the size.
        """
        return ladybug.Database(
            path, buffer_pool_size=self._pool, max_num_threads=self._threads, compression=False
        )

    def _pieces(self, edge: EdgeTable, source: Path, rows: int, path: Path) -> Iterator[tuple[Path, int]]:
        """Yield files with the rows of an edge table, in order, and their sizes.

        A COPY sorts its rows whole in memory, by either end, so that a large table must come in pieces to
        stay within the pool. Each piece is sorted in among what is there: with few pieces it costs least.
        """
        most = max(1, int(SHARE * self._pool) // (ROW_BYTES + VALUE_BYTES * len(edge.columns())))
        if 0 < rows <= most:
            yield source, rows
            return
        piece = path.with_name(path.name + PIECE)
        size = -(-rows // -(-rows // most)) if rows else 1
        for start in range(0, rows, size):
            part = pl.scan_parquet(source).slice(start, size)
            part.sink_parquet(piece, compression="uncompressed", maintain_order=True)
            yield piece, min(size, rows - start)
        piece.unlink(missing_ok=True)


def _copy(connection: ladybug.Connection, name: str, table: NodeTable | EdgeTable, source: Path) -> None:
    listed = ", ".join(f"`{column}`" for column in table.columns())
    do(connection, f"COPY `{name}` FROM (LOAD FROM {_quoted(source)} RETURN {listed})")


def _quoted(path: Path) -> str:
    text = str(path).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{text}'"


def remove(path: Path) -> None:
    """Remove a file of the engine and what the engine lays beside it."""
    for suffix in ("", ".wal", ".shadow", ".tmp", PIECE):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
