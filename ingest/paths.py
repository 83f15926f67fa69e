"""Paths: values inside a JSON record, ``legalPerson.name``, ``investors[].name`` or ``../setl_id``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from ingest.column import Column
from ingest.headers import REST
from ingest.mapping import Mapping
from jiwang.errors import MappingError

ITEMS = "\x1f"  # parts the items of a JSON list within a raw text
ABOVE = "../"  # before a path: of the record whose array holds this one


class Paths:
    """The paths that a mapping reads, ready to be laid out as columns."""

    def __init__(self, mapping: Mapping) -> None:
        self.mapping = mapping
        self.names = mapping.raw_columns()
        self._columns = [(mapping.spelt(n), mapping.columns.get(n)) for n in self.names]
        self._short = [(s[0], s, c) for s, c in self._columns]

    def laid(self, record: dict[str, Any], above: dict[str, Any]) -> list[str | None]:
        """Return the values at the paths as text. Most are plain texts at the top, and take the short way."""
        laid = []
        for first, spelt, column in self._short:
            value = record.get(first)
            if value.__class__ is not str:
                value = next((v for s in spelt if (v := _value(record, above, s, column)) is not None), None)
            laid.append(value)
        return laid

    def faults(self, name: str, seen: set[str]) -> list[MappingError]:
        """Compare the paths met in the records with those that the mapping knows.

        A path that ends early, at a null or an empty list, hides what lies below: nothing there is missing.
        """
        mapping = self.mapping
        known = [s for spelt, _ in self._columns for s in spelt if not s.startswith(ABOVE)]
        known += [*mapping.ignore_columns, getattr(mapping.format, "rows", "")]
        unknown = sorted(s for s in seen if not any(akin(s, k) for k in known if k))
        wanted = [c for c in mapping.required() if not c.startswith(ABOVE)]
        missing = [c for c in wanted if not any(akin(s, p) for s in seen for p in mapping.spelt(c))]
        said = {"unknown": [] if REST in mapping.ignore_columns else unknown, "missing": missing}
        remedy = (
            "declare what is new under [columns] or in `ignore_columns`, what may be absent as `optional`"
        )
        return [MappingError(f"{name}: columns {w}: {', '.join(c)}", remedy) for w, c in said.items() if c]


def at(document: Any, path: str) -> Any:
    """Return the value at a path of names, or None."""
    for name in filter(None, path.split(".")):
        document = document.get(name) if isinstance(document, dict) else None
    return document


def leaves(record: Any, path: str = "") -> Iterator[str]:
    """Yield the path of every value of a record; of an empty or null one the path as far as it goes."""
    if isinstance(record, dict) and record:
        for name, value in record.items():
            yield from leaves(value, f"{path}.{name}" if path else name)
    elif isinstance(record, list) and record:
        for item in record:
            yield from leaves(item, f"{path}[]")
    else:
        yield path


def met(records: Sequence[dict[str, Any]]) -> set[str]:
    """Return the paths of every value in some records."""
    seen: set[str] = set()
    for record in records:
        seen.update(record)
        for name, value in record.items():
            if isinstance(value, dict | list):
                seen.update(leaves(value, name))
                seen.discard(name) if value else None
    return seen


def akin(one: str, other: str) -> bool:
    """Say whether one path is the other, or lies on the way to it."""
    short, long = sorted((one, other), key=len)
    return long == short or long.startswith((f"{short}.", f"{short}[]"))


def _value(record: dict[str, Any], above: dict[str, Any], path: str, column: Column | None) -> str | None:
    """Return the value at ``path`` as text; the items of a list are joined by `ITEMS`."""
    if path.startswith(ABOVE):
        record, path = above, path.removeprefix(ABOVE)
    head, many, rest = path.partition("[]")
    found = record[head] if head in record else at(record, head)  # a name may hold a dot
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
    found = at(item, path)
    return found if isinstance(found, str) else ""
