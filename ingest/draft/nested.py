"""JSON without a mapping: lines or a document, where its records stand, its values by their paths."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ingest.raw import SPACE

MOST_ROWS = 200_000
_VALUES, _TO_A_RECORD = 4, 1.2  # what a list of objects has, and more of it, to be a table of its own


def laid(text: str) -> list[tuple[dict[str, Any], dict[str, list[str]], tuple[str, ...]]]:
    """Return the tables in a JSON text: the records, then the lists in them that are tables of their own.

    Each is a format, path → values as the reader names them, and the lists that were left to others.
    """
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
    whole = [r for r in records if isinstance(r, dict)]
    inner = _inner(whole)
    outer = [{k: v for k, v in r.items() if k not in inner} for r in whole]
    found = [(layout, _columns([dict(_leaves(r)) for r in outer]), tuple(inner))]
    for name in inner:
        held = [(r, item) for r in whole for item in r.get(name) or () if isinstance(item, dict)]
        rows = [{**dict(_leaves(item)), **_above(r)} for r, item in held]
        own = {k: v for k, v in layout.items() if k != "total"} | {"rows": name}
        found.append((own, _columns(rows), ()))
    return found


def _above(record: dict[str, Any]) -> dict[str, str]:
    """Return the plain values of a record as its inner rows name them."""
    return {f"../{k}": plain(v) for k, v in record.items() if not isinstance(v, dict | list)}


def _inner(records: list[dict[str, Any]]) -> list[str]:
    """Return the lists that are tables of their own: of objects of several values, several to a record."""
    found = []
    for name in dict.fromkeys(k for r in records[:2000] for k, v in r.items() if isinstance(v, list)):
        lists = [r[name] for r in records[:2000] if isinstance(r.get(name), list)]
        items = [i for items in lists for i in items if isinstance(i, dict)]
        if items and sum(map(len, items)) >= _VALUES * len(items) and len(items) > _TO_A_RECORD * len(lists):
            found.append(name)
    return found


def _columns(rows: list[dict[str, str]]) -> dict[str, list[str]]:
    paths = dict.fromkeys(p for r in rows for p in r)
    return {p: [r.get(p, "") for r in rows] for p in paths}


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
