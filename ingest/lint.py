"""Lint: is every mapping of a dialect true to the ontology? Run by the tests, by the verb, and before a run.

A fault names the file, the line and the key, and says what to do.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations, pairwise
from pathlib import Path

from ingest.column import OTHERWISE, Column, placeholders
from ingest.handover import survey
from ingest.mapping import Dialect, Mapping, load
from ingest.moments import STYLES
from ingest.pointing import line_of, nearest
from jiwang.errors import InputError
from jiwang.ontology import codes, record_tables


@dataclass(frozen=True)
class Fault:
    """What is wrong with a mapping: its id, the path of the key, the fault and the remedy."""

    mapping: str
    keys: tuple[str, ...]
    said: str


def lint(dialect: str, sources: Path | None = None, source: Path | None = None) -> list[str]:
    """Return the faults of a dialect's mappings, one sentence each; an empty list is a clean dialect.

    With ``source``, the folder of a hand-over, the dialect is held against its files as well: files that no
    mapping or several know, globs that match nothing, columns that are unknown or missing.
    """
    found = load(dialect, sources)
    faults = faults_of(found)
    if source is not None and not faults:
        try:
            survey(source, found, allow_unknown=False)
        except InputError as error:
            faults = [f"{part} — {error.remedy}" for part in error.problem.split("; ")]
    return faults


def faults_of(dialect: Dialect) -> list[str]:
    """Return the faults of a dialect that was read."""
    ids = Counter(m.id for m in dialect.mappings)
    faults = [f"{i}: {n} mappings bear this id" for i, n in ids.items() if n > 1]
    for mapping in dialect.mappings:
        faults += [_placed(dialect, fault) for fault in _faults(mapping)]
    return [*faults, *(_placed(dialect, f) for f in _rivals(dialect))]


def _placed(dialect: Dialect, fault: Fault) -> str:
    """Return a fault as a sentence, with the file and line where its key stands."""
    own = re.compile(rf'^id\s*=\s*["\']{re.escape(fault.mapping)}["\']', re.M)
    from_file = [(name, text) for name, text in dialect.texts.items() if own.search(text)]
    shared = [
        (n, t) for n, t in dialect.texts.items() if fault.keys[:1] == ("codes",) and n not in dict(from_file)
    ]
    for name, text in [*from_file, *shared]:
        if line := line_of(text, fault.keys):
            return f"{name}:{line}: {fault.mapping}: {fault.said}"
    where = f"{from_file[0][0]}: " if from_file else ""
    return f"{where}{fault.mapping}: {fault.said}"


def _faults(mapping: Mapping) -> Iterator[Fault]:
    def fault(said: str, *keys: str) -> Fault:
        return Fault(mapping.id, keys, said)

    if mapping.table not in record_tables():
        hint = nearest(mapping.table, record_tables())
        yield fault(f"there is no record table {mapping.table!r}{hint}", "table")
        return
    fields = mapping.contract.fields
    for column, name in mapping.targets():
        if name not in fields:
            hint = nearest(name, fields)
            yield fault(
                f"column {column}: table {mapping.table} has no field {name!r}{hint}", "columns", column
            )
    for name, n in Counter(c.field for c in mapping.columns.values()).items():
        if n > 1:
            last = [c for c, spec in mapping.columns.items() if spec.field == name][-1]
            yield fault(
                f"field {name} is filled by {n} columns: keep one, ignore or join the rest", "columns", last
            )
    yield from _needed(mapping)
    yield from _wide(mapping)
    for header, spec in mapping.columns.items():
        if spec.field in fields:
            for said, *keys in _column_faults(mapping, spec):
                yield fault(f"column {header}: {said}", *(keys or ("columns", header)))


def _needed(mapping: Mapping) -> Iterator[Fault]:
    fields = mapping.contract.fields
    filled = {f for _, f in mapping.targets()} | set(mapping.constants)
    for name in (n for n, f in fields.items() if f.required and n not in filled):
        said = f"no column fills the needed field {name!r} ({fields[name].zh}): map one or see `constants`"
        yield Fault(mapping.id, ("columns",), said)
    for name in (n for n in mapping.business_key if n not in filled):
        hint = nearest(name, filled)
        yield Fault(
            mapping.id, ("business_key",), f"no column fills the needed field {name!r} of the key{hint}"
        )
    for name in (n for n in mapping.constants if n not in fields):
        yield Fault(
            mapping.id, ("constants", name), f"constant of unknown field {name!r}{nearest(name, fields)}"
        )
    if not mapping.business_key:
        yield Fault(
            mapping.id, ("business_key",), "it names no business key: the fields by which repeats are told"
        )


def _wide(mapping: Mapping) -> Iterator[Fault]:
    """Yield what is wrong with columns that stand for many: patterns, braces, and who reads these."""
    if not mapping.wide:
        return
    first, kind = mapping.wide[0], mapping.format.kind
    if kind in ("json", "jsonl"):
        yield Fault(mapping.id, ("columns", first), f"{first!r} is a wide column, and its format is {kind}")
    for raw in mapping.wide:
        for spelling in mapping.spelt(raw):
            if set(placeholders(spelling)) != set(placeholders(first)):
                said = f"{spelling!r} has other braces than {first!r}: name in each what all headers say"
                yield Fault(mapping.id, ("columns", raw), said)
    telling = {c.field for n, c in mapping.columns.items() if {*mapping.sources(n)} & {*mapping.placeholders}}
    if not telling & {*mapping.business_key}:
        said = "wide columns make rows that differ in what their headers say: the key names no field of that"
        yield Fault(mapping.id, ("business_key",), said)
    for name in mapping.placeholders:
        if name not in mapping.read:
            said = f"what stands at {{{name}}} of wide columns is read by no column: add {name!r}"
            yield Fault(mapping.id, ("columns", first), said)
        elif f"{{{name}}}" in mapping.wide and name not in mapping.columns:
            said = f"'{{{name}}}' alone fits every header: say what else stands in them"
            yield Fault(mapping.id, ("columns", f"{{{name}}}"), said)


def _column_faults(mapping: Mapping, column: Column) -> Iterator[tuple[str, ...]]:
    """Yield what is wrong with a column and, where it is not the column's own line, the path of the key."""
    field = mapping.contract.fields[column.field]
    styles = set(column.dates) | set(mapping.dates)
    yield from ((f"unknown date style {s!r}{nearest(s, STYLES)}",) for s in sorted(styles - set(STYLES)))
    if isinstance(column.codes, str) and column.codes not in mapping.codes:
        yield (f"there is no code table {column.codes!r}{nearest(column.codes, mapping.codes)}",)
        return
    table = mapping.code_table(column)
    if bool(table) != (field.type == "code"):
        yield (f"field {column.field} is of type {field.type}: type code, and only it, has a code table",)
        return
    known = codes()[field.codes] if field.codes else {}
    for raw, code in table.items():
        if code not in known:
            keys = ("codes", column.codes, raw) if isinstance(column.codes, str) else ()
            choice = ", ".join(f"{c} {label.zh}" for c, label in known.items())
            name = "every other code" if raw == OTHERWISE else f"code {raw!r}"
            yield (f"{name} becomes {code!r}, not in {field.codes}: one of {choice}", *keys)
    for switch in column.switch:
        yield from (
            (f"switch on unknown field {f!r}",) for f in switch.when if f not in mapping.contract.fields
        )


def _rivals(dialect: Dialect) -> Iterator[Fault]:
    """Yield mappings that claim the same files at the same time, and days that no version is for."""
    for one, other in combinations(dialect.mappings, 2):
        same = set(one.files) & set(other.files) and one.format == other.format
        if (
            same
            and set(one.columns) == set(other.columns)
            and one.version == other.version
            and _overlap(one, other)
        ):
            glob = sorted(set(one.files) & set(other.files))[0]
            said = f"{glob} is claimed by mapping {one.id} too: part their globs, versions or validity"
            yield Fault(other.id, ("files",), said)
    groups: dict[tuple[str, str, tuple[str, ...]], list[Mapping]] = {}
    for mapping in dialect.mappings:
        groups.setdefault((mapping.department, mapping.table, mapping.files), []).append(mapping)
    for versions in groups.values():
        dated = sorted(versions, key=lambda m: m.valid_from or date.min)
        for before, after in pairwise(dated):
            if (
                before.valid_to
                and after.valid_from
                and before.valid_to + timedelta(days=1) < after.valid_from
            ):
                said = f"no version is for the days between {before.valid_to} and {after.valid_from}"
                yield Fault(after.id, ("valid_from",), said)


def _overlap(one: Mapping, other: Mapping) -> bool:
    first = max(one.valid_from or date.min, other.valid_from or date.min)
    return first <= min(one.valid_to or date.max, other.valid_to or date.max)
