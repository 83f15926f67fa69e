"""How far a name can be trusted, measured on the data itself.

The household register and the insurance know nearly everybody of a pool, so a name that one known person
bears is almost surely that person; how surely differs by department. Rows that have an id tell: as if they
had none, the only known bearer of their name is looked up in the other tables, and is right or wrong.
"""

from __future__ import annotations

import polars as pl

from jiwang.ontology import record_tables

TRIALS = 50  # with fewer trials a table is not trusted
SERIOUS = ("death", "sentence")  # a name alone declares nobody dead or imprisoned, however rare it is
_WRONG_AT_MOST = 0.03


def outside_shares(profiles: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """Return ``table, outside``: the share of rows whose person is not the only known bearer of the name.

    Only tables with `TRIALS` trials, little error and nothing `SERIOUS` to say are listed.
    """
    said = profiles.filter("primary").join(links, on="profile").filter(pl.col("key").is_not_null())
    bearers = said.select("table", "key", "entity").unique()
    trials = (
        said.filter(pl.col("how").str.contains("citizen_id|masked_id"))
        .select("table", "key", "entity")
        .unique()
    )
    met = trials.join(bearers, on="key", suffix="_b").filter(pl.col("table") != pl.col("table_b"))
    met = met.group_by("table", "key", "entity").agg(pl.col("entity_b").unique())
    only = met.filter(pl.col("entity_b").list.len() == 1)
    right = pl.col("entity_b").list.first() == pl.col("entity")
    shares = only.group_by("table").agg(trials=pl.len(), wrong=(~right).sum())
    outside = (pl.col("wrong") + 1) / (pl.col("trials") + 2)  # Laplace: no wrong one among few is no proof
    shares = shares.with_columns(outside=outside)
    serious = [t.name for t in record_tables().values() if t.family in SERIOUS]
    trusted = (
        (pl.col("trials") >= TRIALS) & (pl.col("outside") <= _WRONG_AT_MOST) & ~pl.col("table").is_in(serious)
    )
    return shares.filter(trusted).select("table", "outside").sort("table")
