"""The pattern library as shipped: clean, locked, and each pattern proven on two graphs and two engines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.fixtures import load_fixture, write_tables
from graph.ladybug_store import LadybugStore
from graph.lint import lint
from graph.neo4j_store import Neo4jStore
from graph.patterns import Pattern, load_library, pattern_root
from graph.runner import run_pattern
from graph.schema import GraphSchema, load_schema
from graph.store import GraphStore
from graph.versions import lint_versions, read_lock
from jiwang.config import Settings
from jiwang.ontology import typologies

TOY = Path(__file__).parent / "toy"
SCHEMA = load_schema()
TOYS = load_library(TOY)
LIBRARY = load_library()
SETTINGS = Settings(pattern_timeout=30)


def test_the_library_is_clean() -> None:
    assert lint(LIBRARY, SCHEMA) == []


def test_every_version_is_locked() -> None:
    assert lint_versions(LIBRARY, read_lock()) == []


def test_every_pattern_lies_beside_its_fixture_and_nothing_else() -> None:
    names = {f"{p.id}{end}" for p in LIBRARY for end in (".cypher", ".fixture.toml")}
    found = {file.name for family in pattern_root().iterdir() if family.is_dir() for file in family.iterdir()}
    assert found == names


def test_the_typologies_that_customers_ask_for_are_covered() -> None:
    assert {"P1", "A1", "P2", "U2", "M1", "H2"} <= {p.typology for p in LIBRARY if p.status == "active"}
    assert {p.typology for p in LIBRARY} <= set(typologies())


@pytest.fixture(scope="module")
def real_server(neo4j_address: pytest.FixtureRequest) -> Iterator[Neo4jStore]:
    with neo4j_address.open(SCHEMA) as store:  # type: ignore[attr-defined]
        yield store


def check(store: GraphStore, pattern: Pattern, schema: GraphSchema, folder: Path, root: Path | None) -> None:
    fixture = load_fixture(pattern, root)
    for name, graph in (("hit", fixture.hit), ("miss", fixture.miss)):
        store.load(*write_tables(graph, schema, folder / name), f"test-{pattern.id}-{name}")
        hits = run_pattern(store, pattern, "", SETTINGS)
        assert {(h["subject"], tuple(h["members"])) for h in hits.to_dicts()} == graph.expected(), name


@pytest.mark.parametrize("pattern", LIBRARY, ids=lambda p: p.id)
def test_a_pattern_hits_and_misses_on_the_embedded_store(pattern: Pattern, tmp_path: Path) -> None:
    with LadybugStore(tmp_path / "store", schema=SCHEMA, memory_mb=64) as store:
        check(store, pattern, SCHEMA, tmp_path, None)


@pytest.mark.neo4j
@pytest.mark.parametrize("pattern", LIBRARY, ids=lambda p: p.id)
def test_a_pattern_hits_and_misses_on_a_real_server(
    pattern: Pattern, tmp_path: Path, real_server: Neo4jStore
) -> None:
    check(real_server, pattern, SCHEMA, tmp_path, None)


@pytest.mark.parametrize("pattern", TOYS, ids=lambda p: p.id)
def test_the_toys_fixtures_hold(
    pattern: Pattern, tmp_path: Path, embedded: LadybugStore, toy_schema: GraphSchema
) -> None:
    check(embedded, pattern, toy_schema, tmp_path, TOY)
