"""What a batch adds to a published folder: links, new entities, edges, reviews, a part of the index."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from entity_resolution.engine import identity_leads, index, publish
from entity_resolution.engine.folder import published
from entity_resolution.engine.index import Index
from entity_resolution.engine.publish import PUBLISHED, SUMMARY
from entity_resolution.engine.resolve import Resolution
from entity_resolution.engine.units import Units
from entity_resolution.engine.values import Said
from jiwang.errors import WorkspaceError
from jiwang.ids import digest
from jiwang.workspace import write_json

# As `tables.Review` has it, whose library takes longer to load than a batch to resolve.
_REVIEW: Mapping[str, pl.DataType | type[pl.DataType]] = {
    "review_id": pl.String,
    "kind": pl.String,
    "entity_id": pl.String,
    "other_id": pl.String,
    "action": pl.Enum(["merge", "split"]),
    "reason": pl.String,
    "score": pl.Float64,
    "records": pl.List(pl.String),
    "state": pl.Enum(["open", "unsure"]),
}


@dataclass(frozen=True)
class Joined:
    """The batch's units together with the published ones that they may belong to.

    Attributes:
        said: values of both.
        units: the batch's units first, then the published.
        own_said: values of the batch alone.
        own: units of the batch alone.
        near: ``unit`` (number in the index), ``entity_id, record_id`` … of the published units.
    """

    said: Said
    units: Units
    own_said: Said
    own: Units
    near: pl.DataFrame


def publish_batch(found: Resolution, joined: Joined, known: Index, out: Path) -> dict[str, Any]:
    """Publish a grown folder: the batch in all tables and in the index; return the summary.

    Raises:
        WorkspaceError: another run published there after the batch was resolved.
    """
    of_unit, records = _entities_of_units(found, joined), _records_of_units(found, joined)
    fresh = publish.links(found, of_unit.gather(found.of_record)).with_columns(how=pl.lit("batch"))
    told = publish.evidence(found)
    review = _review(found, told, of_unit, records)
    part = index.Part(
        joined.own_said,
        joined.own,
        known.profile,
        found.records,
        records.head(joined.own.n),
        of_unit.head(joined.own.n),
        found.met.keyed,
    )
    with published(out, grown=True) as folder:
        if index.open_index(folder).made != known.made:
            raise WorkspaceError(f"{out} was published anew meanwhile", "join the batch again")
        grown = _tables(folder, found, fresh, told, records)
        grown["review"] = _with_earlier(review, folder / "review.parquet")
        _replace(grown, folder)
        index.write_part(folder / index.FOLDER, len(known.starts), part, known.units)
        index.write_meta(
            folder / index.FOLDER, known.profile, known.weights, [*known.starts, known.units],
            known.units + joined.own.n,
        )  # fmt: skip
        return _summary(folder, grown, fresh.height, review.height)


def _tables(
    folder: Path, found: Resolution, fresh: pl.DataFrame, told: pl.Series, records: pl.Series
) -> dict[str, pl.DataFrame]:
    """Return the tables of a published folder with a batch added, and the batch's edges.

    Args:
        folder: the folder.
        found: the batch, resolved among the published units that it meets.
        fresh: its links.
        told: as `publish.evidence` returns it.
        records: a record of each unit.
    """
    links = pl.concat([pl.read_parquet(folder / "links.parquet"), fresh])
    entities = _grown(pl.read_parquet(folder / "entities.parquet"), found, fresh)
    conflicts = publish.conflicts(found, links, told, records)
    leads = identity_leads.find(found, links, conflicts, entities, told, records)
    number = len(list(folder.glob("edges.*.parquet"))) + 1
    return {
        "links": links,
        "entities": entities,
        "conflicts": _with_earlier(conflicts, folder / "conflicts.parquet"),
        "identity_leads": _with_earlier(leads, folder / "identity_leads.parquet"),
        f"edges.{number}": publish.edges(found, told, records),
    }


def _with_earlier(rows: pl.DataFrame, path: Path) -> pl.DataFrame:
    """Return the rows published before and those of a batch; their first column names them."""
    if not path.is_file():
        return rows
    earlier = pl.read_parquet(path)
    every = pl.concat([earlier, rows.select(earlier.columns).cast(earlier.schema)])
    return every.unique(every.columns[0], keep="first", maintain_order=True)


def _summary(out: Path, grown: dict[str, pl.DataFrame], batch: int, review: int) -> dict[str, Any]:
    """Bring the published summary up to date and return it."""
    summary: dict[str, Any] = json.loads((out / SUMMARY).read_text(encoding="utf-8"))
    entities = grown["entities"].height
    summary |= {
        "records": grown["links"].height,
        "conflicts": grown["conflicts"].height,
        "identity_leads": grown["identity_leads"].height,
        "batches": summary.get("batches", 0) + 1,
        "batch_records": batch,
        "batch_new_entities": entities - summary["entities"],
        "batch_review": review,
        "entities": entities,
    }
    write_json(out / SUMMARY, summary)
    return summary


def _entities_of_units(found: Resolution, joined: Joined) -> pl.Series:
    """Return the entity id of every unit: the published one of its cluster, else a new one."""
    root = found.union.root
    published = pl.DataFrame({"root": root[joined.own.n :], "entity_id": joined.near["entity_id"]}).unique(
        "root"
    )
    own = pl.DataFrame({"root": found.of_record, "record_id": found.records})
    new = (
        own.join(published, on="root", how="anti")
        .group_by("root")
        .agg(pl.col("record_id").min())
        .sort("root")
    )
    named = [digest("entity", publish.KIND, r, length=16) for r in new["record_id"]]
    fresh = new.select("root", entity_id=pl.Series(named, dtype=pl.String))
    every = pl.DataFrame({"root": root})
    return every.join(pl.concat([published, fresh]), on="root", how="left", maintain_order="left")[
        "entity_id"
    ]


def _records_of_units(found: Resolution, joined: Joined) -> pl.Series:
    return pl.concat([publish.first_records(found).head(joined.own.n), joined.near["record_id"]])


def _review(found: Resolution, told: pl.Series, of_unit: pl.Series, records: pl.Series) -> pl.DataFrame:
    """Return the merges of published entities that the batch would have made, as `tables.Review`."""
    refused = found.union.refused.filter(pl.col("reason") == PUBLISHED)
    places = pl.Series(found.edges).gather(refused["edge"])
    at = places.filter(places >= 0).to_numpy()
    rows = publish.pairs(found, at, told, records)
    ends = {"x": of_unit.gather(found.left[at]), "y": of_unit.gather(found.right[at])}
    rows = rows.with_columns(**ends)
    rows = rows.select(
        entity_id=pl.min_horizontal("x", "y"), other_id=pl.max_horizontal("x", "y"), score="score",
        records=pl.concat_list("left", "right"),
    )  # fmt: skip
    rows = rows.sort("entity_id", "other_id", "score", descending=[False, False, True])
    rows = rows.unique(["entity_id", "other_id"], keep="first", maintain_order=True)
    reason = f"would_merge_{PUBLISHED}"
    sides = rows.select("entity_id", "other_id").iter_rows()
    names = ["v" + digest("review", publish.KIND, *r, reason, length=16) for r in sides]
    return rows.with_columns(
        review_id=pl.Series(names, dtype=pl.String), kind=pl.lit(publish.KIND), action=pl.lit("merge"),
        reason=pl.lit(reason), state=pl.lit("open"),
    ).select(pl.col(name).cast(dtype) for name, dtype in _REVIEW.items())  # fmt: skip


def _grown(entities: pl.DataFrame, found: Resolution, fresh: pl.DataFrame) -> pl.DataFrame:
    """Return the entities with the batch's records counted and the new ones added."""
    more = publish.entities(found.said, fresh["entity_id"])
    counts = more.select("entity_id", more="n_records")
    grown = entities.join(counts, on="entity_id", how="left", maintain_order="left")
    grown = grown.with_columns(n_records=pl.col("n_records") + pl.col("more").fill_null(0)).drop("more")
    new = more.join(entities, on="entity_id", how="anti").select(entities.columns)
    return pl.concat([grown, new])


def _replace(frames: dict[str, pl.DataFrame], folder: Path) -> None:
    """Write tables aside and rename them: the file of that name may stand in the folder published before."""
    for name, frame in frames.items():
        aside = folder / f"{name}.new"
        frame.write_parquet(aside, compression="uncompressed", statistics=False)
        aside.replace(folder / f"{name}.parquet")
