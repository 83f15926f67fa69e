"""The queue: rings and alerts filtered, searched, counted and cut into pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from app.services.desk import GRADES, Desk
from app.services.masking import Mask, knowing

TAIL = 4  # digits from which a search text is taken for the end of a number
_NUMBERS = ("citizen_id", "account_no", "phone", "number", "uscc", "code")


@dataclass(frozen=True)
class Filter:
    """What the investigator asks for; empty means all.

    Attributes:
        grades: red, orange, yellow, none.
        typologies: ids such as P1; a ring's secondary ones count too.
        text: part of a title, a name, or the end of a number of one of those concerned.
    """

    grades: tuple[str, ...] = ()
    typologies: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True)
class Page:
    """One page of a list: its rows, and how many there are in all."""

    rows: list[dict[str, Any]]
    total: int
    number: int
    pages: int


def overview(desk: Desk) -> dict[str, Any]:
    """Return rings and alerts by grade, and the yuan at risk in rings."""
    return {
        "rings": _graded(desk.rings),
        "alerts": _graded(desk.alerts),
        "amount": float(desk.rings["amount_at_risk"].sum()),
    }


def _graded(frame: pl.DataFrame) -> dict[str, int]:
    counts = dict(frame.group_by("grade").len().iter_rows())
    return {grade: counts.get(grade, 0) for grade in GRADES}


def typologies_present(desk: Desk) -> list[str]:
    """Return the typologies that any ring or alert bears, in alphabetical order."""
    return sorted({*desk.rings["typology"], *desk.alerts["typology"]})


def rings(desk: Desk, wanted: Filter, number: int, size: int) -> Page:
    """Return page ``number`` (from 1) of the rings that fit, by rank."""
    frame = _graded_filter(desk.rings, wanted)
    if wanted.typologies:
        also = pl.col("also").list.set_intersection(list(wanted.typologies)).list.len() > 0
        frame = frame.filter(pl.col("typology").is_in(wanted.typologies) | also)
    if wanted.text:
        concerned = desk.members.filter(pl.col("entity_id").is_in(entity_ids(desk, wanted.text)))
        frame = frame.filter(_says(wanted.text) | pl.col("ring_id").is_in(concerned["ring_id"].to_list()))
    return _cut(frame, number, size)


def alerts(desk: Desk, wanted: Filter, number: int, size: int) -> Page:
    """Return page ``number`` (from 1) of the alerts that fit, the worst first."""
    frame = _graded_filter(desk.alerts, wanted)
    if wanted.typologies:
        frame = frame.filter(pl.col("typology").is_in(wanted.typologies))
    if wanted.text:
        frame = frame.filter(_says(wanted.text) | pl.col("entity_id").is_in(entity_ids(desk, wanted.text)))
    return _cut(frame, number, size)


def _graded_filter(frame: pl.DataFrame, wanted: Filter) -> pl.DataFrame:
    return frame.filter(pl.col("grade").is_in(wanted.grades)) if wanted.grades else frame


def _says(text: str) -> pl.Expr:
    return pl.col("title").str.contains(text, literal=True)


def _cut(frame: pl.DataFrame, number: int, size: int) -> Page:
    pages = max(1, -(-frame.height // size))
    number = min(max(number, 1), pages)
    return Page(frame.slice((number - 1) * size, size).to_dicts(), frame.height, number, pages)


def entity_ids(desk: Desk, text: str, limit: int = 500) -> list[str]:
    """Return at most ``limit`` entities that ``text`` may mean: an id, part of a name, a number's end."""
    text = text.strip()
    if not text:
        return []
    fits = (pl.col("entity_id") == text) | pl.col("name").str.contains(text, literal=True)
    fits |= pl.col("other_names").list.contains(text)
    if len(text) >= TAIL and text[:-1].isdigit():
        for column in _NUMBERS:
            fits |= pl.col(column).str.ends_with(text.upper())
    found = desk.out("entities").filter(fits).select("entity_id", "n_records").collect()
    return found.sort("n_records", "entity_id", descending=[True, False])["entity_id"].head(limit).to_list()


def mask_for(desk: Desk, rows: Sequence[Mapping[str, Any]]) -> Mask:
    """Return a mask that knows the people of these rings or alerts: titles and reasons may name them."""
    rings_shown = [r["ring_id"] for r in rows if r.get("ring_id")]
    inside = desk.members.filter(pl.col("ring_id").is_in(rings_shown) & (pl.col("kind") == "person"))
    people = {*inside["entity_id"], *(r["entity_id"] for r in rows if r.get("kind") == "person")}
    return knowing(desk.names(people).values())
