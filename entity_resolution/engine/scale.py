"""The resolution of `resolve`, spread out: the same steps on shards, whoever runs them (`seam.Runner`).

Texts and pairs stay in the shards. This process holds a few numbers a record and a unit, the ids of records,
the counts of patterns, and the pairs worth joining (about as many as units): some 150 bytes a record in all.
On these it learns the weights and makes the constrained union, with the functions that `resolve` uses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

from entity_resolution.engine import compare, crowding, learn, seam, steps, units, values, weighing
from entity_resolution.engine import resolve as whole
from entity_resolution.engine.block import Candidates
from entity_resolution.engine.compare import Patterns
from entity_resolution.engine.learn import LEVELS, Weights
from entity_resolution.engine.merge import Rules
from entity_resolution.engine.profile import Profile
from entity_resolution.engine.resolve import Judged, Resolution
from entity_resolution.engine.seam import Plan, Runner
from entity_resolution.engine.units import Units
from entity_resolution.engine.values import NONE, Said
from jiwang.errors import InputError

T = TypeVar("T")
AnyRunner = Runner[Any]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Everyone:
    """What this process holds of all units, numbered from 0 in the order of their numbers in the shards.

    Attributes:
        number: the number of each unit in the shards.
        units: what constraints and answers look at; nothing of what they say.
        says: a bit for each field of which a unit says something.
        only: field of ``differ`` -> as `resolve.bearing` takes it.
        latest: the same for ``after``.
    """

    number: Ints
    units: Units
    says: Ints
    only: Mapping[str, npt.NDArray[np.uint32]]
    latest: list[tuple[Floats, Floats]]

    def place(self, numbers: pl.Series) -> Ints:
        """Return the units here of numbers in the shards."""
        return np.searchsorted(self.number, numbers.to_numpy())

    def bound(self, profile: Profile, apart: Ints) -> Rules:
        """Return the constraints, told the pairs judged to be two."""
        return whole.bearing(self.units, self.only, self.latest, profile, apart)


@dataclass(frozen=True)
class Joining:
    """The pairs worth joining, as `Resolution` has all pairs."""

    left: Ints
    right: Ints
    patterns: Patterns
    scores: Floats


@dataclass(frozen=True)
class Spread(Generic[T]):
    """A resolution of which the texts lie in shards.

    Attributes:
        found: the resolution; of its pairs, those worth joining; nothing is said in it.
        records: what each record says, in shards.
        units: the units, in shards.
        hidden: rows of the records held out.
        plan: what is known of the whole.
    """

    found: Resolution
    records: T
    units: T
    hidden: Ints
    plan: Plan


def resolve(
    runner: Runner[T], table: Path, profile: Profile, judged: Judged, say: Callable[[str], object] = str
) -> Spread[T]:
    """Resolve the records of a table in shards; the links are those of `resolve.resolve`.

    Args:
        runner: keeps them.
        table: Parquet, a file or a folder of files.
        profile: the profile.
        judged: pairs that people decided on.
        say: told what is being done.

    Raises:
        InputError: as `resolve.resolve` does.
    """
    say("normalise")
    ids, raw = _opened(runner, table, profile)
    plan = _planned(runner, raw, table, profile, len(ids))
    records, shards, hidden, everyone = _made(runner, raw, plan)
    say("block")
    pairs, crowds = crowding.met(runner, shards, plan)
    say("compare")
    compared, same = _compared(runner, shards, pairs, plan)
    say("learn")
    people = whole.judged_units(judged, ids, everyone.units)
    patterns, counts = _patterns(runner, compared, profile)
    at_large = _at_large(runner, shards, everyone, same, plan)
    known = _answers(runner, compared, people, everyone, patterns, plan)
    weights = learn.learned(patterns, counts, at_large, profile, everyone.units.n, known)
    say("cluster")
    met = Candidates(pl.Series(dtype=pl.UInt64), crowds, [], int(counts.sum()))
    joining = _joining(runner, compared, everyone, patterns, weights, profile)
    runner.drop(compared)
    bound, pairs_ = partial(everyone.bound, profile), (joining.left, joining.right, joining.scores)
    union, edges = whole.unite(*pairs_, everyone.units, people, profile, bound)
    found = Resolution(
        profile, ids, Said(len(ids)), everyone.units, joining.left, joining.right, joining.patterns, weights,
        joining.scores, union, edges, met,
    )  # fmt: skip
    return Spread(found, records, shards, hidden, plan)


def _opened(runner: Runner[T], table: Path, profile: Profile) -> tuple[pl.Series, T]:
    """Return the record ids in order, and the raw columns with the place of each row among them."""
    lazy = pl.scan_parquet(table)
    there = lazy.collect_schema().names()
    if profile.record is None:
        ids, at = whole.record_ids(lazy.select(pl.first()).collect(), profile)
    else:
        whole.column(lazy.head(0).collect(), profile.record)
        ids, at = whole.record_ids(lazy.select(profile.record).collect(), profile)
    if profile.constraints.one_per_source:
        whole.column(lazy.head(0).collect(), profile.source or "")
    rows = pl.DataFrame({"record_id": ids, "at": at.cast(pl.Int64)})
    return ids, runner.read(table, [c for c in seam.raw_columns(profile) if c in there], profile.record, rows)


def _planned(runner: Runner[T], raw: T, table: Path, profile: Profile, rows: int) -> Plan:
    """Look once at the whole table for what the reading of one text takes from others."""
    there = pl.scan_parquet(table).collect_schema().names()
    none = values.read(pl.DataFrame(schema=dict.fromkeys(there, pl.String)), profile)
    columns = {name: len(codes) for name, codes in none.codes.items()}
    named: dict[str, frozenset[str]] = {f.name: frozenset() for f in profile.field}
    sources: list[str] = []
    if profile.constraints.one_per_source or any(f.kind == "employer" for f in profile.field):
        seen = runner.collect(runner.map(raw, partial(steps.survey, profile=profile), seam.SURVEY))
        sources = seen.filter(pl.col("what") == "")["text"].unique().sort().to_list()
        named |= {n: frozenset(seen.filter(pl.col("what") == n)["text"]) for n in named}
    return Plan(profile, rows, runner.shards, none.stated, columns, named, sources)


def _made(runner: Runner[T], raw: T, plan: Plan) -> tuple[T, T, Ints, Everyone]:
    """Return what records say, the units made of them, the rows held out, and what this process holds."""
    profile = plan.profile
    told = runner.map(raw, partial(steps.describe, plan=plan), seam.said_schema(profile))
    records = runner.keep(runner.exchange(told, "cell"))
    of_row, hidden = _cells(runner, records, plan)
    made = runner.map(records, partial(steps.unify, plan=plan, hidden=hidden), seam.units_schema(profile))
    shards = runner.keep(runner.exchange(made, "unit"))
    everyone = _everyone(runner, shards, of_row, hidden, plan)
    whole.check_said(bool(everyone.says.any()), profile)
    return records, shards, hidden, everyone


def _cells(runner: Runner[T], records: T, plan: Plan) -> tuple[Ints, Ints]:
    """Return the cell (its least row) of every row, and the rows held out."""
    found = runner.collect(runner.map(records, partial(steps.cells, plan=plan), seam.CELLS)).sort("row")
    if found.height != plan.rows or not np.array_equal(found["row"].to_numpy(), np.arange(plan.rows)):
        raise InputError(
            f"of {plan.rows} records, {found.height} came back from the shards: their ids changed on the way",
            "write the record ids as text",
        )
    cell = found["cell"].to_numpy()
    firsts, of_row = np.unique(cell, return_inverse=True)
    anchored = np.full(len(firsts), NONE, dtype=np.uint32)
    anchored[of_row[found["anchored"].to_numpy()]] = 0
    hidden = np.empty(0, dtype=np.int64)
    if plan.profile.constraints.two_ids:
        hidden = units.held_out(of_row.astype(np.uint32), [anchored])
    return cell, hidden


def _everyone(runner: Runner[T], shards: T, cell: Ints, hidden: Ints, plan: Plan) -> Everyone:
    bound = plan.profile.constraints
    singles = [*(f"anchor:{n}" for n in bound.two_ids), *(f"only:{n}" for n in bound.differ)]
    days = [f"{end}:{i}" for i in range(len(bound.after)) for end in ("event", "end")]
    wanted = ["unit", "home", "says", "source", *singles, *days]
    rows = runner.collect(runner.select(shards, wanted)).sort("unit")
    number = rows["unit"].to_numpy()
    home = rows["home"].to_numpy()
    shown = cell.copy()
    shown[hidden] = plan.rows + hidden
    codes = {name: values.ranked(rows[name]) for name in singles}
    here = Units(
        np.searchsorted(number, shown).astype(np.uint32),
        len(number),
        {},
        {},
        {n: codes[f"anchor:{n}"] for n in bound.two_ids},
        np.where(home < 0, -1, np.searchsorted(number, home)),
        rows["source"].to_numpy().view(np.uint64),
    )
    latest = [(rows[f"event:{i}"].to_numpy(), rows[f"end:{i}"].to_numpy()) for i in range(len(bound.after))]
    only = {n: codes[f"only:{n}"] for n in bound.differ}
    return Everyone(number, here, rows["says"].to_numpy(), only, latest)


def _compared(runner: Runner[T], shards: T, pairs: T, plan: Plan) -> tuple[T, pl.DataFrame]:
    """Return the compared pairs, and how many pairs at large have one value in common."""
    profile = plan.profile
    told = runner.select(shards, ["unit", "known", *seam.said_columns(profile)])
    held = runner.exchange(runner.map(told, partial(weighing.held, plan=plan), seam.HELD), "v")
    held = runner.keep(held)
    same = runner.collect(runner.map(held, weighing.agreeing, seam.AGREEING))
    back = runner.exchange(runner.map(held, weighing.holders, seam.HOLDERS), "part")
    schema = seam.features_schema(profile)
    features = runner.zip(told, back, partial(weighing.features, plan=plan), schema, stay=True)
    asked = runner.map(pairs, partial(weighing.asked, shards=plan.shards), seam.ASKED)
    sent = runner.zip(
        runner.exchange(asked, "unit"), features, weighing.sent, {"to": seam.I64} | dict(schema)
    )
    compare_ = partial(weighing.compared, profile=profile)
    compared = runner.keep(runner.zip(pairs, runner.exchange(sent, "to"), compare_, seam.COMPARED))
    counts = same.group_by("field", "level").agg(pl.col("pairs").sum())
    runner.drop(held)
    return compared, counts


def _patterns(runner: Runner[T], compared: T, profile: Profile) -> tuple[Patterns, Floats]:
    """Return the patterns, in order, and how many pairs are of each."""
    rows = runner.collect(runner.map(compared, weighing.counted, seam.PATTERNS))
    patterns = compare.unpacked(rows["pattern"].to_numpy().view(np.uint64), profile)
    counts = np.bincount(patterns.of_pair, weights=rows["n"].to_numpy(), minlength=len(patterns.levels))
    return patterns, counts.astype(np.float64, copy=False)


def _at_large(runner: Runner[T], shards: T, everyone: Everyone, same: pl.DataFrame, plan: Plan) -> Floats:
    """Return u as `learn.shares_at_large` does: values in common counted, others drawn."""
    profile = plan.profile
    who = [np.flatnonzero(everyone.says >> i & 1) for i in range(len(profile.evidence))]
    drawn = [learn.drawn_pairs(w) if len(w) > 1 else (w[:0], w[:0]) for w in who]
    wanted = {i: np.unique(everyone.number[np.concatenate(pair)]) for i, pair in enumerate(drawn)}
    step = partial(weighing.drawn, profile=profile, wanted=wanted)
    told = runner.select(shards, ["unit", *seam.said_columns(profile)])
    rows = runner.collect(runner.map(told, step, seam.DRAWN))
    u = np.empty((len(profile.evidence), LEVELS))
    for i, of in enumerate(profile.evidence):
        mine = rows.filter(pl.col("field") == i).sort("unit").rename({"said": f"said:{of.name}"})
        said, here = weighing.assembled(mine, profile, [of.name])
        a, b = (np.searchsorted(mine["unit"].to_numpy(), everyone.number[side]) for side in drawn[i])
        level = compare.levels(a, b, of.name, said, here)
        pairs = np.zeros(LEVELS)
        for at, n in same.filter(pl.col("field") == i).select("level", "pairs").iter_rows():
            pairs[at] = n
        u[i] = learn.shares(len(compare.names_of_levels(of)), len(who[i]), pairs, level)
    return u


def _answers(
    runner: Runner[T], compared: T, people: pl.DataFrame, everyone: Everyone, patterns: Patterns, plan: Plan
) -> Mapping[bool, Ints]:
    """Return the patterns of pairs with a known answer, as `resolve.answers` does."""
    numbers = {side: pl.Series(everyone.number[people[side].to_numpy()]) for side in ("a", "b")}
    judged = pl.DataFrame(numbers, schema=dict(seam.PAIRS))
    step = partial(weighing.answering, rows=plan.rows, people=judged)
    rows = runner.collect(runner.map(compared, step, seam.COMPARED))
    told = Patterns(patterns.fields, patterns.levels, _places(rows["pattern"], patterns))
    left, right = (everyone.place(rows[side]) for side in ("a", "b"))
    return whole.answers(left, right, told, everyone.units, plan.profile, people)


def _places(numbers: pl.Series, patterns: Patterns) -> Ints:
    known = weighing.packed(patterns.levels).view(np.uint64)
    return np.searchsorted(known, numbers.to_numpy().view(np.uint64)).astype(np.int64)


def _joining(
    runner: Runner[T], compared: T, everyone: Everyone, patterns: Patterns, weights: Weights, profile: Profile
) -> Joining:
    """Return the pairs worth joining, those that exclude each other, and those that are leads anyway."""
    scores = weights.score(patterns)
    wanted = (scores >= profile.accept) | compare.of_one_id(patterns, profile)
    if profile.against is not None:
        wanted |= scores <= profile.against
    chosen = weighing.packed(patterns.levels)[wanted]
    step = partial(weighing.joining, patterns=chosen)
    rows = runner.collect(runner.map(compared, step, seam.COMPARED)).sort("a", "b")
    of_pair = _places(rows["pattern"], patterns)
    told = Patterns(patterns.fields, patterns.levels, of_pair)
    return Joining(everyone.place(rows["a"]), everyone.place(rows["b"]), told, scores[of_pair])


def entities(runner: Runner[T], spread: Spread[T], ids: pl.Series) -> pl.DataFrame:
    """Return the published entities, as `publish.entities` does.

    Args:
        runner: keeps the shards.
        spread: the resolution.
        ids: the entity id of every record.
    """
    profile = spread.plan.profile
    number = pl.DataFrame({"entity": spread.found.of_record.astype(np.int64), "entity_id": ids})
    rows = runner.scatter(number.with_row_index("row").with_columns(pl.col("row").cast(pl.Int64)))
    told = runner.map(
        spread.records, partial(steps.firsts, profile=profile), {"row": seam.I64} | seam.said_columns(profile)
    )
    schema = {"entity": seam.I64, "entity_id": seam.TEXT} | seam.said_columns(profile)
    both = runner.zip(runner.exchange(told, "row"), runner.exchange(rows, "row"), steps.named, schema)
    step = partial(steps.portraits, plan=spread.plan)
    found = runner.map(runner.exchange(both, "entity"), step, seam.portrait_schema(spread.plan))
    return runner.collect(found).sort("entity_id")
