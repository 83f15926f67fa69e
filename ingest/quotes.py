"""Quoted fields of delimited text: plain ones at once, others one by one, an open quote over a few lines."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field

import polars as pl

LONGEST_RECORD = 32  # physical lines that one quoted record may span before its quote is held to be stray


@dataclass
class Taken:
    """What became of the lines with a quote that is not plain.

    Attributes:
        records: fields by the index of a record's first line.
        spent: lines that belong to these records.
        unbalanced: lines whose quote closes nowhere.
        end: lines from here on wait for the next block: a record may go on there.
    """

    end: int
    records: dict[int, list[str]] = field(default_factory=dict)
    spent: set[int] = field(default_factory=set)
    unbalanced: set[int] = field(default_factory=set)


class Quotes:
    """The quoting of one layout: ``mark`` parts fields, ``quote`` encloses them (empty: nothing does)."""

    def __init__(self, mark: str, quote: str) -> None:
        self.mark, self.quote = mark, quote
        q, m = re.escape(quote), re.escape(mark)
        one = f"(?:{q}[^{q}{m}]*{q}|[^{q}{m}]*)"
        self._plain = f"^{one}(?:{m}{one})*$"

    def fields(self, text: str) -> list[str]:
        """Return the fields of a single line, however its quotes stand."""
        return (self._strictly(text) if self.quote else None) or text.split(self.mark)

    def plain(self, texts: pl.Series) -> pl.Series:
        """Return the lines, those whose quotes enclose nothing but a field without them."""
        if not self.quote:
            return texts
        quoted = texts.str.contains(self.quote, literal=True).arg_true()
        if not len(quoted):
            return texts
        some = texts.gather(quoted)
        simple = some.str.contains(self._plain)
        bare = some.filter(simple).str.replace_all(self.quote, "", literal=True)
        return texts.clone().scatter(quoted.filter(simple), bare)

    def take(self, texts: pl.Series, count: int, *, skip: set[int], last: bool) -> Taken:
        """Part the lines that still hold a quote, joining the next lines to an open one.

        ``count`` is the number of columns, ``skip`` lines to leave alone, ``last`` whether nothing follows.
        """
        taken = Taken(len(texts))
        if not self.quote:
            return taken
        for i in texts.str.contains(self.quote, literal=True).arg_true():
            if i in taken.spent or i in skip:
                continue
            window = texts.slice(i, LONGEST_RECORD).to_list()
            fields, used = self._parted(window, count)
            if fields is not None:
                taken.records[i] = fields
                taken.spent.update(range(i, i + used))
            elif not last and len(window) < LONGEST_RECORD:
                taken.end = i
                break
            else:
                taken.unbalanced.add(i)
        return taken

    def _parted(self, window: list[str], count: int) -> tuple[list[str] | None, int]:
        """Return the fields of the record that begins a window of lines, and how many of them it spans."""
        alone = self._strictly(window[0])
        if alone is not None and len(alone) == count:
            return alone, 1
        joined = window[0]
        for used, more in enumerate(window[1:], 2) if alone is None else ():
            joined += "\n" + more
            if more.count(self.quote) % 2 == 0:
                continue  # the open quote cannot close in a line whose quotes pair
            fields = self._strictly(joined)
            if fields is not None and len(fields) == count:
                return fields, used
        stray = window[0].split(self.mark)
        return (stray if len(stray) == count else alone), 1

    def _strictly(self, text: str) -> list[str] | None:
        """Return the fields of a text whose quotes are balanced, or None."""
        try:
            rows = list(
                csv.reader(
                    io.StringIO(text, newline=""), delimiter=self.mark, quotechar=self.quote, strict=True
                )
            )
        except csv.Error:
            return None
        return rows[0] if len(rows) == 1 else None
