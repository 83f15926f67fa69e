"""Steps from records to units, each on one shard: `values` and `units`, told what the whole table says."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from entity_resolution.engine import block, kinds, publish, resolve, seam, units, values
from entity_resolution.engine.profile import Profile
from entity_resolution.engine.seam import Plan
from entity_resolution.engine.units import Listed, Units
from entity_resolution.engine.values import NONE, Codes, Said

Ints = npt.NDArray[np.int64]


def survey(frame: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    """Return what one text's reading takes from others: `seam.SURVEY`."""
    found = []
    for of in profile.field:
        for raws in values.raws_of(frame, of):
            found += [(of.name, t) for t in sorted(kinds.places(of, raws.unique()))]
    if profile.constraints.one_per_source and profile.source:
        found += [("", s) for s in _sources(frame, profile).unique().sort()]
    return pl.DataFrame(found, schema=dict(seam.SURVEY), orient="row")


def _sources(frame: pl.DataFrame, profile: Profile) -> pl.Series:
    return frame[profile.source or ""].cast(pl.String).fill_null("")


def describe(frame: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """Normalise raw columns: `seam.said_schema`."""
    said = values.read(frame, plan.profile, plan.named)
    key, keyed = units.cell_keys(said, plan.profile)
    row = frame["row"].to_numpy()
    told = {"row": row, "cell": np.where(keyed, key.view(np.int64), row), "source": _numbers(frame, plan)}
    texts = {f"said:{n}": _columns(said.values[n].texts, said.codes[n], said.n) for n in said.codes}
    return pl.DataFrame(told | texts, schema=dict(seam.said_schema(plan.profile)))


def _numbers(frame: pl.DataFrame, plan: Plan) -> Ints:
    if not plan.sources:
        return np.zeros(frame.height, dtype=np.int64)
    return np.searchsorted(np.array(plan.sources), _sources(frame, plan.profile).to_numpy())


def _columns(texts: pl.Series, codes: Sequence[Codes], n: int) -> pl.Series:
    """Return a list a record: its text in each column, null where it has none."""
    if not codes:
        return pl.Series([None] * n, dtype=pl.List(pl.String))
    told = pl.DataFrame({str(i): values.gathered(texts, c) for i, c in enumerate(codes)})
    return told.select(p=pl.concat_list(pl.all()))["p"]


def spoken(frame: pl.DataFrame, plan: Plan, names: Sequence[str], *, parts: bool = False) -> Said:
    """Return what the records of a shard say in some fields.

    Args:
        frame: rows of `seam.said_schema`.
        plan: what is known of the whole.
        names: the fields.
        parts: whether parts are wanted.
    """
    said = Said(frame.height, stated=dict(plan.stated))
    for name in names:
        lists, of = frame[f"said:{name}"], plan.profile.of(name)
        raws = [lists.list.get(i, null_on_oob=True).alias("t") for i in range(plan.columns[name])]
        texts = pl.concat([pl.Series("t", [], dtype=pl.String), *raws]).drop_nulls().unique().sort()
        said.values[name] = values.of_texts(of, texts, plan.profile.parts_of(name) if parts else frozenset())
        said.codes[name] = [values.codes_of(t, texts) for t in raws]
    return said


def cells(frame: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """Give the records of a cell one number: `seam.CELLS`. Records of one cell key are in one shard."""
    frame = frame.sort("row")
    two = plan.profile.constraints.two_ids
    of_row, n = units.numbered(frame["cell"].to_numpy())
    said = spoken(frame, plan, two)
    anchored = np.zeros(n, dtype=bool)
    for name in two:
        anchored |= units.anchor_of(said, name, of_row, n) != NONE
    row = frame["row"].to_numpy()
    return pl.DataFrame({"row": row, "cell": row[_firsts(of_row)][of_row], "anchored": anchored[of_row]})


def _firsts(of_row: Codes) -> Ints:
    return np.unique(of_row, return_index=True)[1]


def made(frame: pl.DataFrame, plan: Plan, hidden: Ints) -> tuple[Said, Units, Ints, Ints]:
    """Return what a shard's records say, their units, the row of each record, the number of each unit.

    Args:
        frame: rows of `seam.said_schema`; records of one cell key are in one shard.
        plan: what is known of the whole.
        hidden: rows of the records held out.
    """
    profile, frame = plan.profile, frame.sort("row")
    of_row, n = units.numbered(frame["cell"].to_numpy())
    said = spoken(frame, plan, [f.name for f in profile.field], parts=True)
    row = frame["row"].to_numpy()
    mine = np.flatnonzero(np.isin(row, hidden))
    here = units.make(said, profile, of_row, n, mine, frame["source"].to_numpy())
    return said, here, row, np.concatenate([row[_firsts(of_row)], plan.rows + row[mine]])


def unify(frame: pl.DataFrame, plan: Plan, hidden: Ints) -> pl.DataFrame:
    """Make units of records: `seam.units_schema`. Records of one cell key are in one shard.

    Args:
        frame: rows of `seam.said_schema`.
        plan: what is known of the whole.
        hidden: rows of the records held out.
    """
    profile = plan.profile
    said, here, _, number = made(frame, plan, hidden)
    home = np.where(here.home < 0, -1, number[here.home])
    told = {"unit": number, "home": home, "known": here.known, "says": _says(here, profile)}
    told["source"] = here.source.view(np.int64)
    bearing = _bearing(said, here, profile)
    lists = {f"said:{n}": gathered(r, said.values[n].texts, here.n) for n, r in here.listed.items()}
    return pl.DataFrame(
        told | bearing | lists | _blocks(said, here, profile), schema=dict(seam.units_schema(profile))
    )


def _says(here: Units, profile: Profile) -> Ints:
    """Return a bit for each field of which a unit says something."""
    bits = np.zeros(here.n, dtype=np.int64)
    for i, of in enumerate(profile.evidence):
        bits |= (np.diff(here.listed[of.name].starts) > 0).astype(np.int64) << i
    return bits


def _bearing(said: Said, here: Units, profile: Profile) -> dict[str, pl.Series]:
    """Return what constraints look at: values as hashes, days as they are."""
    bound = resolve.rules(here, said, profile, np.empty((0, 2), dtype=np.int64))
    told = {f"anchor:{n}": _hashed(said.values[n].texts, codes) for n, codes in here.anchor.items()}
    for name in profile.constraints.differ:
        told[f"only:{name}"] = _hashed(said.values[name].texts, bound.single[name])
    for i, (event, end) in enumerate(profile.constraints.after):
        days = bound.latest[f"{event} after {end}"]
        told |= {f"event:{i}": pl.Series(days[0]), f"end:{i}": pl.Series(days[1])}
    return told


def _hashed(texts: pl.Series, codes: Codes) -> pl.Series:
    return _signed(values.gathered(texts, codes))


def _signed(texts: pl.Series) -> pl.Series:
    hashed = texts.to_frame("t").select(h=pl.when(pl.col("t").is_not_null()).then(pl.col("t").hash()))
    return hashed["h"].reinterpret(signed=True)


def gathered(rows: Listed, of_code: pl.Series, n: int) -> pl.Series:
    """Return a list a unit: what stands at each of its codes, in their order; null for none."""
    told = pl.DataFrame({"unit": rows.unit, "p": of_code.gather(rows.code)})
    return _lists(told, n)


def _lists(told: pl.DataFrame, n: int) -> pl.Series:
    grouped = told.group_by("unit", maintain_order=True).agg("p")
    every = pl.DataFrame({"unit": np.arange(n, dtype=np.uint32)})
    return every.join(grouped, on="unit", how="left", maintain_order="left")["p"]


def _blocks(said: Said, here: Units, profile: Profile) -> dict[str, pl.Series]:
    """Return the hashes of the blocks that every unit is in, by rule, and of the parts that refine them."""
    wanted = list(dict.fromkeys(p for rule in (*profile.blocks, profile.refine) for p in rule))
    parts = units.parts_of_units(said, here, wanted)
    keyed = {f"rule:{i}": block.keys(parts, rule).unique() for i, rule in enumerate(profile.blocks)}
    keyed |= {f"part:{i}": parts[part] for i, part in enumerate(profile.refine)}
    rows = {
        k: f.select("unit", p=pl.col("h").reinterpret(signed=True)).sort("unit", "p")
        for k, f in keyed.items()
    }
    return {k: _lists(f, here.n) for k, f in rows.items()}


def firsts(frame: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    """Return ``row`` and what each record says in the first column of each field."""
    return frame.select("row", *(pl.col(f"said:{f.name}").list.head(1) for f in profile.field))


def named(told: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Put the entities of records beside what `firsts` returns: ``entity, entity_id`` and the fields."""
    return told.join(rows, on="row").select("entity", "entity_id", pl.selectors.starts_with("said:"))


def portraits(frame: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """Describe entities, all records of each in this shard: `seam.portrait_schema`.

    Args:
        frame: as `named` returns it.
        plan: what is known of the whole.
    """
    said = spoken(frame, plan, list(plan.columns))
    return publish.entities(said, frame["entity_id"])
