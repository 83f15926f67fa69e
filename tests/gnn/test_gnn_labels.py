"""What counts as a label: findings, days, conflicts, objects that resolve to nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import polars as pl
import pytest

from gnn.labels import read_labels
from gnn.targets import leave_cases_out, split_by_time
from jiwang.workspace import Workspace


@pytest.mark.parametrize(
    ("finding", "label"),
    [("substantiated", 1), ("partly_substantiated", 1), ("unsubstantiated", 0), ("unverifiable", None)],
)
def test_findings_are_read_strictly(toy, publish, finding: str, label: int | None) -> None:
    toy.case("C1", date(2025, 1, 1), finding, [("person", "p1")])
    labels = read_labels(publish(toy))
    assert labels.frame["label"].to_list() == ([] if label is None else [label])
    assert labels.report["unverifiable"] == (label is None)


def test_a_finding_counts_from_the_closing_of_its_case(toy, publish: Callable[..., Workspace]) -> None:
    toy.case("C1", date(2025, 1, 1), "substantiated", [("person", "p1")])
    toy.case("C2", date(2025, 6, 1), "unsubstantiated", [("person", "p2")])
    workspace = publish(toy)
    assert read_labels(workspace, date(2025, 5, 31)).frame["entity_id"].to_list() == ["p1"]
    assert read_labels(workspace).until(date(2025, 6, 1)).frame["entity_id"].to_list() == ["p1", "p2"]


def test_of_two_findings_the_later_holds_and_the_conflict_is_counted(toy, publish) -> None:
    toy.case("late", date(2025, 6, 1), "unsubstantiated", [("person", "p1")])
    toy.case("early", date(2025, 1, 1), "substantiated", [("person", "p1"), ("person", "p2")])
    labels = read_labels(publish(toy))
    assert dict(labels.frame.select("entity_id", "label").iter_rows()) == {"p1": 0, "p2": 1}
    assert labels.report["conflicts"] == labels.report["repeated"] == 1


def test_an_object_that_resolves_to_nothing_is_counted_not_invented(toy, publish) -> None:
    toy.case(
        "C1", date(2025, 1, 1), "substantiated", [("person", "p1"), ("person", None), ("employer", None)]
    )
    labels = read_labels(publish(toy))
    assert labels.frame.height == 1
    assert labels.report["unresolved"] == 2


def test_cases_are_held_out_whole_and_their_objects_lose_their_label(toy, publish) -> None:
    toy.case("A", date(2025, 1, 1), "substantiated", [("person", "p1"), ("person", "p2")])
    toy.case("B", date(2025, 2, 1), "unsubstantiated", [("person", "p2"), ("person", "p3")])
    splits = list(leave_cases_out(read_labels(publish(toy))))
    assert [sorted(s.test["entity_id"]) for s in splits] == [["p1"], ["p2", "p3"]]
    for split in splits:
        taught = split.train.filter(pl.col("label").is_not_null())["entity_id"].to_list()
        assert "p2" not in taught, "p2 is an object of both cases"
        assert split.train.height == 3, "who is held out must not be drawn as ordinary"


def test_time_is_split_where_both_sides_know_both_findings(toy, publish) -> None:
    for i, finding in enumerate(["substantiated", "unsubstantiated"] * 3):
        toy.case(f"C{i}", date(2025, 1 + i, 1), finding, [("person", f"p{i}")])
    day, split = split_by_time(read_labels(publish(toy)))
    assert day in (date(2025, 2, 1), date(2025, 3, 1), date(2025, 4, 1))
    taught = split.train.filter(pl.col("label").is_not_null())
    assert taught["closed_date"].max() <= day < split.test["closed_date"].min()
    assert taught["label"].n_unique() == split.test["label"].n_unique() == 2
