"""Employers: credit codes and employer numbers are keys; a name links where it is one firm's alone.

An entity is written as its strongest key, ``uscc:…``, ``number:…`` or ``name:…``. Two firms that share a
brand have two codes and stay two; a branch without a code of its own is its parent.
"""

from __future__ import annotations

import polars as pl
from rapidfuzz.distance import Levenshtein

from entity_resolution.normalize.employers import OrganisationNames, bracketed_regions
from entity_resolution.parties import Parties, Records, condense
from jiwang.codes import uscc

ATTRIBUTES: dict[str, pl.DataType] = {"number": pl.String(), "uscc": pl.String(), "name": pl.String()}
_MIN_SLIP = 5  # shorter names are too close to each other for a slip of one character to mean anything


def gather(records: Records) -> tuple[Parties, pl.DataFrame]:
    """Return the employer parties, and the former names that registers give (``uscc, name``)."""
    frames = []
    former = [pl.DataFrame(schema={"uscc": pl.String, "name": pl.String})]
    for _, party, frame in records.parties("employer", ATTRIBUTES | {"former_names": pl.List(pl.String())}):
        read = uscc.inspect(frame["uscc"])
        code = pl.when(read["usable"]).then(read["canonical"]).alias("uscc")
        full = frame.with_columns(code, pl.col("number").str.strip_chars())
        if "former_names" in party.keys:
            former.append(full.select("uscc", name="former_names").explode("name").drop_nulls())
        named = pl.any_horizontal(pl.col(list(ATTRIBUTES)).is_not_null())
        frames.append(full.filter(named).drop("former_names"))
    return condense(frames, ATTRIBUTES), pl.concat(former)


def resolve(parties: Parties, former: pl.DataFrame) -> pl.DataFrame:
    """Return ``profile, entity, how`` for the profiles that are resolved or found an entity."""
    profiles = parties.profiles
    names = OrganisationNames(bracketed_regions(profiles["name"].drop_nulls().unique().to_list()))
    table = names.table(pl.concat([profiles["name"], former["name"]]))
    numbers = _codes_of_numbers(profiles)
    keyed = profiles.join(numbers, on="number", how="left").with_columns(
        entity=pl.coalesce("uscc", "learned"),
        how=pl.when(pl.col("uscc").is_not_null()).then(pl.lit("uscc")).otherwise(pl.lit("number")),
    )
    keyed = keyed.with_columns(
        entity=pl.when(pl.col("entity").is_not_null())
        .then("uscc:" + pl.col("entity"))
        .otherwise("number:" + pl.col("number"))
    )
    keyed = _numbers_by_name(keyed, table)
    known = _known_names(keyed, former, table)
    by_name = _by_name(keyed.filter(pl.col("entity").is_null()), known, table)
    return pl.concat(
        [keyed.filter(pl.col("entity").is_not_null()).select("profile", "entity", "how"), by_name]
    ).sort("profile")


def _codes_of_numbers(profiles: pl.DataFrame) -> pl.DataFrame:
    """Return ``number, learned``: the credit code that most rows of a number bear."""
    both = profiles.filter(pl.col("number").is_not_null() & pl.col("uscc").is_not_null())
    counts = (
        both.group_by("number", "uscc")
        .agg(pl.col("n").sum())
        .sort(["number", "n", "uscc"], descending=[False, True, False])
    )
    return counts.group_by("number", maintain_order=True).agg(pl.col("uscc").first().alias("learned"))


def _numbers_by_name(keyed: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """Give numbers without a code the coded firm of their name, if that is one firm and has no number yet.

    Tried in turn: the registered name, region and core, the core alone where one side leaves the region out.
    """
    for keys in (["full"], ["region", "core"], ["core"]):
        coded = keyed.filter(pl.col("entity").str.starts_with("uscc:"))
        taken = coded.filter(pl.col("number").is_not_null())["entity"].unique()
        names = coded.join(table, on="name").select("entity", *keys).unique()
        alone = names.filter(pl.col("entity").n_unique().over(keys) == 1)
        alone = alone.filter(~pl.col("entity").is_in(taken.implode()))
        loose = keyed.filter(pl.col("entity").str.starts_with("number:")).join(table, on="name")
        loose = loose.filter(pl.col("region") == "") if keys == ["core"] else loose
        hits = (
            loose.join(alone, on=keys, suffix="_code").group_by("number").agg(pl.col("entity_code").unique())
        )
        hits = hits.filter(pl.col("entity_code").list.len() == 1)
        hits = hits.with_columns(pl.col("entity_code").list.first())
        once = hits.filter(pl.col("number").n_unique().over("entity_code") == 1)
        found = pl.coalesce("entity_code", "entity")
        keyed = keyed.join(once, on="number", how="left", maintain_order="left")
        keyed = keyed.with_columns(entity=found).drop("entity_code")
    return keyed


def _known_names(keyed: pl.DataFrame, former: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """Return ``entity, region, core, form, full, former`` of every name that a keyed firm bears or bore."""
    now = keyed.filter(pl.col("entity").is_not_null() & ~pl.col("reference")).select(
        "entity", "name", former=pl.lit(value=False)
    )
    past = former.select(entity="uscc:" + pl.col("uscc"), name="name", former=pl.lit(value=True))
    return (
        pl.concat([now, past])
        .join(table, on="name")
        .drop("name", "branch")
        .unique()
        .sort("entity", "full", "former")
    )


def _by_name(loose: pl.DataFrame, known: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """Link the profiles that bear a name alone; a primary party whose name nobody bears founds an entity."""
    wanted = loose.join(table, on="name", how="inner")
    anywhere = known.with_columns(region=pl.lit(""))
    steps = (
        ("name", wanted.filter(pl.col("region") != ""), known.filter(~pl.col("former")), ["full"]),
        ("former_name", wanted.filter(pl.col("region") != ""), known, ["full"]),
        ("name_core", wanted.filter(pl.col("region") != ""), known, ["region", "core"]),
        ("name_core", wanted.filter(pl.col("region") == ""), anywhere, ["region", "core"]),
        ("name_core", wanted.filter(pl.col("region") != ""), known.filter(pl.col("region") == ""), ["core"]),
    )
    done = pl.DataFrame(schema={"profile": pl.UInt32, "entity": pl.String, "how": pl.String})
    ambiguous: list[int] = []
    for how, mentions, names, keys in steps:
        left = mentions.filter(~pl.col("profile").is_in([*done["profile"], *ambiguous]))
        hits = left.select("profile", *keys).join(names.select("entity", *keys).unique(), on=keys)
        hits = hits.group_by("profile").agg(pl.col("entity").unique().sort())
        one = hits.filter(pl.col("entity").list.len() == 1)
        ambiguous += hits.filter(pl.col("entity").list.len() > 1)["profile"].to_list()
        done = pl.concat(
            [done, one.select("profile", pl.col("entity").list.first(), pl.lit(how).alias("how"))]
        )
    rest = wanted.filter(~pl.col("profile").is_in([*done["profile"], *ambiguous]))
    slips = _slips(rest, known)
    rest = rest.filter(
        ~pl.col("profile").is_in(slips["profile"].implode()) & pl.col("primary") & ~pl.col("reference")
    )
    founded = rest.select("profile", entity="name:" + pl.col("full"), how=pl.lit("founded"))
    return pl.concat([done, slips, founded])


def _slips(rest: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Link names that are one character away from one firm's alone (a character dropped or mistyped)."""
    texts = [
        (e, r + c)
        for e, r, c in known.select("entity", "region", "core")
        .unique()
        .sort("entity", "region", "core")
        .rows()
    ]
    found = []
    for profile, region, core in rest.select("profile", "region", "core").rows():
        text = region + core
        near = sorted({e for e, t in texts if _one_slip(text, t)})
        if len(near) == 1:
            found.append((profile, near[0], "name_slip"))
    return pl.DataFrame(
        found, schema={"profile": pl.UInt32, "entity": pl.String, "how": pl.String}, orient="row"
    )


def _one_slip(a: str, b: str) -> bool:
    long_enough = min(len(a), len(b)) >= _MIN_SLIP and abs(len(a) - len(b)) == 1
    return long_enough and Levenshtein.distance(a, b, score_cutoff=1) == 1
