"""The embedded store: a Ladybug file, rebuilt from Parquet beside the old one and published by rename.

Beside it lies the index for hops and paths (`graph.adjacency`), in a folder named after the graph that the
file is marked with: renaming the file publishes both, and a file never meets the index of another graph.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import ladybug

from graph import adjacency
from graph.adjacency import Adjacency
from graph.contract import check_columns, check_tables, rows_of
from graph.kept import Kept
from graph.ladybug_store import statements
from graph.ladybug_store.build import Build, remove
from graph.ladybug_store.trust import VERSION, trust
from graph.lint import MISORDERED, misordered
from graph.schema import LOAD_MARK, GraphSchema
from graph.store import ALWAYS, Capabilities, Finding, Neighborhood, Row, Window
from jiwang.errors import PatternError, StoreError
from jiwang.ids import digest
from jiwang.progress import Progress, SilentProgress

FILE = "graph.lbug"
INDEX = "adjacency-"
MIB = 1 << 20
DROP = "remove the folder `store` of the workspace and run `jiwang load`"


class LadybugStore:
    """The graph in one file that any number of processes read and one load replaces.

    Args:
        folder: where the file lies (made if need be).
        schema: the tables of the graph.
        memory_mb: what the engine may hold, in MiB; a load holds some 400 MiB besides.
        threads: threads of the engine.

    Raises:
        StoreError: the installed engine is not one known to give right rows, or the file cannot be read.
    """

    def __init__(self, folder: Path, *, schema: GraphSchema, memory_mb: int = 1024, threads: int = 2) -> None:
        trust(VERSION)
        self.schema = schema
        self.folder = folder
        self._memory = memory_mb * MIB
        self._threads = threads
        self._db: ladybug.Database | None = None
        self._index: Adjacency | None = None
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
        held: Kept | None = None,
    ) -> dict[str, int]:
        """Replace the graph, always by a new file; see `graph.store.GraphStore.load`."""
        check_columns(self.schema, nodes, edges)
        rows = {name: rows_of(path) for name, path in [*nodes.items(), *edges.items()]}
        if tag == self._tag:
            return rows
        hashes = check_tables(self.schema, nodes, edges)
        if held:
            held.note(tag, hashes)
        del hashes  # eight bytes a row, twice
        self.folder.mkdir(parents=True, exist_ok=True)
        fresh, index = self.folder / f"{FILE}.new", self.folder / f"{INDEX}new"
        remove(fresh)
        shutil.rmtree(index, ignore_errors=True)
        with (progress or SilentProgress()).task("load", total=sum(rows.values())) as task:
            try:
                Build(self.schema, self._memory, self._threads).write(
                    fresh, nodes, edges, tag, rows, task.advance
                )
                adjacency.write(index, self.schema, nodes, edges)
            except (RuntimeError, OSError) as error:
                remove(fresh)
                shutil.rmtree(index, ignore_errors=True)
                raise StoreError(
                    f"{fresh}: {error}",
                    "free memory or disk space, or raise store_memory_mb, then run `jiwang load`",
                ) from error
            task.say(f"{sum(rows.values()):,} rows")
        self.close()
        self._publish(fresh, index, tag)
        self._open()
        return rows

    def run(
        self, query: str, params: Mapping[str, Any] | None = None, timeout: float = 60.0, limit: int = 100_000
    ) -> list[Row]:
        """Run a read-only query; see `graph.store.GraphStore.run`."""
        if self._db is None:
            raise self._nothing()
        if wrong := misordered(query):
            raise PatternError(f"{wrong} in a query", MISORDERED)
        with closing(ladybug.Connection(self._db, self._threads)) as connection:
            connection.set_query_timeout(max(1, int(timeout * 1000)))
            try:
                with statements.one(connection.execute(query, dict(params or {}))) as result:
                    return statements.rows(result, limit)
            except RuntimeError as error:
                raise statements.failure(error, timeout) from error

    def neighbors(
        self,
        ids: Sequence[str],
        types: Sequence[str] = (),
        cap: int = 300,
        degree_cap: int = 100,
        window: Window = ALWAYS,
    ) -> Neighborhood:
        """Return one hop around ``ids``; see `graph.store.GraphStore.neighbors`."""
        return self._indexed().neighborhood(ids, types, cap, degree_cap, window)

    def path(
        self, a: str, b: str, types: Sequence[str] = (), max_len: int = 6, degree_cap: int = 200
    ) -> list[Row]:
        """Return a shortest path; see `graph.store.GraphStore.path`."""
        return adjacency.shortest(self._indexed(), a, b, types, max_len, degree_cap)

    def doctor(self) -> list[Finding]:
        """Look at version, trustworthiness and what is loaded."""
        found = [Finding("ok", f"ladybug {VERSION} answers the canary rightly")]
        if self._tag is None:
            return [*found, Finding("warning", self._nothing().problem, "run `jiwang load`")]
        nodes = sum(self._count(f"MATCH (n:`{label}`)") for label in self.schema.nodes)
        edges = sum(self._count(f"MATCH ()-[r:`{kind}`]->()") for kind in self.schema.edges)
        return [*found, Finding("ok", f"graph {self._tag}: {nodes} nodes, {edges} edges")]

    def close(self) -> None:
        """Let go of the file."""
        self._index = None
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

    def _open(self) -> None:
        """Open file and index; once more where a load put others in their place between the two."""
        if self._opened() and self._index is None:
            self.close()
            self._opened()
        if self._index is None:
            self.close()

    def _opened(self) -> bool:
        """Open the file and, if it is there, its index; say whether the file is of this schema."""
        self._tag: str | None = None
        path = self.folder / FILE
        if not path.is_file():
            return False
        try:
            self._db = self._reading(path)
            [mark] = self.run(f"MATCH (m:{LOAD_MARK}) RETURN m.tag AS tag, m.schema AS schema")
            # Built for other tables, or before there were indexes: as good as not loaded, the next load
            # replaces it.
            ours = bool(mark["schema"] == self.schema.fingerprint())
            if ours:
                with suppress(FileNotFoundError):  # none yet, or a load is taking it away
                    self._index = Adjacency(self._index_of(mark["tag"]), self.schema)
                    self._tag = mark["tag"]
        except (RuntimeError, StoreError, ValueError, OSError) as error:
            self.close()
            raise StoreError(f"{path} cannot be read: {error}", DROP) from error
        return ours

    def _index_of(self, tag: str) -> Path:
        """Return where the index of a graph lies: a name for each graph, schema and format of the index."""
        return self.folder / f"{INDEX}{digest(adjacency.FORMAT, tag, self.schema.fingerprint())}"

    def _publish(self, file: Path, index: Path, tag: str) -> None:
        """Put file and index in the place of the former ones; who has those open keeps them."""
        place = self._index_of(tag)
        shutil.rmtree(place, ignore_errors=True)
        index.rename(place)
        file.replace(self.folder / FILE)
        for other in self.folder.glob(f"{INDEX}*"):
            if other != place:
                shutil.rmtree(other, ignore_errors=True)

    def _indexed(self) -> Adjacency:
        if self._index is None:
            raise self._nothing()
        return self._index

    def _nothing(self) -> StoreError:
        there = " that this version can read" if (self.folder / FILE).is_file() else ""
        return StoreError(f"no graph is loaded in {self.folder}{there}", "run `jiwang load`")

    def _count(self, match: str) -> int:
        return int(self.run(f"{match} RETURN count(*) AS n")[0]["n"])
