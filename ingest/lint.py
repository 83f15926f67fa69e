"""Lint: is every mapping of a dialect true to the ontology? Run by the tests, before any file is seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from ingest.mapping import Column, Mapping, load
from ingest.moments import STYLES
from jiwang.ontology import codes, record_tables


def lint(dialect: str, sources: Path | None = None) -> list[str]:
    """Return the faults of a dialect's mappings, one sentence each; an empty list is a clean dialect."""
    found = load(dialect, sources)
    faults = [
        f"{i}: {n} mappings bear this id" for i, n in Counter(m.id for m in found.mappings).items() if n > 1
    ]
    for mapping in found.mappings:
        faults += [f"{mapping.id}: {fault}" for fault in _faults(mapping)]
    return faults


def _faults(mapping: Mapping) -> Iterator[str]:
    if mapping.table not in record_tables():
        yield f"there is no record table {mapping.table!r}"
        return
    fields = mapping.contract.fields
    targets = mapping.targets()
    yield from (
        f"column {c}: table {mapping.table} has no field {f!r}" for c, f in targets if f not in fields
    )
    twice = Counter(column.field for column in mapping.columns.values())
    yield from (f"field {f} is filled by {n} columns" for f, n in twice.items() if n > 1)
    filled = {f for _, f in targets}
    needed = {n for n, f in fields.items() if f.required} | set(mapping.business_key)
    yield from (f"no column fills the needed field {n!r}" for n in sorted(needed - filled))
    if not mapping.business_key:
        yield "it names no business key"
    for name, column in mapping.columns.items():
        if column.field in fields:
            yield from (f"column {name}: {fault}" for fault in _column_faults(mapping, column))


def _column_faults(mapping: Mapping, column: Column) -> Iterator[str]:
    field = mapping.contract.fields[column.field]
    styles = set(column.dates) | set(mapping.dates)
    yield from (f"unknown date style {s!r}" for s in sorted(styles - set(STYLES)))
    if isinstance(column.codes, str) and column.codes not in mapping.codes:
        yield f"there is no code table {column.codes!r}"
        return
    table = mapping.code_table(column)
    if bool(table) != (field.type == "code"):
        yield f"field {column.field} is of type {field.type}: type code, and only it, has a code table"
        return
    known = codes()[field.codes] if field.codes else {}
    yield from (
        f"code {raw!r} becomes {c!r}, not in {field.codes}" for raw, c in table.items() if c not in known
    )
    for switch in column.switch:
        yield from (f"switch on unknown field {f!r}" for f in switch.when if f not in mapping.contract.fields)
