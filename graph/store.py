"""The one protocol behind which the graph is held, embedded or on a Neo4j server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, NamedTuple, Protocol, Self

from graph.kept import Kept
from graph.schema import GraphSchema
from jiwang.progress import Progress

Row = dict[str, Any]


@dataclass(frozen=True)
class Capabilities:
    """What a store is.

    Attributes:
        engine: "ladybug" or "neo4j".
        version: of the engine.
        server: it is a process of its own that others may use at the same time.
    """

    engine: str
    version: str
    server: bool


@dataclass(frozen=True)
class Finding:
    """One thing that `GraphStore.doctor` looked at."""

    level: Literal["ok", "warning", "error"]
    what: str
    remedy: str = ""


class Window(NamedTuple):
    """Days (since 1970-01-01) between which an edge must have been; None is open. No days: it fits."""

    since: int | None = None
    until: int | None = None


ALWAYS = Window()


@dataclass(frozen=True)
class Neighborhood:
    """What one hop around some nodes brings.

    Attributes:
        edges: rows of source, target, eid, type and the edge's properties, sorted by type and eid.
        hubs: (node id, edge type) → number of edges, where there were too many to show.
        cut: there were more edges than asked for.
    """

    edges: list[Row]
    hubs: dict[tuple[str, str], int]
    cut: bool


class GraphStore(Protocol):
    """A loaded graph that can be asked, opened by `graph.opening.open_store`; use it as a context manager.

    Attributes:
        schema: its tables.
    """

    schema: GraphSchema

    @property
    def tag(self) -> str | None:
        """Fingerprint of the graph that is wholly loaded, or None."""

    @property
    def capabilities(self) -> Capabilities:
        """What this store is."""

    def load(
        self,
        nodes: Mapping[str, Path],
        edges: Mapping[str, Path],
        tag: str,
        progress: Progress,
        held: Kept | None = None,
    ) -> dict[str, int]:
        """Replace the graph by these Parquet tables and return their rows by table; same ``tag``: a no-op.

        ``held`` is what is kept of graphs that were loaded: a store that holds one of them may then write
        only what changed. The hashes of these tables are noted in it.

        Raises:
            ContractError: a table breaks the schema; the store is left as it was.
            StoreError: the engine failed.
        """

    def run(
        self, query: str, params: Mapping[str, Any] | None = None, timeout: float = 60.0, limit: int = 100_000
    ) -> list[Row]:
        """Run a read-only query whose columns are scalars or lists of them.

        Args:
            query: Cypher in the subset that both engines share (see docs, pattern language).
            params: values of its ``$parameters``.
            timeout: seconds it may take.
            limit: rows it may return; more is an error, never a silent cut.

        Raises:
            PatternError: the query is wrong, writes, takes too long or returns too much.
            StoreError: nothing is wholly loaded, or the engine cannot be reached.
        """

    def neighbors(
        self,
        ids: Sequence[str],
        types: Sequence[str] = (),
        cap: int = 300,
        degree_cap: int = 100,
        window: Window = ALWAYS,
    ) -> Neighborhood:
        """Return the edges one hop around ``ids``.

        Args:
            ids: nodes to start from.
            types: edge types to follow; none means all.
            cap: edges to return.
            degree_cap: a node with more edges of a type and direction than this, within the window or not,
                is reported as a hub, not followed.
            window: days between which an edge must have been.

        Raises:
            ValueError: the graph has no edges of a type.
        """

    def path(
        self, a: str, b: str, types: Sequence[str] = (), max_len: int = 6, degree_cap: int = 200
    ) -> list[Row]:
        """Return the edges of a shortest path from ``a`` to ``b``, in order, the same one on every engine.

        Of several it is the one first by its eids. No path, or none within ``max_len`` edges, is an empty
        list. Edges of sorts that the schema calls hubs are followed only if ``types`` names them, and none
        either of whose ends has more than ``degree_cap`` edges of its type and direction.

        Raises:
            ValueError: the graph has no edges of a type.
        """

    def doctor(self) -> list[Finding]:
        """Look at version, trustworthiness and what is loaded."""

    def close(self) -> None:
        """Let go of files and connections."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
