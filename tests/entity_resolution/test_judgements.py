"""Judgements: a log that outlives every run, is applied again by each, and gives back what it took."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from entity_resolution import judgements
from jiwang.errors import UsageError, WorkspaceError

from .numbers import citizen_id

Resolve = Callable[..., Any]
NUMBER = {"person_no": "7", "month": date(2024, 1, 1), "base": 1.0}


ANN, BEN = citizen_id("19700101", 22), citizen_id("19550505", 33)
BASE: dict[str, Any] = {
    "resident": [{"citizen_id": ANN, "name": "何梅秀"}, {"citizen_id": BEN, "name": "顾辉强"}],
    "contribution": [NUMBER],
}


def judge(world: Any, left: str, right: str, verdict: Any) -> str:
    return judgements.record(
        world.workspace, kind="person", left=left, right=right, verdict=verdict, who="li", why="files seen"
    )


def effects(world: Any) -> list[str]:
    return world.table("judgements")["effect"].to_list()  # type: ignore[no-any-return]


def published(resolve: Resolve) -> tuple[Any, str, str]:
    """Resolve a world in which a later batch would merge two published persons: the number's and Ann."""
    first = resolve("w", **BASE)
    again = resolve("w", **BASE, enrolment=[{"person_no": "7", "citizen_id": ANN, "name": "何梅秀"}])
    return again, first.entity("contribution", 1), first.entity("resident", 1)


def again(resolve: Resolve) -> Any:
    return resolve("w", **BASE, enrolment=[{"person_no": "7", "citizen_id": ANN, "name": "何梅秀"}])


def test_a_positive_merges_what_was_up_for_review_and_every_run_after_keeps_it(resolve: Resolve) -> None:
    world, number, ann = published(resolve)
    row = world.table("review").row(0, named=True)
    assert (row["action"], {row["entity_id"], row["other_id"]}, row["state"]) == (
        "merge",
        {number, ann},
        "open",
    )
    assert row["records"]
    judge(world, number, ann, "positive")
    for _ in range(2):
        merged = again(resolve)
        assert merged.entity("contribution", 1) == merged.entity("resident", 1) == min(number, ann)
        assert merged.table("review").is_empty()
        assert effects(merged) == ["merged"]


def test_a_judgement_taken_back_restores_both_ids(resolve: Resolve) -> None:
    world, number, ann = published(resolve)
    judge(world, number, ann, "positive")
    again(resolve)
    judge(world, ann, number, "withdrawn")
    restored = again(resolve)
    assert (restored.entity("contribution", 1), restored.entity("resident", 1)) == (number, ann)
    assert effects(restored) == ["superseded", "withdrawn"]
    assert restored.table("review")["state"].to_list() == ["open"]


def test_unsure_stays_in_review_and_negative_leaves_it(resolve: Resolve) -> None:
    world, number, ann = published(resolve)
    judge(world, number, ann, "unsure")
    assert again(resolve).table("review")["state"].to_list() == ["unsure"]
    judge(world, number, ann, "negative")
    apart = again(resolve)
    assert apart.table("review").is_empty()
    assert effects(apart) == ["superseded", "apart"]


def test_two_usable_ids_are_not_merged_by_judgement(resolve: Resolve) -> None:
    world = resolve("w", **BASE)
    ann, ben = (world.entity("resident", n) for n in (1, 2))
    judge(world, ann, ben, "positive")
    world = resolve("w", **BASE)
    assert effects(world) == ["two_ids"]
    assert (world.entity("resident", 1), world.entity("resident", 2)) == (ann, ben)


def test_a_circle_of_judgements_ends(resolve: Resolve) -> None:
    numbers = [NUMBER | {"person_no": n} for n in ("7", "8", "9")]
    world = resolve("w", contribution=numbers)
    a, b, c = (world.entity("contribution", n) for n in (1, 2, 3))
    for left, right, verdict in ((a, b, "positive"), (b, c, "positive"), (c, a, "negative")):
        judge(world, left, right, verdict)
    world = resolve("w", contribution=numbers)
    assert effects(world) == ["merged", "contradicts", "apart"]
    assert len({world.entity("contribution", n) for n in (1, 2, 3)}) == 2
    judge(world, a, c, "positive")
    world = resolve("w", contribution=numbers)
    assert len({world.entity("contribution", n) for n in (1, 2, 3)}) == 1
    assert sorted(effects(world)) == ["merged", "merged", "merged", "superseded"]


def test_a_record_split_off_comes_back_when_the_split_is_taken_back(resolve: Resolve) -> None:
    records = BASE | {"enrolment": [{"person_no": "7", "citizen_id": ANN, "name": "何梅秀"}]}
    world = resolve("w", **records)
    person = world.entity("enrolment", 1)
    record = world.table("links").filter(table="enrolment", kind="person")["record_id"].item()
    judge(world, record, person, "negative")
    split = resolve("w", **records)
    assert split.entity("enrolment", 1) not in (person, None)
    assert split.how("enrolment", 1) == "judgement"
    assert split.entity("resident", 1) == person
    judge(world, record, person, "withdrawn")
    assert resolve("w", **records).entity("enrolment", 1) == person


def test_a_judgement_on_nobody_known_is_kept_and_said(resolve: Resolve) -> None:
    world = resolve("w", **BASE)
    judge(world, "pnobody", world.entity("resident", 1), "positive")
    assert effects(resolve("w", **BASE)) == ["unknown_side"]


def test_a_broken_line_of_the_log_is_named(resolve: Resolve) -> None:
    world = resolve("w", **BASE)
    judge(world, "a", "b", "positive")
    path = world.workspace.root / judgements.LOG
    path.write_text(path.read_text("utf-8") + "{}\n", "utf-8")
    with pytest.raises(WorkspaceError, match="line 2"):
        resolve("w", **BASE)


@pytest.mark.parametrize(
    ("left", "right", "verdict", "why"),
    [("a", "a", "positive", "x"), ("a", "b", "perhaps", "x"), ("a", "b", "positive", " ")],
)
def test_a_judgement_says_who_what_and_why(
    resolve: Resolve, left: str, right: str, verdict: Any, why: str
) -> None:
    world = resolve("w", **BASE)
    with pytest.raises(UsageError):
        judgements.record(
            world.workspace, kind="person", left=left, right=right, verdict=verdict, who="li", why=why
        )


def test_a_reason_may_hold_what_some_take_for_the_end_of_a_line(resolve: Resolve) -> None:
    world = resolve("w", **BASE)
    why = "户口簿\u2028第二页\u0085有更名"
    judgements.record(
        world.workspace, kind="person", left="a", right="b", verdict="negative", who="li", why=why
    )
    assert judgements.log(world.workspace)["why"].to_list() == [why]


def test_a_store_of_another_version_is_refused(resolve: Resolve) -> None:
    world = resolve("w", **BASE)
    world.table("keys").rename({"key": "anchor"}).write_parquet(world.workspace.table("entities", "keys"))
    with pytest.raises(WorkspaceError, match="version"):
        resolve("w", **BASE)
