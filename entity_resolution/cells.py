"""Tier one: records that a usable citizen id or a personal number ties to one person.

An id founds a person, a number leads to the id that its records bear. Two things break this, and both are
told apart here before anything is merged:

- *borrowed id*: a row bears an id whose owner has quite another name (a spouse's id keyed in by mistake). It
  goes to its number's person; without a number it loses the id and must be linked like a row that has none.
- *shared number*: one number under two ids that each live a life elsewhere (an account taken over, 双改). The
  rows keep to their ids; the pair is a lead.

A row may also contradict the id that it bears: another sex, a birth years away. Such an id is taken for
borrowed unless another table knows the same name under it (a forged birth date in one department is not a
borrowed id).

An id that occurs nowhere but in one table under a number whose other id is attested is a slip: its rows go to
the number's person.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from entity_resolution.normalize.names import likeness, likenesses

REGISTER = "resident"  # the household register never borrows an id: its name for an id stands first
_DAYS_APART = 400  # a birth date further from the id's than a slip or a lunar date explains
_YEARS_APART = 5  # the same for an age
_RENAMED_TABLES = 2  # tables that must agree on another name for an id before it is a change of name


@dataclass(frozen=True)
class Cells:
    """What tier one decides.

    Attributes:
        links: ``profile, entity, how`` with entities ``citizen:…`` and ``number:…``.
        conflicts: ``entity, conflict``.
        shared: ``number, cid``: numbers whose rows live under more than one id.
    """

    links: pl.DataFrame
    conflicts: pl.DataFrame
    shared: pl.DataFrame


def build(profiles: pl.DataFrame) -> Cells:
    """Tie profiles by id and number.

    Args:
        profiles: as `people.gather` gives them, parties of reference excluded.
    """
    owners = _owners(profiles)
    claims = _claims(profiles, owners)
    mains, kept = _main_ids(claims)
    named = profiles.select("profile", "number", "cid", "key", "employer", "n").join(
        mains, on="number", how="left"
    )
    named = named.join(kept.with_columns(kept=pl.lit(value=True)), on=["number", "cid"], how="left")
    named = named.join(owners, on=["cid", "key"], how="left", nulls_equal=True)
    own = pl.col("cid").is_not_null() & (
        pl.col("fits").fill_null(value=True) | (pl.col("cid") == pl.col("main"))
    )
    rules = (
        pl.when(pl.col("number").is_null() & own)
        .then(pl.struct(e="citizen:" + pl.col("cid"), h=pl.lit("citizen_id")))
        .when(pl.col("number").is_null()).then(None)
        .when(pl.col("cid").is_not_null() & ((pl.col("cid") == pl.col("main")) | pl.col("kept")))
        .then(pl.struct(e="citizen:" + pl.col("cid"), h=pl.lit("citizen_id")))
        .when(pl.col("main").is_not_null() & pl.col("cid").is_not_null())
        .then(pl.struct(e="citizen:" + pl.col("main"), h=pl.lit("number_over_id")))
        .when(pl.col("main").is_not_null()).then(pl.struct(e="citizen:" + pl.col("main"), h=pl.lit("number")))
        .otherwise(pl.struct(e="number:" + pl.col("number"), h=pl.lit("number")))
    )  # fmt: skip
    named = named.with_columns(rules.alias("r")).unnest("r").rename({"e": "entity", "h": "how"})
    shared = kept.join(mains, on="number").select("number", "cid", "main")
    links = _split_numbers(named, shared)
    return Cells(links, _conflicts(named, shared), shared)


def _owners(profiles: pl.DataFrame) -> pl.DataFrame:
    """Return ``cid, key, fits``: may the bearer of this name be the owner of this id?

    The owner's name is the household register's, else that of most tables. Other names fit when they are
    alike, are a known former name, or stand in two tables or more (a change of name that the register
    missed).
    """
    groups = (
        profiles.filter(pl.col("cid").is_not_null() & pl.col("key").is_not_null())
        .group_by("cid", "key")
        .agg(
            contradicted=_contradicts().any() & (pl.col("table").n_unique() == 1),
            tables=pl.col("table").n_unique(),
            n=pl.col("n").sum(),
            registered=(pl.col("table") == REGISTER).any(),
        )
        .sort(["cid", "registered", "tables", "n", "key"], descending=[False, True, True, True, False])
    )
    owner = pl.col("key").first().over("cid")
    groups = groups.with_columns(owner=owner, first=pl.int_range(pl.len()).over("cid") == 0)
    former = (
        profiles.filter(pl.col("former").is_not_null())
        .select("cid", key="former", was=pl.lit(value=True))
        .unique()
    )
    groups = groups.join(former, on=["cid", "key"], how="left", maintain_order="left")
    alike = pl.Series(likenesses(groups["key"], groups["owner"]), dtype=pl.Float64) > 0
    same_given = pl.col("key").str.slice(1) == pl.col("owner").str.slice(1)
    fits = (
        pl.col("first")
        | pl.col("was").fill_null(value=False)
        | same_given
        | (pl.col("tables") >= _RENAMED_TABLES)
    )
    groups = groups.with_columns(fits=(fits | alike) & ~pl.col("contradicted"))
    return groups.select("cid", "key", "fits", "owner", "registered")


def _contradicts() -> pl.Expr:
    """Say whether a row's own sex, birth date or age cannot be that of the id which it bears."""
    days = (pl.col("birth_date") - pl.col("id_birth")).dt.total_days().abs()
    years = (pl.col("born") - pl.col("id_birth").dt.year()).abs()
    tests = (pl.col("sex") != pl.col("id_sex"), days > _DAYS_APART, years > _YEARS_APART)
    return pl.any_horizontal(t.fill_null(value=False) for t in tests)


def _claims(profiles: pl.DataFrame, owners: pl.DataFrame) -> pl.DataFrame:
    """Return a row per number and id: how well the id is the number's own, where else it is attested."""
    both = profiles.filter(pl.col("number").is_not_null() & pl.col("cid").is_not_null())
    both = both.join(owners, on=["cid", "key"], how="left", nulls_equal=True)
    both = both.with_columns(strength=pl.Series(likenesses(both["key"], both["owner"]), dtype=pl.Float64))
    claims = both.group_by("number", "cid").agg(
        tables=pl.col("table").n_unique(),
        n=pl.col("n").sum(),
        fits=pl.col("fits").fill_null(value=True).any(),
        strength=pl.col("strength").max(),
        registered=pl.col("registered").fill_null(value=False).any(),
    )
    everywhere = profiles.filter(pl.col("cid").is_not_null()).join(
        owners, on=["cid", "key"], how="left", nulls_equal=True
    )
    fitting = everywhere.filter(pl.col("fits").fill_null(value=True))
    places = fitting.group_by("cid").agg(registered_any=(pl.col("table") == REGISTER).any())
    outside = fitting.join(claims.select("number", "cid"), on="cid", suffix="_claim")
    outside = outside.filter(pl.col("number").is_null() | (pl.col("number") != pl.col("number_claim")))
    outside = outside.group_by("cid", number="number_claim").agg(attested=pl.col("table").n_unique())
    claims = claims.join(places, on="cid", how="left").join(outside, on=["number", "cid"], how="left")
    best = pl.col("strength").max().over("cid")
    alone = pl.len().over("number") == 1
    return claims.with_columns(
        registered=pl.col("registered_any").fill_null(value=False),
        attested=pl.col("attested").fill_null(0),
        fits=pl.col("fits") & (alone | (pl.col("strength") >= best)),
    ).drop("registered_any")


def _main_ids(claims: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return each number's main id (``number, main``) and ids that keep their rows (``number, cid``)."""
    order = ["number", "registered", "attested", "tables", "n", "cid"]
    ranked = claims.filter("fits").sort(order, descending=[False, True, True, True, True, False])
    mains = ranked.group_by("number", maintain_order=True).agg(main=pl.col("cid").first())
    others = ranked.join(mains, on="number").filter(pl.col("cid") != pl.col("main"))
    kept = others.filter(
        pl.col("registered") | (pl.col("attested") > 0) | (pl.col("tables") >= _RENAMED_TABLES)
    )
    return mains, kept.select("number", "cid").sort("number", "cid")


def _split_numbers(named: pl.DataFrame, shared: pl.DataFrame) -> pl.DataFrame:
    """Return ``profile, entity, how``; rows of a shared number without an id go by name, then by employer."""
    links = named.filter(pl.col("entity").is_not_null())
    split = set(shared["number"].to_list())
    open_rows = links.filter(pl.col("number").is_in(list(split)) & pl.col("cid").is_null())
    anchors = links.filter(pl.col("number").is_in(list(split)) & pl.col("cid").is_not_null())
    moved = []
    for profile, number, key, employer in (
        open_rows.select("profile", "number", "key", "employer").sort("profile").rows()
    ):
        of_number = anchors.filter(pl.col("number") == number).sort("entity", "profile")
        choices = of_number.select("entity", "key", "employer").rows()
        by_name = {e for e, k, _ in choices if key and k and likeness(key, k) > 0}
        by_employer = {e for e, _, f in choices if employer and f == employer}
        for found, how in ((by_name, "number+name"), (by_employer, "number+employer")):
            if len(found) == 1:
                moved.append((profile, found.pop(), how))
                break
    patch = pl.DataFrame(
        moved, schema={"profile": pl.UInt32, "moved": pl.String, "by": pl.String}, orient="row"
    )
    return links.join(patch, on="profile", how="left").select(
        "profile", entity=pl.coalesce("moved", "entity"), how=pl.coalesce("by", "how")
    )


def _conflicts(named: pl.DataFrame, shared: pl.DataFrame) -> pl.DataFrame:
    """Return ``entity, conflict``: ids that were borrowed or mistaken, and numbers that two persons share."""
    taken = named.filter(pl.col("how") == "number_over_id")
    other = (
        pl.when(pl.col("fits").fill_null(value=True))
        .then(pl.lit("other_id"))
        .otherwise(pl.lit("borrowed_id"))
    )
    number = pl.concat([shared.select("cid"), shared.select(cid="main")]).unique()
    return (
        pl.concat(
            [
                taken.select("entity", conflict=other),
                number.select(entity="citizen:" + pl.col("cid"), conflict=pl.lit("shared_number")),
            ]
        )
        .unique()
        .sort("entity", "conflict")
    )
