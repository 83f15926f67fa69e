"""Gate 2: acts have the amounts, lengths, ages and bases of lawful acts; and no word or code of their own."""

from collections.abc import Iterator

import polars as pl

from simulation.gates import features
from simulation.gates.measures import Reading, distance, portion
from simulation.gates.region import Written

FAR = 0.1
SEEN = 8  # how often a value must occur before it may be called exclusive

# Typologies whose crime is in the very amount: left out of that comparison (E1, M1 the base; P4, P6 the age).
BY_NATURE = {"base": ("E1", "M1"), "age": ("P4", "P6", "P7")}

# table -> columns whose values are words or codes: what a crime may not have for itself.
WORDS = {
    "flow": ("text", "channel", "direction"),
    "settlement": ("kind", "disease_code", "proof", "scheme"),
    "pension": ("scheme", "item", "status"),
    "unemployment": ("reason", "channel"),
    "certification": ("method",),
    "change": ("field", "channel", "operator"),
    "contribution": ("scheme", "type"),
    "injury": ("grade",),
    "maternity": ("days", "payee_kind"),
}


def readings(region: Written, people: pl.DataFrame) -> Iterator[Reading]:
    """Compare acts with lawful rows of the same table."""
    kinds = region.truth("rings").select("ring_id", "typology")
    moved = features.flows(region).join(kinds, on="ring_id", how="left")
    transfers = moved.filter(pl.col("channel").is_in(features.TRANSFERS))
    # A wage sent back is as large as a wage and has no lawful counterpart among gifts and rents.
    sizeable = features.number("amount") < 2500
    yield _compare("amount of transfers below 2,500", transfers.filter(sizeable), features.number("amount"))
    yield _round(transfers.filter(sizeable))
    visits = region.rows("settlement", "kind", "fee", "begin", "end").join(kinds, on="ring_id", how="left")
    for kind, title in (("11", "visits"), ("14", "chronic visits"), ("21", "stays"), ("41", "purchases")):
        yield _compare(f"fee of {title}", visits.filter(pl.col("kind") == kind), features.number("fee"))
    length = features.day("end", "%Y-%m-%d") - features.day("begin", "%Y-%m-%d")
    yield _compare("length of stays", visits.filter(pl.col("kind") == "21"), length)
    paid = region.rows("contribution", "base", "type").join(kinds, on="ring_id", how="left")
    usual = paid.filter((pl.col("type") == "10") & ~_by_nature("base"))
    yield _compare("base of contributions", usual, features.number("base"))
    pension = region.rows("pension", "paid", "scheme", "item").join(kinds, on="ring_id", how="left")
    for scheme in ("110", "170"):
        shown = pension.filter((pl.col("scheme") == scheme) & (pl.col("item") == "101") & _found_ones())
        yield _compare(f"pension of scheme {scheme}", shown, features.number("paid"))
    yield from _ages(region, people)
    yield from _words(region)


def _by_nature(what: str) -> pl.Expr:
    return pl.col("typology").is_in(BY_NATURE[what]).fill_null(False)


def _found_ones() -> pl.Expr:
    """Leave out pensions that the crime itself makes: they are new, and small or short of years."""
    return ~pl.col("typology").is_in(("P4", "P6", "P7", "P2")).fill_null(False)


def _compare(title: str, rows: pl.DataFrame, value: pl.Expr) -> Reading:
    """Take one row a person and ring, so that a monthly payment counts once."""
    shown = rows.select("ring_id", "entity", value=value).drop_nulls("value")
    acts = shown.filter(pl.col("ring_id").is_not_null())
    acts = acts.group_by("ring_id", "entity", maintain_order=True).agg(pl.col("value").median())
    lawful = shown.filter(pl.col("ring_id").is_null())
    if len(lawful) > len(acts) and rows.height:
        lawful = lawful.group_by("entity", maintain_order=True).agg(pl.col("value").median())
    found, chance = distance(acts["value"].to_numpy(), lawful["value"].to_numpy())
    return Reading("margin", f"{title}, KS", found, 0, FAR + chance, f"{len(acts)} against {len(lawful)}")


def _round(transfers: pl.DataFrame) -> Reading:
    """Compare the shares of round amounts; a person and ring counts once."""
    even = (features.number("amount") % 50 == 0).cast(pl.Float64)
    shown = transfers.select("ring_id", "entity", value=even).drop_nulls("value")
    acts = shown.drop_nulls("ring_id").group_by("ring_id", "entity").agg(pl.col("value").mean())["value"]
    lawful = portion(shown.filter(pl.col("ring_id").is_null())["value"])
    slack = FAR + 2 * (lawful * (1 - lawful) / max(1, len(acts))) ** 0.5
    found = portion(acts) - lawful if len(acts) else 0.0
    return Reading("margin", "round transfers, acts less lawful", found, -slack, slack, f"of {len(acts)}")


def _ages(region: Written, people: pl.DataFrame) -> Iterator[Reading]:
    guilty = region.guilty().filter(~_by_nature("age"))
    adults = people.filter(pl.col("age").is_between(20, 95))
    from_guilty = adults.join(guilty.select("entity").unique(), on="entity", how="semi")
    found, chance = distance(from_guilty["age"].to_numpy(), adults["age"].to_numpy())
    # Rings are of pensioners, mothers, workers; their ages mix to something near the region's, not to it.
    yield Reading("margin", "age, KS", found, 0, FAR + chance, f"{len(from_guilty)} guilty")


def _words(region: Written) -> Iterator[Reading]:
    exclusive = []
    for name, columns in WORDS.items():
        rows = region.rows(name, *columns)
        for column in columns:
            counts = rows.group_by(column).agg(n=pl.len(), acts=pl.col("ring_id").is_not_null().sum())
            telling = counts.filter((pl.col("n") >= SEEN) & (pl.col("acts") > 0.5 * pl.col("n")))
            exclusive += [f"{name}.{column}={value}" for value in telling[column]]
    yield Reading("margin", "words and codes mostly of acts", len(exclusive), 0, 0, " ".join(exclusive[:3]))
