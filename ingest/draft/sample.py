"""Samples: a file as columns of text, without a mapping: layout, encoding and header are found."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from ingest.draft import fixed_width
from ingest.raw import SPACE
from jiwang.errors import SourceError

LARGEST = 96 << 20  # bytes of a text file that are looked at
MOST_ROWS = 200_000
_HEAD = 40  # lines among which layout and header are looked for
_DELIMITERS = (",", "|", "\t", ";", "^", "~", "\x01", "$", "#", "@", "!")
_SHORTEST_GARBLED = 0.02  # share of characters that may fail to decode


@dataclass
class Sample:
    """Some rows of a file.

    Attributes:
        name: file, relative to the hand-over; ``sheet`` of a workbook.
        layout: the ``[format]`` of a mapping, as plain values; ``encoding`` of text.
        columns: header → values, stripped, empty where nothing stands.
        notes: what a person should know of how it was read.
    """

    name: str
    layout: dict[str, Any]
    encoding: str | None
    columns: dict[str, list[str]]
    sheet: str = ""
    notes: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """Rows looked at."""
        return len(next(iter(self.columns.values()), []))

    def extend(self, other: Sample) -> None:
        """Add the rows of another file of the same columns."""
        for name, values in other.columns.items():
            self.columns[name] += values


def glob(name: str) -> str:
    """Return the glob of a file's name: dates and serial numbers in it become stars."""
    folder, _, file = name.rpartition("/")
    stem, dot, suffix = file.rpartition(".")
    starred = re.sub(r"(?<![A-Za-z])[-_]?\d{4,}([-_年.]\d{1,2})*[月日]?", "*", stem)
    starred = starred if starred.endswith("*") else starred + "*"
    return f"{folder}/{starred}{dot}{suffix}" if folder else f"{starred}{dot}{suffix}"


def samples(path: Path, name: str, widths: dict[str, int] | None = None) -> list[Sample]:
    """Return the samples of a file: one, or one a sheet. ``widths`` are those that a dictionary states.

    Raises:
        SourceError: the file is empty, or nothing in it looks like rows.
    """
    if not path.stat().st_size:
        raise SourceError(f"{name}: the file is empty", "ask its department to export it again")
    with path.open("rb") as handle:
        head = handle.read(8)
    if path.suffix.lower() in {".xlsx", ".xls", ".xlsb", ".ods"}:
        found = list(_workbook(path, name))
    elif head.startswith(b"PAR1"):
        frame = pl.scan_parquet(path).head(MOST_ROWS).collect()
        cells = {c: [_plain(v) for v in frame[c].to_list()] for c in frame.columns}
        found = [Sample(name, {"kind": "parquet"}, None, cells)]
    else:
        text, encoding = decoded(path, name)
        found = [_json(name, text, encoding) if text[:1] in "{[" else _text(name, text, encoding, widths)]
    found = [s for s in found if s.columns]
    if not found:
        raise SourceError(f"{name}: there are no rows in it", "see with your own eyes what the file holds")
    return found


def decoded(path: Path, name: str) -> tuple[str, str]:
    """Return the (first) text of a file and its encoding, as a mapping names it."""
    with path.open("rb") as handle:
        data = handle.read(LARGEST)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace").lstrip("\ufeff"), "utf-16"
    for encoding, utf16 in (("utf-16-le", 1), ("utf-16-be", 0)):
        if data[utf16:4096:2].count(0) > len(data[:4096]) // 8:
            return data.decode(encoding, "replace"), encoding
    try:
        return data.decode("utf-8-sig", "strict" if len(data) < LARGEST else "ignore"), "utf-8"
    except UnicodeDecodeError:
        text = data.decode("gb18030", "replace")
    if text.count("\ufffd") > _SHORTEST_GARBLED * len(text):
        raise SourceError(
            f"{name}: it is in no encoding known here", "ask its department for UTF-8 or GB18030"
        )
    return text, "gb18030"


def _text(name: str, text: str, encoding: str, widths: dict[str, int] | None) -> Sample:
    lines = [t for t in text.split("\n") if t.strip(SPACE)][: MOST_ROWS + _HEAD]
    lines = [t.removesuffix("\r") for t in lines]
    delimiter = _delimiter(lines[:2000])
    if delimiter is None or widths:
        found = fixed_width.part(lines, encoding, widths)
        if found is not None:
            layout, cells = found
            return Sample(name, layout, encoding, cells)
    if delimiter is None:
        return Sample(name, {"kind": "csv"}, encoding, {})
    parted = list(csv.reader(lines, delimiter=delimiter))
    sample = _headed(name, {"kind": "csv", "delimiter": delimiter}, parted)
    sample.encoding = encoding
    return sample


def _delimiter(lines: Sequence[str]) -> str | None:
    """Return the character that parts most lines into the same number of fields, more than one."""
    best, most = None, 0.0
    for mark in _DELIMITERS:
        counts = Counter(t.count(mark) for t in lines)
        usual, often = max(counts.items(), key=lambda item: (item[1] * bool(item[0]), item[0]))
        share = often / len(lines) if usual else 0.0
        if share * min(usual, 8) > most and share > 1 / 2:
            best, most = mark, share * min(usual, 8)
    if best and all(best * 2 in t or best not in t for t in lines[:50]):
        return best * 2
    return best


def _headed(name: str, layout: dict[str, Any], parted: Sequence[Sequence[str]]) -> Sample:
    """Find the header among parted rows, and lay what follows out as columns."""
    width = Counter(len(r) for r in parted[:2000]).most_common(1)[0][0]
    notes = []
    at = next((i for i, r in enumerate(parted[:_HEAD]) if _is_header(r, width)), None)
    if at is None:
        names = [f"c{i + 1}" for i in range(width)]
        layout = layout | {"names": names}
        notes.append("no header line was found: name the columns in `format.names` after its dictionary")
        rows = parted
    else:
        names, rows = _numbered([n.strip(SPACE) for n in parted[at]]), parted[at + 1 :]
        if at:
            notes.append(f"{at} lines stand above the header")
    whole = [[v.strip(SPACE) for v in r] for r in rows if len(r) == len(names) and list(r) != list(names)]
    if len(whole) < len(rows):
        notes.append(f"{len(rows) - len(whole)} of {len(rows)} rows have another number of fields")
    cells = dict(zip(names, map(list, zip(*whole, strict=True)), strict=True)) if whole else {}
    return Sample(name, layout, None, cells or {n: [] for n in names}, notes=notes)


def _is_header(cells: Sequence[str], width: int) -> bool:
    """Say whether a row looks like a header: as wide as the rows, of words, none of them twice or long."""
    said = [c.strip(SPACE) for c in cells]
    if len(said) != width or sum(map(bool, said)) < max(2, 0.8 * width):
        return False
    numbers = sum(c.replace(".", "").replace("-", "").replace(":", "").isdigit() for c in said)
    return numbers == 0 and max(map(len, said)) <= 40 and len(set(said)) > 0.8 * width


def _numbered(names: list[str]) -> list[str]:
    """Number the headers that occur twice, as the reader does: ``金额#1``, ``金额#2``."""
    counts, seen = Counter(names), Counter[str]()
    told = []
    for name in names:
        seen[name] += 1
        told.append(f"{name}#{seen[name]}" if counts[name] > 1 else name)
    return told


def _workbook(path: Path, name: str) -> Iterator[Sample]:
    import fastexcel  # noqa: PLC0415 - few hand-overs hold a workbook

    try:
        book = fastexcel.read_excel(path)
    except fastexcel.FastExcelError as error:
        raise SourceError(
            f"{name}: it is no workbook that can be read", "ask its department to export it again"
        ) from error
    for sheet in book.sheet_names:
        loaded = book.load_sheet(sheet, header_row=None, dtypes="string", n_rows=MOST_ROWS)
        rows = [[c or "" for c in r] for r in loaded.to_polars().iter_rows()] if loaded.height else []
        if len(rows) > 1:
            sample = _headed(name, {"kind": "xlsx"}, rows)
            sample.sheet = sheet if len(book.sheet_names) > 1 else ""
            if sample.sheet:
                sample.layout["sheets"] = [sheet]
            yield sample


def _json(name: str, text: str, encoding: str) -> Sample:
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
    return Sample(name, layout, encoding, cells)


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
        yield path, _plain(record)


def _plain(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value).strip(SPACE)
