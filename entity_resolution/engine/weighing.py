"""Steps from pairs to patterns, each on one shard: `compare`, told by how many units each value is held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from entity_resolution.engine import compare, learn, seam, values
from entity_resolution.engine.profile import Profile
from entity_resolution.engine.seam import Plan
from entity_resolution.engine.units import Listed, Units
from entity_resolution.engine.values import Said

Ints = npt.NDArray[np.int64]


def _value(field: int) -> pl.Expr:
    """Return the hash by which a value of a field is known among shards, a row each."""
    return pl.col("t").hash(seed=field).reinterpret(signed=True)


def held(frame: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """Count by how many units of this shard each value is held: `seam.HELD`."""
    found = []
    for i, of in enumerate(plan.profile.evidence):
        rows = frame.select("unit", "known", t=f"said:{of.name}").explode("t").drop_nulls("t")
        rows = rows.select("known", v=_value(i), part=pl.col("unit") % plan.shards)
        counted = rows.group_by("part", "v").agg(known=pl.col("known").sum().cast(pl.Int64), every=pl.len())
        found.append(
            counted.select(
                "part", pl.lit(i, pl.Int64).alias("field"), "v", "known", pl.col("every").cast(pl.Int64)
            )
        )
    return pl.concat(found)


def holders(frame: pl.DataFrame) -> pl.DataFrame:
    """Tell every shard how widely its values are held: `seam.HOLDERS`. All rows of a value are here."""
    return frame.select("part", "field", "v", holders=pl.col("known").sum().over("field", "v"))


def agreeing(frame: pl.DataFrame) -> pl.DataFrame:
    """Count the pairs of units that have a value in common: `seam.AGREEING`. All rows of a value are here."""
    rows = []
    totals = frame.group_by("field", "v").agg(pl.col("known", "every").sum())
    for (field,), of in totals.partition_by("field", as_dict=True).items():
        pairs = learn.agreements(of["every"].to_numpy(), of["known"].to_numpy())
        rows += [(field, level, n) for level, n in enumerate(pairs.tolist()) if n]
    return pl.DataFrame(rows, schema=dict(seam.AGREEING), orient="row")


def features(units: pl.DataFrame, told: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """Put beside each unit's values by how many units they are held: `seam.features_schema`.

    Args:
        units: the units of this shard.
        told: rows of `seam.HOLDERS` for this shard.
        plan: what is known of the whole.
    """
    units = units.with_row_index("i")
    for i, of in enumerate(plan.profile.evidence):
        rows = units.select("i", t=f"said:{of.name}").explode("t").drop_nulls("t")
        here = told.filter(pl.col("field") == i).select("v", "holders")
        rows = rows.with_columns(v=_value(i)).join(here, on="v", how="left", maintain_order="left")
        lists = rows.group_by("i", maintain_order=True).agg(pl.col("holders").alias(f"held:{of.name}"))
        units = units.join(lists, on="i", how="left", maintain_order="left")
    return units.select(list(seam.features_schema(plan.profile)))


def asked(frame: pl.DataFrame, shards: int) -> pl.DataFrame:
    """Return the units that the pairs of a shard, exchanged by ``a``, need: `seam.ASKED`."""
    to = (pl.col("a") % shards).alias("to")
    both = [frame.select(to, unit=side) for side in ("a", "b")]
    return pl.concat(both).unique().select(list(seam.ASKED))


def sent(asked: pl.DataFrame, features: pl.DataFrame) -> pl.DataFrame:
    """Send units to the shards that ask for them: ``to`` and `seam.features_schema`."""
    return asked.join(features, on="unit").select("to", *features.columns)


def compared(pairs: pl.DataFrame, features: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    """Compare the pairs of this shard: `seam.COMPARED`.

    Args:
        pairs: rows of `seam.PAIRS`; a pair may stand more than once.
        features: what was `sent` to this shard.
        profile: the profile.
    """
    pairs = pairs.unique().sort("a", "b")
    if pairs.is_empty():
        return pl.DataFrame(schema=dict(seam.COMPARED))
    features = features.sort("unit")
    said, units = assembled(features, profile, [f.name for f in profile.evidence])
    place = features["unit"].to_numpy()
    a, b = (np.searchsorted(place, pairs[side].to_numpy()) for side in ("a", "b"))
    found = compare.patterns(a, b, said, units, profile)
    return pairs.with_columns(pattern=pl.Series(packed(found.levels)[found.of_pair]))


def assembled(
    features: pl.DataFrame, profile: Profile, names: Sequence[str], *, parts: bool = False
) -> tuple[Said, Units]:
    """Return units, numbered by their place in a frame, in the form in which `compare` takes them.

    Args:
        features: ``said:FIELD`` and, where values in common matter, ``held:FIELD``.
        profile: the profile.
        names: the fields.
        parts: whether the parts that blocks are made of are wanted.
    """
    n = features.height
    said, listed, holders = Said(n), {}, {}
    for name in names:
        columns = {"t": f"said:{name}"} | (
            {"n": f"held:{name}"} if f"held:{name}" in features.columns else {}
        )
        rows = features.with_row_index("i").select("i", **columns).explode(*columns).drop_nulls("t")
        texts, of = rows["t"].unique().sort(), profile.of(name)
        code = values.codes_of(rows["t"], texts)
        unit = rows["i"].to_numpy()
        listed[name] = Listed(unit, code, np.searchsorted(unit, np.arange(n + 1, dtype=np.uint32)))
        holders[name] = np.zeros(len(texts), dtype=np.int64)
        if "n" in rows.columns:
            holders[name][code] = rows["n"].to_numpy()
        said.values[name] = values.of_texts(of, texts, profile.parts_of(name) if parts else frozenset())
    blank = np.full(n, -1, dtype=np.int64)
    return said, Units(
        np.arange(n, dtype=np.uint32), n, listed, holders, {}, blank, np.zeros(n, dtype=np.uint64)
    )


def drawn(frame: pl.DataFrame, profile: Profile, wanted: Mapping[int, Ints]) -> pl.DataFrame:
    """Return what units drawn at large say, by field: `seam.DRAWN`."""
    return pl.concat(
        frame.filter(pl.Series(np.isin(frame["unit"].to_numpy(), chosen))).select(
            pl.lit(i, pl.Int64).alias("field"), "unit", said=f"said:{profile.evidence[i].name}"
        )
        for i, chosen in wanted.items()
    )


def packed(levels: npt.NDArray[np.uint8]) -> Ints:
    """Return patterns as numbers, four bits a field."""
    number = np.zeros(len(levels), dtype=np.uint64)
    for i in range(levels.shape[1]):
        number |= levels[:, i].astype(np.uint64) << np.uint64(compare.BITS * i)
    return number.view(np.int64)


def counted(frame: pl.DataFrame) -> pl.DataFrame:
    """Count the pairs of each pattern: `seam.PATTERNS`."""
    return frame.group_by("pattern").agg(n=pl.len().cast(pl.Int64))


def answering(frame: pl.DataFrame, rows: int, people: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs whose answer is known: of one held-out record, and those judged: `seam.COMPARED`."""
    held_out = (pl.col("b") >= rows) & (pl.col("a") < rows)
    judged = frame.join(people.select("a", "b").unique(), on=["a", "b"], how="semi")
    return pl.concat([frame.filter(held_out), judged]).unique()


def joining(frame: pl.DataFrame, patterns: Ints) -> pl.DataFrame:
    """Return the pairs whose patterns are worth joining: `seam.COMPARED`."""
    return frame.filter(pl.Series(np.isin(frame["pattern"].to_numpy(), patterns)))
