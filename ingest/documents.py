"""JSON: lines of it, or a document with its records in an array; rows may be the elements of inner arrays."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Mapping as MappingOf
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import polars as pl

from ingest import encoding
from ingest.encoding import Lines
from ingest.layouts import Json, JsonLines
from ingest.mapping import Mapping
from ingest.opening import is_packed, opened
from ingest.paths import Paths, at, met
from ingest.quarantine import Rule
from ingest.raw import ROW, Batch, Broken, text_frame
from ingest.screen import COUNT, is_test_word, suspects, words_rule
from jiwang.errors import SourceError

if TYPE_CHECKING:
    from ingest.overlay import Overlay

WHOLE = 256 << 20  # bytes up to which a document is parsed as one; a larger one element by element
ELEMENTS = 50_000  # rows of a document taken at a time
PEEK = 200  # records by which the versions of a layout are told apart
_WINDOW = 8 << 20  # characters of a large document that are in memory at a time
_MARGIN = 1 << 16  # bytes at either end of a large document where its total is looked for
_BETWEEN = re.compile(r"[\s,]*")
Element = tuple[
    int, Any, dict[str, Any], Rule | None
]  # row, record, the one above it, what breaks it already
_BROKEN = object()  # stands for what cannot be parsed


class _ConstantError(ValueError):
    """A constant that JSON does not know."""


def _no_constant(name: str) -> Any:
    raise _ConstantError(name)


# Numbers stay as they were written: 4.0 and 0012 are read by the same rules as in a CSV.
_DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=_no_constant)


def peek(path: Path, name: str, encodings: Sequence[str]) -> set[str]:
    """Return the paths met in the first records of a file of JSON lines."""
    first = next(encoding.lines(path, name, encodings, block=encoding.HEAD))
    parsed = (_parsed(text) for text in first.texts.head(PEEK))
    return met([r for r in parsed if isinstance(r, dict)])


def read_lines(parts: Iterable[Lines], mapping: Mapping, overlay: Overlay) -> Iterator[Batch]:
    """Yield the records of a file of JSON lines, a bounded block at a time; source_row is the line."""
    rows = _Rows(mapping, overlay)
    for part in parts:
        lines: list[tuple[int, Any, Rule | None]] = []
        for row, text in enumerate(part.texts, part.first + 1):
            if row - 1 in part.undecodable:
                lines.append((row, None, "undecodable"))
            elif not text.strip():
                lines.append((row, None, "blank_line"))
            else:
                record = _parsed(text)
                lines.append((row, record, "bad_json" if record is _BROKEN else None))
        batch = rows.batch(lines)
        batch.size = part.size
        yield batch


def read_document(
    path: Path, name: str, mapping: Mapping, encodings: Sequence[str], overlay: Overlay
) -> Iterator[Batch]:
    """Yield the records of a JSON document; source_row is the element of the array.

    Of a document that is cut off, the whole elements are read and the rest is one broken row.

    Raises:
        SourceError: there is no array where the mapping says.
    """
    layout = mapping.format
    assert isinstance(layout, Json)
    rows = _Rows(mapping, overlay)
    elements, totals = _opened(path, name, layout, encodings[0])
    numbered = enumerate(elements, 1)
    size = path.stat().st_size
    for first in numbered:
        some = [first, *islice(numbered, ELEMENTS - 1)]
        batch = rows.batch([(n, e, "bad_json" if e is _BROKEN else None) for n, e in some])
        batch.totals, totals = totals, []
        batch.size, size = size, 0
        yield batch
    if size:
        yield Batch(rows.batch([]).frame, totals=totals, size=size)


def _parsed(text: str) -> Any:
    try:
        return _DECODER.decode(text)
    except (ValueError, RecursionError):
        return _BROKEN


def _opened(path: Path, name: str, layout: Json, codec: str) -> tuple[Iterable[Any], list[int]]:
    """Return the elements of a document and the number of rows that it states of itself."""
    data = b""
    if is_packed(path) or path.stat().st_size <= WHOLE:
        with opened(path) as handle:
            data = handle.read(WHOLE + 1)
    if not data or len(data) > WHOLE:
        return _one_by_one(path, name, layout, codec), _stated(path, layout, codec)
    document = _parsed(data.decode(codec, errors="replace").removeprefix("\ufeff"))
    if document is _BROKEN:
        return _one_by_one(path, name, layout, codec), []
    found = at(document, layout.records)
    if not isinstance(found, list):
        raise _no_array(name, layout)
    said = str(at(document, layout.total.path)) if layout.total else ""
    return found, [int(said)] if re.fullmatch(COUNT, said) else []


def _no_array(name: str, layout: Json) -> SourceError:
    return SourceError(
        f"{name}: there is no array at {layout.records or 'its top'!r}",
        "check that the export is whole, and correct `records` in the mapping",
    )


def _one_by_one(path: Path, name: str, layout: Json, codec: str) -> Iterator[Any]:
    """Yield the elements before the fault of a document, or all of one too large to be parsed as a whole."""
    last = layout.records.rpartition(".")[2]
    opening = re.compile(rf'"{re.escape(last)}"\s*:\s*\[' if last else r"^\ufeff?\s*\[")
    decoder = codecs.getincrementaldecoder(codec)(errors="replace")
    with opened(path) as handle:
        text, more = "", True
        start = None
        while more and not start:
            more, text = _grown(handle, decoder, text)
            start = opening.search(text)
        if not start:
            raise _no_array(name, layout)
        at = start.end()
        while True:
            at = _BETWEEN.match(text, at).end()  # type: ignore[union-attr] # it matches nothing, too
            if text.startswith("]", at):
                return
            try:
                element, end = _DECODER.raw_decode(text, at)
                whole = end < len(text) or not more  # a number may go on in the next piece
            except (ValueError, RecursionError):
                whole = False
            if whole:
                yield element
                at = end
            elif more and len(text) - at < encoding.LONGEST_LINE:
                more, text = _grown(handle, decoder, text[at:])
                at = 0
            else:
                yield _BROKEN
                return


def _grown(handle: BinaryIO, decoder: codecs.IncrementalDecoder, text: str) -> tuple[bool, str]:
    """Return whether there may be more, and the text with the next piece of the file."""
    data = handle.read(_WINDOW)
    return bool(data), text + decoder.decode(data, final=not data)


def _stated(path: Path, layout: Json, codec: str) -> list[int]:
    """Return the number that a large document states of itself, at its head or its end."""
    if not layout.total or is_packed(path):  # the end of a packed file is not at hand
        return []
    with path.open("rb") as handle:
        head = handle.read(_MARGIN)
        handle.seek(-_MARGIN, 2)
        ends = [t.decode(codec, "replace") for t in (head, handle.read())]
    last = re.escape(layout.total.path.rpartition(".")[2])
    stated = re.compile(rf'"{last}"\s*:\s*"?({COUNT})"?\s*[,}}]')
    found = next((f for t in ends if (f := stated.search(t))), None)
    return [int(found[1])] if found else []


class _Rows:
    """The rows of a file as its records go by: the records themselves, or elements of an array in them."""

    def __init__(self, mapping: Mapping, overlay: Overlay) -> None:
        assert isinstance(mapping.format, Json | JsonLines)
        self.overlay = overlay
        self.inner = mapping.format.rows
        self.paths = Paths(mapping)
        self.keys = [
            i
            for i, n in enumerate(self.paths.names)
            if n in mapping.columns and mapping.columns[n].field in mapping.business_key
        ]
        self.taken = 0

    def batch(self, records: Sequence[tuple[int, Any, Rule | None]]) -> Batch:
        """Lay records out as columns, leaving out what is none; each comes with the rule it breaks."""
        rows: list[int] = []
        values: list[list[str | None]] = []
        broken: list[Broken] = []
        seen: list[dict[str, Any]] = []
        elements = list(self._rows(records))
        raw = self._corrected(elements) if self.overlay.is_in_json and elements else None
        for row, record, above, known in elements:
            self.taken += 1
            laid = self.paths.laid(record, above) if isinstance(record, dict) else []
            rule = known or (None if any(laid[i] for i in self.keys if laid) else _record_rule(record, laid))
            if rule:
                broken.append(Broken.by(row, rule))
                continue
            seen.append(record)
            rows.append(row)
            values.append(laid)
        frame = text_frame(rows, self.paths.names, values)
        words = frame.select(pl.concat_str(pl.exclude(ROW), separator="\n", ignore_nulls=True).alias("t"))[
            "t"
        ]
        broken += [Broken.by(rows[i], rule) for i in suspects(words) if (rule := words_rule(values[i]))]
        broken.sort(key=lambda b: b.source_row)
        out = [b.source_row for b in broken]
        return Batch(frame.filter(~pl.col(ROW).is_in(out)), broken, seen=met(seen), raw=raw)

    def _corrected(self, elements: list[Element]) -> Callable[[int], str | None]:
        """Put corrected records in their places, and return what gives the text of those that stood there."""
        first, last = elements[0][0], elements[-1][0]
        raw = partial(_text, {element[0]: element for element in elements})
        given = self.overlay.corrected(first, last, raw)
        for row, text in given.items():
            record, (_, _, above, _) = _parsed(text), elements[row - first]
            elements[row - first] = (row, record, above, "bad_json" if record is _BROKEN else None)
        return raw

    def _rows(self, records: Sequence[tuple[int, Any, Rule | None]]) -> Iterator[Element]:
        """Yield row, record, the record above it and the rule that breaks it already."""
        if not self.inner:
            yield from ((row, record, {}, rule) for row, record, rule in records)
            return
        number = self.taken
        for _, record, rule in records:
            children = at(record, self.inner) if isinstance(record, dict) else None
            broken = rule or (None if isinstance(record, dict) else _record_rule(record, []))
            for child in [record] if broken else children if isinstance(children, list) else []:
                number += 1
                yield number, child, record if isinstance(record, dict) else {}, broken


def _text(elements: MappingOf[int, Element], row: int) -> str | None:
    """Return a record as JSON; None of what is none by itself, such as the rest of a file that is cut off."""
    _, record, _, known = elements[row]
    return None if known else json.dumps(record, ensure_ascii=False)


def _record_rule(record: Any, laid: Sequence[str | None]) -> Rule | None:
    """Return the rule that breaks a record without a key, if it is not merely one without a key."""
    if record is None or (isinstance(record, dict) and not any(laid)):
        return "null_record"
    if not isinstance(record, dict):
        return "bad_json"
    return "placeholder" if any(map(is_test_word, laid)) else None
