"""Alerts: one a ring and pattern, one a hit that stands alone, none twice, none for what is excused."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from casework.grades import grade
from jiwang.tables import OUT


def told(alerts: pl.DataFrame) -> set[tuple[str | None, str, str]]:
    found = list(alerts.select("ring_id", "pattern_id", "entity_id").iter_rows())
    assert len(set(found)) == len(found)
    return set(found)


OF_THE_RING = {("g1", "shared_account", "a1"), ("g1", "emptied_at_one_machine", "a1")}


def test_a_ring_is_told_once_by_each_pattern_that_bears_it(desk: Any) -> None:
    alerts = desk.raise_alerts()
    assert told(alerts) == OF_THE_RING
    shared = alerts.row(by_predicate=pl.col("pattern_id") == "shared_account", named=True)
    assert shared["evidence"] == ["r1", "r2", "r3"]
    assert shared["innocent_checks"] == ["查"]
    assert (shared["grade"], shared["amount"]) == ("red", 900.0)
    assert {p.stem for p in desk.workspace.folder("out").glob("*.parquet")} == set(OUT)


def test_more_hits_of_the_pattern_on_the_rings_people_are_no_more_alerts(desk: Any) -> None:
    desk.hits.append(desk.hit("shared_account", "p2", ("p2", "p3")))
    desk.hits.append(desk.hit("shared_account", "p4", ("p1", "p4"), "DRAWS-1", "DRAWS-4"))
    assert told(desk.raise_alerts()) == OF_THE_RING


def test_a_hit_beyond_the_ring_stands_alone_with_its_own_checks(desk: Any) -> None:
    desk.hits.append(desk.hit("shared_account", "p4", ("p4",), "DRAWS-4"))
    alerts = desk.raise_alerts()
    assert told(alerts) == OF_THE_RING | {(None, "shared_account", "p4")}
    alone = alerts.row(by_predicate=pl.col("ring_id").is_null(), named=True)
    assert alone["evidence"] == ["r4"]
    assert "甲4" in alone["title"]
    for checks in ("innocent_checks", "innocent_checks_en"):
        assert len(alone[checks]) >= 3, "what a person must check of the pattern's false positives"


def test_an_alert_keeps_the_day_on_which_it_was_opened(desk: Any) -> None:
    assert set(desk.raise_alerts()["opened_at"]) == {date(2024, 6, 5)}
    desk.last_paid = date(2024, 9, 5)
    desk.hits.append(desk.hit("shared_account", "p4", ("p4",), "DRAWS-4"))
    opened = dict(desk.raise_alerts().select(pl.col("ring_id").fill_null("alone"), "opened_at").iter_rows())
    assert opened == {"g1": date(2024, 6, 5), "alone": date(2024, 9, 5)}


def test_the_same_tables_give_the_same_alerts(desk: Any) -> None:
    desk.hits.append(desk.hit("shared_account", "p4", ("p4",), "DRAWS-4"))
    first = desk.raise_alerts()
    desk.hits.reverse()
    assert desk.raise_alerts().equals(first)


@pytest.mark.parametrize(("score", "raised"), [(0.16, True), (0.14, False)])
def test_what_is_excused_is_not_raised(desk: Any, score: float, raised: bool) -> None:
    desk.score = score
    alerts = desk.raise_alerts()
    assert (alerts.height > 0) is raised
    assert "none" not in alerts["grade"].cast(pl.String).to_list()


def test_a_higher_score_never_gets_a_lower_grade() -> None:
    order = ["none", "yellow", "orange", "red"]
    places = [order.index(grade(n / 1000)) for n in range(1001)]
    assert places == sorted(places)
    assert set(places) == {0, 1, 2, 3}


def test_an_alert_that_one_batch_misses_comes_back_with_the_day_it_was_opened(desk: Any) -> None:
    first = desk.raise_alerts()
    kept, desk.hits = desk.hits, desk.hits[1:]
    desk.last_paid = date(2024, 7, 5)
    assert "shared_account" not in set(desk.raise_alerts()["pattern_id"])
    desk.hits, desk.last_paid = kept, date(2024, 8, 5)
    again = desk.raise_alerts()
    assert again.select("alert_id", "opened_at").equals(first.select("alert_id", "opened_at"))
