"""The rows of one file with corrections laid over them, and the raw text of its broken rows kept.

Of most files a row is one or more lines. The rows of others are written as a text for those who correct
them: the cells of a sheet as a line of CSV, an element of JSON or a row of Parquet as JSON. The text that
comes back is read in the place of the row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import polars as pl

from ingest import encoding
from ingest.corrections import Correction, hash_of
from ingest.encoding import Lines
from ingest.layouts import Csv, Fixed, JsonLines, Workbook
from ingest.raw import ROW, Batch
from ingest.source import Source

RAW_SCHEMA = {
    "source_file": pl.String,
    "source_row": pl.Int64,
    **dict.fromkeys(("raw", "raw_hash", "form"), pl.String),
}
LINES, CELLS, JSON = "lines", "cells", "json"  # forms of a raw text


class Overlay:
    """The rows of the file ``source``, with ``corrections`` by row.

    Attributes:
        applied: rows whose corrected text is read.
        accepted: those of them that became records.
    """

    def __init__(self, source: Source, corrections: Mapping[int, Correction] | None = None) -> None:
        self.source = source
        self.at = source.top.at if source.top else -1
        self._given = corrections or {}
        self._laid: dict[int, str] = {}
        self.applied: set[int] = set()
        self.accepted: list[int] = []
        self._parts: list[tuple[int, pl.Series]] = []
        self._raw: dict[int, str] = {}
        self._pending: int | None = None

    @property
    def stale(self) -> list[int]:
        """Rows of a file that was read whose correction was made for another text than stands there."""
        return sorted(set(self._given) - self.applied)

    @property
    def form(self) -> str:
        """What the text of a row is: so many whole lines, the cells of a sheet, or JSON."""
        layout = self.source.mapping.format
        if isinstance(layout, Csv | Fixed) or (isinstance(layout, JsonLines) and not layout.rows):
            return LINES
        return CELLS if isinstance(layout, Workbook) else JSON

    @property
    def is_in_json(self) -> bool:
        """Whether the text of a row is JSON."""
        return self.form == JSON

    def corrected(self, first: int, last: int, raw: Callable[[int], str | None]) -> dict[int, str]:
        """Return row → corrected text of the rows from ``first`` to ``last``, as far as there is one.

        For files that are not in lines; ``raw`` gives the text of a row as it stands.
        """
        found = {}
        for row in sorted(n for n in self._given if first <= n <= last):
            given, there = self._given[row], raw(row)
            if there is not None and hash_of(there) == given.raw_hash:
                found[row] = given.text
                self.applied.add(row)
        return found

    def lines(self) -> Iterator[Lines]:
        """Yield the lines of the file as `encoding.lines`, corrected; what stood there is kept for `keep`."""
        source = self.source
        if self.form == LINES:
            self._check()
        for part in encoding.lines(source.path, source.name, source.encodings):
            if self.form == LINES:  # of other files nobody asks for them, nor lets them go
                self._parts.append((part.first, part.texts))
            here = [n for n in self._laid if part.first <= n < part.first + len(part.texts)]
            if here:
                at = [n - part.first for n in here]
                part.texts = part.texts.clone().scatter(at, [self._laid[n] for n in here])
                part.undecodable = {n: look for n, look in part.undecodable.items() if n not in self._laid}
            yield part

    def keep(self, batch: Batch, accepted: pl.Series, broken: pl.Series) -> None:
        """Take in the next batch: its rows, those that became records, those with something broken.

        The raw text of the broken ones is kept. A row in lines goes on until the next one begins.
        """
        if self.applied:
            self.accepted += accepted.filter(accepted.is_in(sorted(self.applied))).unique().sort().to_list()
        if self.form != LINES:
            texts = {row: batch.raw(row) if batch.raw else None for row in broken}
            self._raw |= {row: text for row, text in texts.items() if text is not None}
            return
        rows = pl.concat([batch.frame[ROW], broken]).unique().sort()
        if rows.is_empty():  # the last block may be: the row before it goes on, or ends with the file
            return
        if self._pending is not None:
            self._keep(self._pending, rows[0])
        self._pending = None
        for row, at in zip(broken, rows.search_sorted(broken), strict=True):
            if at + 1 < len(rows):
                self._keep(row, rows[at + 1])
            else:
                self._pending = row
        self._forget(rows[-1] + self.at + (self._pending is None))

    def raw(self) -> pl.DataFrame:
        """Return the raw texts of the broken rows (`RAW_SCHEMA`), once the file is read."""
        if self._pending is not None and self._parts:
            first, texts = self._parts[-1]
            self._keep(self._pending, first + len(texts) - self.at)
            self._pending = None
        name = self.source.name
        told = [(name, row, raw, hash_of(raw), self.form) for row, raw in sorted(self._raw.items())]
        return pl.DataFrame(told, schema=RAW_SCHEMA, orient="row")

    def _keep(self, row: int, next_row: int) -> None:
        self._raw[row] = "\n".join(self._between(row + self.at, next_row + self.at))

    def _between(self, start: int, end: int) -> list[str]:
        found: list[str] = []
        for first, texts in list(self._parts):
            low, high = max(start, first), min(end, first + len(texts))
            found += texts.slice(low - first, high - low).to_list() if high > low else []
        return found

    def _forget(self, line: int) -> None:
        """Let go of the blocks that end before ``line``: what stands there is asked for no more."""
        gone = sum(f + len(t) <= line for f, t in list(self._parts))
        del self._parts[:gone]  # in place: the reader, which works ahead, adds to the end meanwhile

    def _check(self) -> None:
        """Hold every correction against what stands in the file, in a pass before: a row may span blocks."""
        wanted: dict[int, str] = {}
        for row, given in self._given.items():
            wanted |= dict.fromkeys(range(row + self.at, row + self.at + given.text.count("\n") + 1), "")
        if not wanted:
            return
        there: dict[int, str] = {}
        for part in encoding.lines(self.source.path, self.source.name, self.source.encodings):
            end = part.first + len(part.texts)
            there |= {n: part.texts[n - part.first] for n in wanted if part.first <= n < end}
        for row, given in sorted(self._given.items()):
            corrected = dict(enumerate(given.text.split("\n"), row + self.at))
            if hash_of("\n".join(there.get(n, "") for n in corrected)) == given.raw_hash:
                self._laid |= corrected
                self.applied.add(row)
