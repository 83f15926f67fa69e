"""Portraits: the attributes that most records of an entity agree on, as the entities table shows them.

Of a person the household register speaks first for name and birth; of an employer the business register for
the name. Rows that bear a borrowed id say nothing of the person.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from entity_resolution.parties import Parties
from jiwang.codes import citizen
from jiwang.ontology import Kind
from jiwang.tables import Entities

_REGISTERS = {
    "person": "resident",
    "employer": "business",
    "clinic": "institution",
    "account": "bank_account",
}
_SOURCES = {
    "person": {"name": "name", "sex": "sex", "birth_date": "birth_date", "number": "number", "phone": "phone",
               "address": "address", "household_no": "household_no"},
    "employer": {"name": "name", "uscc": "uscc", "number": "number"},
    "clinic": {"name": "name", "code": "code"},
    "account": {"name": "name", "account_no": "account_no"},
}  # fmt: skip
_FORMS = 4  # a name in so many ways of writing is worth a note
_WEIGHT = 1_000_000  # one row of the register outweighs any number of others


def paint(kind: Kind, parties: Parties, placed: pl.DataFrame, conflicts: pl.DataFrame) -> pl.DataFrame:
    """Return one row per entity of ``kind`` with the columns of `Entities`.

    Args:
        kind: kind of the entities.
        parties: rows and profiles.
        placed: ``profile, entity_id, how, anchor``, as `store.assign` gives it.
        conflicts: ``entity_id, conflict``.
    """
    said = parties.profiles.join(placed, on="profile").filter(pl.col("role") != "mention")
    speaks = (pl.col("how") != "number_over_id") & pl.col("primary")
    weight = pl.col("n") + _WEIGHT * (pl.col("table") == _REGISTERS[kind]).cast(pl.Int64)
    said = said.with_columns(weight=pl.when(speaks).then(weight).otherwise(0))
    portrait = said.select("entity_id").unique().sort("entity_id")
    for column, source in _SOURCES[kind].items():
        portrait = portrait.join(_most(said, source).rename({source: column}), on="entity_id", how="left")
    portrait = portrait.join(_other_names(said, portrait), on="entity_id", how="left")
    portrait = portrait.join(_notes(said, conflicts), on="entity_id", how="left")
    if kind == "person":
        anchors = (
            said.filter(pl.col("anchor").str.starts_with("citizen:")).select("entity_id", "anchor").unique()
        )
        portrait = _from_id(portrait.join(anchors, on="entity_id", how="left", maintain_order="left"))
    return _complete(kind, portrait)


def _most(said: pl.DataFrame, column: str) -> pl.DataFrame:
    """Return ``entity_id`` and the value of ``column`` of greatest weight; ties go to the smaller value."""
    counts = (
        said.filter(pl.col(column).is_not_null()).group_by("entity_id", column).agg(pl.col("weight").sum())
    )
    ranked = counts.sort(["entity_id", "weight", column], descending=[False, True, False])
    return ranked.group_by("entity_id", maintain_order=True).agg(pl.col(column).first())


def _other_names(said: pl.DataFrame, portrait: pl.DataFrame) -> pl.DataFrame:
    names = (
        said.filter(pl.col("name").is_not_null() & (pl.col("how") != "number_over_id"))
        .select("entity_id", "name")
        .unique()
    )
    names = names.join(portrait.select("entity_id", chosen="name"), on="entity_id").filter(
        pl.col("name") != pl.col("chosen")
    )
    return (
        names.sort("entity_id", "name")
        .group_by("entity_id", maintain_order=True)
        .agg(other_names=pl.col("name"))
    )


def _notes(said: pl.DataFrame, conflicts: pl.DataFrame) -> pl.DataFrame:
    """Return ``entity_id, conflicts``: what tier one noted, and names in `_FORMS` forms or more."""
    forms = said.group_by("entity_id").agg(k=pl.col("name").str.replace_all(r"\s", "").n_unique())
    names = forms.filter(pl.col("k") >= _FORMS).select("entity_id", conflict=pl.format("name:{} forms", "k"))
    notes = pl.concat([names, conflicts.filter(pl.col("entity_id").is_in(said["entity_id"].implode()))])
    return (
        notes.unique()
        .sort("entity_id", "conflict")
        .group_by("entity_id", maintain_order=True)
        .agg(conflicts=pl.col("conflict"))
    )


def count(portraits: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """Return ``portraits`` in the contract's columns and order, with the number of links of each entity."""
    counts = links.group_by("entity_id").agg(n_records=pl.len().cast(pl.Int64))
    known = portraits.drop("n_records").join(counts, on="entity_id", how="left")
    return (
        known.with_columns(pl.col("n_records").fill_null(0))
        .select(Entities.column_names())
        .sort("kind", "entity_id")
    )


def _from_id(portrait: pl.DataFrame) -> pl.DataFrame:
    """Take birth date and sex from the citizen id that a person is anchored on: it was issued on them."""
    ids = citizen.inspect(portrait["anchor"].str.strip_prefix("citizen:"))
    return portrait.with_columns(
        citizen_id=ids["canonical"],
        birth_date=pl.coalesce(ids["birth_date"], "birth_date"),
        sex=pl.coalesce(ids["sex"], "sex"),
    )


def _complete(kind: Kind, portrait: pl.DataFrame) -> pl.DataFrame:
    schema = {c: t.dtype for c, t in Entities.columns().items()}
    missing: Sequence[str] = [
        c for c in schema if c not in portrait.columns and c not in ("kind", "entity_id")
    ]
    complete = portrait.with_columns(
        pl.lit(kind).alias("kind"),
        *(pl.lit(None, dtype=schema[c]).alias(c) for c in missing),
    ).with_columns(pl.col("other_names").fill_null([]), pl.col("conflicts").fill_null([]))
    return complete.select(Entities.column_names())
