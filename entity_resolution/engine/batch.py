"""A later batch joins the entities that are published; none of them is renamed, merged or split.

Only the batch is read and normalised; of the published records, the index gives those that share a block with
it. An edge that would join two published entities is refused and goes to ``review`` with both sides, for a
person to decide (`judgements`; a full run applies what was decided).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from entity_resolution.engine import block, compare, grow, index, merge, tabular, units, values
from entity_resolution.engine.folder import recover
from entity_resolution.engine.grow import Joined
from entity_resolution.engine.index import Index
from entity_resolution.engine.publish import PUBLISHED
from entity_resolution.engine.resolve import HOME, Resolution, against, record_ids, rules
from entity_resolution.engine.units import Listed, Units
from entity_resolution.engine.values import NONE, Said, Values
from jiwang.errors import InputError
from jiwang.progress import Progress

_STEPS = 5
Ints = npt.NDArray[np.int64]


def run(table: Path, out: Path, *, progress: Progress) -> dict[str, Any]:
    """Join the records of a table to the entities published in a folder.

    Args:
        table: Parquet or CSV with the columns of the profile that ``out`` was resolved by.
        out: the folder; its tables are added to.
        progress: where to report.

    Raises:
        InputError: a record id is there already.
        WorkspaceError: the folder holds no index, or one of another version.
    """
    with progress.task("join batch", total=_STEPS) as task:
        task.say("open")
        recover(out)
        known = index.open_index(out)
        task.advance()
        task.say("normalise")
        frame = tabular.read_table(table)
        ids, order = record_ids(frame, known.profile)
        _refuse_known(ids, known)
        said = values.read(frame[order], known.profile)
        task.advance()
        task.say("block and compare")
        found, joined = _resolve(said, ids, frame[order], known)
        task.advance()
        task.say("publish")
        summary = grow.publish_batch(found, joined, known, out)
        task.advance()
    return summary


def _refuse_known(ids: pl.Series, known: Index) -> None:
    again = ids.gather(np.unique(known.find("records", index.id_keys(ids))[0]))
    if len(again):
        raise InputError(
            f"{len(again)} records are published already, such as {', '.join(again.head(3).to_list())}",
            "leave them out of the batch, or resolve the whole table again without --append",
        )


def _resolve(said: Said, ids: pl.Series, frame: pl.DataFrame, known: Index) -> tuple[Resolution, Joined]:
    profile = known.profile
    sources = frame[profile.source] if profile.constraints.one_per_source and profile.source else None
    own = units.build(said, profile, sources, hold_out=False)
    within = block.candidates(said, own, profile)
    across = _across(within, known)
    cells = _same_cells(said, own, known)
    joined = _join(said, own, known, np.concatenate([across["unit"], cells["unit"]]))
    place = pl.DataFrame({"unit": joined.near["unit"]}).with_row_index("at", offset=joined.own.n)
    across, cells = (f.join(place, on="unit", how="inner").sort("own", "at") for f in (across, cells))
    keys = within.pairs.to_numpy()
    left = np.concatenate([(keys >> np.uint64(32)).astype(np.int64), across["own"].cast(pl.Int64).to_numpy()])
    right = np.concatenate(
        [(keys & np.uint64(0xFFFFFFFF)).astype(np.int64), across["at"].cast(pl.Int64).to_numpy()]
    )
    patterns = compare.patterns(left, right, joined.said, joined.units, profile)
    scores = known.weights.score(patterns)[patterns.of_pair] if len(left) else np.empty(0)
    union, edges = _unite(left, right, scores, joined, cells, known)
    found = Resolution(
        profile,
        ids,
        joined.said,
        joined.units,
        left,
        right,
        patterns,
        known.weights,
        scores,
        union,
        edges,
        within,
    )
    return found, joined


def _across(within: block.Candidates, known: Index) -> pl.DataFrame:
    """Return ``own, unit``: units of the batch and published ones that share a block under the cap."""
    own = np.concatenate([rows["unit"].to_numpy() for rows in within.keyed])
    keys, at = np.unique(index.block_keys(within.keyed), return_inverse=True)
    place, unit = known.find("blocks", keys, known.profile.cap)
    met = pl.DataFrame({"key": place, "unit": unit})
    keyed = pl.DataFrame({"key": at.astype(np.int64), "own": own})
    return keyed.join(met, on="key").select("own", "unit").unique()


def _same_cells(said: Said, own: Units, known: Index) -> pl.DataFrame:
    """Return ``own, unit``: units of the batch that a cell rule makes one with a published one."""
    key, keyed = units.cell_keys(said, known.profile)
    place, unit = known.find("cells", key[keyed])
    return pl.DataFrame({"own": own.of_row[keyed][place], "unit": unit}).unique()


def _join(said: Said, own: Units, known: Index, touched: npt.NDArray[np.uint32]) -> Joined:
    """Bring the published units that the batch may belong to, and all others of their entities, beside it."""
    met = np.unique(touched).astype(np.int64)
    entities = known.units_of(met)["entity_id"].unique()
    near = known.units_of(np.unique(known.find("members", index.id_keys(entities))[1]))
    near = near.sort("record_id", "unit", nulls_last=True)  # parts of an index number units as they come
    # What the others of an entity say is only asked by constraints; their ids stand with the units.
    bound = known.profile.constraints
    asked = np.sort(near["unit"].to_numpy()).astype(np.int64) if bound.differ or bound.after else met
    listed = known.listed_of(asked)
    order = near["unit"].arg_sort().to_numpy()
    place = pl.Series("at", order[np.searchsorted(near["unit"].to_numpy()[order], asked)] + own.n)
    listed = listed.with_columns(place.gather(listed["at"]))
    mixed, n = Said(said.n, stated=said.stated), own.n + near.height
    rows, holders, anchor = {}, {}, {}
    for number, of in enumerate(known.profile.field):
        theirs = listed.filter(pl.col("field") == number)
        table, of_own = _mixed(said.values[of.name], pl.concat([theirs["text"], *_anchors(near, of.name)]))
        mixed.values[of.name] = table
        mixed.codes[of.name] = [
            np.append(of_own, NONE)[np.minimum(c, len(of_own))] for c in said.codes[of.name]
        ]
        rows[of.name] = _stacked(own.listed[of.name], of_own, theirs, table.texts, n)
        holders[of.name] = known.held(number, table.texts)
        if of.name in own.anchor:
            ours = np.append(of_own, NONE)[np.minimum(own.anchor[of.name], len(of_own))]
            there = values.codes_of(near[f"anchor:{of.name}"], table.texts)
            anchor[of.name] = np.concatenate([ours, there])
    source = np.concatenate([own.source, near["source"].to_numpy()])
    both = Units(own.of_row, n, rows, holders, anchor, np.full(n, -1), source)
    return Joined(mixed, both, said, own, near)


def _anchors(near: pl.DataFrame, name: str) -> list[pl.Series]:
    column = f"anchor:{name}"
    return [near[column].drop_nulls().alias("text")] if column in near.columns else []


def _stacked(
    ours: Listed, of_own: npt.NDArray[np.uint32], theirs: pl.DataFrame, texts: pl.Series, n: int
) -> Listed:
    codes = values.codes_of(theirs["text"], texts)
    unit = np.concatenate([ours.unit, theirs["at"].to_numpy()]).astype(np.uint32)
    code = np.concatenate([of_own[ours.code], codes]).astype(np.uint32)
    order = np.lexsort((code, unit))
    starts = np.searchsorted(unit[order], np.arange(n + 1, dtype=np.uint32))
    return Listed(unit[order], code[order], starts)


def _mixed(ours: Values, theirs: pl.Series) -> tuple[Values, npt.NDArray[np.uint32]]:
    """Return the values of both sides, and where the batch's own stand among them."""
    texts = pl.concat([ours.texts, theirs.rename(ours.texts.name)]).unique().sort()
    return values.of_texts(ours.field, texts), values.codes_of(ours.texts, texts)


def _unite(
    left: Ints,
    right: Ints,
    scores: npt.NDArray[np.float64],
    joined: Joined,
    cells: pl.DataFrame,
    known: Index,
) -> tuple[merge.Union, Ints]:
    edges = np.flatnonzero(scores >= known.profile.accept)
    groups = joined.near["entity_id"].rank("dense").to_numpy().astype(np.int64) - 1
    firsts = np.unique(groups, return_index=True)[1]
    inside = np.arange(len(groups))
    home = joined.own.n + firsts[groups]
    a = np.concatenate([home, cells["own"].cast(pl.Int64).to_numpy(), left[edges]])
    b = np.concatenate([joined.own.n + inside, cells["at"].cast(pl.Int64).to_numpy(), right[edges]])
    weight = np.concatenate([np.full(len(home), HOME), np.full(cells.height, HOME / 2), scores[edges]])
    bound = rules(joined.units, joined.said, known.profile, np.empty((0, 2), dtype=np.int64))
    own = np.full(joined.own.n, NONE, dtype=np.uint32)
    one = {PUBLISHED: np.concatenate([own, groups.astype(np.uint32)])}
    apart = against(left, right, scores, known.profile)
    union = merge.union(
        joined.units.n, a, b, weight, replace(bound, single=one | dict(bound.single), against=apart)
    )
    marks = np.concatenate([np.full(len(home), -1), np.full(cells.height, -2), edges])
    return union, marks.astype(np.int64)
