"""Run a pattern on a store and turn its rows into hits."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import polars as pl

from graph.patterns import LIMIT, Pattern
from graph.store import GraphStore, Row
from jiwang.config import Settings
from jiwang.errors import PatternError
from jiwang.ids import digest
from jiwang.tables import Hits

EPOCH = date(1970, 1, 1)
_TYPES: Mapping[str, type] = {"subject": str, "amount": float, "first_day": int, "last_day": int}


def run_pattern(
    store: GraphStore,
    pattern: Pattern,
    region: str,
    settings: Settings,
    overrides: Mapping[str, Any] | None = None,
) -> pl.DataFrame:
    """Run ``pattern`` and return its hits as `jiwang.tables.Hits`, sorted by hit id.

    Rows of the same subject and members are one hit: the largest amount (the rows retell one another, so a
    sum would count money twice), the widest span, all edges. Amounts are rounded to the fen, because engines
    add floats in different orders.

    Raises:
        PatternError: a wrong parameter or query, or one over its time or its limit; it names the file.
        StoreError: the store cannot be reached or holds no whole graph.
    """
    values = pattern.values(region, overrides)
    missing = sorted(set(pattern.requires) - set(store.schema.edges))
    if missing:
        raise PatternError(
            f"{pattern.source}: the graph has no edges {', '.join(missing)}", "correct `requires`"
        )
    try:
        rows = store.run(
            pattern.body,
            {**values, LIMIT: settings.pattern_limit + 1},
            timeout=settings.pattern_timeout,
            limit=settings.pattern_limit,
        )
    except PatternError as error:
        raise PatternError(f"{pattern.source}: {error.problem}", error.remedy) from error
    return _hits(pattern, values, rows)


def empty_hits() -> pl.DataFrame:
    """Return a table of hits without rows."""
    return Hits.create_empty()


def _hits(pattern: Pattern, values: Mapping[str, Any], rows: list[Row]) -> pl.DataFrame:
    merged: dict[str, Row] = {}
    fixed = json.dumps(values, sort_keys=True, ensure_ascii=False)
    for row in rows:
        _check(pattern, row)
        members = sorted({row["subject"], *_flat(row["members"])})
        hit_id = "h" + digest("hit", pattern.id, pattern.version, fixed, row["subject"], *members)
        hit = {
            "hit_id": hit_id,
            "pattern_id": pattern.id,
            "pattern_version": pattern.version,
            "typology": pattern.typology,
            "severity": pattern.severity,
            "kind": pattern.returns.kind,
            "subject": row["subject"],
            "members": members,
            "amount": None if row["amount"] is None else round(float(row["amount"]), 2),
            "first_seen": _day(row["first_day"]),
            "last_seen": _day(row["last_day"]),
            "edges": sorted(set(_flat(row["edges"]))),
        }
        merged[hit_id] = _merge(merged[hit_id], hit) if hit_id in merged else hit
    frame = pl.DataFrame([merged[key] for key in sorted(merged)], schema=empty_hits().schema)
    return Hits.validate(frame)


def _check(pattern: Pattern, row: Row) -> None:
    remedy = "see the columns in the docs of graph.patterns"
    for name, kind in _TYPES.items():
        value = row.get(name, ...)
        fits = isinstance(value, kind) or (kind is float and isinstance(value, int))
        if value is ... or not (fits or (value is None and name != "subject")):
            raise PatternError(f"{pattern.source}: column {name} is not {kind.__name__}", remedy)
    for name in ("members", "edges"):
        if not isinstance(row.get(name, ...), list | None) or not all(
            isinstance(x, str) for x in _flat(row[name])
        ):
            raise PatternError(f"{pattern.source}: column {name} is no list of strings", remedy)


def _flat(value: object) -> Iterator[Any]:
    """Yield the items of nested lists; Ladybug gives null where Neo4j gives an empty list."""
    for item in value if isinstance(value, list) else []:
        if isinstance(item, list):
            yield from _flat(item)
        elif item is not None:
            yield item


def _day(number: int | None) -> date | None:
    return None if number is None else EPOCH + timedelta(days=number)


def _merge(one: Row, other: Row) -> Row:
    def pick(name: str, best: Any) -> Any:
        return best([row[name] for row in (one, other) if row[name] is not None], default=None)

    return one | {
        "amount": pick("amount", max),
        "first_seen": pick("first_seen", min),
        "last_seen": pick("last_seen", max),
        "edges": sorted({*one["edges"], *other["edges"]}),
    }
