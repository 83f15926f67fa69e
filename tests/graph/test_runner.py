"""From a pattern's rows to hits: merged, typed, and every failure named by its file."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from graph.detect import run as detect
from graph.ladybug_store import LadybugStore
from graph.load import run as load
from graph.patterns import Pattern
from graph.runner import run_pattern
from graph.schema import GraphSchema
from jiwang.config import Settings
from jiwang.errors import PatternError, StoreError, WorkspaceError
from jiwang.progress import SilentProgress
from jiwang.tables import Hits
from jiwang.workspace import Workspace

SETTINGS = Settings(store="embedded", store_memory_mb=64)
GRAPH = (
    {
        "Person": [{"id": f"p{i}", "birth_day": i, "death_day": 10} for i in range(4)],
        "Account": [{"id": "a1"}],
    },
    {"DRAWS": [{"source": f"p{i}", "target": "a1", "amount": 0.1, "last_day": 100} for i in range(3)]},
)
PROGRESS = SilentProgress()


def row(subject: str, members: str, day: str, edges: str) -> str:
    ends = f"{day} AS first_day, 1 AS last_day, {edges} AS edges"
    return f"RETURN {subject} AS subject, {members} AS members, 1 AS amount, {ends}"


@pytest.fixture
def store(embedded: LadybugStore, tables: Any) -> LadybugStore:
    embedded.load(*tables(*GRAPH), "test-runner")
    return embedded


def ask(store: LadybugStore, pattern: Pattern, body: str, **settings: Any) -> pl.DataFrame:
    changed = pattern.model_copy(update={"body": body, "params": {}})
    return run_pattern(store, changed, "", SETTINGS.model_copy(update=settings))


def test_hits_hold_to_their_contract(store: LadybugStore, toy_library: dict[str, Pattern]) -> None:
    hits = run_pattern(store, toy_library["shared"], "", SETTINGS)
    assert Hits.is_valid(hits)
    [hit] = hits.to_dicts()
    assert hit["members"] == ["a1", "p0", "p1", "p2"]
    assert (hit["amount"], hit["first_seen"], hit["last_seen"]) == (0.3, None, date(1970, 4, 11))
    assert hit["edges"] == ["DRAWS-1", "DRAWS-2", "DRAWS-3"]


def test_parameters_are_part_of_a_hits_identity(store: LadybugStore, toy_library: dict[str, Pattern]) -> None:
    pattern = toy_library["shared"]
    [three] = run_pattern(store, pattern, "", SETTINGS)["hit_id"]
    [two] = run_pattern(store, pattern, "", SETTINGS, {"people": 2})["hit_id"]
    assert three != two
    assert run_pattern(store, pattern, "", SETTINGS, {"people": 4}).is_empty()


def test_rows_that_retell_a_hit_are_one(store: LadybugStore, toy_library: dict[str, Pattern]) -> None:
    rows = (
        "UNWIND $rows AS x RETURN 'p1' AS subject, ['p2'] AS members, x AS amount, "
        "5 - x AS first_day, x AS last_day, [['e' ], ['f']] AS edges LIMIT $limit"
    )
    pattern = toy_library["shared"].model_copy(
        update={"body": rows.replace("$rows", "[3, 1, 2]"), "params": {}, "version": 7}
    )
    [hit] = run_pattern(store, pattern, "", SETTINGS).to_dicts()
    assert (hit["pattern_version"], hit["members"], hit["amount"], hit["edges"]) == (
        7,
        ["p1", "p2"],
        3.0,
        ["e", "f"],
    )
    assert (hit["first_seen"], hit["last_seen"]) == (date(1970, 1, 3), date(1970, 1, 4))


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("MTCH (p:Person)", "a query failed: Parser exception"),
        ("CREATE (:Person {id: 'x'})", "tries to write"),
        ("MATCH (p:Person) RETURN p.id AS subject LIMIT $limit", "column amount is not float"),
        (row("1", "['b']", "1", "['e']"), "column subject is not str"),
        (row("'a'", "[1]", "1", "['e']"), "column members is no list of strings"),
        (row("'a'", "['b']", "'1'", "['e']"), "column first_day is not int"),
    ],
)
def test_a_failing_pattern_is_named_by_its_file(
    store: LadybugStore, toy_library: dict[str, Pattern], body: str, says: str
) -> None:
    with pytest.raises(PatternError, match=rf"^accounts/shared\.cypher: .*{says}"):
        ask(store, toy_library["shared"], body)


def test_an_endless_and_a_boundless_pattern_are_stopped(
    store: LadybugStore, toy_library: dict[str, Pattern]
) -> None:
    people = ", ".join(f"(x{i}:Person)" for i in range(16))
    born = " + ".join(f"x{i}.birth_day" for i in range(16))
    with pytest.raises(PatternError, match=r"accounts/shared\.cypher: a query took more than 0\.3 s"):
        ask(
            store,
            toy_library["shared"],
            f"MATCH {people} WHERE {born} < 0 RETURN count(*) AS n",
            pattern_timeout=0.3,
        )
    every = toy_library["after_death"]
    with pytest.raises(PatternError, match=r"people/after_death\.cypher: a query returns more than 2 rows"):
        run_pattern(store, every, "", SETTINGS.model_copy(update={"pattern_limit": 2}))


def test_a_pattern_whose_edges_the_graph_does_not_have_is_named(
    store: LadybugStore, toy_library: dict[str, Pattern]
) -> None:
    with pytest.raises(PatternError, match="the graph has no edges OWNS"):
        run_pattern(store, toy_library["shared"].model_copy(update={"requires": ("OWNS",)}), "", SETTINGS)


@pytest.fixture
def workspace(tmp_path: Path, tables: Any) -> Workspace:
    workspace = Workspace.open(tmp_path / "w", create=True)
    publish(workspace, tables)
    return workspace


def publish(workspace: Workspace, tables: Any, graph: Any = GRAPH) -> None:
    with workspace.publish("graph", {}) as folder:
        for sort, files in zip(("nodes", "edges"), tables(*graph), strict=True):
            (folder / sort).mkdir()
            for name, path in files.items():
                path.rename(folder / sort / f"{name}.parquet")


def test_load_and_detect_are_stages(
    workspace: Workspace, toy_schema: GraphSchema, toy_library: dict[str, Pattern]
) -> None:
    library = [
        *toy_library.values(),
        toy_library["shared"].model_copy(update={"id": "draft", "status": "draft"}),
    ]
    first = load(workspace, SETTINGS, progress=PROGRESS, schema=toy_schema)
    assert (first["nodes"]["Person"], first["edges"]["DRAWS"], first["unchanged"]) == (4, 3, False)
    assert load(workspace, SETTINGS, progress=PROGRESS, schema=toy_schema)["unchanged"]
    done = detect(workspace, SETTINGS, progress=PROGRESS, region="north", patterns=library, schema=toy_schema)
    assert done["patterns"] == {"after_death": 0, "same_weeks": 0, "shared": 1, "triangle": 0, "twins": 0}
    bytes_before = workspace.table("hits", "hits").read_bytes()
    assert (
        detect(workspace, SETTINGS, progress=PROGRESS, region="south", patterns=library, schema=toy_schema)[
            "hits"
        ]
        == 4
    )
    detect(workspace, SETTINGS, progress=PROGRESS, region="north", patterns=library, schema=toy_schema)
    assert workspace.table("hits", "hits").read_bytes() == bytes_before


def test_detect_refuses_a_store_with_another_graph(
    workspace: Workspace, tables: Any, toy_schema: GraphSchema
) -> None:
    load(workspace, SETTINGS, progress=PROGRESS, schema=toy_schema)
    publish(workspace, tables, ({"Person": [{"id": "p1"}]}, {}))
    with pytest.raises(StoreError, match="does not hold the workspace's graph"):
        detect(workspace, SETTINGS, progress=PROGRESS, region="north", patterns=[], schema=toy_schema)


def test_a_failing_pattern_publishes_nothing(
    workspace: Workspace, toy_schema: GraphSchema, toy_library: dict[str, Pattern]
) -> None:
    load(workspace, SETTINGS, progress=PROGRESS, schema=toy_schema)
    wrong = toy_library["twins"].model_copy(update={"body": "MTCH"})
    with pytest.raises(PatternError, match="people/twins"):
        detect(
            workspace,
            SETTINGS,
            progress=PROGRESS,
            region="north",
            patterns=[toy_library["shared"], wrong],
            schema=toy_schema,
        )
    assert not workspace.folder("hits").exists()


def test_a_table_that_build_did_not_write_is_named(workspace: Workspace, toy_schema: GraphSchema) -> None:
    (workspace.folder("graph") / "edges" / "VISITS.parquet").unlink()
    with pytest.raises(WorkspaceError, match=r"graph/edges/VISITS\.parquet missing"):
        load(workspace, SETTINGS, progress=PROGRESS, schema=toy_schema)
