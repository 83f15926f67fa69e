"""Organisations that are two entities: a hospital that also insures staff is a clinic and an employer."""

from __future__ import annotations

import polars as pl

from entity_resolution.normalize.employers import OrganisationNames


def pairs(entities: pl.DataFrame, uscc_of_code: pl.DataFrame) -> pl.DataFrame:
    """Return ``clinic, employer, by``: entity ids of clinics and employers that are one organisation.

    Args:
        entities: the entities table.
        uscc_of_code: ``code, uscc`` of the institutions that give both.

    A pair is made by equal credit codes, else by equal whole names that each one entity bears alone.
    """
    clinics = entities.filter(pl.col("kind") == "clinic").select(clinic="entity_id", code="code", name="name")
    employers = entities.filter(pl.col("kind") == "employer").select(
        employer="entity_id", uscc="uscc", name="name"
    )
    by_code = clinics.join(uscc_of_code, on="code").join(employers.drop("name"), on="uscc")
    full = OrganisationNames().table(pl.concat([clinics["name"], employers["name"]])).select("name", "full")
    ours = clinics.join(full, on="name").filter(pl.len().over("full") == 1)
    theirs = employers.join(full, on="name").filter(pl.len().over("full") == 1)
    by_name = ours.join(theirs, on="full")
    parts = [
        by_code.select("clinic", "employer", by=pl.lit("uscc")),
        by_name.select("clinic", "employer", by=pl.lit("name")),
    ]
    return (
        pl.concat(parts)
        .unique(subset=["clinic", "employer"], keep="first", maintain_order=True)
        .sort("clinic", "employer")
    )
