"""The two stages from workspace to scores: what is learnt and published, and what happens without labels."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import gnn.score
import gnn.train
from gnn.explain import Explainer
from gnn.grades import ORDER, grade_of
from jiwang.config import Settings
from jiwang.progress import SilentProgress
from jiwang.tables import Scores
from jiwang.workspace import Workspace

STAMP = {"lineage": "toy", "fingerprint": "toy"}


def go(workspace: Workspace, settings: Settings) -> tuple[dict[str, object], dict[str, object], pl.DataFrame]:
    trained = gnn.train.run(workspace, settings, progress=SilentProgress(), stamp=STAMP)
    scored = gnn.score.run(workspace, settings, progress=SilentProgress(), stamp=STAMP)
    return trained, scored, pl.read_parquet(workspace.table("scores", "scores"))


def copy(region, tmp_path: Path, **changes: object) -> Workspace:
    toy = region[1]
    keys = ("nodes", "edges", "hits", "cases", "links")
    return type(toy)(**({key: getattr(toy, key) for key in keys} | changes)).publish(tmp_path / "copy")


def digest(folder: Path) -> dict[str, str]:
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


@pytest.fixture(scope="module")
def done(region, tmp_path_factory: pytest.TempPathFactory):
    workspace = copy(region, tmp_path_factory.mktemp("stages"))
    return workspace, region[1], *go(workspace, Settings(gnn_epochs=25, base_rate=0.1))


def test_both_models_find_rings_held_out_whole(done) -> None:
    figures = done[2]["models"]
    assert set(figures) == {"rules", "tree", "hetero", "blend"}
    for name in ("tree", "hetero"):
        ap, low, high = figures[name]["loco"]["ap"]
        assert low <= ap <= high
        assert ap > figures["rules"]["loco"]["ap"][0], f"{name} must see what the pattern cannot tell apart"
    assert done[2]["kept"] == "tree"
    assert "by_time" in figures["tree"]
    assert done[2]["n_cases"] == 14
    json.dumps(done[2], allow_nan=False)


def test_unlabelled_rings_come_first(done) -> None:
    workspace, toy, _, _, scores = done
    labelled = {row["entity_id"] for row in toy.links}
    people = scores.filter((pl.col("kind") == "person") & ~pl.col("entity_id").is_in(labelled))
    hidden = {p for ring in toy.rings for p in ring} - labelled
    first = people.sort("score", descending=True).head(len(hidden))["entity_id"]
    assert len(hidden & set(first)) >= 0.9 * len(hidden)
    assert workspace.stamp("models") == workspace.stamp("scores") == STAMP


def test_scores_hold_to_their_contract(done) -> None:
    scores, toy = done[4], done[1]
    Scores.validate(scores, cast=True)
    assert scores.height == sum(
        len(toy.nodes[label]) for label in ("Person", "Employer", "Clinic", "Account")
    )
    people = scores.filter(pl.col("kind") == "person")
    assert people["score"].mean() == pytest.approx(0.1, abs=0.03)
    assert people["score"].median() < 0.05


def test_grades_rise_with_the_score_and_reasons_follow(done) -> None:
    scores = done[4]
    assert scores.filter(pl.col("grade") == "red").height > 0
    assert (scores.filter(pl.col("grade") != "none")["reasons"].list.len() > 0).all()
    assert (scores.filter(pl.col("grade") == "none")["reasons"].list.len() == 0).all()
    line = pl.DataFrame({"score": np.linspace(0, 1, 101)}).with_columns(g=grade_of(pl.col("score")))
    places = [ORDER.index(grade) for grade in line["g"]]
    assert places == sorted(places, reverse=True)
    assert set(places) == {0, 1, 2, 3}


def test_an_explanation_adds_up_and_speaks_both_languages(done) -> None:
    workspace, toy, _, _, scores = done
    member = toy.rings[8][0]
    explainer = Explainer(workspace)
    [found] = explainer.explain("person", [member]).values()
    score = scores.filter(pl.col("entity_id") == member)["score"].item()
    assert found.score == pytest.approx(score, abs=1e-5)
    assert 1 / (1 + np.exp(-(found.offset + found.model + found.patterns))) == pytest.approx(score, abs=1e-5)
    assert found.parts[0].log_odds > 0
    zh, en = found.reasons("zh"), found.reasons("en")
    assert len(zh) == len(en)
    assert zh != en
    assert scores.filter(pl.col("entity_id") == member)["reasons"].item().to_list() == zh
    assert not explainer.explain("person", ["nobody"])


def test_the_same_input_gives_the_same_bytes_whatever_cases_are_called(done, region, tmp_path: Path) -> None:
    toy = done[1]
    cases = [row | {"case_no": row["case_no"][::-1] + "x"} for row in toy.cases]
    other = copy(region, tmp_path, cases=cases)
    go(other, Settings(gnn_epochs=25, base_rate=0.1))
    for folder in ("models", "scores"):
        assert digest(other.folder(folder)) == digest(done[0].folder(folder))


def test_without_closed_cases_the_patterns_speak_alone(region, tmp_path: Path) -> None:
    workspace = copy(region, tmp_path, cases=[], links=[])
    trained, scored, scores = go(workspace, Settings())
    assert trained["kept"] == "patterns"
    assert scored["note"]
    people = scores.filter(pl.col("kind") == "person")
    hit = {member for row in region[1].hits for member in row["members"]}
    named = people["entity_id"].is_in(hit)
    assert people.filter(named)["score"].min() > people.filter(~named)["score"].max()
    assert people.filter(~named)["reasons"].list.len().max() == 0


def test_a_graph_without_any_hit_is_scored_too(region, tmp_path: Path) -> None:
    scores = go(copy(region, tmp_path, cases=[], links=[], hits=[]), Settings())[2]
    assert scores["score"].n_unique() >= 1
    assert set(scores["grade"]) == {"none"}
    shutil.rmtree(tmp_path / "copy")
