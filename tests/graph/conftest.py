"""A toy graph, a toy library, and one real Neo4j server a session, started from its jars on a free port."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from graph import neo4j_server
from graph.fixtures import TinyGraph, write_tables
from graph.ladybug_store import LadybugStore
from graph.neo4j_jars import find_jars, find_java
from graph.neo4j_store import Neo4jStore
from graph.patterns import Pattern, load_library
from graph.schema import GraphSchema, load_schema
from jiwang.errors import StoreError
from jiwang.progress import SilentProgress

HERE = Path(__file__).parent
TOY = HERE / "toy"
Tables = tuple[dict[str, Path], dict[str, Path]]


@dataclass(frozen=True)
class Address:
    """Where a server of ours listens."""

    uri: str
    password: str
    home: Path | None

    def open(self, schema: GraphSchema, **other: Any) -> Neo4jStore:
        settings = {"user": "neo4j", "password": self.password, "database": "neo4j", "timeout": 10.0} | other
        return Neo4jStore(self.uri, schema=schema, **settings)


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


@pytest.fixture(scope="session")
def neo4j_address(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Address]:
    """A real server: the one that JIWANG_NEO4J_URI names if it holds nothing else, or one of our own."""
    named = os.environ.get("JIWANG_NEO4J_URI")
    if named:
        address = Address(named, os.environ.get("JIWANG_NEO4J_PASSWORD", ""), None)
        _refuse_other_peoples_graph(address)
        yield address
        return
    try:
        find_jars(find_java(), SilentProgress())
    except StoreError as error:
        if "neo4j" in os.environ.get("JIWANG_REQUIRE", ""):
            raise
        pytest.skip(str(error))
    started = time.monotonic()
    home = tmp_path_factory.mktemp("neo4j")
    server = neo4j_server.up(home, 0, heap_mb=768, page_cache_mb=64)
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        sys.stdout.write(f"\nneo4j {server.version}, up in {time.monotonic() - started:.1f} s\n")
    yield Address(server.uri, server.password, home)
    neo4j_server.down(home)


def _refuse_other_peoples_graph(address: Address) -> None:
    with address.open(load_schema(HERE / "toy_schema.toml")) as store:
        found, _, _ = store._driver.execute_query(
            "MATCH (n) WHERE n.load_tag IS NULL OR NOT n.load_tag STARTS WITH 'test' RETURN count(n) AS n"
        )
    if found[0]["n"] > 1:  # the marker itself bears no tag
        pytest.fail(f"{address.uri} holds a graph; the tests would replace it: name an empty server")


@pytest.fixture
def server(neo4j_address: Address, toy_schema: GraphSchema) -> Iterator[Neo4jStore]:
    """The real server with no graph of ours on it."""
    with neo4j_address.open(toy_schema) as store:
        store._driver.execute_query("MATCH (n) DETACH DELETE n")
        store._tag = None
        yield store
