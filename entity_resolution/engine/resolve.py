"""A table of records becomes entities: cells, blocks, learned weights, constrained union."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import numpy.typing as npt
import polars as pl

from entity_resolution.engine import block, compare, learn, merge, values
from entity_resolution.engine import units as units_of
from entity_resolution.engine.block import Candidates
from entity_resolution.engine.compare import Patterns
from entity_resolution.engine.learn import Weights
from entity_resolution.engine.merge import Rules, Union
from entity_resolution.engine.profile import Profile
from entity_resolution.engine.units import Units
from entity_resolution.engine.values import NONE, Said
from jiwang.errors import InputError

HOME = 1e6  # weight of the edge that leads a held-out record home: before all others
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Judged:
    """What people decided on pairs of records: ``left, right`` (record ids) and ``same``."""

    pairs: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(
            schema={"left": pl.String, "right": pl.String, "same": pl.Boolean}
        )
    )


@dataclass(frozen=True)
class Resolution:
    """The entities of a table, and all that led to them.

    Attributes:
        profile: the profile.
        records: record ids, sorted.
        said: what the records say.
        units: what was compared.
        left: candidate pairs, units.
        right: candidate pairs, units.
        patterns: what was found of each pair.
        weights: the weights.
        scores: of each pair, in bits.
        union: clusters of units, and refusals by place in ``edges``.
        edges: pairs (places in ``left``) that reached the profile's ``accept``; -1 for held-out records going
            home and -2 for judged pairs.
        met: the candidates with their blocks.
    """

    profile: Profile
    records: pl.Series
    said: Said
    units: Units
    left: Ints
    right: Ints
    patterns: Patterns
    weights: Weights
    scores: Floats
    union: Union
    edges: Ints
    met: Candidates

    @property
    def of_record(self) -> Ints:
        """Return the entity of each record, as the least unit of its cluster."""
        return self.union.root[self.units.of_row]


def resolve(
    table: pl.DataFrame, profile: Profile, judged: Judged | None = None, say: Callable[[str], object] = str
) -> Resolution:
    """Resolve the records of a table.

    The result depends on the records alone, not on their order nor on the number of threads.

    Args:
        table: one row a record; columns that the profile names are read as text.
        profile: the profile.
        judged: pairs that people decided on.
        say: told what is being done.

    Raises:
        InputError: the table is empty, lacks the columns named, or has a record id twice.
    """
    judged = judged or Judged()
    ids, order = record_ids(table, profile)
    say("normalise")
    table = table[order]
    said = values.read(table, profile)
    check_said(any(len(v.texts) for v in said.values.values()), profile)
    sources = column(table, profile.source or "") if profile.constraints.one_per_source else None
    units = units_of.build(said, profile, sources)
    say("block")
    met = block.candidates(said, units, profile)
    left = (met.pairs.to_numpy() >> np.uint64(32)).astype(np.int64)
    right = (met.pairs.to_numpy() & np.uint64(0xFFFFFFFF)).astype(np.int64)
    say("compare")
    patterns = compare.patterns(left, right, said, units, profile)
    say("learn")
    people = judged_units(judged, ids, units)
    known = answers(left, right, patterns, units, profile, people)
    weights = learn.weights(patterns, said, units, profile, known)
    scores = weights.score(patterns)[patterns.of_pair]
    say("cluster")
    bound = partial(rules, units, said, profile)
    union, edges = unite(left, right, scores, units, people, profile, bound)
    return Resolution(profile, ids, said, units, left, right, patterns, weights, scores, union, edges, met)


def record_ids(table: pl.DataFrame, profile: Profile) -> tuple[pl.Series, pl.Series]:
    """Return the record ids, sorted, and the rows in that order.

    Raises:
        InputError: there are no rows, or an id is missing or stands twice.
    """
    if table.is_empty():
        raise InputError("the table has no rows", "name a table with a header line and records below it")
    if profile.record is None:
        return pl.Series("record_id", range(1, table.height + 1)).cast(pl.String), pl.int_range(
            table.height, eager=True
        )
    ids = column(table, profile.record).cast(pl.String).alias("record_id")
    if ids.null_count():
        row = int(ids.is_null().arg_true()[0]) + 1
        raise InputError(
            f"row {row}, field {profile.record}: a record has no id",
            "fill the column, or leave `record` out of the profile so that rows are numbered",
        )
    if twice := ids.filter(ids.is_duplicated()).unique().sort().head(3).to_list():
        raise InputError(
            f"field {profile.record}: {int(ids.is_duplicated().sum())} rows bear an id that another row has, "
            f"such as {', '.join(twice)}",
            "name a column that is unique, or leave `record` out of the profile so that rows are numbered",
        )
    order = ids.arg_sort()
    return ids.gather(order), order


def column(table: pl.DataFrame, name: str) -> pl.Series:
    """Return a column as text.

    Raises:
        InputError: the table has no such column.
    """
    if name not in table.columns:
        raise InputError(
            f"the table has no column {name}; it has {', '.join(table.columns)}",
            "name the table's own columns in the profile",
        )
    return table[name].cast(pl.String)


def check_said(anything: bool, profile: Profile) -> None:
    """Refuse a table in which nothing of what the profile names is said.

    Raises:
        InputError: nothing is.
    """
    if not anything:
        columns = [c for f in profile.field for c in f.columns]
        raise InputError(
            f"no row says anything in the columns {', '.join(columns)}",
            "name the table's own columns in the profile; empty columns cannot tell anybody from another",
        )


def judged_units(judged: Judged, ids: pl.Series, units: Units) -> pl.DataFrame:
    """Return ``a, b, same`` of judged pairs as units; pairs of records unknown here are left out."""
    known = pl.DataFrame({"r": ids, "unit": pl.Series(units.of_row, dtype=pl.Int64)})
    pairs = judged.pairs.join(known.rename({"r": "left", "unit": "x"}), on="left")
    pairs = pairs.join(known.rename({"r": "right", "unit": "y"}), on="right").filter(
        pl.col("x") != pl.col("y")
    )
    return (
        pairs.select(a=pl.min_horizontal("x", "y"), b=pl.max_horizontal("x", "y"), same="same")
        .unique()
        .sort("a", "b", "same")
    )


def answers(
    left: Ints, right: Ints, patterns: Patterns, units: Units, profile: Profile, people: pl.DataFrame
) -> Mapping[bool, Ints]:
    """Return the patterns of pairs whose answer is known: of held-out records, and of people's judgements."""
    found: dict[bool, list[Ints]] = {True: [], False: []}
    held_a, held_b = units.home[left] >= 0, units.home[right] >= 0
    for name in profile.constraints.two_ids:
        anchor = units.anchor[name]
        known = (held_a != held_b) & (anchor[left] != NONE) & (anchor[right] != NONE)
        same = anchor[left] == anchor[right]
        found[True].append(patterns.of_pair[known & same])
        found[False].append(patterns.of_pair[known & ~same])
    if people.height:
        place = pl.DataFrame({"a": left, "b": right, "p": patterns.of_pair})
        met = people.join(place, on=["a", "b"])
        for same in (True, False):
            found[same].append(met.filter(pl.col("same") == same)["p"].to_numpy())
    return {same: np.concatenate(parts) if parts else np.empty(0, np.int64) for same, parts in found.items()}


def rules(units: Units, said: Said, profile: Profile, apart: Ints) -> Rules:
    """Return the constraints of a profile on these units."""
    bound = profile.constraints
    only = {name: _only(units, name) for name in bound.differ}
    latest = [
        (_days(units, said, event, np.fmax), _days(units, said, end, np.fmin)) for event, end in bound.after
    ]
    return bearing(units, only, latest, profile, apart)


def bearing(
    units: Units,
    only: Mapping[str, npt.NDArray[np.uint32]],
    latest: Sequence[tuple[Floats, Floats]],
    profile: Profile,
    apart: Ints,
) -> Rules:
    """Return the constraints of a profile on units whose bearing values are known.

    Args:
        units: the units, with their anchors and sources.
        only: field of ``differ`` -> the one value of each unit, `NONE` where it has none or several.
        latest: for each of ``after``: day of the last event and of the end of each unit, NaN without one.
        profile: the profile.
        apart: pairs of units that people have judged to be two.
    """
    bound = profile.constraints
    single = {"two_ids" if len(bound.two_ids) == 1 else n: units.anchor[n] for n in bound.two_ids}
    days = {f"{event} after {end}": d for (event, end), d in zip(bound.after, latest, strict=True)}
    return Rules(single | dict(only), days, units.source if bound.one_per_source else None, apart)


def _only(units: Units, name: str) -> npt.NDArray[np.uint32]:
    """Return the one value that a unit has in a field, `NONE` where it has none or several."""
    rows = units.listed[name]
    codes = np.full(units.n, NONE, dtype=np.uint32)
    one = np.diff(rows.starts) == 1
    codes[one] = rows.code[rows.starts[:-1][one]]
    return codes


def _days(units: Units, said: Said, name: str, most: Callable[..., Floats]) -> Floats:
    rows = units.listed[name]
    days = said.values[name].texts.str.to_date("%Y%m%d", strict=False).cast(pl.Int32).cast(pl.Float64)
    table = days.fill_null(float("nan")).to_numpy()
    found = np.full(units.n, np.nan)
    getattr(most, "at")(found, rows.unit, table[rows.code])  # noqa: B009 - a ufunc's method, untyped
    return found


def unite(
    left: Ints,
    right: Ints,
    scores: Floats,
    units: Units,
    people: pl.DataFrame,
    profile: Profile,
    bound: Callable[[Ints], Rules],
) -> tuple[Union, Ints]:
    """Join units along the pairs worth joining, held-out records with their homes first, then judged pairs.

    Args:
        left: pairs of units.
        right: pairs of units.
        scores: of each pair.
        units: the units.
        people: ``a, b, same`` of judged pairs.
        profile: the profile.
        bound: gives the constraints, told the pairs judged to be two.

    Returns:
        The clusters, and the edges as `Resolution` has them.
    """
    edges = np.flatnonzero(scores >= profile.accept)
    held = np.flatnonzero(units.home >= 0)
    home = units.home[held]
    same = people.filter("same")
    a = np.concatenate([left[edges], home, same["a"].to_numpy()])
    b = np.concatenate([right[edges], held, same["b"].to_numpy()])
    weight = np.concatenate([scores[edges], np.full(len(held), HOME), np.full(same.height, HOME / 2)])
    apart = people.filter(~pl.col("same")).select("a", "b").to_numpy().astype(np.int64).reshape(-1, 2)
    kept_apart = replace(bound(apart), against=against(left, right, scores, profile))
    union = merge.union(units.n, a, b, weight, kept_apart)
    others = np.concatenate([np.full(len(held), -1), np.full(same.height, -2)])
    return union, np.concatenate([edges, others]).astype(np.int64)


def against(left: Ints, right: Ints, scores: Floats, profile: Profile) -> Ints:
    """Return the pairs (n, 2) whose odds are so low that nothing may join them."""
    at = np.flatnonzero(scores <= profile.against) if profile.against is not None else np.empty(0, np.int64)
    return np.stack([left[at], right[at]], axis=1)
