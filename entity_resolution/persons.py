"""People: cells of ids and numbers first, then claims against persons in rounds, then new persons."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from entity_resolution import cells, claims, cluster, coverage, judge, reweigh, weigh
from entity_resolution.cells import Cells
from entity_resolution.claims import Claims
from entity_resolution.parties import Parties
from entity_resolution.weigh import Model

ROUNDS = 2  # what the first round links makes names and phones known to the second


@dataclass(frozen=True)
class People:
    """Resolved persons.

    Attributes:
        links: ``profile, entity, how, key``: the strong key through which a profile reached its entity.
        unresolved: ``profile, reason`` of primary parties that nobody is linked to.
        cells: what tier one decided.
        weighed: ``key, bits, parts`` of the keys that weight led to an entity.
        doubts: ``profile, entity, bits, parts, reason`` of unresolved profiles and their best candidate.
        told: who profiles are and what they say, as `reweigh.values_of` gives it.
        weights: as `reweigh.weights_of` gives them.
    """

    links: pl.DataFrame
    unresolved: pl.DataFrame
    cells: Cells
    weighed: pl.DataFrame
    doubts: pl.DataFrame
    told: tuple[pl.DataFrame, ...]
    weights: pl.DataFrame


def resolve(parties: Parties) -> People:
    """Resolve person parties as `people.gather` gives them."""
    profiles = parties.profiles.filter(~pl.col("reference"))
    tied = cells.build(profiles)
    model = weigh.learned(parties.profiles, tied.links)
    links, by_number = _numbers(profiles, tied.links, model)
    weighed = [by_number]
    open_profiles = profiles.filter(pl.col("key").is_not_null())
    for _ in range(ROUNDS):
        loose = _with_kin(open_profiles.join(links, on="profile", how="anti"), parties, profiles, links)
        ours = claims.of_profiles(loose)
        judged = _judge(ours, loose, profiles, links, model)
        links = pl.concat([links, _linked(ours, judged)])
        weighed.append(_weighed(judged))
    left = ours.heads.join(judged.filter(pl.col("verdict") == "link"), on="claim", how="anti")["claim"]
    remaining = _only(ours, left)
    founded, unresolved = cluster.found(remaining, judged)
    founded = founded.with_columns(key=cluster.content_keys(founded["claim"]), how=pl.lit("founded"))
    new = founded.join(remaining.members, on="claim").select("profile", "entity", "how", "key")
    links = pl.concat([links, new])
    links = pl.concat([links, _references(parties, profiles, links, model)])
    open_rows = unresolved.join(remaining.members, on="claim").select("claim", "profile", "reason")
    doubts = open_rows.join(judged.select("claim", "entity", "bits", "parts"), on="claim").drop("claim")
    open_rows = open_rows.drop("claim").sort("profile")
    beside = _with_kin(parties.profiles.join(links, on="profile", how="anti"), parties, profiles, links)
    every = pl.concat([parties.profiles.join(links, on="profile", how="semi"), beside])
    return People(
        links.sort("profile"),
        open_rows,
        tied,
        pl.concat(weighed),
        doubts.sort("profile"),
        reweigh.values_of(every, links, model.known),
        reweigh.weights_of(model),
    )


def _weighed(judged: pl.DataFrame) -> pl.DataFrame:
    """Return ``key, bits, parts`` of the claims that were linked, under the keys that their links bear."""
    hits = judged.filter(pl.col("verdict") == "link")
    return hits.select(cluster.content_keys(hits["claim"]).alias("key"), "bits", "parts")


def _only(ours: Claims, names: pl.Series) -> Claims:
    keep = pl.col("claim").is_in(names.implode())
    return Claims(ours.members.filter(keep), ours.heads.filter(keep), ours.facts.filter(keep))


def _judge(
    ours: Claims, said: pl.DataFrame, profiles: pl.DataFrame, links: pl.DataFrame, model: Model
) -> pl.DataFrame:
    known = profiles.join(links.select("profile", "entity"), on="profile")
    weighed = weigh.weigh(ours, said, known, model)
    return judge.judge(weighed, ours, coverage.outside_shares(profiles, links))


def _linked(ours: Claims, judged: pl.DataFrame) -> pl.DataFrame:
    hits = judged.filter(pl.col("verdict") == "link").select("claim", "entity", "how")
    hits = hits.with_columns(key=cluster.content_keys(hits["claim"]))
    return hits.join(ours.members, on="claim").select("profile", "entity", "how", "key")


def _numbers(profiles: pl.DataFrame, links: pl.DataFrame, model: Model) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Lead numbers that no usable id is known for to the person that the rest of their rows describes.

    Returns the links, and the weights of the moves as `_weighed` gives them.
    """
    own = (
        pl.when(pl.col("how").str.starts_with("number"))
        .then("number:" + pl.col("number"))
        .otherwise("entity")
    )
    keyed = links.join(profiles.select("profile", "number"), on="profile").select(
        "profile", "entity", "how", key=own
    )
    ours = claims.of_numbers(profiles, links)
    anchored = links.filter(~pl.col("entity").str.starts_with("number:"))
    judged = _judge(ours, profiles, profiles, anchored, model).filter(pl.col("verdict") == "link")
    weighed = judged.select(pl.col("claim").alias("key"), "bits", "parts")
    moves = judged.select(entity="claim", to="entity", by="number:" + pl.col("how"))
    moved = keyed.join(moves, on="entity", how="left").select(
        "profile",
        entity=pl.coalesce("to", "entity"),
        how=pl.coalesce(pl.col("by").str.replace(":", "+"), "how"),
        key="key",
    )
    return moved, weighed


def _with_kin(
    left: pl.DataFrame, parties: Parties, profiles: pl.DataFrame, links: pl.DataFrame
) -> pl.DataFrame:
    """Give those named beside a row's person (relatives, witnesses) that person's household."""
    homes = profiles.filter(pl.col("household_no").is_not_null()).join(links, on="profile")
    homes = homes.group_by("entity").agg(pl.col("household_no").min())
    rows = parties.rows.select("record_id", "profile", "primary")
    about = (
        rows.filter("primary").join(links.select("profile", "entity"), on="profile").join(homes, on="entity")
    )
    beside = rows.filter(~pl.col("primary")).join(
        about.select("record_id", kin="household_no"), on="record_id"
    )
    beside = beside.group_by("profile").agg(pl.col("kin").min())
    owner = (
        links.select("entity")
        .unique()
        .join(homes, on="entity")
        .select(cid=pl.col("entity").str.strip_prefix("citizen:"), of_id="household_no")
    )
    left = left.join(beside, on="profile", how="left").join(owner, on="cid", how="left")
    return left.with_columns(household_no=pl.coalesce("household_no", "kin", "of_id")).drop("kin", "of_id")


def _references(parties: Parties, profiles: pl.DataFrame, links: pl.DataFrame, model: Model) -> pl.DataFrame:
    """Link rows that only refer to persons (past cases): by id, else as a claim; they found nobody."""
    ours = parties.profiles.filter("reference")
    known = links.select("entity").unique()
    by_id = ours.select("profile", entity="citizen:" + pl.col("cid")).join(known, on="entity")
    by_id = by_id.select("profile", "entity", how=pl.lit("citizen_id"), key="entity")
    rest = claims.of_profiles(ours.join(by_id, on="profile", how="anti"))
    both = pl.concat([profiles, ours], how="vertical")
    judged = _judge(rest, ours, both, pl.concat([links, by_id]), model)
    return pl.concat([by_id, _linked(rest, judged)])
