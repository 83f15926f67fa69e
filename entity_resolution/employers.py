"""Employers: credit codes, older numbers and employer numbers are keys; a name links where it is one firm's.

An entity is written as its strongest key, ``uscc:…``, ``org:…``, ``registration:…``, ``trader:…``,
``number:…`` or ``name:…``. Two firms that share a brand have two codes and stay two. A branch that has a code
or number of its own is an entity, tied to its parent (`branches`); a branch's bare name is the parent written
at length: a branch is no legal person (Company Law art. 13), so what stands under it is the company's.
"""

from __future__ import annotations

import polars as pl

from entity_resolution import employer_names
from entity_resolution.normalize.employers import OrganisationNames, bracketed_regions
from entity_resolution.parties import PARTY_COLUMNS, Parties, Records, condense
from jiwang.codes import organisation

ATTRIBUTES: dict[str, pl.DataType] = {
    "number": pl.String(), "uscc": pl.String(), "name": pl.String(),
    "org_code": pl.String(), "registration_no": pl.String(), "sole_trader": pl.String(),
    "broken": pl.String(), "mended": pl.Boolean(),
}  # fmt: skip
_GIVEN: dict[str, pl.DataType] = {
    "number": pl.String(), "uscc": pl.String(), "name": pl.String(), "registration_no": pl.String(),
    "former_names": pl.List(pl.String()),
}  # fmt: skip
# Older keys of a firm, strongest first, with the prefix that an entity bears which has no unified code.
ALIASES = {"org_code": "org:", "registration_no": "registration:", "sole_trader": "trader:"}


def gather(records: Records) -> tuple[Parties, pl.DataFrame]:
    """Return the employer parties, and the former names that registers give (``uscc, name``)."""
    frames = []
    former = [pl.DataFrame(schema={"uscc": pl.String, "name": pl.String})]
    for _, party, frame in records.parties("employer", _GIVEN):
        full = read(frame)
        if "former_names" in party.keys:
            former.append(full.select("uscc", name="former_names").explode("name").drop_nulls())
        named = pl.any_horizontal(pl.col(list(ATTRIBUTES)).exclude("mended").is_not_null())
        frames.append(full.filter(named).select(*PARTY_COLUMNS, *ATTRIBUTES))
    return condense(frames, ATTRIBUTES), pl.concat(former)


def read(frame: pl.DataFrame) -> pl.DataFrame:
    """Return ``frame`` with the numbers of ``uscc`` and ``registration_no`` told apart by kind."""
    read_ = organisation.read(frame["uscc"])
    old = organisation.read(frame["registration_no"])
    return frame.with_columns(
        pl.col("number").str.strip_chars(),
        read_["uscc"],
        read_["mended"],
        read_["sole_trader"],
        read_["broken"],
        org_code=read_["org_code"],
        registration_no=old["registration_no"].fill_null(read_["registration_no"]),
    )


def resolve(parties: Parties, former: pl.DataFrame) -> pl.DataFrame:
    """Return ``profile, entity, how`` for the profiles that are resolved or found an entity."""
    profiles = parties.profiles
    names = OrganisationNames(bracketed_regions(profiles["name"].drop_nulls().unique().to_list()))
    table = names.table(pl.concat([profiles["name"], former["name"]]))
    keyed = _by_number(_by_code(profiles, table))
    keyed = _settled(keyed, table)
    known = _known_names(keyed, former, table)
    by_name = employer_names.link(keyed.filter(pl.col("entity").is_null()), known, table)
    return pl.concat(
        [keyed.filter(pl.col("entity").is_not_null()).select("profile", "entity", "how"), by_name]
    ).sort("profile")


def aliases(parties: Parties, links: pl.DataFrame) -> pl.DataFrame:
    """Return ``entity, scheme, value``: every number that an employer was named by."""
    said = parties.profiles.join(links.select("profile", "entity"), on="profile")
    parts = [
        said.select("entity", scheme=pl.lit(scheme), value=pl.col(scheme)).drop_nulls()
        for scheme in ("uscc", *ALIASES, "number")
    ]
    return pl.concat(parts).unique().sort("entity", "scheme", "value")


def branches(parties: Parties, links: pl.DataFrame) -> pl.DataFrame:
    """Return ``branch, parent``: employers that have keys of their own and bear a branch's name."""
    said = parties.profiles.join(links.select("profile", "entity"), on="profile").drop_nulls("name")
    table = OrganisationNames(bracketed_regions(said["name"].unique().to_list())).table(said["name"])
    named = said.join(table, on="name").group_by("entity", "full", "branch").agg(pl.col("n").sum())
    named = named.sort(["entity", "n", "full", "branch"], descending=[False, True, False, False])
    called = named.group_by("entity", maintain_order=True).agg(pl.col("full", "branch").first())
    firms = called.filter(pl.col("branch") == "").select("full", parent="entity")
    firms = firms.filter(pl.len().over("full") == 1)
    owned = called.filter((pl.col("branch") != "") & ~pl.col("entity").str.starts_with("name:"))
    return owned.join(firms, on="full").select("entity", "parent").rename({"entity": "branch"}).sort("branch")


def _by_code(profiles: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """Give profiles their code's entity: the code, that which an older number stands for, a repair."""
    frame = profiles.with_columns(
        entity="uscc:" + pl.col("uscc"),
        how=pl.when("mended")
        .then(pl.lit("uscc_repaired"))
        .when(pl.col("uscc").is_not_null())
        .then(pl.lit("uscc")),
    )
    for scheme, prefix in ALIASES.items():
        codes = profiles.filter(pl.col(scheme).is_not_null() & pl.col("uscc").is_not_null())
        codes = codes.select(scheme, code="uscc").unique().filter(pl.len().over(scheme) == 1)
        frame = frame.join(codes, on=scheme, how="left", maintain_order="left")
        own = pl.coalesce("uscc:" + pl.col("code"), prefix + pl.col(scheme))
        # Fifteen digits are an organisation code by luck once in eleven times: then only a known one counts.
        sure = (
            pl.col("code").is_not_null()
            | (pl.lit(scheme) != "org_code")
            | pl.col("registration_no").is_null()
        )
        found = pl.col("entity").is_null() & own.is_not_null() & sure
        frame = frame.with_columns(
            entity=pl.when(found).then(own).otherwise("entity"),
            how=pl.when(found).then(pl.lit(scheme)).otherwise("how"),
        ).drop("code")
    return _repaired(frame, table)


def _repaired(frame: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """Lead broken codes to the one known code that is a slip away, unless the names speak against it."""
    slips = organisation.near(frame["broken"], frame["uscc"]).filter(pl.len().over("broken") == 1)
    cores = table.select("name", "core")
    theirs = frame.select(known="uscc", name="name").drop_nulls().unique().join(cores, on="name")
    theirs = theirs.group_by("known").agg(theirs=pl.col("core").unique())
    met = frame.filter(pl.col("entity").is_null()).join(slips, on="broken").join(cores, on="name", how="left")
    met = met.join(theirs, on="known", how="left")
    told = met.select("profile", "known", "core", "theirs").rows()
    fits = [
        p
        for p, _, core, others in told
        if core is None or others is None or any(_akin(core, o) for o in others)
    ]
    met = met.filter(pl.col("profile").is_in(fits)).select("profile", repaired="uscc:" + pl.col("known"))
    frame = frame.join(met, on="profile", how="left", maintain_order="left")
    return frame.with_columns(
        entity=pl.coalesce("entity", "repaired"),
        how=pl.when(pl.col("entity").is_null() & pl.col("repaired").is_not_null())
        .then(pl.lit("uscc_repaired")).otherwise("how"),
    ).drop("repaired")  # fmt: skip


def _akin(core: str, other: str) -> bool:
    return core[:2] == other[:2] or core in other or other in core


def _by_number(frame: pl.DataFrame) -> pl.DataFrame:
    """Give the rest of the profiles their employer number's entity: what most coded rows of it are."""
    both = frame.filter(pl.col("number").is_not_null() & pl.col("entity").is_not_null())
    counts = both.group_by("number", "entity").agg(pl.col("n").sum())
    coded = pl.col("entity").str.starts_with("uscc:")
    counts = counts.with_columns(coded=coded).sort(
        ["number", "coded", "n", "entity"], descending=[False, True, True, False]
    )
    learned = counts.group_by("number", maintain_order=True).agg(learned=pl.col("entity").first())
    frame = frame.join(learned, on="number", how="left", maintain_order="left")
    numbered = pl.coalesce("learned", "number:" + pl.col("number"))
    return frame.with_columns(
        # An older number beside an employer number that knows its code is that firm's too.
        entity=pl.when(coded.fill_null(value=False))
        .then("entity")
        .otherwise(pl.coalesce(numbered, "entity")),
        how=pl.when(pl.col("entity").is_null() & numbered.is_not_null())
        .then(pl.lit("number"))
        .otherwise("how"),
    ).drop("learned")


def _settled(keyed: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """Give firms known by a lesser number only the coded firm of their name, if it is one firm's alone.

    A firm has one number of each scheme: a coded firm that has another is not meant. Tried in turn: the
    registered name, region and core, the core alone where one side leaves the region out.
    """
    for keys in (["full", "branch"], ["region", "core", "branch"], ["core", "branch"]):
        for scheme, prefix in {**ALIASES, "number": "number:"}.items():
            keyed = _settle(keyed, table, keys, scheme, prefix)
    return keyed


def _settle(
    keyed: pl.DataFrame, table: pl.DataFrame, keys: list[str], scheme: str, prefix: str
) -> pl.DataFrame:
    loose = keyed.filter(pl.col("entity").str.starts_with(prefix)).join(table, on="name")
    if "region" not in keys and "full" not in keys:
        loose = loose.filter(pl.col("region") == "")
    if loose.is_empty():
        return keyed
    coded = keyed.filter(pl.col("entity").str.starts_with("uscc:"))
    taken = coded.filter(pl.col(scheme).is_not_null())["entity"].unique()
    names = coded.join(table, on="name").select("entity", *keys).unique()
    alone = names.filter(pl.col("entity").n_unique().over(keys) == 1)
    alone = alone.filter(~pl.col("entity").is_in(taken.implode()))
    hits = loose.join(alone, on=keys, suffix="_code").group_by("entity").agg(pl.col("entity_code").unique())
    hits = hits.filter(pl.col("entity_code").list.len() == 1)
    hits = hits.with_columns(pl.col("entity_code").list.first())
    once = hits.filter(pl.len().over("entity_code") == 1)
    keyed = keyed.join(once, on="entity", how="left", maintain_order="left")
    return keyed.with_columns(entity=pl.coalesce("entity_code", "entity")).drop("entity_code")


def _known_names(keyed: pl.DataFrame, former: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """Return ``entity, region, core, form, branch, full, former`` of each name that a keyed firm bore."""
    now = keyed.filter(pl.col("entity").is_not_null() & ~pl.col("reference")).select(
        "entity", "name", former=pl.lit(value=False)
    )
    past = former.drop_nulls().select(entity="uscc:" + pl.col("uscc"), name="name", former=pl.lit(value=True))
    return (
        pl.concat([now, past])
        .join(table, on="name")
        .drop("name")
        .unique()
        .sort("entity", "full", "branch", "former")
    )
