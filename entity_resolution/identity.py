"""Identity leads: what refused merges and borrowed ids come to, by kind, with the rows that show it.

Three things that a fraud on identities is made of are told apart, and one that is none:

- ``double_change`` (双改): one personal number, two lives: name and id were both changed, or rows of two
  people stand under one number. An account taken over.
- ``borrowed_id`` (冒用): rows bear the id of one person and the number, name or life of another.
- ``double_registration`` (双户籍): two valid ids, one life: name, birth and home agree, or a second pension.
- ``mistyped_id`` (错录): one name, two valid ids a single slip apart; most of them clerks' slips.
"""

from __future__ import annotations

import polars as pl

from entity_resolution.normalize.names import likenesses
from entity_resolution.parties import Parties
from jiwang.ids import digest
from jiwang.tables import IdentityLeads

KIND_OF = {
    "shared_number": "double_change", "double_change": "double_change", "near_id": "mistyped_id",
    "borrowed_id": "borrowed_id",
}  # fmt: skip
OTHERWISE = "double_registration"
_BORROWED = 0.7  # a row under somebody else's id: the id's owner bears another name, sex or birth
_ROWS = 8  # records shown of each side


def find(possible: pl.DataFrame, people: Parties, placed: pl.DataFrame) -> pl.DataFrame:
    """Return the leads as `tables.IdentityLeads`.

    Args:
        possible: pairs of entities as `tables.PossibleSame`.
        people: rows and profiles of persons, with ``cid`` (usable id) and ``key`` (name key).
        placed: ``profile, entity_id, how, anchor``.
    """
    pairs = possible.select("entity_a", "entity_b", "reason", "score").with_columns(
        rows_a=pl.lit(None, dtype=pl.List(pl.String)), rows_b=pl.lit(None, dtype=pl.List(pl.String))
    )
    every = pl.concat([pairs, _borrowed(people, placed)], how="vertical_relaxed")
    every = every.with_columns(
        kind=pl.col("reason").replace_strict(KIND_OF, default=OTHERWISE, return_dtype=pl.String)
    )
    every = every.sort(["kind", "entity_a", "entity_b", "score"], descending=[False, False, False, True])
    every = every.unique(subset=["kind", "entity_a", "entity_b"], keep="first", maintain_order=True)
    every = _with_rows(every, people, placed)
    names = [
        digest("identity", *row, length=16) for row in every.select("kind", "entity_a", "entity_b").rows()
    ]
    every = every.with_columns(lead_id=pl.Series("lead_id", [f"i{n}" for n in names], dtype=pl.String))
    return every.select(IdentityLeads.column_names()).sort("kind", "entity_a", "entity_b")


def _borrowed(people: Parties, placed: pl.DataFrame) -> pl.DataFrame:
    """Return pairs of the person whom a row is about (a) and the owner of the id that it bears (b)."""
    said = people.profiles.filter(pl.col("cid").is_not_null() & ~pl.col("reference") & pl.col("primary"))
    said = said.join(placed, on="profile").select("profile", "cid", "key", user="entity_id")
    anchored = placed.filter(pl.col("anchor").str.starts_with("citizen:"))
    owners = anchored.select(cid=pl.col("anchor").str.strip_prefix("citizen:"), owner="entity_id").unique()
    met = said.join(owners, on="cid").filter(pl.col("user") != pl.col("owner"))
    theirs = people.profiles.join(placed, on="profile").filter(pl.col("how") == "citizen_id")
    names = theirs.select("cid", other="key").drop_nulls().unique()
    met = met.join(names, on="cid", how="left")
    alike = pl.Series("alike", likenesses(met["key"], met["other"]), dtype=pl.Float64)
    met = met.with_columns(alike).group_by("profile", "user", "owner").agg(pl.col("alike").max())
    met = met.filter(pl.col("alike").fill_null(0.0) == 0.0)
    rows = people.rows.filter("primary").join(met.select("profile", "user", "owner"), on="profile")
    rows = rows.sort("source_file", "source_row", "record_id")
    shown = rows.group_by("user", "owner", maintain_order=True).agg(pl.col("record_id").head(_ROWS))
    # The two sides stand in the order of their ids, as everywhere; the rows are the borrower's.
    first = pl.col("user") < pl.col("owner")
    none = pl.lit(None, dtype=pl.List(pl.String))
    return shown.select(
        entity_a=pl.min_horizontal("user", "owner"),
        entity_b=pl.max_horizontal("user", "owner"),
        reason=pl.lit("borrowed_id"),
        score=pl.lit(_BORROWED),
        rows_a=pl.when(first).then("record_id").otherwise(none),
        rows_b=pl.when(first).then(none).otherwise("record_id"),
    )


def _with_rows(leads: pl.DataFrame, people: Parties, placed: pl.DataFrame) -> pl.DataFrame:
    """Add rows of each side that the lead does not name itself: two of every table, the register first."""
    wanted = pl.concat([leads["entity_a"], leads["entity_b"]]).unique()
    theirs = placed.filter(pl.col("entity_id").is_in(wanted.implode())).select("profile", "entity_id")
    rows = people.rows.filter("primary").join(theirs, on="profile").sort("table", "source_file", "source_row")
    rows = rows.filter(pl.int_range(pl.len()).over("entity_id", "table") < 2)
    order = (pl.col("table") != "resident").cast(pl.Int8)
    rows = rows.sort(order, "table", "source_file", "source_row")
    shown = rows.group_by("entity_id", maintain_order=True).agg(shown=pl.col("record_id").head(_ROWS))
    for side in ("a", "b"):
        named = shown.rename({"entity_id": f"entity_{side}"})
        leads = leads.join(named, on=f"entity_{side}", how="left", maintain_order="left")
        found = pl.coalesce(f"rows_{side}", "shown", pl.lit([], dtype=pl.List(pl.String)))
        leads = leads.with_columns(found.alias(f"rows_{side}")).drop("shown")
    return leads
