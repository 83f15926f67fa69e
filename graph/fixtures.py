"""Fixtures of patterns: a tiny graph that a pattern must hit and one that it must not, as data beside it.

``cypher/<family>/<id>.fixture.toml``::

    [hit.nodes]
    Person = [{ id = "p1" }, { id = "p2", birth_day = 7300 }]
    Account = [{ id = "a1" }]
    [hit.edges]
    DRAWS = [{ source = "p1", target = "a1", amount = 900.0 }, { source = "p2", target = "a1" }]

    [miss.nodes]
    …

``expect``, under ``[hit]``, lists the hits: ``[["a1", ["p1", "p2"]]]`` is one about a1 with members p1 and p2
(the subject is always a member too). A property that is left out is null; so is nothing else: an ``eid`` that
is left out is made from the edge's type and place.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import Field, ValidationError

from graph.patterns import Pattern, first_problem, pattern_root
from graph.schema import GraphSchema
from jiwang.errors import PatternError
from jiwang.ontology import Data

Rows = Sequence[Mapping[str, str | int | float]]


class TinyGraph(Data):
    """A graph as rows by table, and the hits that it must give: (subject, members)."""

    nodes: Mapping[str, Rows]
    edges: Mapping[str, Rows] = Field(default_factory=dict)
    expect: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def expected(self) -> set[tuple[str, tuple[str, ...]]]:
        """Return the hits as (subject, sorted members with the subject)."""
        return {(subject, tuple(sorted({subject, *members}))) for subject, members in self.expect}


class Fixture(Data):
    """The two graphs of a pattern."""

    hit: TinyGraph
    miss: TinyGraph


def load_fixture(pattern: Pattern, root: Traversable | None = None) -> Fixture:
    """Read the fixture that lies beside ``pattern``.

    Raises:
        PatternError: it is missing, wrong, expects no hit of its first graph or a hit of its second.
    """
    name = f"{pattern.family}/{pattern.id}.fixture.toml"
    path = (root or pattern_root()) / pattern.family / f"{pattern.id}.fixture.toml"
    try:
        fixture = Fixture(**tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise PatternError(
            f"{name} is missing", "give the pattern a graph that it must hit and one it must not"
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise PatternError(f"{name}: {error}", "correct the TOML") from error
    except (ValidationError, TypeError) as error:
        raise PatternError(f"{name}: {first_problem(error)}", "correct the fixture") from error
    if not fixture.hit.expect or fixture.miss.expect:
        raise PatternError(f"{name}: [hit] expects hits and [miss] none", "correct `expect`")
    return fixture


def write_tables(
    graph: TinyGraph, schema: GraphSchema, folder: Path
) -> tuple[dict[str, Path], dict[str, Path]]:
    """Write ``graph`` below ``folder`` as the Parquet tables of ``schema`` and return node and edge tables.

    Raises:
        PatternError: a table or property that the schema does not have.
    """
    unknown = sorted((set(graph.nodes) - set(schema.nodes)) | (set(graph.edges) - set(schema.edges)))
    if unknown:
        raise PatternError(f"fixture: the graph has no {', '.join(unknown)}", "correct the fixture")
    nodes = {
        label: _write(
            folder / "nodes" / f"{label}.parquet", list(graph.nodes.get(label, [])), table.columns()
        )
        for label, table in schema.nodes.items()
    }
    edges = {
        kind: _write(
            folder / "edges" / f"{kind}.parquet", _numbered(kind, graph.edges.get(kind, [])), table.columns()
        )
        for kind, table in schema.edges.items()
    }
    return nodes, edges


def _numbered(kind: str, rows: Rows) -> list[dict[str, Any]]:
    return [{"eid": f"{kind}-{number}", **row} for number, row in enumerate(rows, 1)]


def _write(path: Path, rows: Sequence[Mapping[str, Any]], columns: Mapping[str, pl.DataType]) -> Path:
    unknown = sorted({name for row in rows for name in row} - set(columns))
    if unknown:
        raise PatternError(f"fixture: {path.stem} has no {', '.join(unknown)}", "correct the fixture")
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = [{name: row.get(name) for name in columns} for row in rows]
    try:
        pl.DataFrame(whole, schema=dict(columns)).write_parquet(path)
    except (TypeError, pl.exceptions.PolarsError) as error:
        raise PatternError(
            f"fixture: {path.stem}: {error}", "give each property a value of its type"
        ) from error
    return path
