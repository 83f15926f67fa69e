"""Claims: what rows without a usable key say of someone, gathered until a person can be found for them.

A claim is a set of profiles that say exactly the same (a taxpayer's name and employer in 24 monthly rows),
or all profiles of one personal number that no usable id is known for. Facts are the same in long form: one
line per attribute and value, of claims and of persons alike, so that they can be joined.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

SAID = ["key", "bad", "cid", "head", "tail", "birth_date", "born", "sex", "phone", "home", "place",
        "household_no", "employer", "account"]  # fmt: skip
SHARED = ("phone", "home", "place", "household_no", "employer", "account", "birth_date")
IDENTIFYING = ("bad", "cid", "tail", "birth_date", "home", "employer", "account")


@dataclass(frozen=True)
class Claims:
    """Claims and whom they speak of.

    Attributes:
        members: ``claim, profile``.
        heads: one row a claim: ``claim, key, bad, cid, tail``, ``registered`` (from the household register),
            ``numbered`` (of a personal number), ``primary`` and ``tables``.
        facts: ``claim, attribute, value``.
    """

    members: pl.DataFrame
    heads: pl.DataFrame
    facts: pl.DataFrame


def of_numbers(profiles: pl.DataFrame, links: pl.DataFrame) -> Claims:
    """Return a claim for every number that leads to no usable id; the claim is called as its entity is."""
    open_numbers = links.filter(pl.col("entity").str.starts_with("number:")).select("profile", claim="entity")
    return _claims(profiles.join(open_numbers, on="profile"), numbered=True)


def of_profiles(profiles: pl.DataFrame) -> Claims:
    """Return claims of profiles without number or usable id of their own; who say the same are one."""
    said = [pl.col(c).cast(pl.String).fill_null("") for c in (*SAID, "primary")]
    text = pl.concat_str(said, separator="\x1f")
    return _claims(profiles.filter(pl.col("key").is_not_null()).with_columns(claim=text), numbered=False)


def _claims(said: pl.DataFrame, *, numbered: bool) -> Claims:
    said = said.sort("profile")
    heads = said.group_by("claim", maintain_order=True).agg(
        pl.col("key").drop_nulls().mode(maintain_order=True).first(),
        *(pl.col(c).drop_nulls().first() for c in ("bad", "cid", "tail")),
        registered=(pl.col("table") == "resident").any(),
        primary=pl.col("primary").any(),
        tables=pl.col("table").unique().sort(),
    )
    heads = heads.with_columns(numbered=pl.lit(numbered))
    return Claims(said.select("claim", "profile"), heads, facts(said, "claim"))


def facts(said: pl.DataFrame, who: str) -> pl.DataFrame:
    """Return the shared attributes of ``said`` as ``who, attribute, value``, each once."""
    parts = [
        said.filter(pl.col(c).is_not_null())
        .select(who, attribute=pl.lit(c), value=pl.col(c).cast(pl.String))
        .unique()
        for c in SHARED
    ]
    return pl.concat(parts)


@dataclass(frozen=True)
class Persons:
    """Persons as `leads` compares them.

    Attributes:
        heads: one row a person: ``entity, cid, sex, birth_date, registered``.
        names: ``entity, key``: every name of a person, former names included.
        facts: ``entity, attribute, value``.
    """

    heads: pl.DataFrame
    names: pl.DataFrame
    facts: pl.DataFrame


def persons(profiles: pl.DataFrame, links: pl.DataFrame) -> Persons:
    """Return the persons of ``links``; rows that bear a borrowed id say nothing of sex and birth."""
    said = profiles.join(links, on="profile")
    birth = pl.coalesce("birth_date", "id_birth")
    heads = said.group_by("entity").agg(
        sex=pl.coalesce("id_sex", "sex").drop_nulls().mode().sort().first(),
        birth_date=birth.drop_nulls().mode().sort().first(),
        registered=(pl.col("table") == "resident").any(),
    )
    cid = pl.col("entity").str.strip_prefix("citizen:")
    heads = heads.with_columns(cid=pl.when(pl.col("entity").str.starts_with("citizen:")).then(cid)).sort(
        "entity"
    )
    names = pl.concat([said.select("entity", "key"), said.select("entity", key="former")])
    known = facts(said.with_columns(birth_date=pl.coalesce("id_birth", "birth_date")), "entity")
    return Persons(heads, names.drop_nulls().unique().sort("entity", "key"), known)
