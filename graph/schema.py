"""The schema of the property graph as data: its node and edge tables, and what each engine makes of them.

The schema itself is ``jiwang/ontology/graph.toml``::

    [nodes.Person]
    props = { name = "str", birth_day = "int" }

    [edges.DRAWS]
    from = "Person"
    to = "Account"
    props = { amount = "float", first_day = "int", last_day = "int" }

Every node table has ``id`` (a string, unique over *all* node tables), every edge table ``source``, ``target``
and ``eid`` (a string, unique over all edge tables). Days are whole days since 1970-01-01.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Literal

import polars as pl
from pydantic import Field, StringConstraints, ValidationError, model_validator

from jiwang.errors import ContractError
from jiwang.ids import digest
from jiwang.ontology import Data, Label

Tables = tuple[Mapping[str, Path], Mapping[str, Path]]  # of a graph: label → file, type → file
PropType = Literal["str", "int", "float"]
PropName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
NodeLabel = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Za-z0-9]*$")]
EdgeType = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$")]

RESERVED = ("id", "source", "target", "eid", "load_tag")
LOAD_MARK = "JiwangLoad"  # label of the one node by which a store knows what was loaded into it
NUMBER = "NUMBER"  # of a node in files for an import: in capitals, as no property is
POLARS: Mapping[PropType, pl.DataType] = {"str": pl.String(), "int": pl.Int64(), "float": pl.Float64()}
LADYBUG: Mapping[PropType, str] = {"str": "STRING", "int": "INT64", "float": "DOUBLE"}
IMPORTED: Mapping[PropType, str] = {"str": "string", "int": "long", "float": "double"}


class Table(Data):
    """What node and edge tables have in common.

    Attributes:
        props: property → type, beside the columns that every table of its sort has.
        title: how people call it, for screens and docs.
        doc: what it stands for and where it comes from.
    """

    props: Mapping[PropName, PropType] = Field(default_factory=dict)
    title: Label | None = None
    doc: str = ""


class NodeTable(Table):
    """One sort of node; ``hub`` marks sorts that walks and paths do not lead through (clinics, divisions)."""

    hub: bool = False

    def columns(self) -> dict[str, pl.DataType]:
        """Return the columns of the Parquet table, in order."""
        return {"id": pl.String()} | {name: POLARS[kind] for name, kind in self.props.items()}


class EdgeTable(Table):
    """One sort of edge, from one sort of node to one sort of node.

    ``evidence`` marks the edges that rings are cut from: few, rare and each backed by records.
    """

    from_: NodeLabel = Field(alias="from")
    to: NodeLabel
    evidence: bool = False

    def columns(self) -> dict[str, pl.DataType]:
        """Return the columns of the Parquet table, in order."""
        ends: dict[str, pl.DataType] = {"source": pl.String(), "target": pl.String(), "eid": pl.String()}
        return ends | {name: POLARS[kind] for name, kind in self.props.items()}


class GraphSchema(Data):
    """All node and edge tables of the graph."""

    nodes: Mapping[NodeLabel, NodeTable]
    edges: Mapping[EdgeType, EdgeTable]

    @model_validator(mode="after")
    def _ends_exist(self) -> GraphSchema:
        for name, edge in self.edges.items():
            for end in (edge.from_, edge.to):
                if end not in self.nodes:
                    raise ValueError(f"edges.{name}: no node table {end}")
        for name, table in [*self.nodes.items(), *self.edges.items()]:
            taken = sorted(set(table.props) & set(RESERVED))
            if taken:
                raise ValueError(f"{name}.props: {', '.join(taken)} is reserved")
        return self

    def table(self, name: str) -> NodeTable | EdgeTable:
        """Return the node or edge table of a name."""
        return self.nodes[name] if name in self.nodes else self.edges[name]

    def edge_types(self, types: Sequence[str] = ()) -> list[str]:
        """Return the edge types that are named, or all of them, in order.

        Raises:
            ValueError: one of them is no edge type of this graph.
        """
        unknown = sorted(set(types) - set(self.edges))
        if unknown:
            raise ValueError(f"the graph has no edges {', '.join(unknown)}")
        return sorted(set(types) or self.edges)

    def path_types(self, types: Sequence[str] = ()) -> list[str]:
        """Return the edge types that paths use: those named, else all but those at sorts that are hubs."""
        return [kind for kind in self.edge_types(types) if types or not self._touches_hub(kind)]

    def _touches_hub(self, kind: str) -> bool:
        edge = self.edges[kind]
        return self.nodes[edge.from_].hub or self.nodes[edge.to].hub

    def fingerprint(self) -> str:
        """Return a digest of everything that shapes a store: labels, types, properties, ends."""
        nodes = [(n, sorted(t.props.items())) for n, t in sorted(self.nodes.items())]
        edges = [(n, t.from_, t.to, sorted(t.props.items())) for n, t in sorted(self.edges.items())]
        return digest("graph-schema", nodes, edges)


def load_schema(path: Path | None = None) -> GraphSchema:
    """Read a schema; without ``path``, the ontology's ``graph.toml``.

    Raises:
        ContractError: the file is missing, no TOML, or names something that does not exist.
    """
    source: Path | Traversable = path or files("jiwang.ontology") / "graph.toml"
    try:
        return GraphSchema(**tomllib.loads(source.read_text(encoding="utf-8")))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ContractError(f"graph schema {source}: {error}", "restore or mend the file") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ContractError(f"graph schema {source}: {where} {first['msg']}", "mend the file") from error


def ladybug_ddl(schema: GraphSchema) -> Iterator[str]:
    """Yield the statements that make every table of ``schema`` in an empty Ladybug database."""
    for label, node in schema.nodes.items():
        columns = ["id STRING PRIMARY KEY", *(f"`{n}` {LADYBUG[t]}" for n, t in node.props.items())]
        yield f"CREATE NODE TABLE `{label}`({', '.join(columns)})"
    for kind, edge in schema.edges.items():
        columns = ["eid STRING", *(f"`{n}` {LADYBUG[t]}" for n, t in edge.props.items())]
        yield f"CREATE REL TABLE `{kind}`(FROM `{edge.from_}` TO `{edge.to}`, {', '.join(columns)})"


def neo4j_ddl(schema: GraphSchema) -> Iterator[str]:
    """Yield the statements, idempotent, that make every key of ``schema`` unique in Neo4j."""
    for label in schema.nodes:
        yield (
            f"CREATE CONSTRAINT `jiwang_{label}_id` IF NOT EXISTS FOR (n:`{label}`) REQUIRE n.id IS UNIQUE"
        )


def import_headers(schema: GraphSchema) -> dict[str, dict[str, str]]:
    """Return, per table, column → the header that ``neo4j-admin database import`` wants for it.

    Nodes have a column `NUMBER` besides our own; ``source`` and ``target`` of edges are such numbers.
    """
    headers: dict[str, dict[str, str]] = {}
    for label, node in schema.nodes.items():
        ours = {NUMBER: ":ID", "id": "id:string"}
        headers[label] = ours | {n: f"{n}:{IMPORTED[t]}" for n, t in node.props.items()}
    for kind, edge in schema.edges.items():
        ends = {"source": ":START_ID", "target": ":END_ID", "eid": "eid:string"}
        headers[kind] = ends | {n: f"{n}:{IMPORTED[t]}" for n, t in edge.props.items()}
    return headers
