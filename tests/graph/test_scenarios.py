"""Scenarios: addresses, switches and thresholds from a customer's file, their record, and why or why not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from graph import history
from graph.detect import run as detect
from graph.ladybug_store import LadybugStore
from graph.load import run as load
from graph.patterns import Pattern
from graph.reasoning import reason
from graph.scenarios import find, scenarios_of
from graph.schema import GraphSchema
from jiwang.config import ScenarioSetting, Settings
from jiwang.config import load as load_settings
from jiwang.errors import PatternError, SettingsError
from jiwang.progress import SilentProgress
from jiwang.workspace import Workspace

SETTINGS = Settings(store="embedded", store_memory_mb=64)
QUIET = SilentProgress()
PEOPLE = [{"id": f"p{i}", "death_day": 10} for i in range(5)]
DRAWS = [
    *({"source": f"p{i}", "target": "a1", "amount": 5.0, "last_day": 60} for i in range(3)),
    *({"source": f"p{i}", "target": "a2", "amount": 5.0, "last_day": 30} for i in range(2)),
]


def settings(**given: Any) -> ScenarioSetting:
    return ScenarioSetting(**given)


def values(library: dict[str, Pattern], region: str, *given: ScenarioSetting) -> dict[str, Any]:
    return {
        s.address: s.values() if s.enabled else None
        for s in scenarios_of(list(library.values()), region, given)
        if s.pattern.id in ("shared", "after_death")
    }


def test_every_pattern_is_a_scenario_with_its_regions_values(toy_library: dict[str, Pattern]) -> None:
    assert values(toy_library, "north") == {
        "after_death@north:default": {"grace": 90},
        "shared@north:default": {"people": 3},
    }


def test_a_file_switches_changes_and_adds(toy_library: dict[str, Pattern]) -> None:
    given = (
        settings(pattern="shared", enabled=False, regions=("south",)),
        settings(pattern="after_death", params={"grace": 7}),
        settings(pattern="after_death", params={"grace": 9}, regions=("south",)),
        settings(pattern="after_death", name="late", params={"grace": 200}),
    )
    assert values(toy_library, "south", *given) == {
        "after_death@south:default": {"grace": 9},
        "after_death@south:late": {"grace": 200},
        "shared@south:default": None,
    }
    assert values(toy_library, "north", *given)["after_death@north:default"] == {"grace": 7}


def test_a_draft_is_off_until_a_file_switches_it_on(toy_library: dict[str, Pattern]) -> None:
    draft = {"shared": toy_library["shared"].model_copy(update={"status": "draft"})}
    assert values(draft, "r") == {"shared@r:default": None}
    assert values(draft, "r", settings(pattern="shared")) == {"shared@r:default": {"people": 3}}


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"pattern": "none"}, "there is no pattern none"),
        ({"pattern": "shared", "params": {"folk": 3}}, "there is no parameter folk"),
        ({"pattern": "shared", "params": {"people": 1}}, "1 is not within 2 to 100"),
        ({"pattern": "shared", "params": {"people": "3"}}, "'3' is no int"),
    ],
)
def test_a_wrong_setting_names_the_file_and_the_key(
    toy_library: dict[str, Pattern], given: dict[str, Any], says: str
) -> None:
    with pytest.raises(PatternError) as caught:
        scenarios_of(list(toy_library.values()), "r", [settings(**given)])
    assert str(caught.value).startswith("jiwang.toml: scenarios: ")
    assert says in str(caught.value)


def test_the_customers_file_is_read_and_its_mistakes_are_named(tmp_path: Path) -> None:
    path = tmp_path / "jiwang.toml"
    path.write_text('[[scenarios]]\npattern = "shared"\nparams = { people = 4 }\n', encoding="utf-8")
    assert load_settings(tmp_path).scenarios == (settings(pattern="shared", params={"people": 4}),)
    path.write_text('[[scenarios]]\npattern = "shared"\ncolour = "red"\n', encoding="utf-8")
    with pytest.raises(SettingsError, match=r"scenarios\.0\.colour"):
        load_settings(tmp_path)


def test_an_unknown_address_is_told(toy_library: dict[str, Pattern]) -> None:
    scenarios = scenarios_of(list(toy_library.values()), "r")
    assert find(scenarios, "shared") is find(scenarios, "shared@r:default")
    with pytest.raises(PatternError, match="there is no scenario shared:late"):
        find(scenarios, "shared:late")


@pytest.fixture
def workspace(
    tmp_path: Path, toy_schema: GraphSchema, tables: Callable[..., Any]
) -> Callable[..., Workspace]:
    home = Workspace.open(tmp_path / "w", create=True)

    def publish(name: str, draws: list[dict[str, Any]]) -> Workspace:
        nodes, edges = tables(
            {"Person": PEOPLE, "Account": [{"id": "a1"}, {"id": "a2"}]}, {"DRAWS": draws}, name
        )
        with home.publish("graph", {}) as folder:
            for sort, given in (("nodes", nodes), ("edges", edges)):
                (folder / sort).mkdir()
                for table, path in given.items():
                    (folder / sort / f"{table}.parquet").write_bytes(path.read_bytes())
        load(home, SETTINGS, progress=QUIET, schema=toy_schema)
        return home

    return publish


def told(workspace: Workspace) -> list[tuple[Any, ...]]:
    record = history.read(workspace)
    return list(record.select("run", "scenario", "hits", "fresh").iter_rows())


def test_scenarios_keep_a_record_and_tell_one_hit_once(
    workspace: Callable[..., Workspace], toy_library: dict[str, Pattern], toy_schema: GraphSchema
) -> None:
    pair = settings(pattern="shared", name="pair", params={"people": 2})
    chosen = SETTINGS.model_copy(update={"scenarios": (pair,)})

    def run(home: Workspace) -> pl.DataFrame:
        detect(home, chosen, progress=QUIET, region="r", patterns=[toy_library["shared"]], schema=toy_schema)
        return pl.read_parquet(home.table("hits", "hits"))

    home = workspace("one", DRAWS)
    hits = run(home)
    assert hits["subject"].to_list() == ["a1", "a2"]
    links = pl.read_parquet(home.folder("hits") / "scenarios.parquet")
    of_a1 = links.filter(pl.col("hit_id") == hits["hit_id"][0])["scenario"].to_list()
    assert of_a1 == ["shared@r:default", "shared@r:pair"]
    assert told(home) == [(1, "shared@r:default", 1, 1), (1, "shared@r:pair", 2, 2)]
    run(home)
    assert told(home) == [(1, "shared@r:default", 1, 1), (1, "shared@r:pair", 2, 2)]
    run(workspace("two", [*DRAWS, {"source": "p4", "target": "a2", "amount": 1.0}]))
    assert told(home)[2:] == [(2, "shared@r:default", 2, 1), (2, "shared@r:pair", 2, 0)]


@pytest.fixture
def store(embedded: LadybugStore, tables: Callable[..., Any]) -> LadybugStore:
    nodes = {"Person": PEOPLE, "Account": [{"id": "a1"}, {"id": "a2"}, {"id": "a3"}]}
    embedded.load(*tables(nodes, {"DRAWS": DRAWS}), "test-reason")
    return embedded


def test_what_is_hit_is_explained_by_its_hits(store: LadybugStore, toy_library: dict[str, Pattern]) -> None:
    [shared] = scenarios_of([toy_library["shared"]], "r")
    found = reason(store, shared, "p1", SETTINGS)
    assert found.hits["subject"].to_list() == ["a1"]
    assert found.ties == {"DRAWS": 2}


def test_what_is_not_hit_is_told_by_how_much(store: LadybugStore, toy_library: dict[str, Pattern]) -> None:
    shared, death = (
        find(scenarios_of(list(toy_library.values()), "r"), n) for n in ("shared", "after_death")
    )
    assert reason(store, shared, "a2", SETTINGS).nearly == {"people": 2}
    assert reason(store, shared, "a3", SETTINGS).ties == {"DRAWS": 0}
    assert reason(store, death, "p0", SETTINGS).hits.height == 1
    late = scenarios_of(
        [toy_library["after_death"]], "r", [settings(pattern="after_death", params={"grace": 60})]
    )
    assert reason(store, late[0], "p0", SETTINGS).nearly == {"grace": 49}
