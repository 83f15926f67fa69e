"""Pattern files: what is wrong is named by file and key; parameters are checked before they are used."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from graph.fixtures import load_fixture, write_tables
from graph.patterns import Pattern, load_library, parse
from graph.schema import GraphSchema
from jiwang.errors import PatternError

TOY = Path(__file__).parent / "toy"
SHARED = (TOY / "accounts" / "shared.cypher").read_text(encoding="utf-8")


def test_a_file_is_read_whole() -> None:
    pattern = parse(SHARED, "accounts", "shared.cypher")
    assert (pattern.id, pattern.source, pattern.status) == ("shared", "accounts/shared.cypher", "active")
    assert pattern.body.startswith("MATCH (p:Person)")
    assert pattern.body.endswith("LIMIT $limit")
    assert pattern.params["people"].doc.zh == pattern.params["people"].doc.en


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("/* ---", "/*", "no front matter"),
        ("version = 1", "version = one", "front matter: Invalid value"),
        ("version = 1", "version = 0", "version Input should be greater"),
        ("version = 1", "version = 1\ncolour = 'red'", "colour Extra inputs"),
        ('severity = "orange"', 'severity = "pink"', "severity Input should be"),
        ("basis =", "base =", "basis Field required"),
        ('kind = "account"', 'kind = "car"', "returns.kind Input should be"),
        ("default = 3", "default = 1", "params.people Value error, default: 1 is not within 2 to 100"),
        ("default = 3", "default = true", "params.people.default"),
        ("default = 3", 'default = "3"', "default: '3' is no int"),
        ("[returns]", "[regions.north]\nfolk = 3\n[returns]", "regions.north.folk: no such parameter"),
        ("[returns]", "[regions.north]\npeople = 500\n[returns]", "people: 500 is not within"),
    ],
)
def test_a_wrong_file_is_named_with_its_key(old: str, new: str, says: str) -> None:
    assert old in SHARED
    with pytest.raises(PatternError) as caught:
        parse(SHARED.replace(old, new, 1), "accounts", "shared.cypher")
    assert str(caught.value).startswith("accounts/shared.cypher: ")
    assert says in str(caught.value)


def test_two_files_of_one_id_are_refused(tmp_path: Path) -> None:
    shutil.copytree(TOY, tmp_path / "toy")
    shutil.copy(
        tmp_path / "toy" / "accounts" / "shared.cypher", tmp_path / "toy" / "people" / "shared.cypher"
    )
    with pytest.raises(
        PatternError, match=r"people/shared\.cypher: id shared is taken by accounts/shared\.cypher"
    ):
        load_library(tmp_path / "toy")


def test_values_come_from_default_then_region_then_override(toy_library: dict[str, Pattern]) -> None:
    pattern = toy_library["after_death"]
    assert pattern.values() == {"grace": 30}
    assert pattern.values("north") == {"grace": 90}
    assert pattern.values("north", {"grace": 7}) == {"grace": 7}


@pytest.mark.parametrize(
    ("overrides", "says"),
    [
        ({"grave": 7}, "there is no parameter grave — its parameters are grace"),
        ({"grace": 400}, "400 is not within 0 to 365"),
        ({"grace": 1.5}, "1.5 is no int"),
    ],
)
def test_a_wrong_override_is_named(
    toy_library: dict[str, Pattern], overrides: dict[str, float], says: str
) -> None:
    with pytest.raises(PatternError, match=rf"people/after_death\.cypher: .*{says}"):
        toy_library["after_death"].values("", overrides)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("[hit]", "[hits]", "hits"),
        ('expect = [["a1", ["p1", "p2", "p3"]]]', "", "expects hits"),
        ("[miss.nodes]", '[miss]\nexpect = [["a1", []]]\n[miss.nodes]', "expects hits"),
    ],
)
def test_a_fixture_must_hit_and_miss(
    toy_library: dict[str, Pattern], tmp_path: Path, old: str, new: str, says: str
) -> None:
    shutil.copytree(TOY, tmp_path / "toy")
    path = tmp_path / "toy" / "accounts" / "shared.fixture.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PatternError, match=rf"accounts/shared\.fixture\.toml: .*{says}"):
        load_fixture(toy_library["shared"], tmp_path / "toy")
    path.unlink()
    with pytest.raises(PatternError, match="is missing"):
        load_fixture(toy_library["shared"], tmp_path / "toy")


def test_a_fixture_of_another_schema_is_refused(
    toy_library: dict[str, Pattern], toy_schema: GraphSchema, tmp_path: Path
) -> None:
    graph = load_fixture(toy_library["shared"], TOY).hit
    car = graph.model_copy(update={"nodes": {"Car": [{"id": "x"}]}})
    with pytest.raises(PatternError, match="the graph has no Car"):
        write_tables(car, toy_schema, tmp_path)
    wrong = graph.model_copy(update={"nodes": {"Person": [{"id": "p1", "colour": "red"}]}})
    with pytest.raises(PatternError, match="Person has no colour"):
        write_tables(wrong, toy_schema, tmp_path)
