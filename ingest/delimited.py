"""Delimited text: physical lines become rows, counted as an auditor counts them.

No row is ever cut, padded or dropped: fields are counted per line before polars sees the text. Lines are
worked on as whole columns of text; only those that break, or have quotes inside, are looked at singly.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import polars as pl

from ingest import encoding
from ingest.column import folded
from ingest.encoding import Lines
from ingest.headers import Header, besides_sums, header_faults, is_header, looks_like_header, recognise
from ingest.layouts import Csv
from ingest.mapping import Mapping
from ingest.quarantine import Rule
from ingest.quotes import Quotes
from ingest.raw import ROW, SPACE, Batch, Broken, text_frame
from ingest.screen import line_rules, record_rule, remarkable, stated_total

HEADER_WITHIN = 30  # lines among which the header is looked for: a title may stand above it
_MARK = "\x1f"  # stands for a delimiter that is not one ASCII character


def header(path: Path, name: str, mapping: Mapping, encodings: Sequence[str]) -> Header | None:
    """Return the first line that names most of the mapped columns, or None."""
    layout = mapping.format
    assert isinstance(layout, Csv)
    if layout.names:
        return recognise(layout.names, mapping)
    for at, text in enumerate(_head(path, name, encodings)):
        names = tuple(
            n.strip(SPACE) for n in Quotes(_marked(layout), layout.quote).fields(_with_mark(text, layout))
        )
        if is_header(names, mapping):
            return recognise(names, mapping, at=at, text=_with_mark(text, layout).strip(SPACE))
    return None


def read(lines: Iterable[Lines], name: str, mapping: Mapping, top: Header) -> Iterator[Batch]:
    """Yield the rows below the header ``top``, a bounded block at a time."""
    reader = _Reader(name, mapping, top)
    for part in lines:
        batches = list(reader.batches(part))
        batches[-1].size = part.size
        yield from batches


def _head(path: Path, name: str, encodings: Sequence[str]) -> list[str]:
    first = next(encoding.lines(path, name, encodings, block=encoding.HEAD))
    return first.texts.head(HEADER_WITHIN).to_list()


def _marked(layout: Csv) -> str:
    return layout.delimiter if len(layout.delimiter) == 1 and layout.delimiter.isascii() else _MARK


def _with_mark(text: str, layout: Csv) -> str:
    return text.replace(layout.delimiter, _marked(layout))


class _Reader:
    """What is known of a file while its blocks go by: the header in force, and lines of an open quote."""

    def __init__(self, name: str, mapping: Mapping, top: Header) -> None:
        assert isinstance(mapping.format, Csv)
        self.name, self.mapping, self.layout, self.top, self.first = name, mapping, mapping.format, top, top
        self.mark = _marked(self.layout)
        self.quotes = Quotes(self.mark, self.layout.quote)
        self.carried = pl.Series(dtype=pl.String)
        self.undecodable: dict[int, str] = {}
        spelt = {s for c in mapping.raw_columns() for s in mapping.spelt(c)}
        # One of these stands in a header that repeats; digits would be found in most rows.
        own = [n for n in top.names if len(n) > 1 and not n.isdigit()] or top.names
        self.names = sorted({*(s for s in spelt if len(s) > 1 and not s.isdigit()), *own} - {""})
        self.odd = remarkable(self.names, self.mark)

    def batches(self, part: Lines) -> Iterator[Batch]:
        """Yield the rows of some lines; a header among them parts them."""
        fresh = part.texts
        if self.mark != self.layout.delimiter:
            fresh = fresh.str.replace_all(self.layout.delimiter, self.mark, literal=True)
        texts = pl.concat([self.carried, fresh]) if len(self.carried) else fresh
        start = part.first - len(self.carried)
        skip = max(0, self.first.at + 1 - start)
        texts, row = texts.slice(skip), start + skip - self.first.at
        self.undecodable |= {n - self.first.at: look for n, look in part.undecodable.items()}
        texts = self.quotes.plain(texts)
        odd = texts.str.contains(self.odd)
        done = 0
        for at in self._headers(texts, odd):
            yield self._segment(texts.slice(done, at - done), odd.slice(done), row + done, last=True)
            yield self._other_header(texts[at], row + at)
            done = at + 1
        yield self._segment(texts.slice(done), odd.slice(done), row + done, last=part.last)

    def _headers(self, texts: pl.Series, odd: pl.Series) -> list[int]:
        """Return the indexes of lines that are headers otherwise than the first, in text or in columns."""
        if not self.first.text:
            return []
        at = odd.arg_true()
        some = texts.gather(at)
        named = some.str.contains_any(self.names, ascii_case_insensitive=True)
        others = at.filter(named & (some.str.strip_chars(SPACE) != self.top.text))
        return [n for n in others if looks_like_header(texts[n].split(self.mark), self.mapping)]

    def _other_header(self, text: str, row: int) -> Batch:
        names = tuple(f.strip(SPACE) for f in text.split(self.mark))
        if [folded(n) for n in names] == [folded(n) for n in self.top.names]:
            return Batch(_nothing(self.top), [Broken.by(row, "repeated_header")], keys=self.top.keys)
        self.top = recognise(names, self.mapping, at=self.first.at, text=text.strip(SPACE))
        faults = header_faults(self.name, self.top, self.mapping, row=row)
        broken = Broken.by(row, "repeated_header", f"自此 {len(names)} 列 other columns from here on")
        return Batch(_nothing(self.top), [broken], keys=self.top.keys, faults=[*faults])

    def _segment(self, texts: pl.Series, odd: pl.Series, row: int, *, last: bool) -> Batch:
        """Part lines under one header into rows; ``row`` is the source_row of the first."""
        top, count = self.top, len(self.top.names)
        bad = {n - row for n in self.undecodable if row <= n < row + len(texts)}
        taken = self.quotes.take(texts, count, skip=bad, last=last)
        self.carried = texts.slice(taken.end)
        frame = pl.DataFrame({"t": texts, "odd": odd.head(len(texts))}).with_row_index("i").head(taken.end)
        if taken.spent:
            frame = frame.filter(~pl.col("i").is_in(sorted(taken.spent)))
        frame = self._screened(frame, top).with_columns((pl.col("i").cast(pl.Int64) + row).alias(ROW))
        if bad:
            garbled = pl.when(pl.col("i").is_in(sorted(bad))).then(pl.lit("undecodable"))
            frame = frame.with_columns(garbled.otherwise("rule").alias("rule"))
        whole = frame["rule"].is_null() & (frame["fields"].list.len() == count)
        batch = Batch(_parted(frame, whole, top), keys=top.keys)
        others: dict[int, list[str]] = {}  # rows of another number of fields
        for i, rule, text in frame.filter(~whole).select("i", "rule", "t").iter_rows():
            if not rule and i not in taken.unbalanced:
                others[row + i] = text.split(self.mark)
            else:
                self._take(batch, row + i, rule, text)
        others |= self._take_quoted(batch, {row + i: fields for i, fields in taken.records.items()})
        self._take_misfits(batch, others)
        self.undecodable = {n: look for n, look in self.undecodable.items() if n >= row + taken.end}
        return batch

    def _screened(self, frame: pl.DataFrame, top: Header) -> pl.DataFrame:
        """Add to lines ``t`` the ``rule`` that breaks each by its words, and its bare ``fields``."""
        at = frame["odd"].arg_true()
        texts = frame["t"]
        some = texts.gather(at)
        rules = pl.repeat(None, len(texts), dtype=pl.String, eager=True)
        return frame.with_columns(
            rules.scatter(at, line_rules(some, [top.text], self.mark)).alias("rule"),
            texts.scatter(at, _tidied(some, self.mark)).str.split(self.mark).alias("fields"),
        )

    def _take(self, batch: Batch, row: int, rule: Rule | None, text: str) -> None:
        """Enter a line that is broken, by its words or for its quotes."""
        if rule == "undecodable" and (look := self.undecodable.get(row)):
            batch.broken.append(Broken.by(row, rule, f"该行像 looks like {look}: declare it as well"))
        elif rule:
            batch.broken.append(Broken.by(row, rule))
            batch.totals += self._stated(text.split(self.mark)) if rule == "total_line" else []
        else:
            batch.broken.append(Broken(row, "field_count", "引号不配对 unbalanced quotes"))

    def _stated(self, fields: Sequence[str]) -> list[int]:
        return stated_total(besides_sums(fields, self.top, self.mapping))

    def _take_misfits(self, batch: Batch, rows: dict[int, list[str]]) -> None:
        """Enter rows of another number of fields; a layout that the mapping declares may have it."""
        layouts = {len(names): names for names in self.layout.layouts}
        batch.misfits |= {row: fields for row, fields in rows.items() if len(fields) not in layouts}
        grown = [batch.frame]
        for count, names in layouts.items():
            some = {row: fields for row, fields in rows.items() if len(fields) == count}
            top = recognise(names, self.mapping)
            if some:
                laid = text_frame(list(some), top.keys, list(some.values()))
                grown.append(laid.select(ROW, *top.wanted))
        if len(grown) > 1:
            batch.frame = pl.concat(grown, how="diagonal").sort(ROW)

    def _take_quoted(self, batch: Batch, records: dict[int, list[str]]) -> dict[int, list[str]]:
        """Enter records that were read by their quotes; return those of another number of fields."""
        good: dict[int, list[str]] = {}
        others: dict[int, list[str]] = {}
        for row, fields in records.items():
            rule = record_rule(fields, self.top.names)
            if rule:
                batch.broken.append(Broken.by(row, rule))
                batch.totals += self._stated(fields) if rule == "total_line" else []
            elif len(fields) != len(self.top.names):
                others[row] = fields
            else:
                good[row] = fields
        if good:
            quoted = text_frame(list(good), self.top.keys, list(good.values())).select(ROW, *self.top.wanted)
            batch.frame = pl.concat([batch.frame, quoted], how="diagonal").sort(ROW)
        return others


def _parted(frame: pl.DataFrame, whole: pl.Series, top: Header) -> pl.DataFrame:
    """Return the wanted columns of the lines that are ``whole``."""
    fields = pl.col("fields").list
    found = frame.select(
        ROW, *(fields.get(n, null_on_oob=True).alias(k) for n, k in enumerate(top.keys) if k in top.wanted)
    )
    return found.filter(whole).select(ROW, *(_null_if_empty(k) for k in top.wanted))


def _nothing(top: Header) -> pl.DataFrame:
    return pl.DataFrame(schema={ROW: pl.Int64, **dict.fromkeys(top.wanted, pl.String)})


def _null_if_empty(name: str) -> pl.Expr:
    return pl.when(pl.col(name) != "").then(name)


def _tidied(texts: pl.Series, mark: str) -> pl.Series:
    """Return lines without spaces around their fields."""
    spaces = SPACE.replace(mark, "")
    space, m = re.escape(spaces), re.escape(mark)
    tidy = texts.str.replace_all(rf"[{space}]*{m}[{space}]*", mark.replace("$", "$$"))
    return tidy.str.strip_chars(spaces)
