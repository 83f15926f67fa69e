"""The registry of resolved entities as notes need it: names that occur in them, and what confirms them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from entity_resolution.normalize.employers import OrganisationNames, bracketed_regions
from entity_resolution.notes.folding import fold
from entity_resolution.notes.mentions import Registry
from jiwang.ontology import Kind

LABELS: tuple[Kind, ...] = ("person", "employer", "clinic")
_FORMS = ("有限公司", "有限责任公司", "股份有限公司", "")
_SHOPS = (
    ("大药房连锁", "药房"),
    ("大药房连锁", "大药房"),
    ("大药房连锁", "药店"),
    ("大药房", "药房"),
    ("药店", "药房"),
)
_TAIL = 4


def registry(
    texts: Sequence[str],
    said: Mapping[Kind, pl.DataFrame],
    links: pl.DataFrame,
) -> Registry:
    """Build the registry for these texts.

    Args:
        texts: the notes.
        said: kind → profiles with their ``entity_id`` (and ``name``, ``phone``, ``anchor``, ``account_no``).
        links: all links.
    """
    known = _variants({label: _pairs(said[label], "name") for label in LABELS})
    folded = pl.Series([fold(t) for t in texts], dtype=pl.String)
    names = {label: _occurring(folded, pairs) for label, pairs in known.items()}
    people = {e for bearers in names["person"].values() for e in bearers}
    accounts = said["account"].select("account_no", "entity_id").drop_nulls().unique().sort("account_no")
    cited = said["person"].filter(pl.col("anchor").str.starts_with("citizen:"))
    ids = cited.select(pl.col("anchor").str.strip_prefix("citizen:"), "entity_id").unique().rows()
    phones = said["person"].select("phone", "entity_id").drop_nulls().unique().rows()
    return Registry(
        names=names,
        persons_of=_multimap([*ids, *phones]),
        accounts=dict(accounts.rows()),
        tails=_multimap((n[-_TAIL:], e) for n, e in accounts.rows()),
        owners=_multimap(_together(links, "account", "person").rows()),
        ties=_ties(links, people),
        homes=_multimap(
            [*_known(said["person"], people, "home").rows(), *_known(said["person"], people, "place").rows()],
        ),
        born=dict(_known(said["person"], people, "born_in").rows()),
    )


def _known(said: pl.DataFrame, people: set[str], column: str) -> pl.DataFrame:
    """Return ``entity_id, column`` of these people, the least value where there are several of a year."""
    frame = said.filter(pl.col("entity_id").is_in(sorted(people)))
    if column == "born_in":
        year = pl.coalesce(pl.col("birth_date", "id_birth").dt.year().cast(pl.Int64), "born")
        return (
            frame.select("entity_id", born_in=year)
            .drop_nulls()
            .group_by("entity_id")
            .agg(pl.col("born_in").min())
        )
    return frame.select("entity_id", column).drop_nulls().unique().sort("entity_id", column)


def lookup(texts: Sequence[str], names: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
    """Return the folded names, and ways to write them, that occur in texts.

    Args:
        texts: notes as written.
        names: label (person, employer, clinic) → names as registered.
    """
    folded = pl.Series([fold(t) for t in texts], dtype=pl.String)
    found = _variants({label: [(fold(n), n) for n in every] for label, every in names.items()})
    return {label: set(_occurring(folded, pairs)) for label, pairs in found.items()}


def _variants(known: Mapping[str, list[tuple[str, str]]]) -> dict[str, list[tuple[str, str]]]:
    """Return label → ways to write each name, with its bearer."""
    employers = known.get("employer", [])
    taker = OrganisationNames(bracketed_regions(name for name, _ in employers))
    return {
        "person": known.get("person", []),
        "employer": [(v, e) for n, e in employers for v in _employer_variants(n, taker)],
        "clinic": [(v, e) for n, e in known.get("clinic", []) for v in _clinic_variants(n)],
    }


def _pairs(said: pl.DataFrame, column: str) -> list[tuple[str, str]]:
    rows = said.select(column, "entity_id").drop_nulls().unique().sort(column, "entity_id").rows()
    return [(fold(name), entity) for name, entity in rows]


def _occurring(folded: pl.Series, pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """Return the names that occur in the texts, with their bearers.

    One pass of Aho and Corasick's automaton spares the matcher the many names that it will not meet.
    """
    bearers = _multimap((n, e) for n, e in pairs if len(n) >= 2 and n.isprintable())
    if not bearers:
        return {}
    hits = folded.str.extract_many(sorted(bearers), overlapping=True).explode().drop_nulls().unique().sort()
    return {name: bearers[name] for name in hits}


def _employer_variants(name: str, taker: OrganisationNames) -> set[str]:
    """Return the ways to write an employer's name: region before, in brackets or out; form long or short."""
    region, core, _, _ = taker.parts(name)
    if not region:
        return {name, core} if len(core) >= 4 else {name}
    bodies = {region + core, f"{region}市{core}", f"{core}({region})", core}
    bodies |= {f"{core[:i]}({region}){core[i:]}" for i in range(2, len(core))}
    return {name} | {body + form for body in bodies for form in _FORMS if len(body + form) >= 4}


def _clinic_variants(name: str) -> set[str]:
    return {name} | {name.replace(long, short) for long, short in _SHOPS if long in name}


def _together(links: pl.DataFrame, kind: str, other: str) -> pl.DataFrame:
    """Return the pairs of entities of two kinds that the same bank account rows are about."""
    rows = links.filter((pl.col("table") == "bank_account") & pl.col("primary"))
    one = rows.filter(pl.col("kind") == kind).select("record_id", a="entity_id")
    two = rows.filter(pl.col("kind") == other).select("record_id", b="entity_id")
    return one.join(two, on="record_id").select("a", "b").unique().sort("a", "b")


def _ties(links: pl.DataFrame, people: set[str]) -> dict[str, set[str]]:
    """Return person → employers and clinics that some row is about together with them."""
    rows = links.filter("primary").select("record_id", "kind", "entity_id")
    persons = rows.filter(pl.col("entity_id").is_in(sorted(people)))
    orgs = rows.filter(pl.col("kind").is_in(["employer", "clinic"]))
    both = persons.join(orgs, on="record_id", suffix="_org").select("entity_id", "entity_id_org").unique()
    return _multimap(both.sort("entity_id", "entity_id_org").rows())


def _multimap(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for key, value in pairs:
        found[key].add(value)
    return dict(found)
