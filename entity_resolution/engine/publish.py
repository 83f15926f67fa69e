"""What a resolution publishes: entities, links, edges with evidence, conflicts, crowded blocks."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import numpy.typing as npt
import polars as pl

from entity_resolution.engine import compare, units
from entity_resolution.engine.resolve import Resolution
from entity_resolution.engine.values import NONE, Codes, Said, codes_of
from jiwang.ids import digest, digests

KIND = "entity"
SUMMARY = "summary.json"
PUBLISHED = "published"  # why a batch does not join two: both are published, and `grow` has them reviewed
# As `tables.Conflicts` has it, whose library takes longer to load than a batch to resolve.
_CONFLICT = ("conflict_id", "kind", "left", "right", "reason", "score", "evidence", "records")
Ints = npt.NDArray[np.int64]
_EVIDENCE = pl.List(pl.Struct({"field": pl.String, "level": pl.String, "weight": pl.Float64}))


def entity_ids(found: Resolution) -> pl.Series:
    """Return the entity id of every record: a hash of the least record id of its entity."""
    order = found.records.arg_sort().to_numpy()[::-1]
    least = np.full(found.units.n, -1, dtype=np.int64)
    least[found.of_record[order]] = order
    roots = np.flatnonzero(least >= 0)
    named = digests(("entity", KIND), found.records.gather(least[roots]), length=16)
    place = np.zeros(found.units.n, dtype=np.int64)
    place[roots] = np.arange(len(roots))
    return pl.Series("entity_id", named, dtype=pl.String).gather(place[found.of_record])


def links(found: Resolution, ids: pl.Series) -> pl.DataFrame:
    """Return ``record_id, entity_id, how``: how is ``cell`` (a rule), ``weight`` or ``alone``."""
    sizes = np.bincount(found.of_record, minlength=found.units.n)[found.of_record]
    in_unit = np.bincount(found.units.of_row, minlength=found.units.n)[found.units.of_row]
    how = np.where(sizes == 1, 0, np.where(in_unit == sizes, 1, 2))
    words = pl.Series(["alone", "cell", "weight"])
    return pl.DataFrame({"record_id": found.records, "entity_id": ids, "how": words.gather(how)})


def entities(said: Said, ids: pl.Series) -> pl.DataFrame:
    """Return ``entity_id, n_records`` and, for each field, the value that most of its records say."""
    named = ids.unique().sort()
    of_row = codes_of(ids, named).astype(np.int64)
    counts = np.bincount(of_row, minlength=len(named))
    table = pl.DataFrame({"entity_id": named, "n_records": pl.Series(counts, dtype=pl.Int64)})
    most = {
        name: _most(of_row, columns[0], len(named), said.values[name].texts)
        if columns
        else pl.Series([None] * len(named), dtype=pl.String)
        for name, columns in said.codes.items()
    }
    return table.with_columns(**most)


def _most(of_row: Ints, codes: Codes, n: int, texts: pl.Series) -> pl.Series:
    """Return for each of ``n`` entities the text that most rows say, of equals the first in the alphabet."""
    told = codes != NONE
    keys = np.sort((of_row[told].astype(np.uint64) << np.uint64(32)) | codes[told])
    best = np.full(n, -1, dtype=np.int64)
    if len(keys):
        first = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
        times = np.diff(np.r_[first, len(keys)])
        entity = (keys[first] >> np.uint64(32)).astype(np.int64)
        code = (keys[first] & np.uint64(0xFFFFFFFF)).astype(np.int64)
        starts = np.flatnonzero(np.r_[True, entity[1:] != entity[:-1]])
        # The greatest of count and, among equal counts, the first in the alphabet, as one number.
        most = np.maximum.reduceat((times << 32) + (2**32 - 1 - code), starts)
        best[entity[starts]] = 2**32 - 1 - (most & 0xFFFFFFFF)
    at = pl.Series(best)
    return texts.gather(at.set(at < 0, None)) if len(texts) else pl.Series([None] * n, dtype=pl.String)


def evidence(found: Resolution) -> pl.Series:
    """Return each pattern's waterfall: ``field, level, weight``, the prior first; it sums to the score."""
    rows = []
    for i, name in enumerate(found.patterns.fields):
        levels = compare.names_of_levels(found.profile.of(name))
        column = found.patterns.levels[:, i].astype(np.int64)
        part = pl.DataFrame(
            {
                "p": np.arange(len(column)),
                "order": np.full(len(column), i + 1),
                "field": pl.Series([name] * len(column), dtype=pl.String),
                "level": pl.Series(levels).gather(column),
                "weight": found.weights.table[i][column],
            }
        )
        rows.append(part.filter(pl.Series(column > 0)))
    n = len(found.patterns.levels)
    prior = pl.DataFrame({"p": np.arange(n), "order": np.zeros(n, dtype=np.int64), "field": ["prior"] * n,
                          "level": [""] * n, "weight": np.full(n, found.weights.prior)})  # fmt: skip
    prior = prior.cast({"field": pl.String, "level": pl.String})  # there may be no pattern at all
    told = pl.concat([prior, *rows]).sort("p", "order").group_by("p", maintain_order=True)
    return told.agg(e=pl.struct("field", "level", "weight"))["e"].cast(_EVIDENCE)


def first_records(found: Resolution) -> pl.Series:
    """Return the first record of each unit; of a held-out record's home that has no other, null."""
    at = pl.Series(units.firsts(found.units.of_row, found.units.n))
    return found.records.gather(at.set(at < 0, None)).alias("record_id")


def edges(found: Resolution, told: pl.Series, records: pl.Series) -> pl.DataFrame:
    """Return ``left, right`` (a record of either side), ``score`` and ``evidence`` of the pairs joined.

    Args:
        found: the resolution.
        told: as `evidence` returns it.
        records: a record of each unit.
    """
    at = found.edges[found.edges >= 0]
    kept = at[found.union.root[found.left[at]] == found.union.root[found.right[at]]]
    return pairs(found, kept, told, records)


def pairs(found: Resolution, at: Ints, told: pl.Series, records: pl.Series) -> pl.DataFrame:
    """Return ``left, right, score, evidence`` of candidate pairs, given by their places."""
    return pl.DataFrame(
        {
            "left": records.gather(found.left[at]),
            "right": records.gather(found.right[at]),
            "score": found.scores[at],
            "evidence": told.gather(found.patterns.of_pair[at]),
        }
    )


def conflicts(found: Resolution, named: pl.DataFrame, told: pl.Series, records: pl.Series) -> pl.DataFrame:
    """Return the refused merges as `tables.Conflicts`: the strongest edge of each two entities.

    Args:
        found: the resolution.
        named: ``record_id, entity_id`` of the records of all units.
        told: as `evidence` returns it.
        records: a record of each unit.
    """
    refused = found.union.refused.with_columns(
        pair=pl.Series(found.edges).gather(found.union.refused["edge"])
    )
    refused = refused.filter((pl.col("pair") >= 0) & (pl.col("reason") != PUBLISHED))
    rows = pairs(found, refused["pair"].to_numpy(), told, records).with_columns(reason=refused["reason"])
    rows = between(rows, named)
    names = [
        digest("conflict", *row, length=16) for row in rows.select("left", "right", "reason").iter_rows()
    ]
    return rows.with_columns(conflict_id=pl.Series(names, dtype=pl.String), kind=pl.lit(KIND)).select(
        _CONFLICT
    )


def between(rows: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """Return the strongest pair of each two entities: ``left, right`` (entities), ``records`` (the pair's).

    Args:
        rows: as `pairs` returns them, with ``reason``.
        named: ``record_id, entity_id``.
    """
    for side in ("left", "right"):
        own = named.select(pl.col("record_id").alias(side), pl.col("entity_id").alias(f"{side}_id"))
        rows = rows.join(own, on=side, maintain_order="left")
    a, b = pl.col("left_id"), pl.col("right_id")
    rows = rows.filter(a != b).select(
        left=pl.min_horizontal(a, b), right=pl.max_horizontal(a, b), reason="reason", score="score",
        evidence="evidence", records=pl.concat_list("left", "right"),
    )  # fmt: skip
    rows = rows.sort("left", "right", "score", "reason", descending=[False, False, True, False])
    return rows.unique(["left", "right"], keep="first", maintain_order=True)


def crowds(found: Resolution) -> pl.DataFrame:
    """Return ``rule, value, units, dropped`` of blocks over the cap."""
    rows = [asdict(c) | {"rule": " + ".join(c.rule)} for c in found.met.crowds]
    schema = {"rule": pl.String, "value": pl.String, "units": pl.Int64, "dropped": pl.Int64}
    return pl.DataFrame(rows, schema=schema)
