"""Every gate can fail: a leak is planted in a sound world, and the gate it belongs to sees it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl
import pytest

from simulation.gates import features, leaks, margins, numbers, shape
from simulation.gates.region import Written

if TYPE_CHECKING:
    from conftest import Made

Frames = Callable[[pl.DataFrame, "World"], pl.DataFrame]


@dataclass
class World:
    """A sound world as the gates read it: each table is read once for all leaks."""

    region: Written
    read: dict[tuple[str, ...], pl.DataFrame]

    @property
    def guilty(self) -> pl.DataFrame:
        """Return entity and ring of who knew, with a number for each ring."""
        found = self.region.guilty().select("entity", guilty_ring="ring_id").unique("entity", keep="first")
        return found.with_columns(number=pl.col("guilty_ring").rank("dense").cast(pl.Int64))


class Leaky(Written):
    """A region whose tables are changed on the way to the gates."""

    def __init__(self, world: World, rows: dict[str, Frames], truth: dict[str, Frames]) -> None:
        self.__dict__ |= world.region.__dict__
        self.world, self.leaks, self.lies = world, rows, truth

    def rows(self, name: str, *fields: str, kind: str = "person") -> pl.DataFrame:
        key = (name, *fields, kind)
        if key not in self.world.read:
            self.world.read[key] = super().rows(name, *fields, kind=kind)
        found = self.world.read[key]
        return self.leaks[name](found, self.world) if name in self.leaks else found

    def truth(self, name: str) -> pl.DataFrame:
        found = super().truth(name)
        return self.lies[name](found, self.world) if name in self.lies else found


@pytest.fixture(scope="module")
def world(city: Made) -> World:
    """Return the world of the gates' own test, which passes."""
    return World(Written(city.out), {})


def of_the_guilty(field: str, value: pl.Expr) -> Frames:
    """Write a value into the rows of the guilty; ``number`` is their ring's."""

    def leak(rows: pl.DataFrame, world: World) -> pl.DataFrame:
        if field not in rows.columns:
            return rows
        known = rows.join(world.guilty, on="entity", how="left", maintain_order="left")
        told = pl.when(pl.col("number").is_not_null()).then(value.cast(rows.schema[field]))
        return known.with_columns(told.otherwise(pl.col(field)).alias(field)).select(rows.columns)

    return leak


def of_acts(field: str, value: pl.Expr) -> Frames:
    """Write a value into the rows that are acts."""

    def leak(rows: pl.DataFrame, _: World) -> pl.DataFrame:
        if field not in rows.columns:
            return rows
        told = pl.when(pl.col("ring_id").is_not_null()).then(value.cast(rows.schema[field]))
        return rows.with_columns(told.otherwise(pl.col(field)).alias(field))

    return leak


def at_one_terminal(rows: pl.DataFrame, world: World) -> pl.DataFrame:
    """Let the guilty meet at one terminal, and everybody else have one for himself."""
    if "terminal" not in rows.columns:
        return rows
    guilty = pl.col("entity").is_in(world.guilty["entity"].to_list())
    own = pl.format("T{}", pl.col("entity"))
    return rows.with_columns(terminal=pl.when(guilty).then(pl.lit("T")).otherwise(own))


def lie(change: Callable[[pl.DataFrame], pl.DataFrame]) -> Frames:
    """Change a table of the truth."""
    return lambda found, _: change(found)


SERIAL = pl.int_range(pl.len())
BY_RING = pl.format("1{}", (30000000 + pl.col("number") * 1000 + SERIAL % 1000).cast(pl.String).str.zfill(10))
ONE_CLOCK = pl.col("time").str.slice(0, 8) + "033" + (SERIAL % 1000).cast(pl.String).str.zfill(3)
NEXT = pl.col("ring_id").rank("dense").cast(pl.Int64) * 40
FEE = (pl.col("fee").cast(pl.Float64) * 3).cast(pl.String)
AFTER = pl.col("source_row").cast(pl.Int64) + 10**7

LEAKS: list[tuple[str, object, dict[str, Frames], dict[str, Frames], str]] = [
    (
        "late numbers",
        numbers,
        {"enrolment": of_the_guilty("person_no", pl.lit("9999999999"))},
        {},
        "person number, AUC",
    ),
    (
        "one prefix a ring",
        numbers,
        {"enrolment": of_the_guilty("phone", BY_RING)},
        {},
        "telephone, within a ring",
    ),
    (
        "last in the register",
        numbers,
        {"register": of_the_guilty("source_row", AFTER)},
        {},
        "row of the register, AUC",
    ),
    (
        "together in the file",
        numbers,
        {"settlement": of_acts("source_row", NEXT)},
        {},
        "settlements, row, within a ring",
    ),
    (
        "serials of their own",
        numbers,
        {"settlement": of_acts("visit_no", pl.lit("M999999999999"))},
        {},
        "settlements, visit, AUC",
    ),
    ("at night", numbers, {"flow": of_acts("time", ONE_CLOCK)}, {}, "transfers, second, AUC"),
    (
        "round amounts",
        margins,
        {"flow": of_acts("amount", pl.lit("313.37"))},
        {},
        "round transfers, acts less lawful",
    ),
    (
        "large amounts",
        margins,
        {"flow": of_acts("amount", pl.lit("2400.0"))},
        {},
        "amount of transfers below 2,500, KS",
    ),
    ("dear stays", margins, {"settlement": of_acts("fee", FEE)}, {}, "fee of stays, KS"),
    (
        "a word of their own",
        margins,
        {"flow": of_acts("text", pl.lit("返利"))},
        {},
        "words and codes mostly of acts",
    ),
    ("one age", margins, {"enrolment": of_the_guilty("born", pl.lit("19640101"))}, {}, "age, KS"),
    (
        "insured last",
        leaks,
        {"enrolment": of_the_guilty("begun", pl.lit("20251231"))},
        {},
        "single column, AP / prevalence",
    ),
    (
        "insured last, a tree",
        leaks,
        {"enrolment": of_the_guilty("begun", pl.lit("20251231"))},
        {},
        "tree of depth 3, AP",
    ),
    ("too few guilty", shape, {}, {"ring_members": lie(lambda f: f.head(5))}, "guilty people"),
    ("few typologies", shape, {}, {"rings": lie(lambda f: f.filter(pl.col("typology") < "P"))}, "typologies"),
    (
        "one tier",
        shape,
        {},
        {"rings": lie(lambda f: f.with_columns(tier=pl.lit(1, pl.Int64)))},
        "tiers with a tenth of the rings",
    ),
    (
        "one variant",
        shape,
        {},
        {"rings": lie(lambda f: f.with_columns(typology=pl.lit("P1"), variant=pl.lit("round")))},
        "variants of a typology with six rings",
    ),
    (
        "over before the cut",
        shape,
        {"flow": of_acts("time", pl.lit("20240301120000")), "pension": of_acts("day", pl.lit("20240301"))},
        {},
        "acts after the cut",
    ),
    (
        "no innocents",
        shape,
        {},
        {"hard_negatives": lie(lambda f: f.clear())},
        "groups for each ring, the least",
    ),
    (
        "one excuse",
        shape,
        {},
        {"hard_negatives": lie(lambda f: f.with_columns(reason=pl.lit("x")))},
        "reasons of a typology, the least",
    ),
    ("one terminal", shape, {"settlement": at_one_terminal}, {}, "people of one terminal, AP / prevalence"),
    (
        "members of two rings",
        shape,
        {},
        {"ring_members": lie(lambda f: pl.concat([f, f.with_columns(ring_id=pl.lit("R0"))]))},
        "people in two rings",
    ),
    (
        "the same amounts again",
        shape,
        {},
        {"acts": lie(lambda f: f.with_columns(amount=(SERIAL.over("ring_id") % 25 + 0.37).cast(pl.Float64)))},
        "rings whose amounts mostly recur in another",
    ),
    (
        "all found",
        shape,
        {},
        {
            "label_events": lie(
                lambda f: f.with_columns(ring_id=pl.concat_str(pl.lit("x"), SERIAL.cast(pl.String)))
            )
        },
        "rings ever investigated",
    ),
    (
        "judged by lot",
        shape,
        {},
        {"label_events": lie(lambda f: f.with_columns(right=pl.lit(False)))},
        "wrong findings",
    ),
    (
        "judged at once",
        shape,
        {},
        {"label_events": lie(lambda f: f.with_columns(closed=pl.col("opened")))},
        "days from opening to finding, median",
    ),
    (
        "judged after the end",
        shape,
        {},
        {"label_events": lie(lambda f: f.with_columns(closed=pl.date(2026, 3, 1)))},
        "still open at the hand-over",
    ),
]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("gate", "rows", "truth", "measure"), [x[1:] for x in LEAKS], ids=[x[0] for x in LEAKS]
)
def test_the_gate_sees_the_leak(
    world: World, gate: object, rows: dict[str, Frames], truth: dict[str, Frames], measure: str
) -> None:
    region = Leaky(world, rows, truth)
    if gate is leaks:
        found = leaks._columns(features.people(region), region.guilty())
    else:
        found = gate.readings(region, features.people(region) if gate is not numbers else pl.DataFrame())
    failed = [reading.measure for reading in found if not reading.holds]
    assert measure in failed
