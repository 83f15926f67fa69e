"""Weights of evidence, in bits: log2 of how much likelier an agreement is for one person than for two.

Fellegi and Sunter's model with hand-set figures. Agreement on a value is worth the logarithm of its rarity,
so that a common name, a contractor's phone or a large employer say little; the caps are what error and
family leave of it. `WEIGHTS` is the seam for figures learned from judged pairs.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import log2

import polars as pl
from rapidfuzz.distance import OSA

from entity_resolution.claims import Claims, Persons
from entity_resolution.normalize.names import EXACT, SHAPE, SOUND, WILD, WRITING, likeness

WEIGHTS: Mapping[str, float] = {
    "phone": 12.0,  # caps of the shared attributes: relatives share phones and homes, colleagues an employer
    "home": 10.0,
    "account": 13.0,
    "employer": 9.0,
    "household_no": 9.0,
    "place": 4.0,
    "birth_date": 13.0,
    "birth_near": 4.0,  # two of year, month and day agree
    "birth_lunar": 6.0,  # a day of the lunar calendar, 18 to 52 days before the solar one
    "born": 3.5,  # year from an age, give or take one
    "sex": 1.0,
    "id_one_slip": 22.0,
    "id_two_slips": 14.0,
    "id_far": -6.0,  # a wrong id that is not near: perhaps somebody else's
    "masked": 12.0,  # visible head and tail agree
    "household_of_id": 9.0,  # lives with the owner of the id that the row bears by mistake
    "writing": 5.0,
    "sound": -2.0,  # on top of the rarity of the sound
    "shape": 6.0,
    "shape_short": 3.0,
    "never": -40.0,
    "taken": -12.0,  # the person already has a register entry, or a number
}

_JUDGED = ("id", "birth", "sex", "masked", "taken")  # weighed on their own, beside what is shared
_LOCAL = ("employer", "place")  # shared by as many as there are people to share them
_AT_LEAST_AMONG = 10_000  # a phone or a home is no less telling for being met in a small pool


def weigh(pairs: pl.DataFrame, claims: Claims, persons: Persons) -> pl.DataFrame:
    """Return ``claim, entity, alike, bits, evidence, reason, parts`` for each pair.

    ``bits`` weighs the pair against chance, the prior included; ``evidence`` is what is said beside the name;
    ``parts`` is the waterfall: field and weight of all that was weighed, and they sum to ``bits``.

    Args:
        pairs: ``claim, entity, alike`` as `block.pairs` gives them.
        claims: the left side.
        persons: the right side.
    """
    people = max(persons.heads.height, 2)
    rows = pairs.join(claims.heads, on="claim", maintain_order="left").join(
        persons.heads, on="entity", suffix="_p", maintain_order="left"
    )
    shared = _shared(pairs, claims, persons, people)
    rows = rows.join(shared, on=["claim", "entity"], how="left", maintain_order="left")
    rows = rows.with_columns(
        name_bits=_name_bits(rows, persons, people),
        id_bits=_id_bits(rows),
        shared=pl.col("shared").fill_null(0.0),
        birth_bits=_birth_bits(),
        sex_bits=_sex_bits(),
        masked_bits=_masked_bits(),
        taken_bits=_taken_bits(),
    )
    evidence = pl.sum_horizontal("shared", *(f"{field}_bits" for field in _JUDGED))
    rows = rows.with_columns(evidence=evidence, bits=evidence + pl.col("name_bits") - log2(people))
    return rows.select(
        "claim", "entity", "alike", "bits", "evidence", reason=_reason(), parts=_parts(log2(people))
    )


def _parts(prior: float) -> pl.Expr:
    """Return the waterfall: the prior, the name, what was judged on its own, and each shared attribute."""
    own = [("prior", pl.lit(-prior)), *((f, pl.col(f"{f}_bits")) for f in ("name", *_JUDGED))]
    said = [pl.struct(field=pl.lit(field), weight=weight.cast(pl.Float64)) for field, weight in own]
    every = pl.concat_list(*said).list.concat(pl.col("worths").fill_null([]))
    return every.list.filter(pl.element().struct.field("weight") != 0.0)


def _reason() -> pl.Expr:
    near_id = pl.when(pl.col("id_bits") > 0).then(pl.lit("+near_id"))
    masked = pl.when((_masked_bits() > 0).fill_null(value=False)).then(pl.lit("+masked_id"))
    aged = pl.when(pl.col("born").is_not_null()).then(pl.lit("+age"))
    name = pl.when(pl.col("alike") == EXACT).then(pl.lit("name")).otherwise(pl.lit("like_name"))
    return pl.concat_str(name, near_id, masked, aged, "with", ignore_nulls=True)


def _shared(pairs: pl.DataFrame, claims: Claims, persons: Persons, people: int) -> pl.DataFrame:
    """Return ``claim, entity, shared, with, worths``: bits of what both have, names of it, bits of each."""
    theirs = persons.facts.with_columns(crowd=pl.len().over("attribute", "value"))
    caps = pl.col("attribute").replace_strict(dict(WEIGHTS), return_dtype=pl.Float64)
    local = pl.col("attribute").is_in(_LOCAL)
    among = pl.when(local).then(people).otherwise(max(people, _AT_LEAST_AMONG))
    rarity = (among / pl.col("crowd")).log(2)
    hits = (
        pairs.select("claim", "entity")
        .join(claims.facts, on="claim")
        .join(theirs, on=["entity", "attribute", "value"])
        .with_columns(
            worth=pl.when(pl.col("attribute") == "birth_date")
            .then(caps)
            .otherwise(pl.min_horizontal(caps, rarity))
        )
    )
    # Two values of one attribute (two phones) are one piece of evidence; the place is part of the home.
    best = hits.group_by("claim", "entity", "attribute").agg(pl.col("worth").max())
    at_home = (pl.col("attribute") == "home").any().over("claim", "entity")
    best = best.filter((pl.col("attribute") != "place") | ~at_home).sort("claim", "entity", "attribute")
    return best.group_by("claim", "entity", maintain_order=True).agg(
        shared=pl.col("worth").sum(),
        **{"with": "+" + pl.col("attribute").str.join("+")},
        worths=pl.struct(field="attribute", weight=pl.col("worth").cast(pl.Float64)),
    )


def _name_bits(rows: pl.DataFrame, persons: Persons, people: int) -> pl.Series:
    keys = persons.names.select("entity", "key").unique()["key"].value_counts(name="c")
    sounds = persons.names.select("entity", "sound").drop_nulls().unique()["sound"].value_counts(name="c")
    frame = rows.select("alike", "key", "sound")
    frame = frame.join(keys.rename({"c": "ck"}), on="key", how="left", maintain_order="left")
    frame = frame.join(sounds.rename({"c": "cs"}), on="sound", how="left", maintain_order="left")
    exact = (pl.lit(people) / pl.col("ck").fill_null(1)).log(2)
    sound = (pl.lit(people) / pl.col("cs").fill_null(1)).log(2) + WEIGHTS["sound"]
    frame = frame.join(_lost_counts(frame, keys["key"]), on="key", how="left", maintain_order="left")
    lost = (pl.lit(people) / pl.col("cl")).log(2) + WEIGHTS["sound"]
    short = pl.col("key").str.len_chars() <= 2
    return frame.select(
        pl.when(pl.col("alike") == EXACT).then(exact)
        .when(pl.col("alike") == WRITING).then(pl.coalesce(lost, pl.lit(WEIGHTS["writing"])))
        .when(pl.col("alike") == SOUND).then(sound)
        .when((pl.col("alike") == SHAPE) & short).then(WEIGHTS["shape_short"])
        .otherwise(WEIGHTS["shape"])
        .alias("name_bits")
    )["name_bits"]  # fmt: skip


def _lost_counts(rows: pl.DataFrame, known: pl.Series) -> pl.DataFrame:
    """Return ``key, cl``: how many known names fit each key that has lost a character."""
    by_shape: dict[tuple[str, int], list[str]] = {}
    for name in known.sort():
        by_shape.setdefault((name[0], len(name)), []).append(name)
    counts = []
    for key in sorted(
        set(rows.filter((pl.col("alike") == WRITING) & pl.col("key").str.contains(WILD, literal=True))["key"])
    ):
        fitting = sum(likeness(key, name) >= WRITING for name in by_shape.get((key[0], len(key)), []))
        counts.append((key, max(fitting, 1)))
    return pl.DataFrame(counts, schema={"key": pl.String, "cl": pl.Int64}, orient="row")


def _id_bits(rows: pl.DataFrame) -> pl.Series:
    bits = [_near(bad, cid) if bad and cid else 0.0 for bad, cid in rows.select("bad", "cid_p").rows()]
    return pl.Series("id_bits", bits, dtype=pl.Float64)


def _near(bad: str, cid: str) -> float:
    """Weigh a wrong id against a right one, in the form that the wrong one has."""
    if len(bad) < 14:
        return 0.0
    right = cid if len(bad) > 16 else cid[:6] + cid[8:17]
    slips = OSA.distance(bad, right, score_cutoff=3)
    if slips <= 1:
        return WEIGHTS["id_one_slip"]
    return WEIGHTS["id_two_slips"] if slips == 2 else WEIGHTS["id_far"]


def _birth_bits() -> pl.Expr:
    """Agreement on the whole date is among the shared facts; here its absence is judged, and the age."""
    a, b = pl.col("birth_date"), pl.col("birth_date_p")
    same = [
        (getattr(a.dt, part)() == getattr(b.dt, part)()).cast(pl.Int8) for part in ("year", "month", "day")
    ]
    parts = pl.sum_horizontal(same)
    early = (b - a).dt.total_days().is_between(18, 52)
    differs = (
        pl.when(parts == 2)
        .then(WEIGHTS["birth_near"])
        .when(early)
        .then(WEIGHTS["birth_lunar"])
        .otherwise(WEIGHTS["never"])
    )
    years = (pl.col("born") - b.dt.year()).abs()
    by_age = pl.when(years <= 1).then(WEIGHTS["born"]).when(years == 2).then(0.0).otherwise(WEIGHTS["never"])
    return (
        pl.when(a.is_not_null() & b.is_not_null() & (a != b)).then(differs)
        .when(pl.col("born").is_not_null() & b.is_not_null()).then(by_age)
        .otherwise(0.0)
    )  # fmt: skip


def _sex_bits() -> pl.Expr:
    known = pl.col("sex").is_not_null() & pl.col("sex_p").is_not_null()
    same = pl.when(pl.col("sex") == pl.col("sex_p")).then(WEIGHTS["sex"]).otherwise(WEIGHTS["taken"])
    return pl.when(known).then(same).otherwise(0.0)


def _masked_bits() -> pl.Expr:
    """Visible places must agree, in 18 places or in the old 15; a person without an id says nothing."""
    cid, h, t = pl.col("cid_p"), pl.col("head").str.len_chars(), pl.col("tail").str.len_chars()
    head = cid.str.slice(0, h) == pl.col("head")
    tail = (cid.str.slice(18 - t, t) == pl.col("tail")) | (cid.str.slice(17 - t, t) == pl.col("tail"))
    shown = pl.col("tail").is_not_null() & cid.is_not_null()
    return (
        pl.when(~shown.fill_null(value=False))
        .then(0.0)
        .when(head & tail)
        .then(WEIGHTS["masked"])
        .otherwise(WEIGHTS["never"])
    )


def _taken_bits() -> pl.Expr:
    register = pl.col("registered") & pl.col("registered_p")
    number = pl.col("numbered") & pl.col("numbered_p")
    own_id = (pl.col("cid") == pl.col("cid_p")).fill_null(
        value=False
    )  # the owner of a borrowed id is not meant
    return (
        pl.when(own_id).then(WEIGHTS["never"]).when(register | number).then(WEIGHTS["taken"]).otherwise(0.0)
    )
