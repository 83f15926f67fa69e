"""Gate 1: no column and no small tree that needs no graph gives the guilty away."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from simulation.gates.measures import Reading, precision, shallow_tree
from simulation.gates.region import Written

TIMES = 5.0  # a column's average precision against the prevalence
TREE = 0.30
ENOUGH = 30  # guilty people of a typology below which its own figures say nothing

# typology -> who could have committed it: the others are no fair crowd to hide in. Where the crime lies in
# one record (a sentence, an edited name, years bought), the crowd are those who have such a record.
EXPOSED: dict[str, pl.Expr] = {
    "P1": (pl.col("pension_rows") > 0) & (pl.col("certified_dead") > 0),
    "P2": pl.col("pension_rows") > 0,
    "P3": (pl.col("pension_rows") > 0) & (pl.col("sentenced") > 0),
    "P4": (pl.col("pension_rows") > 0) & (pl.col("latest_enrolment") > -700),
    "P5": pl.col("months") > 0,
    "P6": pl.col("back_payments") >= 12,
    "P7": pl.col("name_edits") > 0,
    "A1": pl.col("pension_rows") > 0,
    "A2": pl.col("account_edits") > 0,
    "E1": pl.col("wage_months") > 0,
    "U1": pl.col("jobless_months") > 0,
    "U2": pl.col("jobless_months") > 0,
    "I1": (pl.col("jobless_months") > 0) | (pl.col("births") > 0),
    "M1": pl.col("births") > 0,
    "W1": pl.col("injuries") > 0,
    "W2": pl.col("injuries") > 0,
    "H1": pl.col("stays") > 0,
    "H2": pl.col("visits") > 0,
    "H4": pl.col("chronic_visits") > 0,
    "H5": pl.col("visits") >= 5,
    "H6": pl.col("stays") > 1,
}


def readings(region: Written, people: pl.DataFrame) -> Iterator[Reading]:
    """Measure the columns and the trees."""
    guilty = region.guilty()
    yield from _columns(people, guilty)
    yield from _typologies(people, region.members())


def _labels(people: pl.DataFrame, guilty: pl.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return who is guilty, and a number for each person's ring: the same for all of a ring."""
    rings = {ring: at for at, ring in enumerate(sorted(guilty["ring_id"].unique()))}
    ring_of = {entity: rings[ring] for ring, entity in guilty.select("ring_id", "entity").iter_rows()}
    entities = people["entity"].to_list()
    labels = np.array([entity in ring_of for entity in entities], float)
    return labels, np.array([ring_of.get(entity, entity) for entity in entities])


def _matrix(people: pl.DataFrame) -> np.ndarray:
    return people.drop("entity").to_numpy().astype(float)


def _best(people: pl.DataFrame, labels: np.ndarray) -> tuple[float, str]:
    """Return the highest average precision of a column against the prevalence, and which column."""
    names = [name for name in people.columns if name != "entity"]
    found = [
        (precision(labels, people[name].to_numpy().astype(float)) / labels.mean(), name) for name in names
    ]
    return max(found)


def _columns(people: pl.DataFrame, guilty: pl.DataFrame) -> Iterator[Reading]:
    labels, groups = _labels(people, guilty)
    ratio, best = _best(people, labels)
    yield Reading("leak", "single column, AP / prevalence", ratio, 0, TIMES, best)
    tree = shallow_tree(_matrix(people), labels, groups)
    yield Reading("leak", "tree of depth 3, AP", tree, 0, TREE, "all typologies, rings unseen")


def _typologies(people: pl.DataFrame, members: pl.DataFrame) -> Iterator[Reading]:
    """Look at each kind apart; whoever is used by a ring without knowing it counts: he marks the ring."""
    for typology, exposed in sorted(EXPOSED.items()):
        own = members.filter(pl.col("typology") == typology)
        strangers = members.filter(pl.col("typology") != typology)["entity"].to_list()
        crowd = people.filter(exposed & ~pl.col("entity").is_in(strangers))
        labels, groups = _labels(crowd, own)
        if labels.sum() < ENOUGH:
            continue
        ratio, best = _best(crowd, labels)
        # The best of fifty columns is never at 1 for a few dozen people: what as many drawn by lot reach.
        lot = max(_best(crowd, np.random.default_rng(draw).permutation(labels))[0] for draw in range(3))
        most = max(TIMES, lot)
        yield Reading("leak", f"{typology} single column, AP / prevalence", ratio, 0, most, best)
        tree = shallow_tree(_matrix(crowd), labels, groups)
        yield Reading(
            "leak", f"{typology} tree of depth 3, AP", tree, 0, TREE, f"{int(labels.sum())} of {len(crowd)}"
        )
