"""Judgements laid over the ids that the rules gave: merges, splits, and what is still to be reviewed.

The keys table is left as the rules made it, so that a judgement taken back restores the ids of before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from entity_resolution import judgements
from entity_resolution.parties import Parties
from jiwang.ids import digest, entity_id
from jiwang.ontology import Kind
from jiwang.tables import Judgements, Review

_RECORDS = 6  # records shown for a proposal


@dataclass(frozen=True)
class Placed:
    """Where the profiles of one kind stand.

    Attributes:
        profiles: ``profile, entity_id, how, anchor`` (see `store.assign`), judgements applied.
        keys: rows of the keys table, judgements not applied.
        review: rows of `tables.Review`.
        judged: rows of `tables.Judgements` of this kind, with their effects.
        ruled: ``entity_id, given``: the id that the rules gave and the one given by judgement.
    """

    profiles: pl.DataFrame
    keys: pl.DataFrame
    review: pl.DataFrame
    judged: pl.DataFrame
    ruled: Mapping[str, str]


def lay(
    kind: Kind,
    parties: Parties,
    assigned: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame],
    log: pl.DataFrame,
) -> Placed:
    """Apply the judgements of one kind.

    Args:
        kind: the kind.
        parties: rows and profiles of that kind.
        assigned: as `store.assign` returns it.
        log: as `judgements.log` returns it.
    """
    placed, keys, review = assigned
    ours = log.filter(pl.col("kind") == kind)
    review = _review(kind, review, placed, parties)
    if ours.is_empty():
        return Placed(placed, keys, review, ours, {})
    ids = _citizen_ids(placed)
    named = pl.concat([ours["left"], ours["right"]]).unique().implode()
    rows = parties.rows.filter(pl.col("record_id").is_in(named) & pl.col("primary"))
    whose = placed.select("profile", "entity_id")
    linked = rows.select("record_id", "profile").join(whose, on="profile", how="left")
    merged, left, attached, effects = judgements.settle(
        ours, kind, ids, dict(linked.select("record_id", "entity_id").sort("record_id").rows())
    )
    given = linked.filter(pl.col("record_id").is_in(list(attached))).sort("record_id")
    given = given.unique("profile", keep="first", maintain_order=True).select(
        "profile",
        how=pl.lit("judgement"),
        entity_id=pl.col("record_id").replace_strict(attached, return_dtype=pl.String),
        anchor=pl.lit(None, dtype=pl.String),
    )
    placed = pl.concat([placed, given.select(placed.columns)])
    profiles = _moved(kind, placed, merged, left, linked)
    effect = pl.col("judgement_id").replace_strict(effects, default=None, return_dtype=pl.String)
    judged = ours.with_columns(effect=effect).select(Judgements.column_names())
    return Placed(profiles, keys, _open(review, ours), judged, merged)


def undenied(pairs: pl.DataFrame, judged: pl.DataFrame) -> pl.DataFrame:
    """Leave out pairs (``entity_a, entity_b``) that people have said are two."""
    apart = judged.filter(pl.col("effect") == "apart").select(entity_a="left", entity_b="right")
    return pairs.join(apart, on=["entity_a", "entity_b"], how="anti", maintain_order="left")


def _citizen_ids(placed: pl.DataFrame) -> dict[str, str | None]:
    anchor = pl.col("anchor").str.strip_prefix("citizen:")
    usable = pl.when(pl.col("anchor").str.starts_with("citizen:")).then(anchor)
    return dict(placed.group_by("entity_id").agg(usable.drop_nulls().min()).sort("entity_id").rows())


def _moved(
    kind: Kind, placed: pl.DataFrame, merged: Mapping[str, str], left: Mapping[str, str], rows: pl.DataFrame
) -> pl.DataFrame:
    """Give profiles of merged entities the one id, and profiles that were split off an id of their own."""
    leaving = rows.filter(pl.col("record_id").is_in(list(left))).sort("record_id")
    leaving = leaving.unique("profile", keep="first", maintain_order=True)
    fresh = [entity_id(kind, "split", e, r) for e, r in leaving.select("entity_id", "record_id").iter_rows()]
    leaving = leaving.select("profile", split=pl.Series(fresh, dtype=pl.String))
    given = pl.col("entity_id").replace_strict(merged, default=pl.col("entity_id"), return_dtype=pl.String)
    both = placed.join(leaving, on="profile", how="left", maintain_order="left")
    away = pl.col("split").is_not_null()
    return both.select(
        "profile",
        entity_id=pl.coalesce("split", given),
        how=pl.when(away).then(pl.lit("judgement")).otherwise("how"),
        anchor=pl.when(~away).then("anchor"),
    )


def _review(kind: Kind, found: pl.DataFrame, placed: pl.DataFrame, parties: Parties) -> pl.DataFrame:
    """Complete the proposals of `store.assign` to the columns of `tables.Review`."""
    sides = pl.concat([found["entity_id"], found["other_id"]]).unique().implode()
    rows = parties.rows.join(placed.filter(pl.col("entity_id").is_in(sides)), on="profile")
    first = pl.col("record_id").unique(maintain_order=True).head(_RECORDS)
    rows = rows.sort("source_file", "source_row", "record_id")
    shown = rows.group_by("entity_id", maintain_order=True).agg(records=first)
    for side in ("entity_id", "other_id"):
        theirs = shown.rename({"entity_id": side, "records": f"of_{side}"})
        found = found.join(theirs, on=side, how="left", maintain_order="left")
    names = ("entity_id", "other_id", "action", "reason")
    names_of = ["v" + digest("review", kind, *row, length=16) for row in found.select(names).iter_rows()]
    of = [pl.col(f"of_{side}").fill_null([]) for side in ("entity_id", "other_id")]
    return found.with_columns(
        review_id=pl.Series(names_of, dtype=pl.String),
        kind=pl.lit(kind),
        score=pl.lit(None, dtype=pl.Float64),
        records=pl.concat_list(of),
        state=pl.lit("open"),
    ).select(Review.column_names())


def _open(review: pl.DataFrame, log: pl.DataFrame) -> pl.DataFrame:
    """Leave out what people have decided; mark what they were unsure of."""
    holding = judgements.current(log).select("left", "right", "verdict")
    review = review.with_columns(
        left=pl.min_horizontal("entity_id", "other_id"), right=pl.max_horizontal("entity_id", "other_id")
    ).join(holding, on=["left", "right"], how="left", maintain_order="left")
    verdict = pl.col("verdict")
    review = review.filter(verdict.is_null() | (verdict == "unsure"))
    state = pl.when(verdict == "unsure").then(pl.lit("unsure")).otherwise("state")
    return review.with_columns(state=state).select(Review.column_names())
