"""The embedded store: a Ladybug file, rebuilt from Parquet beside the old one and published by rename."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import ladybug

from graph import canary, walk
from graph.contract import check_tables
from graph.lint import MISORDERED, misordered
from graph.schema import GraphSchema, ladybug_ddl
from graph.store import Capabilities, Finding, Held, Neighborhood, Row
from jiwang.errors import PatternError, StoreError
from jiwang.progress import Progress, SilentProgress

# Measured right on the canary and on random graphs; 0.21.0 to 0.22.0 give wrong rows (docs/adr/0002).
TRUSTED = ("0.20.4",)
VERSION = str(ladybug.__version__)
FILE = "graph.lbug"
MARKER = "JiwangLoad"
SHOWN = 300  # characters of an engine's message; the parser lists every word it knows
FEW_IDS = 40
MIB = 1 << 20
ROW_BYTES, VALUE_BYTES = 64, 40  # what a COPY of edges holds in memory: measured on 8 million rows
MEMORY_SHARE = 0.6  # of the machine's memory that a load may take where a table needs so much
REINSTALL = f"install the engine that is known to be right: pip install ladybug=={TRUSTED[0]}"
DROP = "remove the folder `store` of the workspace and run `jiwang load`"


class LadybugStore:
    """The graph in one file that any number of processes read and one load replaces.

    Args:
        folder: where the file lies (made if need be).
        schema: the tables of the graph.
        memory_mb: buffer pool, in MiB.
        threads: threads of the engine.

    Raises:
        StoreError: the installed engine is not one known to give right rows, or the file cannot be read.
    """

    few = FEW_IDS
    type_of = "label(r)"

    def __init__(self, folder: Path, *, schema: GraphSchema, memory_mb: int = 1024, threads: int = 2) -> None:
        _trust(VERSION)
        self.schema = schema
        self.folder = folder
        self._memory = memory_mb * MIB
        self._threads = threads
        self._db: ladybug.Database | None = None
        self._open()

    @property
    def tag(self) -> str | None:
        """Fingerprint of the graph that is wholly loaded, or None."""
        return self._tag

    @property
    def capabilities(self) -> Capabilities:
        """What this store is."""
        return Capabilities("ladybug", VERSION, server=False)

    def load(
        self,
        nodes: Mapping[str, Path],
        edges: Mapping[str, Path],
        tag: str,
        progress: Progress | None = None,
        held: Held | None = None,
    ) -> dict[str, int]:
        """Replace the graph, always by a new file; see `graph.store.GraphStore.load`."""
        del held
        rows = check_tables(self.schema, nodes, edges)
        if tag == self._tag:
            return rows
        self.folder.mkdir(parents=True, exist_ok=True)
        fresh = self.folder / f"{FILE}.new"
        _remove(fresh)
        with (progress or SilentProgress()).task("load", total=sum(rows.values())) as task:
            try:
                self._build(fresh, nodes, edges, tag, rows, task.advance)
            except RuntimeError as error:
                _remove(fresh)
                raise StoreError(
                    f"{fresh}: {error}",
                    "free memory or disk space, or raise store_memory_mb, then run `jiwang load`",
                ) from error
            task.say(f"{sum(rows.values()):,} rows")
        self.close()
        fresh.replace(self.folder / FILE)
        self._open()
        return rows

    def run(
        self, query: str, params: Mapping[str, Any] | None = None, timeout: float = 60.0, limit: int = 100_000
    ) -> list[Row]:
        """Run a read-only query; see `graph.store.GraphStore.run`."""
        if self._db is None:
            raise StoreError(f"no graph is loaded in {self.folder}", "run `jiwang load`")
        if wrong := misordered(query):
            raise PatternError(f"{wrong} in a query", MISORDERED)
        with closing(ladybug.Connection(self._db, self._threads)) as connection:
            connection.set_query_timeout(max(1, int(timeout * 1000)))
            try:
                with _one(connection.execute(query, dict(params or {}))) as result:
                    return _rows(result, limit)
            except RuntimeError as error:
                raise _failure(error, timeout) from error

    def neighbors(
        self, ids: Sequence[str], types: Sequence[str] = (), cap: int = 300, degree_cap: int = 100
    ) -> Neighborhood:
        """Return one hop around ``ids``; see `graph.store.GraphStore.neighbors`."""
        return walk.neighborhood(self, ids, types, cap, degree_cap)

    def path(
        self, a: str, b: str, types: Sequence[str] = (), max_len: int = 6, degree_cap: int = 200
    ) -> list[Row]:
        """Return a shortest path; see `graph.store.GraphStore.path`."""
        return walk.shortest(self, a, b, types, max_len, degree_cap)

    def doctor(self) -> list[Finding]:
        """Look at version, trustworthiness and what is loaded."""
        found = [Finding("ok", f"ladybug {VERSION} answers the canary rightly")]
        if self._tag is None:
            return [*found, Finding("warning", f"no graph is loaded in {self.folder}", "run `jiwang load`")]
        nodes = sum(self._count(f"MATCH (n:`{label}`)") for label in self.schema.nodes)
        edges = sum(self._count(f"MATCH ()-[r:`{kind}`]->()") for kind in self.schema.edges)
        return [*found, Finding("ok", f"graph {self._tag}: {nodes} nodes, {edges} edges")]

    def close(self) -> None:
        """Let go of the file."""
        if self._db is not None:
            self._db.close()
            self._db = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _reading(self, path: Path) -> ladybug.Database:
        return ladybug.Database(
            path, buffer_pool_size=self._memory, max_num_threads=self._threads, read_only=True
        )

    def _writing(self, path: Path, rows: Mapping[str, int]) -> ladybug.Database:
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

    def _open(self) -> None:
        self._tag: str | None = None
        path = self.folder / FILE
        if not path.is_file():
            return
        try:
            self._db = self._reading(path)
            [mark] = self.run(f"MATCH (m:{MARKER}) RETURN m.tag AS tag, m.schema AS schema")
        except (RuntimeError, StoreError, ValueError) as error:
            self.close()
            raise StoreError(f"{path} cannot be read: {error}", DROP) from error
        # Built for other tables: as good as not loaded, and the next load replaces it.
        if mark["schema"] == self.schema.fingerprint():
            self._tag = mark["tag"]
        else:
            self.close()

    # long: one straight list of what a build does; the file is complete only after its last line
    def _build(
        self,
        path: Path,
        nodes: Mapping[str, Path],
        edges: Mapping[str, Path],
        tag: str,
        rows: Mapping[str, int],
        advance: Callable[[float], None],
    ) -> None:
        with (
            closing(self._writing(path, rows)) as db,
            closing(ladybug.Connection(db, self._threads)) as connection,
        ):
            for statement in ladybug_ddl(self.schema):
                _do(connection, statement)
            tables = [(n, self.schema.nodes[n].columns(), nodes[n]) for n in self.schema.nodes]
            tables += [(n, self.schema.edges[n].columns(), edges[n]) for n in self.schema.edges]
            for name, columns, source in tables:
                if rows[name]:  # COPY from a file without rows fails
                    listed = ", ".join(f"`{column}`" for column in columns)
                    _do(connection, f"COPY `{name}` FROM (LOAD FROM {_quoted(source)} RETURN {listed})")
                advance(rows[name])
            _do(connection, f"CREATE NODE TABLE {MARKER}(id STRING PRIMARY KEY, tag STRING, schema STRING)")
            mark = {"tag": tag, "schema": self.schema.fingerprint()}
            _do(connection, f"CREATE (:{MARKER} {{id: 'graph', tag: $tag, schema: $schema}})", mark)
            _do(connection, "CHECKPOINT")

    def _count(self, match: str) -> int:
        return int(self.run(f"{match} RETURN count(*) AS n")[0]["n"])


def _quoted(path: Path) -> str:
    text = str(path).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{text}'"


def _remove(path: Path) -> None:
    for suffix in ("", ".wal", ".shadow", ".tmp"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _do(connection: ladybug.Connection, statement: str, params: Mapping[str, Any] | None = None) -> Any:
    """Run one statement and return the first value of its first row, if it has one."""
    with _one(connection.execute(statement, dict(params or {}))) as result:
        return next(iter(result.get_all()[0]), None) if result.has_next() else None


@contextmanager
def _one(result: ladybug.QueryResult | list[ladybug.QueryResult]) -> Iterator[ladybug.QueryResult]:
    """Give the result of a single statement; several in one query are refused."""
    if isinstance(result, list):
        for each in result:
            each.close()
        raise PatternError("a query holds several statements", "write one statement, without `;`")
    try:
        yield result
    finally:
        result.close()


def _rows(result: ladybug.QueryResult, limit: int) -> list[Row]:
    if result.get_num_tuples() > limit:
        raise PatternError(f"a query returns more than {limit} rows", "make it stricter, or raise the limit")
    names = result.get_column_names()
    return [dict(zip(names, map(_plain, values), strict=True)) for values in result.get_all()]


def _plain(value: Any) -> Any:
    """Return ``value`` as both engines give it: sums of whole numbers come as Decimal from this one."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        raise PatternError(
            "a query returns a node, a relationship or a map", "return their properties instead"
        )
    return value


def _failure(error: RuntimeError, timeout: float) -> StoreError:
    text = " ".join(str(error).split())[:SHOWN]
    if "nterrupted" in text:
        return PatternError(
            f"a query took more than {timeout:g} s", "make it stricter, or raise pattern_timeout"
        )
    if "read-only" in text:
        return PatternError(f"a query tries to write: {text}", "patterns only read")
    if "Buffer manager" in text:
        return PatternError(
            f"a query needs more memory: {text}", "make it stricter, or raise store_memory_mb"
        )
    return PatternError(f"a query failed: {text}", "correct the query")


@cache
def _trust(version: str) -> None:
    """Refuse an engine that is not on the list, or that errs on the canary.

    Raises:
        StoreError: the engine would give wrong rows.
    """
    if version not in TRUSTED:
        raise StoreError(f"ladybug {version} is not known to give right rows", REINSTALL)
    wrong = _canary()
    if wrong:
        raise StoreError(f"ladybug {version} gives wrong rows on the canary ({'; '.join(wrong)})", REINSTALL)


def _canary() -> list[str]:
    with (
        closing(ladybug.Database(":memory:", buffer_pool_size=64 * MIB, max_num_threads=2)) as db,
        closing(ladybug.Connection(db, 2)) as connection,
    ):
        _do(connection, "CREATE NODE TABLE A(id INT64 PRIMARY KEY)")
        _do(connection, "CREATE REL TABLE T(FROM A TO A, w INT64)")
        _do(connection, "UNWIND $ids AS i CREATE (:A {id: i})", {"ids": list(range(canary.NODES))})
        edges = {"edges": [edge._asdict() for edge in canary.graph()]}
        ends = "MATCH (a:A {id: e.source}), (b:A {id: e.target})"
        _do(connection, f"UNWIND $edges AS e {ends} CREATE (a)-[:T {{w: e.w}}]->(b)", edges)
        return canary.differences(lambda question: _do(connection, question))
