"""Gate 1, the part of numbers: serials, clocks and places in files know nothing of crimes and rings.

Two questions of each: does it rank the guilty (all late, all low), and does it bring a ring's own together
(one prefix, one neighbourhood) wherever that is? A ring is one observation, for its people and acts are of
one making: what its mean says counts once, and the noise is that of the mean of so many rings.
"""

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import polars as pl
from scipy.stats import t as student

from simulation.gates import features
from simulation.gates.measures import Reading
from simulation.gates.region import Written

SLACK = 0.03  # of an area under the curve
FEW = 5  # rings below which a mean over rings says nothing
MOST = 40  # acts of a ring whose distances are looked at: a long one has thousands of pairs


def readings(region: Written, people: pl.DataFrame) -> Iterator[Reading]:
    """Ask both questions of the numbers of people and of the acts."""
    rings = region.guilty().select("entity", "ring_id").unique("entity", keep="first", maintain_order=True)
    for title, rows, value in _people(region):
        shown = rows.drop_nulls("entity").select("entity", value=value.cast(pl.Float64, strict=False))
        yield from _both(title, shown.drop_nulls().join(rings, on="entity", how="left"))
    for title, rows, values in _acts(region):
        for name, value in values.items():
            shown = rows.select("ring_id", value=value.cast(pl.Float64, strict=False))
            # A ring may well meet at one hour; it may not be the hour of all rings.
            yield from _both(f"{title}, {name}", shown.drop_nulls("value"), apart=name != "second")


def _people(region: Written) -> Iterator[tuple[str, pl.DataFrame, pl.Expr]]:
    enrolled = region.rows("enrolment", "person_no", "phone").unique("entity", keep="first")
    register = region.rows("register", "citizen_id", "household_no")
    accounts = region.rows("account", "account_no", "branch")
    yield "person number", enrolled, pl.col("person_no")
    yield "telephone", enrolled.filter(pl.col("phone") != ""), pl.col("phone")
    yield "citizen id, sequence", register, pl.col("citizen_id").str.slice(14, 3)
    yield "household number", register, pl.col("household_no")
    yield "account number", accounts, pl.col("account_no").str.slice(6, 12)
    yield "row of the enrolments", enrolled, pl.col("source_row")
    yield "row of the register", register, pl.col("source_row")
    yield "row of the accounts", accounts, pl.col("source_row")


def _acts(region: Written) -> Iterator[tuple[str, pl.DataFrame, dict[str, pl.Expr]]]:
    moved = features.flows(region).filter(pl.col("channel").is_in(features.TRANSFERS))
    yield "transfers", moved, {"row": _placed(pl.col("time").str.slice(0, 6)), "second": _seconds("time")}
    visits = region.rows("settlement", "settlement_no", "visit_no", "settled", "kind")
    serials = {"serial": pl.col("settlement_no").str.slice(8), "visit": pl.col("visit_no").str.slice(1)}
    yield "settlements", visits, serials | {"row": _placed(pl.col("settled").str.slice(0, 7))}
    receipts = region.rows("contribution", "voucher", "month", "type").filter(pl.col("type") == "10")
    yield "receipts", receipts, {"serial": pl.col("voucher"), "row": _placed(pl.col("month"))}


def _placed(month: pl.Expr) -> pl.Expr:
    """Return a row's place among those of its month, from 0 to 1: files are written month by month."""
    return pl.col("source_row").rank().over(month) / pl.len().over(month)


def _seconds(field: str) -> pl.Expr:
    text = pl.col(field)
    hour, minute = text.str.slice(8, 2).cast(pl.Float64), text.str.slice(10, 2).cast(pl.Float64)
    return hour * 3600 + minute * 60 + text.str.slice(12, 2).cast(pl.Float64)


def _both(title: str, shown: pl.DataFrame, *, apart: bool = True) -> Iterator[Reading]:
    """Return where the rings stand on the whole, and how near to each other what one ring has."""
    places = shown.with_columns(place=(pl.col("value").rank() - 0.5) / len(shown))
    own = places.drop_nulls("ring_id").sort("ring_id", "place")
    found = [ring["place"].to_numpy() for _, ring in own.group_by("ring_id", maintain_order=True)]
    yield _mean("number", f"{title}, AUC", [float(ring.mean()) for ring in found])
    if apart:
        yield _mean("closeness", f"{title}, within a ring", [_gap(ring) for ring in found if len(ring) > 1])


def _gap(places: np.ndarray) -> float:
    """Return the mean distance of two of a ring: one half for what is drawn by lot, 0 for neighbours."""
    some = places[np.linspace(0, len(places) - 1, min(len(places), MOST)).astype(int)]
    gaps = np.array([abs(one - other) for one, other in combinations(some, 2)])
    # The distance of two uniform draws has the distribution 1 - (1 - d)^2.
    return float((1 - (1 - gaps) ** 2).mean())


def _mean(gate: str, measure: str, means: list[float]) -> Reading:
    """Bound the mean over rings by the slack and what chance alone reaches with so many (Student, 99 %).

    The readings are some thirty: at 95 % every world would fail one.
    """
    if len(means) < FEW:
        return Reading(gate, measure, 0.5, 0.0, 1.0, f"{len(means)} rings are too few to tell")
    error = float(np.std(means, ddof=1)) / len(means) ** 0.5
    slack = SLACK + float(student.ppf(0.995, len(means) - 1)) * error
    return Reading(gate, measure, float(np.mean(means)), 0.5 - slack, 0.5 + slack, f"{len(means)} rings")
