"""The production store: a Neo4j server, loaded over Bolt and asked in read transactions.

A load merges every row by its key and stamps it with the load's tag; rows of older tags are deleted at the
end, so that what was killed half-way is simply run again. A marker node says whose graph is there and whether
it is whole; nothing is asked of half a graph.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

import neo4j

from graph.contract import check_columns, check_tables, rows_of
from graph.delta import Change, changes, keeps_contract
from graph.neo4j_store import walk
from graph.neo4j_store.connect import connect
from graph.neo4j_store.failures import LOAD, explained
from graph.neo4j_store.loader import Loader
from graph.neo4j_store.queries import MARKER
from graph.schema import GraphSchema
from graph.store import ALWAYS, Capabilities, Finding, Held, Neighborhood, Row, Tables, Window
from jiwang.errors import PatternError, StoreError
from jiwang.progress import Progress, SilentProgress

OLDEST = (5, 23)  # the first with CALL (x) { … }, which the loader uses
CHANGED = 0.3  # share of rows from which on a load of all is quicker than one of the changes
COMPONENTS = "CALL dbms.components() YIELD name, versions WHERE name = 'Neo4j Kernel' RETURN versions[0] AS v"
_SCALARS = (str, int, float, type(None))


class _Pending(NamedTuple):
    """A change to write: from the graph ``before``, of these tables, whose rows bear the stamp ``base``."""

    before: str
    base: str
    tables: Tables
    changed: Mapping[str, Change]

    @property
    def rows(self) -> int:
        return sum(change.rows for change in self.changed.values())


class Neo4jStore:
    """The graph on a Neo4j server.

    Args:
        uri: address, such as ``bolt://127.0.0.1:7687``.
        user: its user.
        password: empty where the server asks for none.
        database: name of the database.
        timeout: seconds to wait for the server to answer.
        schema: the tables of the graph.
        ca_file: PEM file of the authority that signed the server's certificate; empty: the system's.
        sessions: how many write at the same time during a load.

    Raises:
        StoreError: the server does not answer, does not let us in, or is too old.
    """

    def __init__(
        self,
        uri: str,
        *,
        user: str,
        password: str,
        database: str,
        timeout: float,
        schema: GraphSchema,
        ca_file: str = "",
        sessions: int = 2,
    ) -> None:
        self.schema = schema
        self.uri = uri
        self._database = database
        self._sessions = sessions
        self._driver = connect(uri, (user, password) if password else None, timeout, ca_file)
        try:
            self._version = self._check_version()
            self._tag = self._whole()
        except BaseException:
            self.close()
            raise

    @property
    def tag(self) -> str | None:
        """Fingerprint of the graph that is wholly loaded, or None."""
        return self._tag

    @property
    def capabilities(self) -> Capabilities:
        """What this store is."""
        return Capabilities("neo4j", self._version, server=True)

    def load(
        self,
        nodes: Mapping[str, Path],
        edges: Mapping[str, Path],
        tag: str,
        progress: Progress | None = None,
        held: Held | None = None,
    ) -> dict[str, int]:
        """Replace the graph; see `graph.store.GraphStore.load`.

        A load that was cut off goes on after the last block of rows that it finished. Where ``held`` knows
        the tables of the graph that is there, and fewer than `CHANGED` of the rows differ, only these are
        written.
        """
        check_columns(self.schema, nodes, edges)
        self._tag = self._whole()
        change = None if self._tag == tag else self._change((nodes, edges), tag, held)
        rows = self._checked((nodes, edges), change)
        if self._tag == tag:
            return rows
        loader = Loader(self._driver, self._database, self.schema, tag, self._sessions)
        mark = self._marker()
        if mark and (mark["state"], mark["tag"]) == ("imported", tag):
            with explained(self.uri):
                loader.take_over()
            self._tag = self._whole()
            return rows
        total = sum(rows.values())
        with explained(self.uri), (progress or SilentProgress()).task("load", total=total) as task:
            if change and change.rows <= CHANGED * total:
                loader.change(change.before, change.base, change.changed, task.advance)
                task.advance(total - change.rows)
                task.say(f"{change.rows:,} of {total:,} rows changed")
            else:
                loader.load(nodes, edges, task.advance)
                task.say(f"{total:,} rows")
        self._tag = self._whole()
        return rows

    def _checked(self, tables: Tables, change: _Pending | None) -> dict[str, int]:
        """Check tables, or only what changed in them where that is enough; return their rows by name."""
        if change and keeps_contract(self.schema, change.tables, tables, change.changed):
            return {name: rows_of(path) for sort in tables for name, path in sort.items()}
        return check_tables(self.schema, *tables)

    def _change(self, tables: Tables, tag: str, held: Held | None) -> _Pending | None:
        """Return what changed since the graph that is there; None where it must be loaded whole."""
        mark = self._marker()
        if not mark or mark["schema"] != self.schema.fingerprint() or held is None:
            return None
        cut_off = mark["state"] == "changing" and mark["tag"] == tag
        there = mark["before"] if cut_off else mark["tag"] if mark["state"] == "complete" else None
        before = held(str(there)) if there else None
        if before is None:
            return None
        return _Pending(str(there), str(mark["base"]), before, changes(self.schema, before, tables))

    def run(
        self, query: str, params: Mapping[str, Any] | None = None, timeout: float = 60.0, limit: int = 100_000
    ) -> list[Row]:
        """Run a read-only query; see `graph.store.GraphStore.run`."""
        if self._tag is None:
            raise StoreError(f"{self.uri} holds no whole graph", LOAD)
        with (
            explained(self.uri, timeout),
            self._reading() as session,
            session.begin_transaction(timeout=timeout) as transaction,
        ):
            mark = transaction.run(MARKER).single()
            if mark is None or mark["state"] != "complete" or mark["tag"] != self._tag:
                raise StoreError(f"{self.uri}: another graph was or is being loaded", f"wait, or {LOAD}")
            return _rows(transaction.run(query, dict(params or {})), limit)

    def neighbors(
        self,
        ids: Sequence[str],
        types: Sequence[str] = (),
        cap: int = 300,
        degree_cap: int = 100,
        window: Window = ALWAYS,
    ) -> Neighborhood:
        """Return one hop around ``ids``; see `graph.store.GraphStore.neighbors`."""
        return walk.neighborhood(self, ids, types, cap, degree_cap, window)

    def path(
        self, a: str, b: str, types: Sequence[str] = (), max_len: int = 6, degree_cap: int = 200
    ) -> list[Row]:
        """Return a shortest path; see `graph.store.GraphStore.path`."""
        return walk.shortest(self, a, b, self.schema.path_types(types), max_len, degree_cap)

    def doctor(self) -> list[Finding]:
        """Look at version, access and what is loaded."""
        found = [Finding("ok", f"neo4j {self._version} answers at {self.uri}")]
        with explained(self.uri), self._reading() as session:
            access = session.run(
                "SHOW DATABASES YIELD name, access WHERE name = $name RETURN access", name=self._database
            ).single()
        if access and access["access"] != "read-write":
            found.append(
                Finding("error", f"database {self._database} is read-only", "load needs one to write to")
            )
        if self._tag is None:
            return [*found, Finding("warning", f"{self.uri} holds no whole graph", LOAD)]
        nodes = sum(
            self.run(f"MATCH (n:`{label}`) RETURN count(*) AS n")[0]["n"] for label in self.schema.nodes
        )
        edges = sum(
            self.run(f"MATCH ()-[r:`{t}`]->() RETURN count(*) AS n")[0]["n"] for t in self.schema.edges
        )
        return [*found, Finding("ok", f"graph {self._tag}: {nodes} nodes, {edges} edges")]

    def close(self) -> None:
        """Let go of the connections."""
        self._driver.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _reading(self) -> Iterator[neo4j.Session]:
        with self._driver.session(database=self._database, default_access_mode=neo4j.READ_ACCESS) as session:
            yield session

    def holds_only_ours(self) -> bool:
        """Say whether every node of the database is of our labels; answered from counts, at once."""
        labels = [*self.schema.nodes, "JiwangLoad"]
        with explained(self.uri), self._reading() as session:
            every = session.run("MATCH (n) RETURN count(n) AS n").single(strict=True)["n"]
            counted = [session.run(f"MATCH (n:`{label}`) RETURN count(n) AS n") for label in labels]
            ours = sum(result.single(strict=True)["n"] for result in counted)
        return bool(every == ours)

    def _marker(self) -> Row:
        """Return what the marker says of the graph that is there; empty where there is none."""
        with explained(self.uri), self._reading() as session:
            mark = session.run(MARKER).single()
        return dict(mark) if mark else {}

    def _whole(self) -> str | None:
        """Return the tag of the graph that is there, if it is whole and of our schema."""
        mark = self._marker()
        whole = mark and mark["state"] == "complete" and mark["schema"] == self.schema.fingerprint()
        return str(mark["tag"]) if whole else None

    def _check_version(self) -> str:
        with explained(self.uri), self._reading() as session:
            found = session.run(COMPONENTS).single()
        version = str(found["v"]) if found else "0.0"
        if tuple(int(part) for part in version.split("-")[0].split(".")[:2]) < OLDEST:
            wanted = ".".join(map(str, OLDEST))
            raise StoreError(
                f"{self.uri} is Neo4j {version}; {wanted} is the oldest that works", "use a newer server"
            )
        return version


def _rows(result: neo4j.Result, limit: int) -> list[Row]:
    rows: list[Row] = []
    for record in result:
        if len(rows) == limit:
            raise PatternError(
                f"a query returns more than {limit} rows", "make it stricter, or raise the limit"
            )
        if not all(_is_plain(value) for value in record.values()):
            raise PatternError(
                "a query returns a node, a relationship or a map", "return their properties instead"
            )
        rows.append(dict(zip(record.keys(), record.values(), strict=True)))
    return rows


def _is_plain(value: object) -> bool:
    return all(map(_is_plain, value)) if isinstance(value, list) else isinstance(value, _SCALARS)
