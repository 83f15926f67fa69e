"""Bring Parquet tables into Neo4j over Bolt: idempotent, so that a load killed at any moment is run again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import neo4j
import pyarrow.parquet as pq

from graph.schema import GraphSchema, neo4j_ddl

BATCH = 10_000  # rows of one transaction
TAG = "load_tag"
_NODE = "(m:JiwangLoad {id: 'graph'})"
MARKER = f"MATCH {_NODE} RETURN m.tag AS tag, m.state AS state, m.schema AS schema, m.done AS done"
_MARK = f"MERGE {_NODE} SET m.tag = $tag, m.state = $state, m.schema = $schema, m.done = $done"
# Only what a load of ours stamped is ever deleted: a server may hold other people's data too.
_STALE = (
    f"MATCH ()-[x]->() WHERE x.{TAG} <> $tag CALL (x) {{ DELETE x }} IN TRANSACTIONS OF {BATCH} ROWS",
    f"MATCH (x) WHERE x.{TAG} <> $tag CALL (x) {{ DETACH DELETE x }} IN TRANSACTIONS OF {BATCH} ROWS",
)


class Loader:
    """One load of one tag into one database.

    Args:
        driver: an open driver.
        database: its database.
        schema: the tables of the graph; labels and types come from here and nowhere else.
        tag: fingerprint of the graph that is loaded.
    """

    def __init__(self, driver: neo4j.Driver, database: str, schema: GraphSchema, tag: str) -> None:
        self.driver = driver
        self.database = database
        self.schema = schema
        self.tag = tag

    def load(
        self, nodes: Mapping[str, Path], edges: Mapping[str, Path], advance: Callable[[float], None]
    ) -> None:
        """Load every table, delete what other loads left, and mark the graph as whole.

        ``advance`` is told the rows of each batch. Tables that an interrupted load of this tag has finished
        are passed over.
        """
        for statement in neo4j_ddl(self.schema):
            self._write(statement)
        self._write("CALL db.awaitIndexes(300)")
        done = self._begin()
        for name, path in [*nodes.items(), *edges.items()]:
            if name in done:
                advance(pq.read_metadata(path).num_rows)
                continue
            self._table(name, path, advance)
            done.append(name)
            self._mark("loading", done)
        for statement in _STALE:
            with self.driver.session(database=self.database) as session:
                session.run(statement, tag=self.tag).consume()
        self._mark("complete", done)

    def _begin(self) -> list[str]:
        """Mark the graph as half-loaded and return the tables that this very load has finished before."""
        with self.driver.session(database=self.database) as session:
            mark = session.run(MARKER).single()
        same = mark is not None and mark["tag"] == self.tag and mark["schema"] == self.schema.fingerprint()
        done = list(mark["done"] or []) if mark is not None and same else []
        self._mark("loading", done)
        return done

    def _mark(self, state: str, done: Sequence[str]) -> None:
        self._write(_MARK, tag=self.tag, state=state, schema=self.schema.fingerprint(), done=list(done))

    def _table(self, name: str, path: Path, advance: Callable[[float], None]) -> None:
        query = self._edge_query(name) if name in self.schema.edges else self._node_query(name)
        # One session: two of them deadlock at every batch over clinics and accounts that many share.
        for size, columns in _batches(path):
            self._write(query, tag=self.tag, **columns)
            advance(size)

    def _node_query(self, label: str) -> str:
        settings = "".join(f", n.`{p}` = ${p}[i]" for p in self.schema.nodes[label].props)
        return (
            "UNWIND range(0, size($id) - 1) AS i "
            f"MERGE (n:`{label}` {{id: $id[i]}}) SET n.{TAG} = $tag{settings}"
        )

    def _edge_query(self, kind: str) -> str:
        edge = self.schema.edges[kind]
        settings = "".join(f", r.`{p}` = ${p}[i]" for p in edge.props)
        return (
            "UNWIND range(0, size($eid) - 1) AS i "
            f"MATCH (a:`{edge.from_}` {{id: $source[i]}}), (b:`{edge.to}` {{id: $target[i]}}) "
            f"MERGE (a)-[r:`{kind}` {{eid: $eid[i]}}]->(b) SET r.{TAG} = $tag{settings}"
        )

    def _write(self, query: str, **params: Any) -> None:
        def work(transaction: neo4j.ManagedTransaction) -> None:
            transaction.run(query, params).consume()

        with self.driver.session(database=self.database) as session:
            session.execute_write(work)


def _batches(path: Path) -> Iterator[tuple[int, dict[str, list[Any]]]]:
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=BATCH):
            if batch.num_rows:
                yield batch.num_rows, batch.to_pydict()
