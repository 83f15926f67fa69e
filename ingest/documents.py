"""JSON: lines of it, or a document with its records in an array; nested values are columns by their path."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from ingest import encoding
from ingest.layouts import Json
from ingest.mapping import Column, Mapping
from ingest.quarantine import RULES, Rule
from ingest.raw import ROW, Batch, Broken, text_frame
from ingest.screen import is_test_word, suspects, words_rule
from ingest.values import ITEMS
from jiwang.errors import MappingError, SourceError


class _ConstantError(ValueError):
    """A constant that JSON does not know."""


def _no_constant(name: str) -> Any:
    raise _ConstantError(name)


# Numbers stay as they were written: 4.0 and 0012 are read by the same rules as in a CSV.
_DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=_no_constant)


def read_lines(path: Path, mapping: Mapping, codec: str) -> Iterator[Batch]:
    """Yield the records of a file of JSON lines, a bounded block at a time; source_row is the line."""
    for part in encoding.lines(path, codec):
        records: list[tuple[int, Any]] = []
        broken: list[Broken] = []
        for row, text in enumerate(part.texts, part.first + 1):
            if row - 1 in part.undecodable:
                broken.append(_broken(row, "undecodable"))
            elif not text.strip():
                broken.append(_broken(row, "blank_line"))
            else:
                try:
                    records.append((row, _DECODER.decode(text)))
                except (ValueError, RecursionError):
                    broken.append(_broken(row, "bad_json"))
        yield _batch(records, broken, mapping)


def read_document(path: Path, name: str, mapping: Mapping, codec: str) -> Iterator[Batch]:
    """Yield the records of a JSON document; source_row is the element of the array.

    Of a document that is cut off, the whole elements are read and the rest is one broken row.

    Raises:
        SourceError: there is no array where the mapping says.
    """
    assert isinstance(mapping.format, Json)
    layout = mapping.format
    text = path.read_bytes().decode(codec, errors="replace")
    totals: list[int] = []
    try:
        document = _DECODER.decode(text)
    except (ValueError, RecursionError):
        found, broken = _salvaged(text, layout), True
    else:
        found, broken = _at(document, layout.records), False
        if layout.total and str(stated := _at(document, layout.total.path)).isdigit():
            totals.append(int(stated))
    if not isinstance(found, list):
        raise SourceError(
            f"{name}: there is no array at {layout.records or 'its top'!r}",
            "check that the export is whole, and correct `records` in the mapping",
        )
    rest = [_broken(len(found) + 1, "bad_json")] if broken else []
    batch = _batch(list(enumerate(found, 1)), rest, mapping)
    batch.totals = totals
    yield batch


def _broken(row: int, rule: Rule) -> Broken:
    return Broken(row, rule, RULES[rule].zh)


def _at(document: Any, path: str) -> Any:
    for name in filter(None, path.split(".")):
        document = document.get(name) if isinstance(document, dict) else None
    return document


def _salvaged(text: str, layout: Json) -> list[Any] | None:
    """Return the elements before the fault of a document that does not parse as a whole."""
    name = layout.records.rpartition(".")[2]
    start = re.search(rf'"{re.escape(name)}"\s*:\s*\[' if name else r"^\s*\[", text)
    if not start:
        return None
    found: list[Any] = []
    at = start.end()
    while True:
        at += len(re.match(r"[\s,]*", text[at : at + 4096]).group())  # type: ignore[union-attr]
        try:
            element, at = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            return found
        found.append(element)


def _batch(records: list[tuple[int, Any]], broken: list[Broken], mapping: Mapping) -> Batch:
    """Lay records out as columns, leaving out what is no record."""
    paths = _paths(mapping)
    keys = [i for i, c in enumerate(paths.values()) if c and c.field in mapping.business_key]
    rows: list[int] = []
    values: list[list[str | None]] = []
    seen: set[str] = set()
    for row, record in records:
        laid = _laid(record, paths) if isinstance(record, dict) else []
        if not any(laid[i] for i in keys if laid) and (rule := _record_rule(record, laid)):
            broken.append(_broken(row, rule))
            continue
        seen.update(record)
        for name, value in record.items():
            if isinstance(value, dict | list):
                seen.update(_leaves(value, name))
                seen.discard(name) if value else None
        rows.append(row)
        values.append(laid)
    frame = text_frame(rows, list(paths), values)
    words = frame.select(pl.concat_str(pl.exclude(ROW), separator="\n", ignore_nulls=True).alias("t"))["t"]
    for at in suspects(words):
        if rule := words_rule(values[at]):
            broken.append(_broken(rows[at], rule))
    out = [b.source_row for b in broken]
    broken.sort(key=lambda b: b.source_row)
    return Batch(frame.filter(~pl.col(ROW).is_in(out)), broken, seen=seen)


def _paths(mapping: Mapping) -> dict[str, Column | None]:
    units = {c.unit_column: None for c in mapping.columns.values() if c.unit_column}
    return {**units, **mapping.columns}


def _record_rule(record: Any, laid: Sequence[str | None]) -> Rule | None:
    """Return the rule that breaks a record without a key, if it is not merely one without a key."""
    if record is None or (isinstance(record, dict) and not any(laid)):
        return "null_record"
    if not isinstance(record, dict):
        return "bad_json"
    return "placeholder" if any(map(is_test_word, laid)) else None


def _laid(record: dict[str, Any], paths: dict[str, Column | None]) -> list[str | None]:
    """Return the values at ``paths`` as text. Most are plain texts at the top, and take the short way."""
    laid = []
    for path, column in paths.items():
        value = record.get(path)
        laid.append(value if value.__class__ is str else _text(record, path, column))
    return laid


def _text(record: dict[str, Any], path: str, column: Column | None) -> str | None:
    """Return the value at ``path`` as text; the items of a list are joined by `ITEMS`."""
    head, many, rest = path.partition("[]")
    found = _at(record, head)
    if found is None or isinstance(found, str):
        return found
    if isinstance(found, list):
        items = [_item(x, rest.removeprefix("."), column) for x in found]
        return ITEMS.join(x for x in items if x)
    if isinstance(found, bool):
        return str(found).lower()
    return None if many else json.dumps(found, ensure_ascii=False)


def _item(item: Any, path: str, column: Column | None) -> str:
    if column and column.template and isinstance(item, dict):
        return column.template.format_map({k: v or "" for k, v in item.items()})
    found = _at(item, path)
    return found if isinstance(found, str) else ""


def _leaves(record: Any, path: str = "") -> Iterator[str]:
    """Yield the path of every value of a record; of an empty or null one the path as far as it goes."""
    if isinstance(record, dict) and record:
        for name, value in record.items():
            yield from _leaves(value, f"{path}.{name}" if path else name)
    elif isinstance(record, list) and record:
        for item in record:
            yield from _leaves(item, f"{path}[]")
    else:
        yield path


def path_faults(name: str, mapping: Mapping, seen: set[str]) -> list[MappingError]:
    """Compare the paths met in the records with those that the mapping knows.

    A path that ends early, at a null or an empty list, hides what lies below it: nothing there is missing.
    """
    known = [*_paths(mapping), *mapping.ignore_columns]
    wanted = [p for p, c in mapping.columns.items() if not c.optional]
    unknown = sorted(s for s in seen if not any(_akin(s, k) for k in known))
    missing = [p for p in wanted if not any(_akin(s, p) for s in seen)]
    said = {"unknown": unknown, "missing": missing}
    return [MappingError(f"{name}: columns {w}: {', '.join(c)}", mapping.id) for w, c in said.items() if c]


def _akin(one: str, other: str) -> bool:
    """Say whether one path is the other, or lies on the way to it."""
    short, long = sorted((one, other), key=len)
    return long == short or long.startswith((f"{short}.", f"{short}[]"))
