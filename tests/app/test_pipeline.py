"""The whole way over stand-in stages: skipped when done, continued after a kill, honest in its exit code."""

from __future__ import annotations

import inspect
import json
import sys
from datetime import date
from pathlib import Path
from types import ModuleType, SimpleNamespace

import polars as pl
import pytest

from app.cli import main
from app.stages import NAMES, STAGES
from jiwang import tables
from jiwang.workspace import Workspace

FIGURES = {
    "train": {
        "models": {"tree": {"loco": {"ap": [0.81234, 0.7, 0.9]}, "by_time": {}}},
        "kept": "tree", "why": "the only one", "n_cases": 1_200, "n_labels": 40,
    },
    "score": {"grades": {"person": {"red": 1, "orange": 0, "yellow": 2, "none": 3_000}}},
}  # fmt: skip
ACCOUNT = [
    f"  * tree    {'0.812 [0.700, 0.900]':<44}too few cases",
    "kept      tree, 1,200 cases, 40 labels: the only one",
    "graded    person: 1 red, 0 orange, 2 yellow, 3,000 none",
]


class House:
    """Stand-in stages that publish tiny tables and count their calls."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.fail_in: str | None = None
        self.quarantined = 0
        self.held: str | None = None

    def stage(self, name, folders):
        def run(workspace, settings, *, progress, stamp, **wants):
            self.calls += [name] if name in NAMES else []
            with progress.task(name):
                for folder in folders:
                    with workspace.publish(folder, stamp) as fresh:
                        (fresh / "half.txt").write_text("", encoding="utf-8")
                        if self.fail_in == name:
                            raise KeyboardInterrupt
                        if folder == "records":
                            self.publish_files(fresh, stamp["region"])
                        if folder == "out":
                            self.publish_out(fresh, stamp["region"])
                if name == "load":
                    self.held = "g" + stamp["fingerprint"]
                    return {"tag": self.held}
            return FIGURES.get(name, {})

        return run

    def publish_files(self, folder, region):
        files = {
            "region": [region], "source_file": ["a/x.csv"], "department": ["d"], "mapping": ["m"],
            "rows_read": [2000],
            "accepted": [2000 - self.quarantined], "quarantined": [self.quarantined], "control_total": [None],
            "table": ["t"], "duplicates": [0], "superseded": [0],
        }  # fmt: skip
        tables.write(pl.DataFrame(files), tables.Files, folder / "files.parquet")

    def publish_out(self, folder, region):
        self.publish_files(folder, region)
        empty = {name: contract.create_empty() for name, contract in tables.OUT.items() if name != "files"}
        empty["entities"] = tables.Entities.create_empty()
        for name, table in empty.items():
            tables.write(table, tables.OUT[name], folder / f"{name}.parquet")

    def open_store(self, settings, workspace):
        from contextlib import nullcontext

        return nullcontext(SimpleNamespace(tag=self.held))


@pytest.fixture
def house(monkeypatch):
    built = House()
    for stage in STAGES:
        module, _, function = stage.function.partition(":")
        stand_in = ModuleType(module)
        first, rest = (stage.folders[:1], stage.folders[1:]) if stage.then else (stage.folders, ())
        setattr(stand_in, function, built.stage(stage.name, first))
        monkeypatch.setitem(sys.modules, module, stand_in)
        for reference, folder in zip(stage.then, rest, strict=True):
            module, _, function = reference.partition(":")
            stand_in = ModuleType(module)
            setattr(stand_in, function, built.stage(module, [folder]))
            monkeypatch.setitem(sys.modules, module, stand_in)
    opening = ModuleType("graph.opening")
    opening.open_store = built.open_store
    monkeypatch.setitem(sys.modules, "graph.opening", opening)
    return built


@pytest.fixture
def hand_over(tmp_path):
    folder = tmp_path / "input" / "a"
    folder.mkdir(parents=True)
    (folder / "x.csv").write_text("h\n1\n", encoding="utf-8")
    return tmp_path / "input"


@pytest.fixture
def run(hand_over, tmp_path):
    def go(*more: str, region: str = "r") -> int:
        way = ["--dialect", "a", "--input", str(hand_over), "--workspace", str(tmp_path / "w")]
        return main(["run", "--region", region, *way, *more])

    return go


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_every_stage_takes_what_the_pipeline_gives(stage):
    taken = inspect.signature(stage.load()).parameters
    assert {"progress", "stamp", *stage.wants} <= set(taken)
    required = {n for n, p in taken.items() if p.default is p.empty}
    assert required <= {"workspace", "settings", "progress", "stamp", *stage.wants}


def manifests(tmp_path: Path) -> list[dict]:
    paths = sorted((tmp_path / "w" / "runs").glob("*/manifest.json"))
    return [json.loads(p.read_text(encoding="utf-8")) for p in paths]


def test_the_whole_way_and_then_nothing_to_do(house, run, capsys, tmp_path):
    assert run() == 0
    assert house.calls == [s.name for s in STAGES]
    first = capsys.readouterr().out
    assert "2,000 rows read" in first
    assert set(ACCOUNT) <= set(first.splitlines())
    assert run() == 0
    assert len(house.calls) == len(STAGES)
    second = capsys.readouterr().out
    assert second.startswith("nothing to do")
    assert set(ACCOUNT) <= set(second.splitlines())
    assert [m["status"] for m in manifests(tmp_path)] == ["done", "done"]
    assert list(manifests(tmp_path)[0]["inputs"]["files"]) == ["a/x.csv"]


def test_changed_input_is_read_again(house, run, hand_over):
    run()
    (hand_over / "a" / "x.csv").write_text("h\n2\n", encoding="utf-8")
    run()
    assert house.calls.count("ingest") == 2


def test_a_setting_reruns_only_what_it_shapes(house, run, monkeypatch):
    run()
    monkeypatch.setenv("JIWANG_GNN_EPOCHS", "3")
    run()
    assert house.calls.count("detect") == 1
    assert house.calls.count("train") == 2
    assert house.calls.count("alert") == 2


def test_an_interrupted_stage_publishes_nothing_and_is_continued(house, run, tmp_path):
    house.fail_in = "build"
    assert run() == 130
    workspace = Workspace.open(tmp_path / "w")
    assert workspace.stamp("entities") is not None
    assert not workspace.folder("graph").exists()
    assert manifests(tmp_path)[-1]["status"] == "interrupted"
    house.fail_in = None
    assert run() == 0
    assert house.calls == ["ingest", "resolve", "build", *[s.name for s in STAGES[2:]]]


def test_a_store_that_was_dropped_is_loaded_again(house, run):
    run()
    house.held = None
    run()
    assert house.calls.count("load") == 2
    assert house.calls.count("build") == 1


def test_another_store_is_asked_again_and_ids_stay(house, run, tmp_path):
    run()
    before = Workspace.open(tmp_path / "w").stamp("scores")
    run("--store", "neo4j")
    after = Workspace.open(tmp_path / "w").stamp("scores")
    assert house.calls.count("detect") == 2
    assert after["lineage"] == before["lineage"]
    assert after["fingerprint"] != before["fingerprint"]


def test_much_quarantine_ends_with_3(house, run, capsys):
    house.quarantined = 21
    assert run() == 3
    assert "21 of 2,000 rows quarantined" in capsys.readouterr().out
    house.quarantined = 0


def test_much_quarantine_ends_ingest_alone_with_3(house, hand_over, tmp_path, capsys):
    about = ["--region", "r", "--dialect", "a", "--input", str(hand_over), "--workspace", str(tmp_path / "w")]
    house.quarantined = 21
    assert main(["ingest", *about]) == 3
    assert "21 of 2,000 rows quarantined" in capsys.readouterr().out
    assert manifests(tmp_path)[-1]["exit_code"] == 3
    (hand_over / "a" / "x.csv").write_text("h\n2\n", encoding="utf-8")
    house.quarantined = 0
    assert main(["ingest", *about]) == 0


def test_a_workspace_keeps_to_its_region(house, run, capsys):
    run()
    assert run(region="s") == 2
    assert "holds region r, not s" in capsys.readouterr().err


def test_a_second_run_at_the_same_time_is_refused(house, run, tmp_path, capsys):
    with Workspace.open(tmp_path / "w", create=True).lock():
        assert run() == 2
    assert "another run is at work" in capsys.readouterr().err
    assert not house.calls


def test_a_stage_alone_uses_what_is_there(house, run, tmp_path, capsys):
    run()
    capsys.readouterr()
    assert main(["score", "--workspace", str(tmp_path / "w")]) == 0
    assert "nothing to do" in capsys.readouterr().out


def test_csv_opens_in_a_spreadsheet_and_runs_nothing(house, run, tmp_path):
    run("--format", "csv")
    out = tmp_path / "w" / "out"
    assert (out / "files.csv").read_bytes().startswith(b"\xef\xbb\xbfregion,")
    assert {p.stem for p in out.glob("*.csv")} == set(tables.OUT)


def test_csv_joins_lists_and_defuses_formulas(tmp_path):
    from app.export import write_csv

    frame = pl.DataFrame(
        {
            "name": ["=HYPERLINK(1)", "甲", "-3.5"],
            "tags": [["a", "b"], [], None],
            "day": [date(2024, 1, 2)] * 3,
        }
    )
    frame.write_parquet(tmp_path / "t.parquet")
    write_csv(tmp_path)
    lines = (tmp_path / "t.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[1:] == ["'=HYPERLINK(1),a|b,2024-01-02", '甲,"",2024-01-02', "-3.5,,2024-01-02"]
