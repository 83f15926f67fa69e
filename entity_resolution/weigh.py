"""Claims weighed against persons, on the engine: its kinds, levels and blocks, by the profile ``region``.

Weights are learned on the region itself (`region_weights`), from its claims and from rows that are held
out: one in twelve of those that bear a usable id stands as a claim of its own, its id hidden. What the engine
cannot see is added here: a person who has a register entry or a personal number is hardly a second one's, and
the owner of a borrowed id is not the one who borrowed it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log2

import numpy as np
import numpy.typing as npt
import polars as pl

from entity_resolution import claims, region_values, region_weights
from entity_resolution.claims import Claims
from entity_resolution.engine import alike, block, compare, units
from entity_resolution.engine.compare import SAME, Patterns
from entity_resolution.engine.learn import STEP, Weights
from entity_resolution.engine.profile import Profile, load
from entity_resolution.engine.units import Units
from entity_resolution.engine.values import NONE, Said
from entity_resolution.normalize.names import EXACT, SHAPE, SOUND, WRITING
from entity_resolution.region_values import RegionValues
from entity_resolution.region_weights import Met

REGISTER = "resident"
SHARED = (
    "account", "birth_date", "birth_told", "employer", "firm", "home", "household_no", "phone", "place",
)  # fmt: skip
_NEAR = {"sounds alike": SOUND, "a character lost": WRITING, "written otherwise": WRITING,
         "one character differs": SHAPE}  # fmt: skip
ALIKE = [0.0, *[EXACT] * len(SAME), *(_NEAR.get(level, 0.0) for level in alike.LEVELS["han_name"])]
_PAIR = pl.Schema({
    "alike": pl.Float64(), "bits": pl.Float64(), "evidence": pl.Float64(), "against": pl.List(pl.String()),
    "reason": pl.String(), "parts": pl.List(pl.Struct({"field": pl.String(), "weight": pl.Float64()})),
})  # fmt: skip
_NOBODY = np.empty(0, dtype=np.int64)
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Model:
    """What a region's claims are weighed by.

    Attributes:
        known: what the profiles say, with the profile ``region``.
        weights: as EM learned them.
        taken: ``registered``, ``numbered`` -> bits of a person having one, and another.
    """

    known: RegionValues
    weights: Weights
    taken: Mapping[str, float]

    @property
    def rules(self) -> Profile:
        """The profile ``region``."""
        return self.known.rules


def learned(profiles: pl.DataFrame, tied: pl.DataFrame) -> Model:
    """Learn the weights of a region.

    Args:
        profiles: as `people.gather` gives them, all of them.
        tied: ``profile, entity`` of tier one.
    """
    told = region_values.read(profiles, load("region"))
    profiles = profiles.filter(~pl.col("reference"))
    known = profiles.join(tied.select("profile", cell="entity"), on="profile", maintain_order="left")
    loose = profiles.join(tied, on="profile", how="anti")
    members = claims.of_profiles(loose).members
    open_rows = loose.join(members.select("profile", cell="claim"), on="profile", maintain_order="left")
    rows = pl.concat([known, open_rows])
    said = told.shown(rows, pl.col("cell").str.starts_with("citizen:"))
    of = _units(rows, said, told.rules, hold_out=True)
    asked = (of.home >= 0) | (of.anchor["id"] == NONE)
    met = _compared(said, of, asked, told.rules)
    return Model(told, region_weights.learned(met, told.rules), _taken(known))


def weigh(ours: Claims, said: pl.DataFrame, persons: pl.DataFrame, model: Model) -> pl.DataFrame:
    """Return ``claim, entity, alike, bits, evidence, against, reason, parts`` where names are alike.

    ``bits`` weighs the pair against chance, the prior included; ``evidence`` is what is said beside the name;
    ``against`` says that something contradicts; ``parts`` is the waterfall: field and weight of all that was
    weighed, and they sum to ``bits``.

    Args:
        ours: the claims.
        said: the profiles that make them.
        persons: profiles of persons, each with its ``entity``.
        model: as `learned` returns it.
    """
    them = persons.with_columns(cell="entity").drop("entity")
    us = said.join(ours.members.select("profile", cell="claim"), on="profile")
    rows = pl.concat([them, us], how="diagonal")
    shown = model.known.shown(rows, pl.int_range(pl.len()) < them.height)
    of = _units(rows, shown, model.rules)
    asked = np.zeros(of.n, dtype=bool)
    asked[of.of_row[them.height :]] = True
    met = _compared(shown, of, asked, model.rules)
    cells = rows.with_columns(unit=pl.Series(of.of_row)).unique("unit", keep="first").sort("unit")["cell"]
    sides = {"claim": cells.gather(met.left), "entity": cells.gather(met.right)}
    return _beside(_told(met.patterns, model).with_columns(**sides), ours, persons, model)


def _units(rows: pl.DataFrame, said: Said, rules: Profile, *, hold_out: bool = False) -> Units:
    """Make a unit of the profiles of each cell."""
    of_row, n = units.numbered(rows["cell"].rank("dense").to_numpy().astype(np.int64))
    hidden = units.held_out(of_row, [units.anchor_of(said, "id", of_row, n)]) if hold_out else _NOBODY
    return units.make(said, rules, of_row, n, hidden, None)


def _compared(said: Said, of: Units, asked: Flags, rules: Profile) -> Met:
    left, right = _candidates(said, of, asked, rules)
    near = np.array(ALIKE)[compare.levels(left, right, "name", said, of)] > 0  # of most pairs they are not
    left, right = left[near], right[near]
    return Met(said, of, asked, left, right, compare.patterns(left, right, said, of, rules))


def _candidates(said: Said, of: Units, asked: Flags, rules: Profile) -> tuple[Ints, Ints]:
    """Pair the units asked about with all others, by blocks of at most ``cap`` others; a name has no cap."""
    wanted = sorted({part for rule in rules.blocks for part in rule})
    flag, found = pl.Series(asked), [pl.DataFrame(schema={"a": pl.UInt32, "b": pl.UInt32})]
    ours, theirs = {}, {}
    for part, rows in units.parts_of_units(said, of, wanted).items():
        mine = flag.gather(rows["unit"])
        ours[part] = rows.filter(mine)
        # Most persons share nothing with those asked about: they are left out before parts are joined.
        theirs[part] = rows.filter(~mine).join(ours[part].select("h").unique(), on="h", how="semi")
    for rule in rules.blocks:
        others = block.keys(theirs, rule).unique()
        if len(rule) > 1:
            others = others.filter(pl.len().over("h") <= rules.cap)
        met = block.keys(ours, rule).unique().join(others, on="h", suffix="_b")
        found.append(met.select(a="unit", b="unit_b"))
    pairs = pl.concat(found).unique().sort("a", "b")
    return pairs["a"].to_numpy().astype(np.int64), pairs["b"].to_numpy().astype(np.int64)


def _told(found: Patterns, model: Model) -> pl.DataFrame:
    """Return ``alike, bits, evidence, against, reason, parts`` of each pair."""
    names = {field: compare.names_of_levels(model.rules.of(field)) for field in found.fields}
    at, prior, rows = found.fields.index("name"), model.weights.prior, []
    for levels in found.levels.tolist():
        worth = {f: float(model.weights.table[i][levels[i]]) for i, f in enumerate(found.fields)}
        said = {f: names[f][level] for f, level in zip(found.fields, levels, strict=True)}
        bits = prior + sum(worth.values())
        parts = [{"field": f, "weight": w} for f, w in ({"prior": prior} | worth).items() if w]
        against = [f for f in model.rules.constraints.differ if said[f] == "differs"]
        rows.append((ALIKE[levels[at]], bits, bits - prior - worth["name"], against, _reason(said), parts))
    return pl.DataFrame(rows, schema=_PAIR, orient="row")[found.of_pair]


def _reason(said: Mapping[str, str]) -> str:
    """Return how a pair of these levels came together, as links tell it."""
    parts = ["name" if said["name"] in SAME else "like_name"]
    parts += ["near_id"] if said["id"] in ("one slip", "two slips") else []
    parts += ["masked_id"] if said["id"] == "masked, fits" else []
    parts += ["age"] if said["born"] != "missing" else []
    return "+".join([*parts, *(f for f in SHARED if said[f] in SAME)])


def _taken(known: pl.DataFrame) -> dict[str, float]:
    """Return what a second register entry or number weighs, by how many ids have two."""
    ids = known.filter(pl.col("cell").str.starts_with("citizen:"))
    entry = pl.when(pl.col("table") == REGISTER).then("household_no")
    shares = {}
    for name, one in (("registered", entry), ("numbered", pl.col("number"))):
        borne = ids.select("cell", one=one).drop_nulls().group_by("cell").agg(n=pl.col("one").n_unique())
        share = (borne.filter(pl.col("n") > 1).height + 0.02) / (
            borne.height + 100
        )  # one in 5,000 before any is seen
        shares[name] = round(log2(share) * STEP) / STEP
    return shares


def _beside(pairs: pl.DataFrame, ours: Claims, persons: pl.DataFrame, model: Model) -> pl.DataFrame:
    """Add the part ``taken``, and leave out the owners of ids that claims bear by mistake."""
    theirs = persons.group_by("entity").agg(
        registered_p=(pl.col("table") == REGISTER).any(), numbered_p=pl.col("number").is_not_null().any()
    )
    heads = ours.heads.select("claim", "cid", "tail", "registered", "numbered")
    rows = pairs.join(heads, on="claim").join(theirs, on="entity")
    rows = rows.filter(("citizen:" + pl.col("cid") != pl.col("entity")).fill_null(value=True))
    taken = pl.sum_horizontal(
        pl.when(pl.col(f) & pl.col(f"{f}_p")).then(w).otherwise(0.0) for f, w in model.taken.items()
    )
    anybodys = pl.col("tail").is_null() & (pl.col("against") == ["id"])  # a wrong id, not a masked one
    part = pl.concat_list(pl.struct(field=pl.lit("taken"), weight="taken"))
    rows = rows.with_columns(taken=taken).with_columns(
        against=((pl.col("against").list.len() > 0) & ~anybodys) | (pl.col("taken") != 0),
        parts=pl.when(pl.col("taken") != 0).then(pl.col("parts").list.concat(part)).otherwise("parts"),
        bits=pl.col("bits") + pl.col("taken"),
        evidence=pl.col("evidence") + pl.col("taken"),
    )
    return rows.select("claim", "entity", *_PAIR.names()).sort("claim", "entity")
