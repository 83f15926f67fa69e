"""A toy graph and a toy library on the embedded store and on the session's real Neo4j server."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from graph.fixtures import TinyGraph, write_tables
from graph.ladybug_store import LadybugStore
from graph.neo4j_store import Neo4jStore
from graph.patterns import Pattern, load_library
from graph.schema import GraphSchema, load_schema

HERE = Path(__file__).parent
TOY = HERE / "toy"
Tables = tuple[dict[str, Path], dict[str, Path]]


@pytest.fixture(scope="session")
def toy_schema() -> GraphSchema:
    return load_schema(HERE / "toy_schema.toml")


@pytest.fixture(scope="session")
def toy_library() -> dict[str, Pattern]:
    return {pattern.id: pattern for pattern in load_library(TOY)}


@pytest.fixture
def tables(tmp_path: Path, toy_schema: GraphSchema) -> Callable[..., Tables]:
    """Write a graph given as rows and return its node and edge tables."""

    def write(
        nodes: Mapping[str, Any], edges: Mapping[str, Any] | None = None, name: str = "graph"
    ) -> Tables:
        return write_tables(TinyGraph(nodes=nodes, edges=edges or {}), toy_schema, tmp_path / name)

    return write


@pytest.fixture
def embedded(tmp_path: Path, toy_schema: GraphSchema) -> Iterator[LadybugStore]:
    with LadybugStore(tmp_path / "store", schema=toy_schema, memory_mb=64) as store:
        yield store


@pytest.fixture
def server(neo4j_address: Any, toy_schema: GraphSchema) -> Iterator[Neo4jStore]:
    """The real server with no graph of ours on it."""
    with neo4j_address.open(toy_schema) as store:
        store._driver.execute_query("MATCH (n) DETACH DELETE n")
        store._tag = None
        yield store
