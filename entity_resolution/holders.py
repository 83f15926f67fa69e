"""Who holds an account, who is paid to it: joint holders and proxies, as leads.

The bank names the owner; benefit offices name whom they pay. A payee whose money goes to another's account
has a proxy: often a child who cares for a parent, sometimes the collector of many. An account for which the
bank names two owners is held jointly. Neither is a fault by itself: the pair and its rows are kept, the
patterns and a person judge.
"""

from __future__ import annotations

import polars as pl

from jiwang.tables import AccountLeads

BANK = "bank_account"
SHOWN = 8


def find(links: pl.DataFrame) -> pl.DataFrame:
    """Return `tables.AccountLeads`.

    Args:
        links: all links.
    """
    primary = links.filter(pl.col("primary")).select("record_id", "table", "kind", "entity_id")
    accounts = primary.filter(pl.col("kind") == "account").select("record_id", "table", account="entity_id")
    parties = primary.filter(pl.col("kind").is_in(["person", "employer"])).select(
        "record_id", "kind", who="entity_id"
    )
    met = accounts.join(parties, on="record_id")
    owned = met.filter(pl.col("table") == BANK)
    owners = owned.group_by("account", "kind", "who").agg(rows=pl.col("record_id").unique().sort())
    return pl.concat([_joint(owners), _proxies(met, owners)]).sort("topic", "account", "entity_a", "entity_b")


def _joint(owners: pl.DataFrame) -> pl.DataFrame:
    """Pair the owners of one account whom the bank's own rows name."""
    pairs = owners.join(owners, on="account", suffix="_b").filter(pl.col("who") < pl.col("who_b"))
    return pairs.select(
        topic=pl.lit("joint"),
        account="account",
        entity_a="who",
        entity_b="who_b",
        rows=(pl.col("rows").list.len() + pl.col("rows_b").list.len()).cast(pl.Int64),
        records=pl.concat_list("rows", "rows_b").list.head(SHOWN),
    ).select(AccountLeads.column_names())


def _proxies(met: pl.DataFrame, owners: pl.DataFrame) -> pl.DataFrame:
    """Pair the owner (a) with the payee (b) who is not an owner, where the account has one owner."""
    single = owners.filter(pl.len().over("account") == 1).select("account", owner="who")
    paid = met.filter(
        (pl.col("table") != BANK) & (pl.col("kind") == "person") & ~pl.col("table").str.starts_with("bank")
    )
    other = paid.join(single, on="account").filter(pl.col("who") != pl.col("owner"))
    grouped = other.group_by("account", "owner", "who").agg(
        rows=pl.col("record_id").n_unique().cast(pl.Int64),
        records=pl.col("record_id").unique().sort().head(SHOWN),
    )
    return grouped.select(
        pl.lit("proxy").alias("topic"), "account", "rows", "records", entity_a="owner", entity_b="who"
    ).select(AccountLeads.column_names())
