"""Bring Parquet tables into Neo4j over Bolt: idempotent, so that a load killed at any moment is run again.

Several sessions write at once, each its own part of a block. Rows are stamped with the load's tag; rows of
older stamps are deleted at the end. The marker node says which graph is there, which tables and blocks of
rows are done, and whether the graph is whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import neo4j
import polars as pl
import pyarrow.parquet as pq

from graph.contract import rows_of
from graph.delta import Change
from graph.neo4j_store import queries
from graph.neo4j_store.queries import BATCH, IMPORTED
from graph.schema import GraphSchema, neo4j_ddl
from jiwang.errors import StoreError

BLOCK = 200_000  # rows between two notes of how far the load is
LOST = "someone else deletes there at the same time: run `jiwang load` again when they have ended"
Advance = Callable[[float], None]


class Loader:
    """One load of one tag into one database.

    Args:
        driver: an open driver.
        database: its database.
        schema: the tables of the graph; labels and types come from here and nowhere else.
        tag: fingerprint of the graph that is loaded.
        sessions: how many write at the same time.
    """

    def __init__(
        self, driver: neo4j.Driver, database: str, schema: GraphSchema, tag: str, sessions: int = 2
    ) -> None:
        self.driver = driver
        self.database = database
        self.schema = schema
        self.tag = tag
        self.sessions = sessions
        self._stamp = tag  # of the rows that are written
        self._base = tag  # what the marker says of the rows that are there
        self._done: dict[str, int | None] = {}  # table → blocks written, None for all

    def load(self, nodes: Mapping[str, Path], edges: Mapping[str, Path], advance: Advance) -> None:
        """Load every table, delete what other loads left, and mark the graph as whole.

        ``advance`` is told the rows of each batch. Blocks that an interrupted load of this tag has finished
        are passed over.
        """
        self.prepare()
        fresh = self._begin()
        with self._writers() as writers:
            for name, path in [*nodes.items(), *edges.items()]:
                self._table(name, path, writers, advance)
        for statement in () if fresh else queries.STALE:
            while self._write(statement, tag=self.tag, imported=self._base == IMPORTED):
                pass
        self._base = self.tag
        self._mark("complete")

    def change(self, before: str, base: str, changed: Mapping[str, Change], advance: Advance) -> None:
        """Turn the graph ``before`` into that of the tag; run again where it was cut off, it ends the same.

        One session does it: an edge that is merged or goes locks both its ends, hubs among them.

        Args:
            before: tag of the graph that is there.
            base: stamp of its rows.
            changed: what to write and to take away, by table.
            advance: is told the rows of each batch.
        """
        self._stamp = self._base = base
        self._mark("changing", before)
        edges = [name for name in changed if name in self.schema.edges]
        for name in edges:
            self._take_away(name, changed[name].gone, advance)
        for name, change in changed.items():  # nodes come first
            self._share(name, queries.write(self.schema, name, merge=True), change.written, advance)
        for name in changed.keys() - set(edges):
            self._take_away(name, changed[name].gone, advance)
        self._mark("complete")

    def take_over(self) -> None:
        """Make a graph that came by offline import ours: constraints, and the mark that it is whole."""
        self.prepare()
        self._base = IMPORTED
        self._mark("complete")

    def prepare(self) -> None:
        """Make the constraints that every write relies on, and wait for their indexes."""
        for statement in neo4j_ddl(self.schema):
            self._write(statement)
        self._write("CALL db.awaitIndexes(300)")

    def _begin(self) -> bool:
        """Mark the graph as half-loaded, take up what this load has finished; say whether there was none."""
        with self.driver.session(database=self.database) as session:
            found = session.run(queries.MARKER).single()
        mark = dict(found) if found else {}
        if mark.get("base") == IMPORTED:  # until the load is whole: one cut off must not forget it
            self._base = IMPORTED
        same = mark.get("tag") == self.tag and mark.get("schema") == self.schema.fingerprint()
        if same and mark.get("state") == "loading":
            for name, _, block in (entry.partition("#") for entry in mark.get("done") or []):
                self._done[name] = int(block) if block else None
        self._mark("loading")
        return not mark

    def _mark(self, state: str, before: str | None = None) -> None:
        done = [name if block is None else f"{name}#{block}" for name, block in self._done.items()]
        about = {"tag": self.tag, "state": state, "schema": self.schema.fingerprint(), "done": done}
        self._write(queries.SET_MARKER, **about, base=self._base, before=before)

    def _table(self, name: str, path: Path, writers: ThreadPoolExecutor, advance: Advance) -> None:
        passed = self._done.get(name, 0)
        if passed is None:
            advance(rows_of(path))
            return
        # What a load cut off had begun may be there: only an empty table needs no looking before each row.
        merge = passed > 0 or not self._is_empty(name)
        for number, frame in enumerate(_blocks(path), 1):
            if number <= passed:
                advance(frame.height)
                continue
            self._rows(name, frame, writers, advance, merge=merge)
            self._done[name] = number
            self._mark("loading")
        self._done[name] = None
        self._mark("loading")

    def _rows(
        self, name: str, frame: pl.DataFrame, writers: ThreadPoolExecutor, advance: Advance, *, merge: bool
    ) -> None:
        """Write rows of a table with all sessions."""
        query = queries.write(self.schema, name, merge=merge)
        share = partial(self._share, name, query, advance=advance)
        for _ in writers.map(share, self._parts(name, frame, merge=merge)):
            pass

    def _share(self, name: str, query: str, frame: pl.DataFrame, advance: Advance) -> None:
        """Write rows of a table with one session; every edge must find its ends."""
        for rows in frame.iter_slices(BATCH):
            count = self._batch(query, rows)
            if count != rows.height:
                lost = rows.height - count
                raise StoreError(f"{name}: {lost} of {rows.height} rows did not find their ends", LOST)
            advance(rows.height)

    def _take_away(self, name: str, keys: pl.DataFrame, advance: Advance) -> None:
        """Delete rows of a table with one session."""
        for rows in keys.iter_slices(BATCH):
            self._batch(queries.delete(self.schema, name), rows)
            advance(rows.height)

    def _batch(self, query: str, rows: pl.DataFrame) -> int:
        return self._write(
            query, tag=self._stamp, **{column: rows[column].to_list() for column in rows.columns}
        )

    def _parts(self, name: str, frame: pl.DataFrame, *, merge: bool) -> list[pl.DataFrame]:
        """Share the rows of a table out among the sessions so that they do not wait for one another's locks.

        The server lets many tie new edges to one hub at a time: there each session takes a stretch of the
        sources, by which tables are sorted. Other nodes are locked by who ties an edge to them, and a merge
        locks hubs too, row by row: there each takes its own targets, and all go through the sources in the
        same order; where both ends are of one sort there is no such order, and one session merges alone. A
        deadlock that comes about all the same is retried.
        """
        edge = self.schema.edges.get(name)
        if frame.height <= BATCH or (edge and merge and edge.from_ == edge.to):
            return [frame] if frame.height else []
        if edge is None or (self.schema.nodes[edge.to].hub and not merge):
            return list(frame.iter_slices(-(-frame.height // self.sessions)))
        return frame.with_columns(part=pl.col("target").hash(0) % self.sessions).partition_by(
            "part", include_key=False
        )

    @contextmanager
    def _writers(self) -> Iterator[ThreadPoolExecutor]:
        """Give threads to write with; on an error nothing that waits is begun any more."""
        with ThreadPoolExecutor(self.sessions) as writers:
            try:
                yield writers
            except BaseException:
                writers.shutdown(wait=True, cancel_futures=True)
                raise

    def _is_empty(self, name: str) -> bool:
        with self.driver.session(database=self.database) as session:
            found = session.run(queries.count(self.schema, name)).single()
        return bool(found and found["n"] == 0)

    def _write(self, query: str, **params: Any) -> int:
        """Run one managed, retried transaction and return the number that it says, if any."""

        def work(transaction: neo4j.ManagedTransaction) -> int:
            record = transaction.run(query, params).single()
            return int(record["n"]) if record is not None else 0

        with self.driver.session(database=self.database) as session:
            return session.execute_write(work)


def _blocks(path: Path) -> Iterator[pl.DataFrame]:
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=BLOCK):
            if batch.num_rows:
                yield pl.DataFrame(pl.from_arrow(batch))
