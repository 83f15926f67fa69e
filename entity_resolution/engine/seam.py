"""The seam along which a resolution is spread out: tables in shards, and the few ways in which rows move.

A step of `steps`, `meeting` and `weighing` is a function from one or two frames to a frame. It sees one shard
and what it was bound to; `scale` says in which order the steps run. A `Runner` holds the shards and moves the
rows: `shards` in files of this machine, `spark` in Spark. Neither knows what a name or a weight is.

Rows are told apart by ``row``: the place of a record among all record ids in order. A unit is the least row
of its cell; a held-out record's unit is the number of rows plus its own. Hashes are polars' 64 bits, signed
(Spark has no others); they are equal wherever polars is of one version, which runners check.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

import polars as pl

from entity_resolution.engine.profile import Profile

Schema = Mapping[str, pl.DataType]
Step = Callable[[pl.DataFrame], pl.DataFrame]
Pairing = Callable[[pl.DataFrame, pl.DataFrame], pl.DataFrame]
T = TypeVar("T")

I64, TEXT, TEXTS, HASHES = pl.Int64(), pl.String(), pl.List(pl.String()), pl.List(pl.Int64())
FLAG, REAL = pl.Boolean(), pl.Float64()


class Runner(Protocol[T]):
    """Keeps tables in shards and moves their rows.

    Attributes:
        shards: into how many shards rows are exchanged; results do not depend on it.
    """

    shards: int

    def read(self, table: Path, columns: Sequence[str], record: str | None, rows: pl.DataFrame) -> T:
        """Return the table's columns, as they are, with ``row``.

        Args:
            table: Parquet, a file or a folder of files.
            columns: the columns wanted; all are there.
            record: the column of the record id, if there is one.
            rows: ``record_id, at``: ids in the order of their rows, and where each stands in the table.
        """

    def scatter(self, frame: pl.DataFrame) -> T:
        """Bring a frame of this process among the shards."""

    def select(self, table: T, columns: Sequence[str]) -> T:
        """Leave columns out; rows stay where they are."""

    def map(self, table: T, step: Step, schema: Schema) -> T:
        """Apply a step to each shard."""

    def exchange(self, table: T, by: str) -> T:
        """Bring rows together that have one value (an integer) in a column.

        The shard of a value is its remainder by `shards`: two exchanged tables match shard by shard.
        """

    def zip(self, left: T, right: T, step: Pairing, schema: Schema, *, stay: bool = False) -> T:
        """Apply a step to the shards of two exchanged tables, pairwise.

        ``stay``: the rows that it returns belong where they came from.
        """

    def union(self, tables: Sequence[T]) -> T:
        """Return the rows of all tables, which have one schema; they lie nowhere in particular."""

    def keep(self, table: T) -> T:
        """Hold a table that is read more than once."""

    def drop(self, table: T) -> None:
        """Let a kept table go."""

    def collect(self, table: T) -> pl.DataFrame:
        """Bring all rows to this process."""


@dataclass(frozen=True)
class Plan:
    """What every step may know of the whole table.

    Attributes:
        profile: the profile.
        rows: number of records.
        shards: number of shards.
        stated: field -> how many of its columns the table has.
        columns: field -> the same with those that are read out of ids.
        named: field -> the places that brackets within its texts name (`kinds.places`).
        sources: the sources, in order, where a constraint needs them.
    """

    profile: Profile
    rows: int
    shards: int
    stated: Mapping[str, int]
    columns: Mapping[str, int]
    named: Mapping[str, frozenset[str]]
    sources: Sequence[str]


def raw_columns(profile: Profile) -> list[str]:
    """Return the columns of a table that a profile names, each once."""
    named = [c for f in profile.field for c in f.columns]
    named += [profile.source] if profile.source and profile.constraints.one_per_source else []
    return list(dict.fromkeys(named))


SURVEY: Schema = {"what": TEXT, "text": TEXT}  # field, or "" of sources; a place, or a source
CELLS: Schema = {
    "row": I64,
    "cell": I64,
    "anchored": FLAG,
}  # cell: its least row; anchored: it has a usable id
KEYS: Schema = {"rule": I64, "h": I64, "unit": I64}  # a unit is in block h of a rule
MET: Schema = {
    "rule": I64,
    "h": I64,
    "a": I64,
    "b": I64,
}  # a pair, once a block; b is null: unit a, over the cap
PAIRS: Schema = {"a": I64, "b": I64}  # a < b
CROWDS: Schema = {"rule": I64, "h": I64, "size": I64, "least": I64}  # a block over the cap, its least unit
COUNTS: Schema = {"rule": I64, "h": I64, "n": I64}
HELD: Schema = {
    "part": I64,
    "field": I64,
    "v": I64,
    "known": I64,
    "every": I64,
}  # value v: units that hold it
HOLDERS: Schema = {"part": I64, "field": I64, "v": I64, "holders": I64}
AGREEING: Schema = {"field": I64, "level": I64, "pairs": REAL}
ASKED: Schema = {"unit": I64, "to": I64}  # shard ``to`` asks for a unit
DRAWN: Schema = {"field": I64, "unit": I64, "said": TEXTS}
COMPARED: Schema = {"a": I64, "b": I64, "pattern": I64}  # four bits a field, the first field lowest
PATTERNS: Schema = {"pattern": I64, "n": I64}


def said_columns(profile: Profile) -> dict[str, pl.DataType]:
    """Return ``said:FIELD`` of every field: texts; of records by column, of units each once, in order."""
    return {f"said:{f.name}": TEXTS for f in profile.field}


def said_schema(profile: Profile) -> Schema:
    """Return the schema of what records say; ``cell`` is the key of a cell rule, else the row."""
    return {"row": I64, "cell": I64, "source": I64} | said_columns(profile)


def units_schema(profile: Profile) -> Schema:
    """Return the schema of units: what they bear, say, and are blocked by."""
    bound = profile.constraints
    return (
        {"unit": I64, "home": I64, "known": FLAG, "says": I64, "source": I64}
        | {f"anchor:{name}": I64 for name in bound.two_ids}
        | {f"only:{name}": I64 for name in bound.differ}
        | {f"{end}:{i}": REAL for i in range(len(bound.after)) for end in ("event", "end")}
        | said_columns(profile)
        | {f"rule:{i}": HASHES for i in range(len(profile.blocks))}
        | {f"part:{i}": HASHES for i in range(len(profile.refine))}
    )


def features_schema(profile: Profile) -> Schema:
    """Return the schema of units that are compared: texts, and how many known units hold each."""
    told = {
        f"{what}:{f.name}": t for f in profile.evidence for what, t in (("said", TEXTS), ("held", HASHES))
    }
    return {"unit": I64} | told


def portrait_schema(plan: Plan) -> Schema:
    """Return the schema of published entities."""
    return {"entity_id": TEXT, "n_records": I64} | dict.fromkeys(plan.columns, TEXT)
