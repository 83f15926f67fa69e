"""Why two records of a published resolution are one, or are not: weighed anew, by the weights learned then.

All is read from the index beside the links (`engine.index`): what the units of both entities say, by how many
their values are held, and the weights. Nothing is resolved again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from entity_resolution.engine import index, merge, pair, tabular, values, weighing
from entity_resolution.engine.folder import recover
from entity_resolution.engine.index import Index
from entity_resolution.engine.pair import Meeting, Part
from entity_resolution.engine.resolve import rules
from entity_resolution.engine.units import Units
from entity_resolution.engine.values import Said
from jiwang.errors import UsageError

Ints = npt.NDArray[np.int64]
_CELL = 1e6  # of one cell: before every weight
_MOST = 2_000  # units of an entity that constraints are looked for among


@dataclass(frozen=True)
class Step:
    """One step from a record to another of its entity; ``score`` is None where a rule made them one."""

    left: str
    right: str
    score: float | None


@dataclass(frozen=True)
class Explanation:
    """Why two records are one entity, or why not.

    Attributes:
        entities: the entity of each.
        same: they are one.
        reasons: codes of what joined them (``cell``, ``weight``, ``chain``) or of what keeps them apart
            (``never_met``, ``crowded``, ``too_little``, ``refused``, ``would_merge_published``,
            ``unproved``).
        forbidden: constraints that the two entities contradict: ``two_ids``, ``judged``, ``source``,
            ``against``, the name of a field, or EVENT after END.
        parts: the waterfall of the pair; it sums to ``score``.
        score: bits, the prior included.
        accept: bits at which the profile joins.
        meetings: the rules of blocks.
        chain: the strongest way from one record to the other, where they are one.
    """

    entities: tuple[str, str]
    same: bool
    reasons: tuple[str, ...]
    forbidden: tuple[str, ...]
    parts: tuple[Part, ...]
    score: float
    accept: float
    meetings: tuple[Meeting, ...]
    chain: tuple[Step, ...]


@dataclass(frozen=True)
class _Both:
    """The units of one or two entities: as the index has them, what they say, and the two asked about."""

    near: pl.DataFrame
    said: Said
    units: Units
    a: int
    b: int


def explain(out: Path, left: str, right: str) -> Explanation:
    """Explain two records, or entities, of a folder that `tabular.run` published.

    Raises:
        UsageError: an id is neither a record nor an entity there.
        WorkspaceError: the folder holds no index, or one of another version.
    """
    recover(out)
    known = index.open_index(out)
    numbers = [_unit_of(known, name) for name in (left, right)]
    both = _brought(known, numbers)
    profile = known.profile
    parts = pair.waterfall(both.a, both.b, both.said, both.units, profile, known.weights)
    met = pair.meetings(both.a, both.b, both.said, both.units, profile)
    entities = both.near["entity_id"][both.a], both.near["entity_id"][both.b]
    same, score = entities[0] == entities[1], pair.score(parts)
    if same:
        chain, forbidden = _chain(out, known, both), []
        weighed = any(step.score is not None for step in chain)
        why = ["chain" if len(chain) > 1 else "weight" if weighed else "cell"]
    else:
        chain, forbidden = (), _forbidden(out, known, both)
        why = _apart(out, known, entities, met, score)
        if profile.against is not None and score <= profile.against:
            forbidden.append("against")
    return Explanation(entities, same, tuple(why), tuple(forbidden), parts, score, profile.accept, met, chain)


def _unit_of(known: Index, name: str) -> int:
    """Return the unit of a record, or the first one of an entity."""
    for lookup in ("records", "members"):
        found = known.find(lookup, index.id_keys(pl.Series([name])))[1]
        if len(found):
            return int(found.min())
    raise UsageError(f"{name}: neither a record nor an entity", "take an id from links.parquet")


def _brought(known: Index, numbers: list[int]) -> _Both:
    """Bring the units of both entities, as `compare` and the constraints take them."""
    pairs = known.units_of(np.unique(np.array(numbers, dtype=np.int64)))
    members = known.find("members", index.id_keys(pairs["entity_id"].unique()))[1]
    every = np.unique(members).astype(np.int64)
    near, listed = known.units_of(every), known.listed_of(every)
    features = pl.DataFrame({"at": np.arange(len(every))})
    for number, of in enumerate(known.profile.field):
        rows = listed.filter(pl.col("field") == number).select("at", "text")
        held = pl.Series(known.held(number, rows["text"]))
        lists = rows.with_columns(held=held).group_by("at", maintain_order=True)
        told = lists.agg(pl.col("text").alias(f"said:{of.name}"), pl.col("held").alias(f"held:{of.name}"))
        features = features.join(told, on="at", how="left", maintain_order="left")
    said, units = weighing.assembled(
        features, known.profile, [f.name for f in known.profile.field], parts=True
    )
    anchors = {n: values.ranked(near[f"anchor:{n}"]) for n in known.profile.constraints.two_ids}
    units = replace(units, anchor=anchors, source=near["source"].to_numpy())
    a, b = (int(np.searchsorted(every, n)) for n in numbers)
    return _Both(near, said, units, a, b)


def _forbidden(out: Path, known: Index, both: _Both) -> list[str]:
    """Return the constraints that some unit of one entity and some unit of the other contradict."""
    entity = both.near["entity_id"].to_numpy()
    ours, theirs = (np.flatnonzero(entity == entity[side])[:_MOST] for side in (both.a, both.b))
    denied = tabular.judged(out).pairs.filter(~pl.col("same"))
    sides = [_places(known, both, denied[side]) for side in ("left", "right")]
    apart = np.stack(sides, axis=1)
    bound = rules(both.units, both.said, known.profile, apart[(apart >= 0).all(axis=1)])
    a, b = np.repeat(ours, len(theirs)), np.tile(theirs, len(ours))
    return merge.forbidden(both.units.n, bound, a, b)


def _places(known: Index, both: _Both, records: pl.Series) -> Ints:
    """Return where records stand among the units brought, -1 for others."""
    found = np.full(len(records), -1, dtype=np.int64)
    place, unit = known.find("records", index.id_keys(records))
    every = both.near["unit"].to_numpy()
    at = np.minimum(np.searchsorted(every, unit), len(every) - 1)
    here = every[at] == unit
    found[place[here]] = at[here]
    return found


def _apart(
    out: Path, known: Index, entities: tuple[str, str], met: tuple[Meeting, ...], score: float
) -> list[str]:
    """Return why two entities were not joined, as far as weight and blocks tell."""
    low, high = sorted(entities)
    between = (pl.col("left") == low) & (pl.col("right") == high)
    if pl.scan_parquet(out / "conflicts.parquet").filter(between).collect().height:
        return ["refused"]
    review = out / "review.parquet"
    sides = (pl.col("entity_id") == low) & (pl.col("other_id") == high)
    if review.is_file() and pl.scan_parquet(review).filter(sides).collect().height:
        return ["would_merge_published"]
    shared = [(i, h) for i, meeting in enumerate(met) for h in meeting.shared]
    if not shared:
        return ["never_met"]
    if score < known.profile.accept:
        return ["too_little"]
    counts = [len(known.find("blocks", index.block_key(h, i))[1]) for i, h in shared]
    return ["crowded" if min(counts) > known.profile.cap else "unproved"]


def _chain(out: Path, known: Index, both: _Both) -> tuple[Step, ...]:
    """Return the way from one record to the other whose weakest step is strongest."""
    import networkx as nx  # noqa: PLC0415 - only where two records are one

    graph = nx.Graph()
    graph.add_nodes_from(range(both.near.height))
    record = both.near["record_id"]
    place = {r: i for i, r in enumerate(record) if r is not None}
    for name in known.profile.constraints.two_ids:  # of one id: one cell, or a held-out record and its home
        first: dict[str, int] = {}
        for i, text in enumerate(both.near[f"anchor:{name}"]):
            if text is not None and (home := first.setdefault(text, i)) != i:
                graph.add_edge(home, i, weight=_CELL)
    inside = pl.col("left").is_in(list(place)) & pl.col("right").is_in(list(place))
    for path in sorted(out.glob("edges*.parquet")):
        rows = pl.scan_parquet(path).filter(inside).select("left", "right", "score").collect()
        for left, right, weight in rows.iter_rows():
            a, b = place[left], place[right]
            if not graph.has_edge(a, b) or graph[a][b]["weight"] < weight:
                graph.add_edge(a, b, weight=weight)
    tree = nx.maximum_spanning_tree(graph)
    if both.a == both.b or not nx.has_path(tree, both.a, both.b):
        return ()
    steps = [(x, y, tree[x][y]["weight"]) for x, y in pairwise(nx.shortest_path(tree, both.a, both.b))]
    return tuple(Step(record[x] or "", record[y] or "", None if w == _CELL else w) for x, y, w in steps)
