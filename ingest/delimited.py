"""Delimited text: physical lines become rows, counted as an auditor counts them.

No row is ever cut, padded or dropped: fields are counted per line before polars sees the text, lines without
a quote take the fast way, and a quoted record may span a few lines before the quote is held to be stray.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from ingest import encoding
from ingest.layouts import Csv
from ingest.mapping import Mapping
from ingest.quarantine import RULES, Rule
from ingest.raw import ROW, Batch, Broken, text_frame
from ingest.screen import line_rules, record_rule, stated_totals
from ingest.values import SPACE

LONGEST_RECORD = 32  # physical lines that one quoted record may span
HEADER_WITHIN = 30  # lines among which the header is looked for: a title may stand above it


@dataclass(frozen=True)
class Header:
    """A file's header line.

    Attributes:
        at: its index among the physical lines, from 0; the line after it is row 1.
        text: the line, stripped.
        names: its column names, stripped.
    """

    at: int
    text: str
    names: tuple[str, ...]


def header(path: Path, mapping: Mapping, codec: str) -> Header | None:
    """Return the first line that names most of the mapped columns, or None."""
    known = set(mapping.columns)
    assert isinstance(mapping.format, Csv)
    for at, text in enumerate(_head(path, codec)):
        names = tuple(
            n.strip(SPACE) for n in next(csv.reader([text], delimiter=mapping.format.delimiter), [])
        )
        if 2 * len(known & set(names)) > len(known):
            return Header(at, text.strip(SPACE), names)
    return None


def read(path: Path, mapping: Mapping, codec: str, top: Header) -> Iterator[Batch]:
    """Yield the rows below the header ``top``, a bounded block at a time."""
    assert isinstance(mapping.format, Csv)
    wanted = [n for n in top.names if n in mapping.columns or n in _unit_columns(mapping)]
    carried: list[str] = []
    bad: set[int] = set()  # source_rows whose bytes do not decode
    for part in encoding.lines(path, codec):
        texts, start = carried + part.texts, part.first - len(carried)
        skip = max(0, top.at + 1 - start)
        bad |= {n - top.at for n in part.undecodable}
        block = _Block(texts[skip:], start + skip - top.at, top, mapping.format.delimiter, part.last)
        batch, carried = block.batch(bad), block.carried
        yield Batch(batch.frame.select(ROW, *wanted), batch.broken, batch.misfits, batch.totals)


def _head(path: Path, codec: str) -> list[str]:
    with path.open("rb") as handle:
        data = b"".join(handle.readline(1 << 20) for _ in range(HEADER_WITHIN))
    return data.decode(codec, errors="replace").split("\n")


def _unit_columns(mapping: Mapping) -> set[str]:
    return {c.unit_column for c in mapping.columns.values() if c.unit_column}


class _Block:
    """Consecutive lines below the header; ``row`` is the source_row of the first of them."""

    def __init__(self, texts: list[str], row: int, top: Header, delimiter: str, last: bool) -> None:
        self.texts, self.row, self.top, self.delimiter, self.last = texts, row, top, delimiter, last
        self.records: dict[int, list[str]] = {}  # quoted records by the index of their first line
        self.unbalanced: set[int] = set()
        self.spent: set[int] = set()  # lines that belong to a quoted record
        self.carried: list[str] = []

    def batch(self, undecodable: set[int]) -> Batch:
        """Part the lines into rows; ``undecodable`` are source_rows."""
        self._quoted(undecodable)
        index = pl.int_range(len(self.texts), eager=True, dtype=pl.Int64).alias("i")
        lines = pl.DataFrame({"i": index, "t": pl.Series(self.texts, dtype=pl.String)})
        lines = lines.filter(~pl.col("i").is_in(sorted(self.spent)))
        frame = lines.with_columns(
            line_rules(lines["t"], self.top.text, self.delimiter).alias("rule"),
            (pl.col("t").str.count_matches(self.delimiter, literal=True) + 1).alias("n"),
            (pl.col("i") + self.row).alias(ROW),
        )
        frame = frame.with_columns(
            pl.when(pl.col(ROW).is_in(sorted(undecodable)))
            .then(pl.lit("undecodable"))
            .otherwise("rule")
            .alias("rule")
        )
        batch = Batch(
            self._plain(frame.filter(pl.col("rule").is_null() & (pl.col("n") == len(self.top.names))))
        )
        self._take_broken(batch, frame.filter(pl.col("rule").is_not_null()))
        off = frame.filter(pl.col("rule").is_null() & (pl.col("n") != len(self.top.names)))
        for i, text in off.select("i", "t").iter_rows():
            self._take_misfit(batch, i, text.split(self.delimiter))
        self._take_quoted(batch)
        return batch

    def _quoted(self, undecodable: set[int]) -> None:
        """Part the lines that hold a quote, joining the next lines to an open one."""
        for i, text in enumerate(self.texts):
            if '"' not in text or i in self.spent or i + self.row in undecodable:
                continue
            fields, used = self._parted(i)
            if fields is None:
                if not self.last and len(self.texts) - i <= LONGEST_RECORD:
                    self.carried = self.texts[i:]
                    del self.texts[i:]
                    return
                self.unbalanced.add(i)
            else:
                self.records[i] = fields
                self.spent.update(range(i, i + used))

    def _parted(self, i: int) -> tuple[list[str] | None, int]:
        """Return the fields of the record that begins at line ``i`` and the lines it spans."""
        count = len(self.top.names)
        alone = _strictly(self.texts[i], self.delimiter)
        if alone is not None and len(alone) == count:
            return alone, 1
        joined = self.texts[i]
        for used in range(2, min(LONGEST_RECORD, len(self.texts) - i) + 1) if alone is None else ():
            joined += "\n" + self.texts[i + used - 1]
            fields = _strictly(joined, self.delimiter)
            if fields is not None and len(fields) == count:
                return fields, used
        stray = self.texts[i].split(self.delimiter)
        if len(stray) == count:
            return stray, 1
        return alone, 1

    def _plain(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return unquoted lines of the right number of fields as columns: safe for the fast reader."""
        names = [f"c{i}" for i in range(len(self.top.names))]
        schema = dict.fromkeys(names, pl.String)
        if frame.is_empty():
            columns = pl.DataFrame(schema=schema)
        elif len(names) == 1:
            columns = frame.select(pl.col("t").alias("c0"))
        else:
            text = "\n".join(frame["t"].to_list()).encode()
            columns = pl.read_csv(
                io.BytesIO(text),
                has_header=False,
                separator=self.delimiter,
                quote_char=None,
                schema=schema,
                raise_if_empty=False,
            )
        assert columns.height == frame.height
        return columns.rename(dict(zip(names, self.top.names, strict=True))).insert_column(0, frame[ROW])

    def _take_broken(self, batch: Batch, frame: pl.DataFrame) -> None:
        for row, rule, text in frame.select(ROW, "rule", "t").iter_rows():
            batch.broken.append(Broken(row, rule, RULES[rule].zh))
            if rule == "total_line":
                batch.totals += stated_totals([text])

    def _take_misfit(self, batch: Batch, i: int, fields: list[str]) -> None:
        if i in self.unbalanced:
            batch.broken.append(Broken(self.row + i, "field_count", "引号不配对 unbalanced quotes"))
        else:
            batch.misfits[self.row + i] = fields

    def _take_quoted(self, batch: Batch) -> None:
        good: dict[int, list[str]] = {}
        for i, fields in self.records.items():
            rule: Rule | None = record_rule(fields, self.top.names)
            if rule:
                batch.broken.append(Broken(self.row + i, rule, RULES[rule].zh))
                batch.totals += stated_totals([" ".join(fields)]) if rule == "total_line" else []
            elif len(fields) != len(self.top.names):
                batch.misfits[self.row + i] = fields
            else:
                good[self.row + i] = fields
        if good:
            quoted = text_frame(list(good), self.top.names, list(good.values()))
            batch.frame = pl.concat([batch.frame, quoted]).sort(ROW)


def _strictly(text: str, delimiter: str) -> list[str] | None:
    """Return the fields of a text whose quotes are balanced, or None."""
    try:
        rows: Sequence[list[str]] = list(
            csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        )
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None
