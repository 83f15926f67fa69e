"""A later batch joins the entities that are published; none of them is renamed, merged or split.

Only the batch is read and normalised; of the published records, the index gives those that share a block with
it. An edge that would join two published entities is refused and goes to ``review`` with both sides, for a
person to decide (`judgements`; a full run applies what was decided).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from entity_resolution.engine import block, compare, grow, index, merge, tabular, units, values
from entity_resolution.engine.grow import PUBLISHED, Joined
from entity_resolution.engine.index import Index
from entity_resolution.engine.resolve import HOME, Resolution, record_ids, rules
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
        known = index.open_index(out)
        task.advance()
        task.say("normalise")
        frame = tabular.read_table(table)
        ids, order = record_ids(frame, known.profile)
        links = pl.read_parquet(out / "links.parquet")
        _refuse_known(ids, links)
        said = values.read(frame[order], known.profile)
        task.advance()
        task.say("block and compare")
        found, joined = _resolve(said, ids, frame[order], known)
        task.advance()
        task.say("publish")
        summary = grow.publish_batch(found, joined, known, links, out)
        task.advance()
    return summary


def _refuse_known(ids: pl.Series, links: pl.DataFrame) -> None:
    again = ids.to_frame().join(links.select("record_id"), on="record_id", how="semi")["record_id"]
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
    joined = _join(said, own, known, pl.concat([across["unit"], cells["unit"]]))
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
    keyed = pl.concat(
        rows.select(rule=pl.lit(i, dtype=pl.UInt8), h="h", own="unit") for i, rows in enumerate(within.keyed)
    )
    wanted = keyed.select("rule", "h").unique().lazy()
    stored = known.scan("keys").join(wanted, on=["rule", "h"], how="semi").collect()
    stored = stored.filter(pl.len().over("rule", "h") <= known.profile.cap)
    return keyed.join(stored, on=["rule", "h"]).select("own", "unit").unique()


def _same_cells(said: Said, own: Units, known: Index) -> pl.DataFrame:
    """Return ``own, unit``: units of the batch that a cell rule makes one with a published one."""
    key, keyed = units.cell_keys(said, known.profile)
    ours = pl.DataFrame({"h": key[keyed], "own": own.of_row[keyed]}).unique()
    return ours.lazy().join(known.scan("cells"), on="h").select("own", "unit").unique().collect()


def _join(said: Said, own: Units, known: Index, touched: pl.Series) -> Joined:
    """Bring the published units that the batch may belong to, and all others of their entities, beside it."""
    everyone = known.scan("units")
    entities = everyone.join(touched.unique().to_frame("unit").lazy(), on="unit", how="semi").select(
        "entity_id"
    )
    near = everyone.join(entities.unique(), on="entity_id", how="semi").collect().sort("unit")
    listed = known.scan("listed").join(near.lazy().select("unit"), on="unit", how="semi").collect()
    place = near.select("unit").with_row_index("at", offset=own.n)
    listed = listed.join(place, on="unit", maintain_order="left")
    texts = pl.concat([listed["text"], *(v.texts.alias("text") for v in said.values.values())]).unique()
    counted = known.scan("holders").join(texts.to_frame("text").lazy(), on="text", how="semi")
    held = counted.group_by("field", "text").agg(pl.col("n").sum()).collect()
    mixed, n = Said(said.n, stated=said.stated), own.n + near.height
    rows, holders, anchor = {}, {}, {}
    for of in known.profile.field:
        theirs = listed.filter(pl.col("field") == of.name)
        table, of_own = _mixed(said.values[of.name], pl.concat([theirs["text"], *_anchors(near, of.name)]))
        place_of = pl.DataFrame({"text": table.texts}).with_row_index("code")
        mixed.values[of.name] = table
        mixed.codes[of.name] = [
            np.append(of_own, NONE)[np.minimum(c, len(of_own))] for c in said.codes[of.name]
        ]
        rows[of.name] = _stacked(own.listed[of.name], of_own, theirs, place_of, n)
        holders[of.name] = _held(held, of.name, place_of)
        if of.name in own.anchor:
            ours = np.append(of_own, NONE)[np.minimum(own.anchor[of.name], len(of_own))]
            there = near.select(text=f"anchor:{of.name}").join(
                place_of, on="text", how="left", maintain_order="left"
            )
            anchor[of.name] = np.concatenate([ours, there["code"].fill_null(int(NONE)).to_numpy()])
    source = np.concatenate([own.source, near["source"].to_numpy()])
    both = Units(own.of_row, n, rows, holders, anchor, np.full(n, -1), source)
    return Joined(mixed, both, said, own, near)


def _anchors(near: pl.DataFrame, name: str) -> list[pl.Series]:
    column = f"anchor:{name}"
    return [near[column].drop_nulls().alias("text")] if column in near.columns else []


def _stacked(
    ours: Listed, of_own: npt.NDArray[np.uint32], theirs: pl.DataFrame, place_of: pl.DataFrame, n: int
) -> Listed:
    codes = theirs.join(place_of, on="text", maintain_order="left")["code"].to_numpy()
    unit = np.concatenate([ours.unit, theirs["at"].to_numpy()]).astype(np.uint32)
    code = np.concatenate([of_own[ours.code], codes]).astype(np.uint32)
    order = np.lexsort((code, unit))
    starts = np.searchsorted(unit[order], np.arange(n + 1, dtype=np.uint32))
    return Listed(unit[order], code[order], starts)


def _held(held: pl.DataFrame, name: str, place_of: pl.DataFrame) -> Ints:
    """Return by how many published units each value is held."""
    counts = place_of.join(held.filter(pl.col("field") == name), on="text", how="left").sort("code")
    return counts["n"].fill_null(0).to_numpy()


def _mixed(ours: Values, theirs: pl.Series) -> tuple[Values, npt.NDArray[np.uint32]]:
    """Return the values of both sides, and where the batch's own stand among them."""
    texts = pl.concat([ours.texts, theirs.rename(ours.texts.name)]).unique().sort()
    place = pl.DataFrame({"text": texts}).with_row_index("code")
    of_own = (
        pl.DataFrame({"text": ours.texts}).join(place, on="text", maintain_order="left")["code"].to_numpy()
    )
    whole = Values(ours.field, texts, {}, values.usable_of(ours.field, texts), values.partial(texts))
    return whole, of_own.astype(np.uint32)


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
    # What is published stands as it is: between its own units nothing is asked again.
    union = merge.union(
        joined.units.n, a, b, weight, merge.Rules(one | dict(bound.single), bound.latest, bound.source)
    )
    marks = np.concatenate([np.full(len(home), -1), np.full(cells.height, -2), edges])
    return union, marks.astype(np.int64)
