"""JSON without a mapping: lines or a document, where its records stand, its values by their paths."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ingest.raw import SPACE

MOST_ROWS = 200_000


def laid(text: str) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """Return the format of a JSON text, and path → values, as the reader names them."""
    decoder = json.JSONDecoder(parse_float=str, parse_int=str)
    records: list[Any] = []
    layout: dict[str, Any] = {"kind": "jsonl"}
    try:
        document = decoder.decode(text)
    except ValueError:
        for line in text.splitlines()[:MOST_ROWS]:
            try:
                records.append(decoder.decode(line))
            except ValueError:
                continue
    else:
        layout, records = _array(document)
    rows = [dict(_leaves(r)) for r in records if isinstance(r, dict)]
    paths = list(dict.fromkeys(p for r in rows for p in r))
    cells = {p: [r.get(p, "") for r in rows] for p in paths}
    return layout, cells


def _array(document: Any) -> tuple[dict[str, Any], list[Any]]:
    """Return the largest array of objects in a document, its path, and the number that stands beside it."""
    found: list[tuple[str, list[Any]]] = []
    totals: list[tuple[str, int]] = []

    def walk(node: Any, path: str) -> None:
        if isinstance(node, list):
            found.append((path, node))
        elif isinstance(node, dict):
            for key, value in node.items():
                below = f"{path}.{key}" if path else key
                if isinstance(value, str) and value.isdigit():
                    totals.append((below, int(value)))
                walk(value, below)

    walk(document, "")
    if not found:
        return {"kind": "json"}, [document]
    path, records = max(found, key=lambda f: len(f[1]))
    layout: dict[str, Any] = {"kind": "json", "records": path}
    stated = [(p, n) for p, n in totals if abs(n - len(records)) <= 0.02 * len(records) + 1]
    if stated:
        layout["total"] = {
            "path": stated[0][0],
            "counts": "read" if stated[0][1] == len(records) else "accepted",
        }
    return layout, records[:MOST_ROWS]


def _leaves(record: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the paths of a record's values, as the reader names them, and the values as text."""
    if isinstance(record, dict):
        for name, value in record.items():
            yield from _leaves(value, f"{path}.{name}" if path else name)
    elif isinstance(record, list):
        below: dict[str, list[str]] = {}
        for item in record:
            for inner, value in _leaves(item, f"{path}[]"):
                below.setdefault(inner, []).append(value)
        yield from ((p, ";".join(v)) for p, v in below.items())
    else:
        yield path, plain(record)


def plain(value: Any) -> str:
    """Return a value as text, empty for null."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value).strip(SPACE)
