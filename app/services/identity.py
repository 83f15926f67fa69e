"""Why records are one entity, or not: waterfalls, pairs, and what a person is asked to decide."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from app.services.desk import Desk
from entity_resolution import reweigh
from entity_resolution.reweigh import Weighed
from jiwang.errors import UsageError

QUEUES = ("review", "leads", "doubts")
_RECORDS_LIMIT = 12  # rows shown of each side


@dataclass(frozen=True)
class Case:
    """Two sides that a person may join or keep apart.

    Attributes:
        topic: merge, split, doubt, or the kind of an identity lead.
        kind: person, employer, clinic or account.
        left: an entity id; in a doubt a record id.
        right: an entity id.
        reason: code of what was seen.
        score: bits in a doubt or review, 0..1 in a lead; None where a rule says so.
        parts: the waterfall, field and bits; empty where there is none.
        rows_left: record ids that show the left side.
        rows_right: the same of the right.
    """

    topic: str
    kind: str
    left: str
    right: str
    reason: str
    score: float | None
    parts: tuple[tuple[str, float], ...] = ()
    rows_left: tuple[str, ...] = ()
    rows_right: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """Whether two records or entities are one, and why.

    Attributes:
        same: they stand under one entity.
        entities: the entity of each side; None where nobody is linked.
        ways: for each side, how it came to its entity: rows of `came_together`.
        against: codes of what keeps them apart, or of what is missing.
        weighed: the two weighed anew, where both speak of persons: two rows of one person by themselves,
            else all that is known of either side.
    """

    same: bool
    entities: tuple[str | None, str | None]
    ways: tuple[dict[str, Any] | None, dict[str, Any] | None]
    against: tuple[str, ...] = field(default=())
    weighed: Weighed | None = None


def came_together(desk: Desk, entity_id: str) -> list[dict[str, Any]]:
    """Return the ways in which rows came to an entity, the surest first: how, score, parts, rows, records."""
    found = desk.scan("entities", "evidence").filter(pl.col("entity_id") == entity_id).collect()
    return found.sort(["score", "rows", "evidence_id"], descending=[True, True, False]).to_dicts()


def way_of(desk: Desk, record_id: str, entity_id: str) -> dict[str, Any] | None:
    """Return the way in which one record came to an entity: its own, else one of the same kind and table.

    Of the entity itself it is the surest way.
    """
    ways = came_together(desk, entity_id)
    if record_id == entity_id:
        return ways[0] if ways else None
    for way in ways:
        if record_id in way["records"]:
            return way
    mine = (pl.col("record_id") == record_id) & (pl.col("entity_id") == entity_id)
    links = desk.out("links").filter(mine).select("how", "table").collect().to_dicts()
    alike = [w for w in ways for link in links if w["how"] == link["how"] and link["table"] in w["tables"]]
    return alike[0] if alike else None


def explain(desk: Desk, a: str, b: str) -> Answer:
    """Say why two records or entities are one entity, or why not.

    Raises:
        UsageError: one of the ids is neither a record nor an entity of the workspace.
    """
    entities = (entity_of(desk, a), entity_of(desk, b))
    ways = (
        None if (one := entities[0]) is None else way_of(desk, a, one),
        None if (two := entities[1]) is None else way_of(desk, b, two),
    )
    weighed = _weighed(desk, a, b)
    if entities[0] is not None and entities[0] == entities[1]:
        return Answer(True, entities, ways, weighed=weighed)
    return Answer(False, entities, ways, tuple(_against(desk, *entities, weighed)), weighed)


def _weighed(desk: Desk, a: str, b: str) -> Weighed | None:
    """Return the two weighed anew; None where they are no persons, or nothing was kept to weigh them by."""
    kept = desk.workspace.folder("entities") / "person_said.parquet"
    if a == b or not kept.is_file():  # an older run kept nothing
        return None
    return reweigh.weigh(lambda name: desk.scan("entities", name), a, b)


def entity_of(desk: Desk, name: str) -> str | None:
    """Return the entity that an id means: itself, or that of the record's first primary link."""
    if desk.entities([name]).height:
        return name
    links = desk.out("links").filter(pl.col("record_id") == name).collect()
    if links.is_empty():
        known = desk.scan("entities", "doubts").filter(pl.col("records").list.contains(name)).collect()
        if known.height:
            return None
        raise UsageError(
            f"{name}: neither a record nor an entity", "take an id from out/links or out/entities"
        )
    ranked = links.sort(
        [pl.col("primary").not_(), pl.col("kind") != "person", pl.col("role"), pl.col("entity_id")]
    )
    return str(ranked["entity_id"][0])


def _against(desk: Desk, a: str | None, b: str | None, weighed: Weighed | None) -> list[str]:
    """Return what keeps two entities apart, as codes of the catalogue's table ``against``."""
    if a is None or b is None:
        return ["nobody", *_missing(weighed)]
    rows = {r["entity_id"]: r for r in desk.entities([a, b]).to_dicts()}
    one, two = rows[a], rows[b]
    if one["kind"] != two["kind"]:
        return ["kinds"]
    differ = [
        name for name, code in _MUST_AGREE.items() if one[name] and two[name] and one[name] != two[name]
    ]
    found = [_MUST_AGREE[name] for name in differ]
    both = (pl.col("left") == min(a, b)) & (pl.col("right") == max(a, b))
    judged = desk.scan("entities", "judgements").filter(both & (pl.col("effect") == "apart")).collect()
    found += ["judged"] if judged.height else []
    names = {one["name"], *one["other_names"]} & {two["name"], *two["other_names"]}
    found += [] if names - {None} else ["names"]
    return found + [code for code in _missing(weighed) if code not in found] or ["unproved"]


def _missing(weighed: Weighed | None) -> list[str]:
    """Return what two persons lack to be one: a meeting, names that are alike, or weight."""
    if weighed is None:
        return []
    if not any(m.shared for m in weighed.meetings):
        return ["never_met"]
    if not weighed.alike:
        return ["unlike"]
    return ["too_little"] if weighed.score < weighed.accept else []


_MUST_AGREE: Mapping[str, str] = {
    "citizen_id": "two_ids", "uscc": "two_codes", "code": "two_codes", "account_no": "two_numbers",
    "sex": "sex", "birth_date": "birth",
}  # fmt: skip


def cases(desk: Desk, queue: str) -> list[Case]:
    """Return what waits in one of `QUEUES`, the surest first."""
    rows = desk.scan("entities", _TABLE[queue]).collect()
    rows = rows.sort(["score", rows.columns[0]], descending=[True, False], nulls_last=True)
    return [_CASE[queue](row) for row in rows.to_dicts()]


def _review(row: dict[str, Any]) -> Case:
    return Case(row["action"], row["kind"], row["entity_id"], row["other_id"], row["reason"], row["score"])


def _lead(row: dict[str, Any]) -> Case:
    sides = tuple(row["rows_a"][:_RECORDS_LIMIT]), tuple(row["rows_b"][:_RECORDS_LIMIT])
    return Case(
        row["kind"], "person", row["entity_a"], row["entity_b"], row["reason"], row["score"], (), *sides
    )


def _doubt(row: dict[str, Any]) -> Case:
    parts = tuple((p["field"], p["weight"]) for p in row["parts"])
    records = tuple(row["records"])
    return Case(
        "doubt", row["kind"], records[0], row["entity_id"], row["reason"], row["score"], parts, records
    )


_TABLE = {"review": "review", "leads": "identity_leads", "doubts": "doubts"}
_CASE = {"review": _review, "leads": _lead, "doubts": _doubt}


def rows_of(desk: Desk, entity_id: str) -> tuple[str, ...]:
    """Return some record ids that show an entity: one of each way in which rows came to it."""
    found = [way["records"][0] for way in came_together(desk, entity_id) if way["records"]]
    return tuple(dict.fromkeys(found))[:_RECORDS_LIMIT]


def unlinked(desk: Desk, records: Iterable[str]) -> pl.DataFrame:
    """Return ``record_id, table`` of rows that nobody is linked to."""
    wanted = sorted(set(records))
    found = desk.scan("entities", "unresolved").filter(pl.col("record_id").is_in(wanted))
    return found.select("record_id", "table").unique().sort("record_id").collect()
