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
from graph.delta import Delta, delta, keeps_contract
from graph.kept import Kept
from graph.neo4j_store import walk
from graph.neo4j_store.connect import connect
from graph.neo4j_store.failures import LOAD, explained
from graph.neo4j_store.loader import Loader
from graph.neo4j_store.queries import MARKER
from graph.schema import LOAD_MARK, GraphSchema, Tables
from graph.store import ALWAYS, Capabilities, Finding, Neighborhood, Row, Window
from jiwang.errors import PatternError, StoreError
from jiwang.progress import Progress, SilentProgress, Task

OLDEST = (5, 23)  # the first with CALL (x) { … }, which the loader uses
CHANGED = 0.3  # share of rows from which on a load of all is quicker than one of the changes
COMPONENTS = "CALL dbms.components() YIELD name, versions WHERE name = 'Neo4j Kernel' RETURN versions[0] AS v"
_SCALARS = (str, int, float, type(None))


class _Pending(NamedTuple):
    """A change to write, of the graph ``before``, whose rows bear the stamp ``base``."""

    before: str
    base: str
    found: Delta


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
            self._tag = self._whole(self._marker())
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
        held: Kept | None = None,
    ) -> dict[str, int]:
        """Replace the graph; see `graph.store.GraphStore.load`.

        A load that was cut off goes on after the last block of rows that it finished. Where ``held`` knows
        the graph that is there, and no more than `CHANGED` of the rows differ, only these are written.
        """
        check_columns(self.schema, nodes, edges)
        rows = {name: rows_of(path) for name, path in [*nodes.items(), *edges.items()]}
        mark = self._marker()
        self._tag = self._whole(mark)
        if self._tag == tag:
            return rows
        loader = Loader(self._driver, self._database, self.schema, tag, self._sessions)
        with (progress or SilentProgress()).task("load", sum(rows.values())) as task:
            if mark and (mark["state"], mark["tag"]) == ("imported", tag):  # checked before it was imported
                with explained(self.uri):
                    loader.take_over()
            else:
                task.say(self._bring(loader, (nodes, edges), mark, held, task))
        self._tag = self._whole(self._marker())
        return rows

    def _bring(self, loader: Loader, tables: Tables, mark: Row, held: Kept | None, task: Task) -> str:
        """Check tables and write them, or what changed since the graph of ``mark``; say how much it was."""
        change = self._change(mark, tables, loader.tag, held)
        sound = change is not None and keeps_contract(self.schema, change.found)
        hashes = change.found.hashes if change and sound else check_tables(self.schema, *tables)
        if held:
            held.note(loader.tag, hashes)
        with explained(self.uri):
            if change is None:
                loader.load(*tables, task.advance)
                return "all rows"
            loader.change(change.before, change.base, change.found.changed, task.advance)
        return f"{change.found.rows:,} rows changed"

    def _change(self, mark: Row, tables: Tables, tag: str, held: Kept | None) -> _Pending | None:
        """Return what changed since the graph that is there; None where it must be loaded whole."""
        if not mark or mark["schema"] != self.schema.fingerprint() or held is None:
            return None
        cut_off = mark["state"] == "changing" and mark["tag"] == tag
        there = mark["before"] if cut_off else mark["tag"] if mark["state"] == "complete" else None
        before = held.former(str(there)) if there else None
        found = delta(self.schema, before, tables, CHANGED) if before else None
        return _Pending(str(there), str(mark["base"]), found) if found else None

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
        labels = [*self.schema.nodes, LOAD_MARK]
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

    def _whole(self, mark: Row) -> str | None:
        """Return the tag of the graph that bears ``mark``, if it is whole and of our schema."""
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
