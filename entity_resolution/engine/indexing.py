"""The index of a resolution in parts (`scale`): one part a shard, written where the shard is.

A part is what `index.write` writes of a table in memory: records of one cell are in one shard, so that their
units, blocks and cells are made there as they were when the table was resolved. Workers write into the folder
that is filled aside; they must see it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
import polars as pl

from entity_resolution.engine import block, index, seam, steps, units
from entity_resolution.engine.profile import Profile
from entity_resolution.engine.scale import Spread
from entity_resolution.engine.seam import Plan, Runner
from entity_resolution.engine.steps import Ints

T = TypeVar("T")
_ROWS = "rows.arrow"  # record id and entity id of each row, while parts are written
_COUNTED: seam.Schema = {"shard": seam.I64, "units": seam.I64}
_HELD: seam.Schema = {"v": seam.I64, "n": seam.I64}


def write(runner: Runner[T], spread: Spread[T], ids: pl.Series, out: Path) -> None:
    """Write the index of a resolution in parts.

    Args:
        runner: keeps the shards.
        spread: the resolution.
        ids: the entity id of every record.
        out: the folder that is filled.
    """
    folder, plan = out / index.FOLDER, spread.plan
    folder.mkdir()
    pl.DataFrame({"record_id": spread.found.records, "entity_id": ids}).write_ipc(folder / _ROWS)
    step = partial(counted, plan=plan, hidden=spread.hidden)
    sizes = runner.collect(runner.map(spread.records, step, _COUNTED)).sort("shard")
    starts = (sizes["units"].cum_sum() - sizes["units"]).to_list()
    first = {shard: (number, starts[number]) for number, shard in enumerate(sizes["shard"])}
    wrote = partial(written, plan=plan, hidden=spread.hidden, folder=folder, first=first)
    runner.collect(runner.map(spread.records, wrote, _COUNTED))
    (folder / _ROWS).unlink()
    told = runner.select(spread.units, ["known", *seam.said_columns(plan.profile)])
    held = runner.map(told, partial(holding, profile=plan.profile), _HELD)
    held_by = runner.collect(runner.map(runner.exchange(held, "v"), summed, _HELD))
    index.write_holders(folder, held_by["v"].reinterpret(signed=False).to_numpy(), held_by["n"].to_numpy())
    index.write_meta(folder, plan.profile, spread.found.weights, starts, int(sizes["units"].sum()))


def _shard(frame: pl.DataFrame, plan: Plan) -> int:
    """Return the number of the shard that these records are in: all of their cells have it."""
    return int(frame["cell"][0] % plan.shards)


def counted(frame: pl.DataFrame, plan: Plan, hidden: Ints) -> pl.DataFrame:
    """Count the units that a shard's records make: ``shard, units``."""
    if frame.is_empty():
        return pl.DataFrame(schema=dict(_COUNTED))
    n = frame["cell"].n_unique() + int(np.isin(frame["row"].to_numpy(), hidden).sum())
    return pl.DataFrame({"shard": [_shard(frame, plan)], "units": [n]}, schema=dict(_COUNTED))


def written(
    frame: pl.DataFrame, plan: Plan, hidden: Ints, folder: Path, first: Mapping[int, tuple[int, int]]
) -> pl.DataFrame:
    """Write the part of a shard; return ``shard, units`` of it.

    Args:
        frame: rows of `seam.said_schema`.
        plan: what is known of the whole.
        hidden: rows of the records held out.
        folder: the index.
        first: shard -> number of its part, and of the part's first unit.
    """
    if frame.is_empty():
        return pl.DataFrame(schema=dict(_COUNTED))
    shard, profile = _shard(frame, plan), plan.profile
    number, start = first[shard]
    said, here, row, _ = steps.made(frame, plan, hidden)
    named = index.mapped(folder / _ROWS, row)
    at = units.firsts(here.of_row, here.n)
    record = named["record_id"].gather(pl.Series(at).set(pl.Series(at < 0), None))
    # A held-out record may leave its home without rows: the home is of its entity.
    out = np.flatnonzero(here.home >= 0)
    out = out[at[here.home[out]] < 0]
    at[here.home[out]] = at[out]
    keyed = block.of_units(said, here, profile)
    entity = named["entity_id"].gather(at)
    part = index.Part(said, here, profile, named["record_id"], record, entity, keyed)
    index.write_part(folder, number, part, start)
    return pl.DataFrame({"shard": [shard], "units": [here.n]}, schema=dict(_COUNTED))


def holding(frame: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    """Count by how many known units of a shard each value, given by its key (`index.text_keys`), is held."""
    found = [pl.DataFrame(schema=dict(_HELD))]
    for number, of in enumerate(profile.field):
        texts = frame.filter("known").select(t=f"said:{of.name}").explode("t").drop_nulls("t")["t"]
        keys = pl.Series("v", index.text_keys(number, texts)).reinterpret(signed=True)
        found.append(keys.to_frame().group_by("v").agg(n=pl.len().cast(pl.Int64)))
    return pl.concat(found)


def summed(frame: pl.DataFrame) -> pl.DataFrame:
    """Add what shards have counted; all rows of a value are here."""
    return frame.group_by("v").agg(pl.col("n").sum())
