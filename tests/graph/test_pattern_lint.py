"""The lint of patterns: constructs that engines read differently are caught, and a clean library passes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from graph.lint import bare, lint
from graph.patterns import Pattern, load_library
from graph.schema import GraphSchema
from graph.versions import LOCK, lint_versions, read_lock, write_lock
from jiwang.errors import PatternError

TOY = Path(__file__).parent / "toy"
END = (
    "RETURN p.id AS subject, [p.id] AS members, 0.0 AS amount, p.birth_day AS first_day, "
    "p.death_day AS last_day, [p.id] AS edges ORDER BY subject LIMIT $limit"
)
PEOPLE = "MATCH (p:Person) "


def problems(pattern: Pattern, schema: GraphSchema, body: str) -> list[str]:
    changed = pattern.model_copy(update={"body": body, "params": {}})
    return [line.removeprefix("people/triangle.cypher: ") for line in lint([changed], schema)]


def test_the_toy_library_is_clean(toy_library: dict[str, Pattern], toy_schema: GraphSchema) -> None:
    assert lint(list(toy_library.values()), toy_schema) == []


@pytest.mark.parametrize(
    "body",
    [
        f"{PEOPLE}// CREATE nothing; type(r)\n{END}",
        f"{PEOPLE}WHERE p.name <> 'SET x[0] * || ;' {END}",
        f"MATCH (p:Person)-[v:VISITS]->(c:Clinic)<-[w:VISITS]-(q:Person) WHERE p.id <> q.id {END}",
        f"MATCH (p:Person)-[v:VISITS]->(c:Clinic)<-[w:VISITS]-(q:Person) WHERE v.eid < w.eid {END}",
        f"{PEOPLE}WHERE EXISTS {{ MATCH (p)-[:DRAWS|VISITS]->(x) }} {END}",
        f"{PEOPLE}WHERE COUNT {{ MATCH (p)-[:DRAWS]->(a:Account) }} > 1 {END}",
        f"{PEOPLE}WHERE p.birth_day * 2 > 3 AND p.name IN ['a', 'b'] AND size([p.id]) > 0 {END}",
        f"{PEOPLE}WITH p, p.birth_day AS day_created, [1, 2] AS sets {END}",
        f"{PEOPLE}{END} UNION ALL {PEOPLE}{END}",
        f"{PEOPLE}WITH p, max(p.n) AS m, count(DISTINCT p.id) AS n WITH p, coalesce(sum(n), 0) AS s {END}",
    ],
)
def test_what_both_engines_share_passes(
    toy_library: dict[str, Pattern], toy_schema: GraphSchema, body: str
) -> None:
    assert problems(toy_library["triangle"], toy_schema, body) == []


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (f"{PEOPLE}SET p.name = 'x' {END}", "`SET`: writes"),
        (f"{PEOPLE}DETACH DELETE p {END}", "`DELETE`: writes"),
        (f"CALL db.labels() YIELD label {PEOPLE}{END}", "`CALL`: is a command"),
        (f"{PEOPLE}WHERE toLower(type(p)) = 'x' {END}", "`type(`: is not the same"),
        (f"{PEOPLE}WHERE substring(p.name, 0, 1) = 'x' {END}", "`substring(`: is not the same"),
        (f"{PEOPLE}WITH p, [x IN [1, 2] | x] AS l {END}", "list comprehension"),
        (f"{PEOPLE}WITH p, [1, 2] AS l WHERE l[0] = 1 {END}", "takes an item of a list"),
        (f"MATCH (p:Person:Account) {END}", "two labels"),
        (f"{PEOPLE}WHERE p:Person {END}", "label test"),
        (f"MATCH (p:Person WHERE p.name = 'x') {END}", "WHERE inside"),
        (f"MATCH (p:Person)-[:DRAWS*1..3]->(q:Person) WHERE p.id <> q.id {END}", "write each hop out"),
        (f"MATCH (p:Person)-[:POSSIBLY_SAME*]->(q:Person) WHERE p.id <> q.id {END}", "write each hop out"),
        (f"MATCH (p:Person)-[:POSSIBLY_SAME]->{{1,3}}(q:Person) {END}", "quantified"),
        (f"MATCH s = shortestPath((p:Person)-[:POSSIBLY_SAME]-(q:Person)) {END}", "`shortestPath(`"),
        (f"{PEOPLE}WHERE EXISTS {{ (p)-[:DRAWS]->() }} {END}", "short form"),
        (f"{PEOPLE}WHERE p.name = 'a' || 'b' {END}", "use +"),
        (f"{PEOPLE}{END};", "one statement"),
        (f"MATCH (p:{{{{label}}}}) {END}", "templates"),
        (f"MATCH (p:Persona) {END}", "the graph has no Persona"),
        (f"MATCH (p:Person)-[:DRAW]->(a:Account) {END}", "the graph has no DRAW"),
        (f"MATCH (p:Person)-[v:VISITS]->(c:Clinic)<-[w:VISITS]-(q:Person) {END}", "one edge may serve twice"),
        (f"MATCH (p:Person)-[]->(c:Clinic)<-[w:VISITS]-(q:Person) {END}", "one edge may serve twice"),
        (f"{PEOPLE}OPTIONAL MATCH (p)-[d:DRAWS]->() WITH p, sum(d.n) AS s {END}", "coalesce(sum("),
        (f"{PEOPLE}WHERE p.birth_day > $days {END}", "$days is used but not declared"),
        (PEOPLE + END.replace(" LIMIT $limit", ""), "LIMIT $limit is missing"),
        (PEOPLE + END.replace("$limit", "100"), "LIMIT $limit is missing"),
        (f"{PEOPLE}{END} UNION {PEOPLE}{END.replace(' LIMIT $limit', '')}", "LIMIT $limit is missing"),
        (PEOPLE + END.replace("AS amount", "AS sum"), "RETURN gives subject, members, sum"),
        (PEOPLE + END.replace("0.0 AS amount, ", ""), "RETURN gives subject, members, first_day"),
        (PEOPLE, "RETURN is missing"),
        (f"{PEOPLE}WITH p, count(DISTINCT p.name) AS n, max(p.birth_day) AS m {END}", "DISTINCT last"),
    ],
)  # fmt: skip
def test_what_engines_read_differently_is_caught(
    toy_library: dict[str, Pattern], toy_schema: GraphSchema, body: str, says: str
) -> None:
    assert any(says in line for line in problems(toy_library["triangle"], toy_schema, body))


def test_metadata_that_does_not_fit_is_caught(
    toy_library: dict[str, Pattern], toy_schema: GraphSchema
) -> None:
    wrong = toy_library["shared"].model_copy(
        update={
            "source": "accounts/other.cypher",
            "typology": "Z9",
            "requires": ("OWNS",),
            "body": PEOPLE + END,
        }
    )
    assert lint([wrong], toy_schema) == [
        "accounts/other.cypher: the file should be called shared.cypher",
        "accounts/other.cypher: typology Z9 is not one of the ontology's",
        "accounts/other.cypher: requires: the graph has no edges OWNS",
        "accounts/other.cypher: parameter people is declared but not used",
    ]


def test_blanking_keeps_every_place() -> None:
    query = "MATCH (a) // x\nWHERE a.n = 'it\\'s' /* SET\n */ RETURN `a b`"
    assert len(bare(query)) == len(query)
    assert "SET" not in bare(query)
    assert "it" not in bare(query)


@pytest.fixture
def library(tmp_path: Path) -> Path:
    shutil.copytree(TOY, tmp_path / "toy")
    write_lock(tmp_path / "toy")
    return tmp_path / "toy"


def edit(library: Path, old: str, new: str) -> list[str]:
    path = library / "accounts" / "shared.cypher"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    return lint_versions(load_library(library), read_lock(library))


def test_a_fresh_lock_holds_and_words_may_change(library: Path) -> None:
    assert lint_versions(load_library(library), read_lock(library)) == []
    assert edit(library, 'zh = "玩具"', 'zh = "别的话"') == []


@pytest.mark.parametrize(("old", "new"), [("n >= $people", "n > $people"), ("default = 3", "default = 4")])
def test_a_changed_query_needs_a_new_version(library: Path, old: str, new: str) -> None:
    assert edit(library, old, new) == [
        "accounts/shared.cypher: the query changed, but is still version 1; raise it"
    ]
    with pytest.raises(PatternError, match="raise `version`"):
        write_lock(library)
    assert edit(library, "version = 1", "version = 2")[0].endswith("run `jiwang patterns lock`")
    write_lock(library)
    assert lint_versions(load_library(library), read_lock(library)) == []
    assert "older than the locked 2" in edit(library, "version = 2", "version = 1")[0]


def test_a_pattern_without_a_lock_and_a_lock_without_a_pattern_are_told(library: Path) -> None:
    (library / "people" / "twins.cypher").unlink()
    lock = library / LOCK
    lock.write_text(
        "".join(x for x in lock.read_text().splitlines(True) if "shared" not in x), encoding="utf-8"
    )
    assert lint_versions(load_library(library), read_lock(library)) == [
        "accounts/shared.cypher: not in versions.lock; run `jiwang patterns lock`",
        "versions.lock: twins has no file; retire a pattern by its status instead",
    ]
    lock.write_text("shared = 3", encoding="utf-8")
    with pytest.raises(PatternError, match=r"versions\.lock"):
        read_lock(library)
