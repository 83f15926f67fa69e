"""Identity leads of a table: what refused merges, and one id under two names, come to, with the evidence.

The kinds are those of a region (`entity_resolution.identity`): two valid ids that lead one life are a
double registration, or a clerk's slip where they are one place apart; an id under two names that are not
alike, and an event after its person's end, are somebody else's identity. All stay two entities: a person
decides.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from entity_resolution.engine import alike, compare, publish
from entity_resolution.engine.resolve import Resolution
from jiwang.ids import digest

BORROWED = "one_id_two_names"
_ROWS = 8  # records shown of each side
_COLUMNS = (
    "lead_id", "kind", "entity_a", "entity_b", "reason", "score", "rows_a", "rows_b", "evidence",
)  # fmt: skip


def find(
    found: Resolution,
    links: pl.DataFrame,
    conflicts: pl.DataFrame,
    entities: pl.DataFrame,
    told: pl.Series,
    records: pl.Series,
) -> pl.DataFrame:
    """Return the leads: the columns of `tables.IdentityLeads`, and ``evidence`` as conflicts have it.

    The score is the likelihood that the weights give the pair; the evidence tells it in bits.

    Args:
        found: the resolution.
        links: ``record_id, entity_id`` of all records.
        conflicts: as `publish.conflicts` returns them.
        entities: as published.
        told: as `publish.evidence` returns it.
        records: a record of each unit.
    """
    rows = [_refused(conflicts, entities, found), _borrowed(found, links, told, records)]
    leads = pl.concat(rows).with_columns(score=1 / (1 + 2.0 ** (-pl.col("score")).clip(-500, 500)))
    order = ["kind", "left", "right", "score", "reason"]
    leads = leads.sort(order, descending=[False, False, False, True, False])
    leads = leads.unique(["kind", "left", "right"], keep="first", maintain_order=True)
    wanted = pl.concat([leads["left"], leads["right"]]).unique()
    shown = links.filter(pl.col("entity_id").is_in(wanted.implode())).sort("record_id")
    shown = shown.group_by("entity_id", maintain_order=True).agg(r=pl.col("record_id").head(_ROWS))
    for side, rows_of in (("left", "rows_a"), ("right", "rows_b")):
        named = shown.rename({"entity_id": side, "r": rows_of})
        leads = leads.join(named, on=side, how="left", maintain_order="left")
    names = [
        "i" + digest("identity", *row, length=16) for row in leads.select("kind", "left", "right").rows()
    ]
    leads = leads.with_columns(pl.Series("lead_id", names, dtype=pl.String))
    return leads.rename({"left": "entity_a", "right": "entity_b"}).select(_COLUMNS)


def _refused(conflicts: pl.DataFrame, entities: pl.DataFrame, found: Resolution) -> pl.DataFrame:
    """Return the conflicts that speak of identities, with their kinds."""
    rows = conflicts.select("left", "right", "reason", "score", "evidence")
    after = [f"{event} after {end}" for event, end in found.profile.constraints.after]
    two = found.profile.constraints.two_ids
    kind = (
        pl.when(pl.col("reason").is_in(after)).then(pl.lit("borrowed_id"))
        .when(pl.col("reason").is_in(["two_ids", *two])).then(pl.lit("double_registration"))
    )  # fmt: skip
    rows = rows.with_columns(kind=kind).drop_nulls("kind")
    near = np.zeros(rows.height, dtype=bool)
    for name in two:
        own = entities.select("entity_id", id=name)
        sides = [
            rows.select(entity_id=side).join(own, on="entity_id", how="left", maintain_order="left")["id"]
            for side in ("left", "right")
        ]
        # The last place follows from the others.
        x, y = (s.fill_null("").str.head(17) for s in sides)
        slip = alike.judge(found.profile.of(name), x, y, np.zeros(len(x), dtype=bool)) == 0
        near |= slip & (x != y).to_numpy() & (x != "").to_numpy() & (y != "").to_numpy()
    mistyped = pl.Series(near) & (rows["kind"] == "double_registration")
    return rows.with_columns(kind=pl.when(mistyped).then(pl.lit("mistyped_id")).otherwise("kind"))


def _borrowed(found: Resolution, links: pl.DataFrame, told: pl.Series, records: pl.Series) -> pl.DataFrame:
    """Return the pairs that share an id under two names and are two entities."""
    at = np.flatnonzero(compare.of_one_id(found.patterns, found.profile)[found.patterns.of_pair])
    rows = publish.pairs(found, at, told, records).with_columns(reason=pl.lit(BORROWED))
    rows = publish.between(rows, links.select("record_id", "entity_id"))
    return rows.drop("records").with_columns(kind=pl.lit("borrowed_id"))
