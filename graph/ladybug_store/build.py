"""A new file of the embedded engine, made by COPY from the graph's Parquet tables."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

import ladybug

from graph.ladybug_store.statements import do
from graph.schema import GraphSchema, ladybug_ddl

MARKER = "JiwangLoad"
ROW_BYTES, VALUE_BYTES = 64, 40  # what a COPY of edges holds in memory: measured on 8 million rows
MEMORY_SHARE = 0.6  # of the machine's memory that a load may take where a table needs so much


class Build:
    """How a file is made.

    Args:
        schema: the tables of the graph.
        memory: buffer pool in bytes; more is taken where a table needs it.
        threads: threads of the engine.
    """

    def __init__(self, schema: GraphSchema, memory: int, threads: int) -> None:
        self.schema = schema
        self._memory = memory
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
            closing(self._opened(path, rows)) as db,
            closing(ladybug.Connection(db, self._threads)) as connection,
        ):
            for statement in ladybug_ddl(self.schema):
                do(connection, statement)
            tables = [(n, self.schema.nodes[n].columns(), nodes[n]) for n in self.schema.nodes]
            tables += [(n, self.schema.edges[n].columns(), edges[n]) for n in self.schema.edges]
            for name, columns, source in tables:
                if rows[name]:  # COPY from a file without rows fails
                    listed = ", ".join(f"`{column}`" for column in columns)
                    do(connection, f"COPY `{name}` FROM (LOAD FROM {_quoted(source)} RETURN {listed})")
                advance(rows[name])
            do(connection, f"CREATE NODE TABLE {MARKER}(id STRING PRIMARY KEY, tag STRING, schema STRING)")
            mark = {"tag": tag, "schema": self.schema.fingerprint()}
            do(connection, f"CREATE (:{MARKER} {{id: 'graph', tag: $tag, schema: $schema}})", mark)
            do(connection, "CHECKPOINT")

    def _opened(self, path: Path, rows: Mapping[str, int]) -> ladybug.Database:
        """Return a new file to build in, with the memory that its largest table needs.

        Uncompressed: a COPY with compression takes twice as long (floats most of all), for a file of 40 %
        of the size. An edge table is sorted whole in memory, by either end.
        """
        widths = {name: len(table.columns()) for name, table in self.schema.edges.items()}
        need = max(
            (rows[name] * (ROW_BYTES + VALUE_BYTES * width) for name, width in widths.items()), default=0
        )
        most = int(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * MEMORY_SHARE)
        pool = max(self._memory, min(need, most))
        return ladybug.Database(path, buffer_pool_size=pool, max_num_threads=self._threads, compression=False)


def _quoted(path: Path) -> str:
    text = str(path).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{text}'"


def remove(path: Path) -> None:
    """Remove a file of the engine and what the engine lays beside it."""
    for suffix in ("", ".wal", ".shadow", ".tmp"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
