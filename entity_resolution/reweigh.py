"""Any two persons of a resolved region, or two rows on one, weighed anew by the weights learned on it.

`values_of` is what a run keeps for it beside the links: what every profile says, as the last round saw it.
The weights stand in ``weights.parquet``. Nothing is resolved again, and nobody is linked by what is found.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from entity_resolution.engine import compare, pair, weighing
from entity_resolution.engine.learn import LEVELS, Weights
from entity_resolution.engine.pair import Meeting, Part
from entity_resolution.engine.profile import Profile, load
from entity_resolution.engine.units import MOST
from entity_resolution.engine.values import NONE, Codes
from entity_resolution.judge import ACCEPT
from entity_resolution.normalize.names import OTHER
from entity_resolution.region_values import IDLE, OWNER, RegionValues
from entity_resolution.weigh import ALIKE, REGISTER, Model

TAKEN = "taken"
_KINDS = ((0, "said"), (1, "held"))
Scan = Callable[[str], pl.LazyFrame]


@dataclass(frozen=True)
class Weighed:
    """Two sides weighed anew.

    Attributes:
        parts: the waterfall; it sums to ``score``.
        score: bits, the prior included.
        accept: bits at which a claim is linked to a person, if no rival is near.
        meetings: the rules of blocks; where none is shared, the two were never compared.
        alike: their names are alike; persons whose names are not are never weighed.
    """

    parts: tuple[Part, ...]
    score: float
    accept: float
    meetings: tuple[Meeting, ...]
    alike: bool


def values_of(profiles: pl.DataFrame, links: pl.DataFrame, known: RegionValues) -> tuple[pl.DataFrame, ...]:
    """Return ``profile, anchored, registered, numbered``, and what they say: ``profile, field, text``.

    Args:
        profiles: as `people.gather` gives them, with the households that kin gives to unlinked ones.
        links: ``profile, entity``, of the last round.
        known: as `region_values.read` returns it.
    """
    rows = profiles.join(links.select("profile", cell="entity"), on="profile", how="left").sort("profile")
    linked = pl.col("cell").is_not_null()
    own = pl.coalesce("cell", pl.format("said:{}", "profile"))  # whom nobody is linked to speaks for itself
    rows = rows.with_columns(linked=linked, cell=own)
    said = known.shown(rows, pl.col("linked"))
    said.codes["firm"][0][(rows["role"] != OWNER).to_numpy()] = NONE  # a person's firms are its employers too
    marks = rows.select(
        "profile",
        anchored=pl.col("cell").str.starts_with("citizen:"),
        registered=pl.col("table") == REGISTER,
        numbered=pl.col("number").is_not_null(),
    )
    told = [
        _told(rows["profile"], name, said.values[name].texts, c)
        for name, cs in said.codes.items()
        for c in cs
    ]
    return marks, pl.concat(told)


def _told(profile: pl.Series, field: str, texts: pl.Series, codes: Codes) -> pl.DataFrame:
    at = np.flatnonzero(codes != NONE)
    frame = pl.DataFrame({"profile": profile.gather(at), "text": texts.gather(codes[at]).cast(pl.String)})
    return frame.select("profile", pl.lit(field).alias("field"), "text")


def weights_of(model: Model) -> pl.DataFrame:
    """Return ``field, level, weight, m, u`` of a model; the prior and what is taken are fields too."""
    taken = [(TAKEN, name, weight, None, None) for name, weight in sorted(model.taken.items())]
    frame = model.weights.frame(model.rules)
    return pl.concat([frame, pl.DataFrame(taken, schema=frame.schema, orient="row")])


def weigh(scan: Scan, left: str, right: str) -> Weighed | None:
    """Weigh two sides anew: records, or entities; None where one of them speaks of no person.

    Two rows of one entity are weighed by themselves; else each side is all that is known of its person. As
    in a run, one side is a claim and the other a person: the claim is the one without a usable id.

    Args:
        scan: gives the tables ``person_rows``, ``person_profiles``, ``person_said`` and ``weights``.
        left: a record id or an entity id.
        right: another.
    """
    sides = [_profiles(scan, name) for name in (left, right)]
    if not all(s.height for s in sides):
        return None
    owners = [s["entity_id"][0] for s in sides]
    if owners[0] is None or owners[0] != owners[1]:
        every = scan("person_profiles")
        sides = [
            s if who is None else every.filter(pl.col("entity_id") == who).collect()
            for s, who in zip(sides, owners, strict=True)
        ]
    rules = load("region")
    claim = 1 if sides[0]["anchored"].any() and not sides[1]["anchored"].any() else 0
    features = pl.concat([_feature(s, scan, rules, person=i != claim) for i, s in enumerate(sides)])
    told, of = weighing.assembled(features, rules, [f.name for f in rules.field], parts=True)
    frame = scan("weights").collect()
    weights = _read(frame, rules)
    parts = (*pair.waterfall(0, 1, told, of, rules, weights), *_taken(sides, frame))
    level = int(compare.levels(np.array([0]), np.array([1]), "name", told, of)[0])
    met = pair.meetings(0, 1, told, of, rules)
    return Weighed(parts, pair.score(parts), ACCEPT, met, ALIKE[level] > OTHER)


def _profiles(scan: Scan, name: str) -> pl.DataFrame:
    """Return the profile of a record's own person, or else the profiles of an entity."""
    rows = scan("person_rows").filter((pl.col("record_id") == name) & pl.col("primary")).collect()
    every = scan("person_profiles")
    if rows.height:
        return every.filter(pl.col("profile") == rows["profile"][0]).collect()
    return every.filter(pl.col("entity_id") == name).collect()


def _feature(side: pl.DataFrame, scan: Scan, rules: Profile, *, person: bool) -> pl.DataFrame:
    """Return one row of `seam.features_schema`: what a side says, and how many known persons say it too."""
    said, idle = scan("person_said"), pl.col("text").str.starts_with(IDLE)
    own = said.filter(pl.col("profile").is_in(side["profile"].implode())).collect()
    if not person:
        own = own.filter((pl.col("field") != "employer") | ~idle)
    else:
        own = _with_firms(own.lazy()).filter((pl.col("field") != "firm") | ~idle).collect()
    own = own.select("field", "text").unique().sort("field", "text")
    own = own.filter(pl.int_range(pl.len()).over("field") < MOST)
    known = scan("person_profiles").filter("anchored").select("profile", "entity_id")
    met = _with_firms(said.filter(pl.col("text").is_in(own["text"].implode()))).join(known, on="profile")
    held = met.group_by("field", "text").agg(n=pl.col("entity_id").n_unique().cast(pl.Int64)).collect()
    told = own.join(held, on=["field", "text"], how="left", maintain_order="left").fill_null(0)
    lists = told.group_by("field").agg("text", "n")
    found = {field: (texts, counts) for field, texts, counts in lists.iter_rows()}
    empty: tuple[list[str], list[int]] = ([], [])
    row = {f"{what}:{of.name}": [found.get(of.name, empty)[i]] for of in rules.field for i, what in _KINDS}
    return pl.DataFrame(row, schema={k: pl.List(pl.String if k[0] == "s" else pl.Int64) for k in row})


def _with_firms(said: pl.LazyFrame) -> pl.LazyFrame:
    """Let persons' employers count as their firms too, as `region_values` shows them."""
    employers = said.filter(pl.col("field") == "employer")
    return pl.concat([said, employers.with_columns(field=pl.lit("firm"))])


def _taken(sides: list[pl.DataFrame], weights: pl.DataFrame) -> list[Part]:
    """Return what it weighs that both have a register entry already, or a number."""
    found = weights.filter(pl.col("field") == TAKEN).select("level", "weight").iter_rows()
    return [Part(TAKEN, name, bits) for name, bits in found if bits and all(s[name].any() for s in sides)]


def _read(frame: pl.DataFrame, rules: Profile) -> Weights:
    """Return weights as `weights_of` wrote them."""
    fields = [f.name for f in rules.evidence]
    table = np.zeros((len(fields), LEVELS))
    bits = {
        (field, level): weight
        for field, level, weight in frame.select("field", "level", "weight").iter_rows()
    }
    for i, of in enumerate(rules.evidence):
        for level, name in enumerate(compare.names_of_levels(of)):
            table[i, level] = bits.get((of.name, name), 0.0)
    blank = np.zeros_like(table)
    return Weights(fields, bits["prior", ""], table, blank, blank, (0, 0))
