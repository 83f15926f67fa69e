"""Gates 3 to 6: how many guilty, how many who only look so, how hard, how often tried, and who was told."""

from collections.abc import Iterator
from datetime import date

import numpy as np
import polars as pl

from simulation.gates import features
from simulation.gates.measures import Reading, portion, precision
from simulation.gates.region import Written

ALIKE = 0.5  # two rings that share so much of their people or dates are twins
CUT = "20250701"  # what is later must be unknown to a model trained before


def readings(region: Written, people: pl.DataFrame) -> Iterator[Reading]:
    """Count what the truth holds."""
    yield from _population(region)
    yield from _likenesses(region)
    yield from _degrees(region, people)
    yield from _twins(region)
    yield from _labels(region)


def _population(region: Written) -> Iterator[Reading]:
    rings, guilty = region.truth("rings"), region.guilty()
    everybody = region.rows("register", "citizen_id")["entity"].n_unique()
    share = guilty["entity"].n_unique() / everybody
    # Below some 20,000 people one ring of each typology is more than one per cent: a demonstration, said so.
    most = 0.01 if everybody >= 20_000 else 0.01 * 20_000 / everybody
    yield Reading("prevalence", "guilty people", share, 0.001, most, f"of {everybody}")
    yield Reading("prevalence", "typologies", rings["typology"].n_unique(), 18, 99)
    tiers = rings.group_by("tier").len().sort("tier")
    common = sum(count >= 0.1 * len(rings) for count in tiers["len"])
    yield Reading("tiers", "tiers with a tenth of the rings", common, 3, 3)
    variants = rings.group_by("typology").agg(pl.col("variant").n_unique(), pl.len())
    tried = variants.filter(pl.col("len") >= 6)
    least = min(tried["variant"].to_list(), default=2)
    yield Reading("variants", "variants of a typology with six rings", least, 2, 99)
    late = _months(region)
    yield Reading("time", "acts after the cut", late, 0.1, 0.5, f"share from {CUT} on")


def _months(region: Written) -> float:
    rows = region.rows("pension", "day").select("ring_id", "day")
    moved = features.flows(region).select("ring_id", day=pl.col("time").str.slice(0, 8))
    acts = pl.concat([rows, moved]).drop_nulls("ring_id")
    return portion(acts["day"] >= CUT)


def _likenesses(region: Written) -> Iterator[Reading]:
    rings, alike = region.truth("rings"), region.truth("hard_negatives")
    counted = (
        rings.group_by("typology")
        .len()
        .join(
            alike.group_by("typology").agg(
                groups=pl.col("group_id").n_unique(), reasons=pl.col("reason").n_unique()
            ),
            on="typology",
            how="left",
        )
    )
    ratio = counted.with_columns(ratio=pl.col("groups").fill_null(0) / pl.col("len")).sort(
        "ratio", "typology"
    )
    worst = ratio.row(0, named=True)
    yield Reading(
        "hard negatives", "groups for each ring, the least", worst["ratio"], 5, 99, worst["typology"]
    )
    few = counted.sort("reasons", "typology", nulls_last=False).row(0, named=True)
    yield Reading(
        "hard negatives", "reasons of a typology, the least", few["reasons"] or 0, 2, 99, few["typology"]
    )


def _degrees(region: Written, people: pl.DataFrame) -> Iterator[Reading]:
    """Rank people by how many others they touch: a graph with one number a person must not solve it."""
    guilty = set(region.guilty()["entity"])
    labels = np.array([entity in guilty for entity in people["entity"]], float)
    for title, degree in (
        ("counterparties", _counterparties(region)),
        ("colleagues", _together(region.rows("contribution", "employer_no", "month"), "employer_no")),
        ("people of one terminal", _together(region.rows("settlement", "terminal", "begin"), "terminal")),
        ("people of one device", _together(_devices(region), "device")),
    ):
        shown = people.select("entity").join(degree, on="entity", how="left").fill_null(0)
        found = precision(labels, shown["degree"].to_numpy().astype(float)) / labels.mean()
        yield Reading("baseline", f"{title}, AP / prevalence", found, 0, 10)


def _counterparties(region: Written) -> pl.DataFrame:
    owner = features.owners(region)
    numbers = region.rows("account", "account_no", kind="account").select(
        other="account_no", account="entity"
    )
    known = numbers.join(owner, on="account").select("other", there="entity")
    moved = region.rows("flow", "other_no", "channel", kind="account").rename({"entity": "account"})
    pairs = moved.filter(pl.col("channel").is_in(features.TRANSFERS)).join(owner, on="account")
    pairs = pairs.join(known, left_on="other_no", right_on="other").filter(
        pl.col("there") != pl.col("entity")
    )
    return pairs.group_by("entity").agg(degree=pl.col("there").n_unique())


def _together(rows: pl.DataFrame, key: str) -> pl.DataFrame:
    """Return for each person the most people met in one ``key``."""
    known = rows.drop_nulls("entity").filter(pl.col(key) != "").select("entity", key).unique()
    size = known.group_by(key).agg(size=pl.len())
    return known.join(size, on=key).group_by("entity").agg(degree=pl.col("size").max())


def _devices(region: Written) -> pl.DataFrame:
    proofs = region.rows("certification", "device").select("entity", "device")
    claims = region.rows("unemployment", "device").select("entity", "device")
    return pl.concat([proofs, claims])


def _twins(region: Written) -> Iterator[Reading]:
    """Look for rings that share people, or whose acts are the same amounts over again."""
    members = region.truth("ring_members").filter(pl.col("kind") == "person")
    shared = members.group_by("entity").agg(pl.col("ring_id").n_unique()).filter(pl.col("ring_id") > 1)
    yield Reading("twins", "people in two rings", len(shared), 0, 0)
    acts = region.truth("acts").select("ring_id", "amount").filter(pl.col("amount") % 50 != 0).unique()
    owners = acts.group_by("amount").agg(pl.col("ring_id").n_unique()).filter(pl.col("ring_id") > 1)
    per = acts.group_by("ring_id").agg(
        same=pl.col("amount").is_in(owners["amount"].to_list()).mean(), n=pl.len()
    )
    copied = per.filter((pl.col("same") > ALIKE) & (pl.col("n") >= 10))
    yield Reading("twins", "rings whose amounts mostly recur in another", len(copied), 0, 0.02 * len(per))


def _labels(region: Written) -> Iterator[Reading]:
    events, rings = region.truth("label_events"), region.truth("rings")
    seen = events.filter(pl.col("ring_id") != "")["ring_id"].n_unique() / max(1, len(rings))
    yield Reading("labels", "rings ever investigated", seen, 0.05, 0.5)
    told = events.filter(pl.col("published") & (pl.col("verdict") != "无法核实"))
    wrong = portion(~told["right"])
    slack = 2 * (0.09 / max(1, len(told))) ** 0.5
    yield Reading(
        "labels", "wrong findings", wrong, 0.1 - 0.05 - slack, 0.1 + 0.05 + slack, f"of {len(told)}"
    )
    days = (events["closed"] - events["opened"]).dt.total_days()
    yield Reading(
        "labels",
        "days from opening to finding, median",
        float(np.median(days.to_numpy())) if len(days) else 0.0,
        60,
        180,
    )
    by_tier = events.filter(pl.col("ring_id") != "").join(rings, on="ring_id").group_by("tier").len()
    all_tiers = rings.group_by("tier").len().rename({"len": "of"})
    rate = all_tiers.join(by_tier, on="tier", how="left").fill_null(0).sort("tier")
    share = (rate["len"] / rate["of"]).to_list()
    bias = share[0] / max(share[-1], 1e-9) if len(rings) >= 30 else 2.0
    yield Reading("labels", "plain against expert, how often seen", min(bias, 99.0), 1.5, 99)
    late = portion(events["closed"] > date(2025, 12, 31))
    yield Reading("labels", "still open at the hand-over", late, 0.0, 0.5)
