"""The same hand-over over Neo4j and over the embedded store: not a row of out/ may differ."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from graph.schema import load_schema
from jiwang.tables import OUT


@pytest.fixture
def server(neo4j_address: Any) -> Iterator[Any]:
    """The session's server; what the run leaves on it is no test's graph, so it is taken away."""
    yield neo4j_address
    with neo4j_address.open(load_schema()) as store:
        store._driver.execute_query("MATCH (n) DETACH DELETE n")


@pytest.mark.neo4j
def test_both_stores_give_the_same_tables(
    ran: Any, region: Any, way: Any, server: Any, tmp_path: Path
) -> None:
    workspace = tmp_path / "w"
    shutil.copytree(ran.workspace, workspace)
    address = {"JIWANG_NEO4J_URI": server.uri, "JIWANG_NEO4J_PASSWORD": server.password}
    told = way.whole(region.raw, workspace, "--store", "neo4j", **address)
    assert "already there: ingest, resolve, build)" in told.said
    stages = json.loads((workspace / "runs" / "stages.json").read_text(encoding="utf-8"))
    assert stages["detect"]["figures"]["engine"].startswith("neo4j ")
    assert told.out("alerts").height > 0
    assert [name for name in OUT if not ran.out(name).equals(told.out(name))] == []


def test_a_server_that_does_not_answer_changes_nothing(
    ran: Any, region: Any, way: Any, tmp_path: Path
) -> None:
    workspace = tmp_path / "w"
    shutil.copytree(ran.workspace, workspace)
    nobody = {"JIWANG_NEO4J_URI": "bolt://127.0.0.1:9", "JIWANG_NEO4J_TIMEOUT": "1"}
    arguments = ["run", "--region", "town", "--dialect", "a", "--input", region.raw, "--workspace", workspace]
    told = way.jiwang(*arguments, "--store", "neo4j", **nobody)
    assert told.returncode == 1
    problem, remedy = told.stderr.strip().splitlines()[-2:]
    assert "bolt://127.0.0.1:9" in problem
    assert "neo4j" in remedy
    assert "Traceback" not in told.stderr
    assert [name for name in OUT if not ran.out(name).equals(type(ran)(workspace, 1, "").out(name))] == []
    again = way.whole(region.raw, workspace)
    assert again.said.startswith("nothing to do"), "the embedded store holds what it held"
