"""One statement to the engine and what it answers: plain values, or an error that says what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import ladybug

from graph.store import Row
from jiwang.errors import PatternError, StoreError

SHOWN = 300  # characters of an engine's message; the parser lists every word it knows


def do(connection: ladybug.Connection, statement: str, params: Mapping[str, Any] | None = None) -> Any:
    """Run one statement and return the first value of its first row, if it has one."""
    with one(connection.execute(statement, dict(params or {}))) as result:
        return next(iter(result.get_all()[0]), None) if result.has_next() else None


@contextmanager
def one(result: ladybug.QueryResult | list[ladybug.QueryResult]) -> Iterator[ladybug.QueryResult]:
    """Give the result of a single statement; several in one query are refused."""
    if isinstance(result, list):
        for each in result:
            each.close()
        raise PatternError("a query holds several statements", "write one statement, without `;`")
    try:
        yield result
    finally:
        result.close()


def rows(result: ladybug.QueryResult, limit: int) -> list[Row]:
    """Return the rows of a result, of plain values.

    Raises:
        PatternError: there are more than ``limit``, or not all of them are plain.
    """
    if result.get_num_tuples() > limit:
        raise PatternError(f"a query returns more than {limit} rows", "make it stricter, or raise the limit")
    names = result.get_column_names()
    return [dict(zip(names, map(_plain, values), strict=True)) for values in result.get_all()]


def _plain(value: Any) -> Any:
    """Return ``value`` as both engines give it: sums of whole numbers come as Decimal from this one."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        raise PatternError(
            "a query returns a node, a relationship or a map", "return their properties instead"
        )
    return value


def failure(error: RuntimeError, timeout: float) -> StoreError:
    """Return the engine's error as ours, with what to do about it."""
    text = " ".join(str(error).split())[:SHOWN]
    if "nterrupted" in text:
        return PatternError(
            f"a query took more than {timeout:g} s", "make it stricter, or raise pattern_timeout"
        )
    if "read-only" in text:
        return PatternError(f"a query tries to write: {text}", "patterns only read")
    if "Buffer manager" in text:
        return PatternError(
            f"a query needs more memory: {text}", "make it stricter, or raise store_memory_mb"
        )
    return PatternError(f"a query failed: {text}", "correct the query")
