"""Leads: two persons with two usable ids that may be one life. They are never merged; a person decides.

A bare name is no lead, nor are a name and a birth date that two registered people share: in a pool of a
million such pairs are coincidence by the hundred. What counts is a number held by both, a change of name
*and* id, a home, phone or account in common, or a second pension under an identity that leads no life of
its own.
"""

from __future__ import annotations

import polars as pl

from entity_resolution.cells import Cells
from entity_resolution.claims import Persons, persons
from entity_resolution.normalize.names import EXACT, likenesses
from entity_resolution.parties import Parties, Records
from jiwang.codes import citizen
from jiwang.tables import PossibleSame

SCORES = {
    "shared_number": 0.95,  # one personal number, rows of two lives: an account taken over
    "same_name_birth_home": 0.9,  # name, birth date, and a home, phone or account
    "near_id": 0.85,  # the same name, ids one slip apart, both valid
    "alike_name_birth_home": 0.8,
    "second_pension_at_home": 0.85,  # names alike, one home or phone, two pensions, one of them unregistered
    "one_account": 0.75,  # one account held in both names
    "double_change": 0.6,  # the log changed one's id into the other's; each has an own number
    "thin_identity": 0.6,  # an id seen in one place only, with somebody's name and phone or home
    "second_pension": 0.35,  # grows with what the second identity lacks
}
LEAST = 0.5
_CROWD = 20
_RECORDS = 4  # rows shown of each side
_PENSION = "pension_payment"
_LIFE = ("settlement", "life_trace", "wage_tax")
_HOME = ("phone", "home", "account", "household_no")


def find(records: Records, parties: Parties, links: pl.DataFrame, cells: Cells) -> pl.DataFrame:
    """Return ``a, b, reason, score``: pairs of entities, each pair once, with its strongest reason."""
    profiles = parties.profiles.filter(~pl.col("reference"))
    known = persons(profiles, links.select("profile", "entity", "how"))
    lives = _lives(profiles, links)
    parts = [_numbers(cells), _changes(records, known), _alike(known, lives), _near_ids(known)]
    pairs = pl.concat(parts).filter(pl.col("a") != pl.col("b"))
    ordered = pairs.select(
        a=pl.min_horizontal("a", "b"), b=pl.max_horizontal("a", "b"), reason="reason", score="score"
    ).filter(pl.col("score") >= LEAST)
    ranked = ordered.sort(["a", "b", "score", "reason"], descending=[False, False, True, False])
    return ranked.group_by("a", "b", maintain_order=True).agg(
        pl.col("reason").first(), pl.col("score").first()
    )


def table(pairs: pl.DataFrame, parties: Parties, placed: pl.DataFrame, ids: pl.DataFrame) -> pl.DataFrame:
    """Return the leads as `PossibleSame`, with some records of each side.

    Args:
        pairs: as `find` returns them.
        parties: rows and profiles of persons.
        placed: ``profile, entity_id, how, anchor``.
        ids: ``entity, entity_id``.
    """
    named = pairs.join(ids.rename({"entity": "a", "entity_id": "x"}), on="a").join(
        ids.rename({"entity": "b", "entity_id": "y"}), on="b"
    )
    named = named.filter(pl.col("x") != pl.col("y")).select(
        entity_a=pl.min_horizontal("x", "y"),
        entity_b=pl.max_horizontal("x", "y"),
        reason="reason",
        score="score",
    )
    wanted = pl.concat([named["entity_a"], named["entity_b"]]).unique()
    rows = parties.rows.filter("primary").join(
        placed.filter(pl.col("entity_id").is_in(wanted.implode())), on="profile"
    )
    rows = rows.sort("table", "source_file", "source_row").unique(
        subset=["entity_id", "table"], keep="first", maintain_order=True
    )
    shown = rows.group_by("entity_id", maintain_order=True).agg(pl.col("record_id").head(_RECORDS))
    for side in ("entity_a", "entity_b"):
        named = named.join(
            shown.rename({"entity_id": side, "record_id": f"{side}_rows"}),
            on=side,
            how="left",
            maintain_order="left",
        )
    named = named.with_columns(records=pl.concat_list("entity_a_rows", "entity_b_rows"))
    named = named.unique(subset=["entity_a", "entity_b"], keep="first", maintain_order=True)
    return named.select(PossibleSame.column_names()).sort("entity_a", "entity_b")


def _pairs(frame: pl.DataFrame, reason: str | pl.Expr) -> pl.DataFrame:
    named = pl.lit(reason) if isinstance(reason, str) else reason
    frame = frame.select(
        "a",
        "b",
        reason=named,
        score=pl.col("score") if "score" in frame.columns else pl.lit(None, dtype=pl.Float64),
    )
    return frame.with_columns(
        score=pl.coalesce(
            "score", pl.col("reason").replace_strict(SCORES, default=0.0, return_dtype=pl.Float64)
        )
    )


def _numbers(cells: Cells) -> pl.DataFrame:
    return _pairs(
        cells.shared.select(a="citizen:" + pl.col("cid"), b="citizen:" + pl.col("main")), "shared_number"
    )


def _changes(records: Records, known: Persons) -> pl.DataFrame:
    """Pairs whose ids the change log replaced by one another, both being known people."""
    names = {t.name for t in records.tables()}
    if "change_log" not in names:
        return _pairs(pl.DataFrame(schema={"a": pl.String, "b": pl.String}), "double_change")
    log = records.read("change_log", ["changed_field", "old_value", "new_value"])
    log = log.filter(pl.col("changed_field").is_in(["citizen_id", "name_and_citizen_id"]))
    last = [pl.col(c).str.split("|").list.last().alias(c) for c in ("old_value", "new_value")]
    log = log.select(last)
    sides = []
    for column, side in (("old_value", "a"), ("new_value", "b")):
        read = citizen.inspect(log[column])
        sides.append(
            pl.DataFrame({side: read["canonical"], "ok": read["usable"]}).select(
                pl.when("ok").then("citizen:" + pl.col(side)).alias(side)
            )
        )
    both = pl.concat(sides, how="horizontal").drop_nulls().filter(pl.col("a") != pl.col("b")).unique()
    people = known.heads["entity"].implode()
    return _pairs(both.filter(pl.col("a").is_in(people) & pl.col("b").is_in(people)), "double_change")


def _lives(profiles: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """Return what each person's records are: ``entity, tables, registered, pensioner, lives``."""
    said = profiles.filter("primary").join(links, on="profile")
    return said.group_by("entity").agg(
        tables=pl.col("table").n_unique(),
        pensioner=(pl.col("table") == _PENSION).any(),
        lives=pl.col("table").is_in(_LIFE).any(),
    )


def _alike(known: Persons, lives: pl.DataFrame) -> pl.DataFrame:
    """Pairs that share a birth date, phone, home or account and whose names are alike."""
    facts = known.facts.filter(
        pl.col("attribute").is_in(["birth_date", *_HOME])
        & (pl.len().over("attribute", "value") <= _CROWD * 10)
    )
    names = known.names.select("entity", "key")
    met = facts.join(facts, on=["attribute", "value"], suffix="_b").filter(
        pl.col("entity") < pl.col("entity_b")
    )
    met = met.group_by(a="entity", b="entity_b").agg(
        birth=(pl.col("attribute") == "birth_date").any(),
        account=(pl.col("attribute") == "account").any(),
        home=pl.col("attribute").is_in(_HOME).any(),
    )
    met = met.join(names, left_on="a", right_on="entity").join(
        names, left_on="b", right_on="entity", suffix="_b"
    )
    distinct = met.select("key", "key_b").unique()
    distinct = distinct.with_columns(
        pl.Series("alike", likenesses(distinct["key"], distinct["key_b"]), dtype=pl.Float64)
    )
    met = met.join(distinct.filter(pl.col("alike") > 0), on=["key", "key_b"])
    met = met.group_by("a", "b").agg(pl.col("birth", "account", "home").any(), pl.col("alike").max())
    heads = known.heads.select("entity", "cid", "sex", "birth_date", "registered").join(
        lives, on="entity", how="left"
    )
    met = met.join(heads, left_on="a", right_on="entity").join(
        heads, left_on="b", right_on="entity", suffix="_b"
    )
    met = met.filter(pl.col("cid").is_not_null() & pl.col("cid_b").is_not_null())
    return _judge_alike(met)


def _judge_alike(met: pl.DataFrame) -> pl.DataFrame:
    same_sex = (pl.col("sex") == pl.col("sex_b")).fill_null(value=True)
    exact, born = (
        pl.col("alike") == EXACT,
        pl.col("birth") & (pl.col("birth_date") == pl.col("birth_date_b")).fill_null(value=False) & same_sex,
    )
    both_registered = pl.col("registered") & pl.col("registered_b")
    thin = (~pl.col("registered") & (pl.col("tables") <= 1)) | (
        ~pl.col("registered_b") & (pl.col("tables_b") <= 1)
    )
    pensions = pl.col("pensioner").fill_null(value=False) & pl.col("pensioner_b").fill_null(value=False)
    reason = (
        pl.when(born & exact & pl.col("home")).then(pl.lit("same_name_birth_home"))
        .when(born & pl.col("home") & ~both_registered).then(pl.lit("alike_name_birth_home"))
        .when(pensions & pl.col("home") & ~both_registered)
        .then(pl.lit("second_pension_at_home"))
        .when(exact & pl.col("account")).then(pl.lit("one_account"))
        .when(born & pensions).then(pl.lit("second_pension"))
        .when(exact & pl.col("home") & thin).then(pl.lit("thin_identity"))
    )  # fmt: skip
    # A second identity made for a pension: unregistered, issued elsewhere, and without a life of its own.
    elsewhere = pl.col("cid").str.slice(0, 2) != pl.col("cid_b").str.slice(0, 2)
    second = (
        SCORES["second_pension"]
        + 0.2 * (pl.col("registered") != pl.col("registered_b")).cast(pl.Float64)
        + 0.15 * elsewhere.cast(pl.Float64)
        + 0.15 * (pl.col("lives") != pl.col("lives_b")).fill_null(value=False).cast(pl.Float64)
    )
    met = met.with_columns(reason=reason).filter(pl.col("reason").is_not_null())
    met = met.with_columns(score=pl.when(pl.col("reason") == "second_pension").then(second))
    return _pairs(met, pl.col("reason"))


def _near_ids(known: Persons) -> pl.DataFrame:
    """Pairs of one name whose ids differ in one place, or in two neighbours that changed places."""
    people = known.heads.filter(pl.col("cid").is_not_null()).select("entity", "cid")
    named = people.join(known.names.select("entity", "key"), on="entity").filter(
        pl.len().over("key") <= _CROWD * 10
    )
    met = named.join(named, on="key", suffix="_b").filter(pl.col("entity") < pl.col("entity_b"))
    places = [
        (pl.col("cid").str.slice(i, 1) != pl.col("cid_b").str.slice(i, 1)).cast(pl.Int8) for i in range(17)
    ]
    near = met.filter(pl.sum_horizontal(places) <= 1)  # the check digit follows from the others
    return _pairs(near.select(a="entity", b="entity_b").unique(), "near_id")
