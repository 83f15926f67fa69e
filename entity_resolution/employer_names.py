"""Employers that rows name and nothing else: the name is read in steps, and links where one firm answers.

From the registered name to what clerks leave out: the name as registered, a former one, another legal form,
no region, the city for the county, an abbreviation, a slip. The first step at which anybody answers decides;
if two firms answer there, none is linked: a brand that several share is no name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import polars as pl

from entity_resolution.normalize.employers import wider
from entity_resolution.normalize.names import readings
from jiwang.codes.organisation import near

_SCHEMA = {"profile": pl.UInt32, "entity": pl.String, "how": pl.String}
_LEAST_BRAND = 2  # characters: the brand that an abbreviation must keep
_LEAST_SLIP = 5  # shorter names are too close to each other for a slip of one character to mean anything
_WHOLE = ("region", "core")


def link(loose: pl.DataFrame, known: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """Link profiles that bear a name alone; a primary party whose name nobody bears founds an entity.

    Args:
        loose: profiles, with ``name``, ``primary`` and ``reference``.
        known: ``entity, region, core, form, branch, full, former`` of the names of keyed firms.
        table: the names taken apart, as `OrganisationNames.table` returns it.

    Returns:
        ``profile, entity, how``.
    """
    wanted = loose.join(table, on="name", how="inner")
    done, stopped = _answered(wanted, known)
    rest = wanted.filter(~pl.col("profile").is_in([*done["profile"], *stopped]))
    rest = rest.filter(pl.col("primary") & ~pl.col("reference"))
    # What no keyed firm answers to is a firm that registers forgot: its full names found, the others follow.
    whole = rest.filter((pl.col("region") != "") & (pl.col("form") != "") & (pl.col("branch") == ""))
    founders = whole.select("profile", entity="name:" + pl.col("full"), how=pl.lit("founded"))
    new = whole.with_columns(entity="name:" + pl.col("full"), former=pl.lit(value=False))
    others = rest.filter(~pl.col("profile").is_in(whole["profile"].implode()))
    more, still = _answered(others, new.select(known.columns).unique())
    last = others.filter(~pl.col("profile").is_in([*more["profile"], *still]))
    own = last.select("profile", entity="name:" + pl.col("full"), how=pl.lit("founded"))
    return pl.concat([p.cast(_SCHEMA) for p in (done, founders, more, own)])  # type: ignore[arg-type]


def _answered(wanted: pl.DataFrame, known: pl.DataFrame) -> tuple[pl.DataFrame, list[int]]:
    """Return ``profile, entity, how`` of the names that one firm answers to, and profiles that several do."""
    done = pl.DataFrame(schema=_SCHEMA)
    stopped: list[int] = []
    for how, asked, answers, keys in _steps(wanted, known):
        left = asked.filter(~pl.col("profile").is_in([*done["profile"], *stopped]))
        hits = left.select("profile", *keys).join(answers.select("entity", *keys).unique(), on=keys)
        done, stopped = _take(done, stopped, hits, how)
    for how, find in (("abbreviation", _abbreviated), ("name_slip", _slipped), ("name_sound", _homophones)):
        left = wanted.filter(~pl.col("profile").is_in([*done["profile"], *stopped]))
        done, stopped = _take(done, stopped, find(left, known), how)
    return done, stopped


def _take(
    done: pl.DataFrame, stopped: list[int], hits: pl.DataFrame, how: str
) -> tuple[pl.DataFrame, list[int]]:
    found = hits.group_by("profile").agg(pl.col("entity").unique().sort())
    one = found.filter(pl.col("entity").list.len() == 1)
    more = found.filter(pl.col("entity").list.len() > 1)["profile"].to_list()
    linked = one.select("profile", pl.col("entity").list.first(), how=pl.lit(how)).cast(_SCHEMA)  # type: ignore[arg-type]
    return pl.concat([done, linked]), stopped + more


def _steps(
    wanted: pl.DataFrame, known: pl.DataFrame
) -> Iterable[tuple[str, pl.DataFrame, pl.DataFrame, list[str]]]:
    """Yield how, names asked about, names that may answer, and what must be equal; strictest first."""
    today = known.filter(~pl.col("former"))
    firms = known.filter(pl.col("branch") == "")
    placed, bare = wanted.filter(pl.col("region") != ""), wanted.filter(pl.col("region") == "")
    anywhere = firms.with_columns(region=pl.lit(""))
    yield "branch", wanted.filter(pl.col("branch") != ""), known, ["full", "branch"]
    yield "name", placed, today.filter(pl.col("branch") == ""), ["full"]
    yield "former_name", placed, firms, ["full"]
    yield "name_core", placed, firms, [*_WHOLE]
    yield "name_core", bare.filter(pl.col("form") != ""), anywhere, ["core", "form"]
    yield "name_core", bare, anywhere, [*_WHOLE]
    yield "name_core", placed, firms.filter(pl.col("region") == ""), ["core"]
    yield "name_region", placed, _widened(firms), [*_WHOLE]
    yield "name_region", _widened(placed), firms, [*_WHOLE]
    # A firm that rows name by a branch only: the code is the parent's all the same.
    yield "name", placed, known.filter(pl.col("branch") != ""), ["full"]


def _widened(names: pl.DataFrame) -> pl.DataFrame:
    """Return the names with the city, and with the province, in the place of their county."""
    table = [(r, w) for r in names["region"].unique().drop_nulls() for w in wider(r)]
    above = pl.DataFrame(table, schema={"region": pl.String, "above": pl.String}, orient="row")
    return names.join(above, on="region").drop("region").rename({"above": "region"})


def _abbreviated(left: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Pair short names with the firms whose core they abbreviate: same brand, the rest in order.

    安盛幼教 for 安盛幼儿教育服务. Where the note names a place, only firms of that place or of none answer.
    """
    short = left.filter((pl.col("form") == "") & (pl.col("core").str.len_chars() >= _LEAST_BRAND))
    brands: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
    for entity, region, core in known.select("entity", "region", "core").rows():
        brands[core[:_LEAST_BRAND]].add((core, region, entity))
    near_by = {r: {r, *wider(r)} for r in {*short["region"], *known["region"]}}
    found = []
    for profile, region, core in short.select("profile", "region", "core").rows():
        for whole, place, entity in brands.get(core[:_LEAST_BRAND], ()):
            here = not region or not place or region in near_by[place] or place in near_by[region]
            if here and len(core) < len(whole) and _in_order(core, whole):
                found.append((profile, entity))
    return _pairs(found)


def _in_order(short: str, whole: str) -> bool:
    rest = iter(whole)
    return all(c in rest for c in short)


def _slipped(left: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Pair names with firms whose region and core are one character longer or shorter."""
    ours, theirs = _texts(left, "profile"), _texts(known, "entity")
    met = near(ours["text"], theirs["text"])
    met = met.filter(pl.col("broken").str.len_chars() != pl.col("known").str.len_chars())
    pairs = ours.join(met, left_on="text", right_on="broken").join(theirs, left_on="known", right_on="text")
    return pairs.select("profile", "entity").unique()


def _homophones(left: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Pair names with firms of one region and form whose core sounds the same (安晟物流 for 安盛物流)."""
    ours, theirs = _texts(left, "profile"), _texts(known, "entity")
    by_size: dict[tuple[int, str], set[str]] = defaultdict(set)
    for text in theirs["text"].unique():
        by_size[len(text), text[-1]].add(text)
    found = []
    for text in sorted(set(ours["text"])):
        near_by = [t for t in by_size.get((len(text), text[-1]), ()) if _differ(text, t) == 1]
        found += [(text, t) for t in near_by if _sound_alike(text, t)]
    table = pl.DataFrame(found, schema={"text": pl.String, "heard": pl.String}, orient="row")
    pairs = ours.join(table, on="text").join(theirs, left_on=["heard", "form"], right_on=["text", "form"])
    return pairs.select("profile", "entity").unique()


def _sound_alike(a: str, b: str) -> bool:
    """Say whether the characters that differ share a reading, tones aside; 晟 is read as 盛 and as 成."""
    return all(readings(x) & readings(y) for x, y in zip(a, b, strict=True) if x != y)


def _differ(a: str, b: str) -> int:
    return sum(x != y for x, y in zip(a, b, strict=True))


def _texts(names: pl.DataFrame, who: str) -> pl.DataFrame:
    whole = pl.concat_str("region", "core")
    frame = names.select(who, "form", text=whole).unique()
    return frame.filter(pl.col("text").str.len_chars() >= _LEAST_SLIP)


def _pairs(found: list[tuple[int, str]]) -> pl.DataFrame:
    return pl.DataFrame(found, schema={"profile": pl.UInt32, "entity": pl.String}, orient="row").unique()
