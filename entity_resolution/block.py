"""Candidate pairs of claim and person: what shares a name, or something rarer with a name that is alike.

Every rule is one join on hashed values. No pair is made of values that more than `CROWD` persons share, but
for the exact name, where the crowd is what later weighs the name down.
"""

from __future__ import annotations

import polars as pl

from entity_resolution.claims import Claims, Persons
from entity_resolution.normalize.names import likenesses

CROWD = 300
_ALONE = ("phone", "home", "account", "birth_date")  # rare enough to look at every name that shares them


def pairs(claims: Claims, persons: Persons) -> pl.DataFrame:
    """Return ``claim, entity, alike``: candidate pairs with the likeness of their closest names (above 0)."""
    found = [_same_name(claims, persons), _same_tail(claims, persons), _near_id(claims, persons)]
    found += [_same_value(claims, persons, attribute) for attribute in _ALONE]
    found.append(_same_employer(claims, persons))
    candidates = pl.concat(found).unique()
    return _alike(candidates, claims, persons)


def _alike(candidates: pl.DataFrame, claims: Claims, persons: Persons) -> pl.DataFrame:
    named = candidates.join(claims.heads.select("claim", "key"), on="claim")
    named = named.join(persons.names.select("entity", other="key"), on="entity")
    distinct = named.select("key", "other").unique()
    distinct = distinct.with_columns(
        pl.Series("alike", likenesses(distinct["key"], distinct["other"]), dtype=pl.Float64)
    )
    named = named.join(distinct.filter(pl.col("alike") > 0), on=["key", "other"])
    return named.group_by("claim", "entity").agg(pl.col("alike").max()).sort("claim", "entity")


def _same_name(claims: Claims, persons: Persons) -> pl.DataFrame:
    return claims.heads.select("claim", "key").join(persons.names, on="key").select("claim", "entity")


def _same_value(claims: Claims, persons: Persons, attribute: str) -> pl.DataFrame:
    theirs = persons.facts.filter(pl.col("attribute") == attribute)
    theirs = theirs.filter(pl.len().over("value") <= CROWD)
    ours = claims.facts.filter(pl.col("attribute") == attribute)
    return ours.join(theirs, on="value").select("claim", "entity")


def _same_employer(claims: Claims, persons: Persons) -> pl.DataFrame:
    """Pair colleagues whose names share their first or their last character."""
    ours = claims.facts.filter(pl.col("attribute") == "employer").join(
        claims.heads.select("claim", "key"), on="claim"
    )
    theirs = persons.facts.filter(pl.col("attribute") == "employer").join(
        persons.names.select("entity", "key"), on="entity"
    )
    parts = []
    for character in (pl.col("key").str.slice(0, 1), pl.col("key").str.slice(-1)):
        left = ours.select("claim", "value", c=character)
        right = theirs.select("entity", "value", c=character)
        parts.append(left.join(right, on=["value", "c"]).select("claim", "entity"))
    return pl.concat(parts)


def _same_tail(claims: Claims, persons: Persons) -> pl.DataFrame:
    """Pair masked ids with the ids that show the same head and tail, in 18 places or in the old 15."""
    masked = claims.heads.filter(pl.col("tail").is_not_null()).select("claim", "head", "tail")
    owners = persons.heads.filter(pl.col("cid").is_not_null()).select("entity", "cid")
    parts = []
    for h, t in sorted(
        set(masked.select(pl.col("head").str.len_chars(), pl.col("tail").str.len_chars()).rows())
    ):
        ours = masked.filter((pl.col("head").str.len_chars() == h) & (pl.col("tail").str.len_chars() == t))
        for end in (pl.col("cid").str.slice(-t), pl.col("cid").str.slice(17 - t, t)):
            theirs = owners.select("entity", head=pl.col("cid").str.slice(0, h), tail=end)
            parts.append(ours.join(theirs, on=["head", "tail"]).select("claim", "entity"))
    return pl.concat(parts) if parts else _none()


def _near_id(claims: Claims, persons: Persons) -> pl.DataFrame:
    """Pair wrong ids with the ids that share their first ten places or their last eight."""
    wrong = claims.heads.filter(pl.col("bad").str.len_chars() >= 15).select("claim", "bad")
    owners = persons.heads.filter(pl.col("cid").is_not_null()).select("entity", "cid")
    parts = [
        wrong.select("claim", p=pl.col("bad").str.slice(0, 10)).join(
            owners.select("entity", p=pl.col("cid").str.slice(0, 10)), on="p"
        ),
        wrong.select("claim", p=pl.col("bad").str.slice(-8)).join(
            owners.select("entity", p=pl.col("cid").str.slice(-8)), on="p"
        ),
    ]
    return pl.concat([p.select("claim", "entity") for p in parts])


def _none() -> pl.DataFrame:
    return pl.DataFrame(schema={"claim": pl.String, "entity": pl.String})
