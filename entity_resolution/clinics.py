"""Clinics and pharmacies: the institution code is the key; a name links where one institution bears it."""

from __future__ import annotations

import polars as pl

from entity_resolution.parties import Parties, Records, condense
from jiwang.codes import uscc
from jiwang.codes.organisation import near

ATTRIBUTES: dict[str, pl.DataType] = {"code": pl.String(), "name": pl.String()}
REGISTER = "institution"  # the list of designated institutions: these are the pool's own
_SCHEMA = {"profile": pl.UInt32, "entity": pl.String, "how": pl.String}


def gather(records: Records) -> Parties:
    """Return the clinic parties."""
    folded = (
        pl.col("code").str.strip_chars().str.to_uppercase(),
        pl.col("name").str.normalize("NFKC").str.replace_all(r"\s", ""),
    )
    named = pl.any_horizontal(pl.col(list(ATTRIBUTES)).is_not_null())
    frames = [f.with_columns(folded).filter(named) for _, _, f in records.parties("clinic", ATTRIBUTES)]
    return condense(frames, ATTRIBUTES)


def resolve(parties: Parties) -> pl.DataFrame:
    """Return ``profile, entity, how``.

    A name under two codes (two villages have a clinic of one name) links to the pool's own institution if
    only one of them is designated, else to none. A name that nobody bears founds an institution elsewhere.
    """
    profiles = _mended(parties.profiles)
    coded = profiles.filter(pl.col("code").is_not_null() & ~pl.col("reference"))
    codes = coded["code"].unique()
    has_code = pl.col("code").is_in(codes.implode())
    keyed = (
        profiles.filter(has_code)
        .select("profile", "code", "mended")
        .with_columns(
            entity="code:" + pl.col("code"),
            how=pl.when("mended").then(pl.lit("code_repaired")).otherwise(pl.lit("code")),
        )
    )
    named = profiles.filter(~has_code.fill_null(value=False) & pl.col("name").is_not_null())
    own = coded.filter(pl.col("table") == REGISTER)
    found = _unique(named, own, "name_designated")
    everywhere = _unique(named, coded, "name")
    found = pl.concat([everywhere, found.filter(~pl.col("profile").is_in(everywhere["profile"].implode()))])
    nobody = named.join(coded.select("name").drop_nulls().unique(), on="name", how="anti")
    nobody = nobody.filter(pl.col("primary") & ~pl.col("reference"))
    founded = nobody.select("profile", entity="name:" + pl.col("name"), how=pl.lit("founded"))
    parts = [keyed.select("profile", "entity", "how"), found, founded]
    return pl.concat([p.cast(_SCHEMA) for p in parts]).sort("profile")  # type: ignore[arg-type]


def _mended(profiles: pl.DataFrame) -> pl.DataFrame:
    """Put right codes that are a slip away from the one that the register gives to the same name."""
    known = profiles.filter(pl.col("table") == REGISTER).select("code", "name").drop_nulls().unique()
    strange = profiles.select("code", "name").drop_nulls().unique().join(known, on="code", how="anti")
    slips = near(strange["code"], known["code"]).rename({"broken": "code"})
    meant = strange.join(slips, on="code").join(known, left_on=["known", "name"], right_on=["code", "name"])
    meant = meant.filter(pl.len().over("code", "name") == 1)
    found = profiles.join(meant, on=["code", "name"], how="left", maintain_order="left")
    return found.with_columns(code=pl.coalesce("known", "code"), mended=pl.col("known").is_not_null()).drop(
        "known"
    )


def _unique(named: pl.DataFrame, coded: pl.DataFrame, how: str) -> pl.DataFrame:
    """Link names that exactly one code among ``coded`` bears."""
    alone = coded.select("name", "code").drop_nulls().unique().filter(pl.len().over("name") == 1)
    hits = named.select("profile", "name").join(alone, on="name")
    return hits.select("profile", entity="code:" + pl.col("code"), how=pl.lit(how))


def codes_with_uscc(records: Records) -> pl.DataFrame:
    """Return ``code, uscc`` of the institutions whose rows give both."""
    frames = [pl.DataFrame(schema={"code": pl.String, "uscc": pl.String})]
    for _, party, frame in records.parties("clinic", ATTRIBUTES | {"uscc": pl.String()}):
        if {"code", "uscc"} <= set(party.keys):
            read = uscc.inspect(frame["uscc"])
            frames.append(
                frame.select(pl.col("code").str.strip_chars().str.to_uppercase(), uscc=read["canonical"])
            )
    return pl.concat(frames).drop_nulls().unique().sort("code", "uscc")
