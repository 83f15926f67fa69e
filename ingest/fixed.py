"""Text of fixed width, counted in bytes of the file's encoding or in characters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise

import polars as pl

from ingest.encoding import Lines
from ingest.headers import Header, recognise
from ingest.layouts import Fixed
from ingest.mapping import Mapping
from ingest.raw import ROW, Batch, Broken, stripped
from ingest.screen import line_rules, stated_total

_MARK = "\x1f"
_ASCII = r"^[\x00-\x7f]*$"
_HEAD = 1000  # lines by which it is told whether spaces at the end are dropped


def header(mapping: Mapping) -> Header:
    """Return the columns that the mapping's widths name."""
    assert isinstance(mapping.format, Fixed)
    return recognise(tuple(mapping.format.widths), mapping, at=0 if mapping.format.header else -1)


def read(lines: Iterable[Lines], mapping: Mapping, codec: str, top: Header) -> Iterator[Batch]:
    """Yield the rows, a bounded block at a time; ``codec`` is the encoding in whose bytes widths may count.

    A line that is too long is a ``field_count``, and so is one that is too short; but where most lines at the
    head of the file are short, its system drops spaces at the end, and a line may end in its last column.
    """
    layout = mapping.format
    assert isinstance(layout, Fixed)
    widths: list[int] = []
    for part in lines:
        skip = max(0, top.at + 1 - part.first)
        texts, row = part.texts.slice(skip), part.first + skip - top.at
        widths = widths or _edges(texts, layout, codec)
        cells = _cut(texts, layout, widths, codec)
        told = _told(texts, cells, top, row, {n - top.at for n in part.undecodable})
        good = told["rule"].is_null()
        whole = cells.filter(good)
        laid = {k: stripped(whole[n]) for n, k in _wanted(top)}
        batch = Batch(pl.DataFrame({ROW: told[ROW].filter(good), **laid}), keys=top.keys, size=part.size)
        for at, rule, line in told.filter(~good).iter_rows():
            batch.broken.append(Broken.by(at, rule))
            batch.totals += stated_total(line) if rule == "total_line" else []
        yield batch


def _told(
    texts: pl.Series, cells: pl.DataFrame, top: Header, row: int, undecodable: set[int]
) -> pl.DataFrame:
    """Return row, rule and line of every line, cut into ``cells``; ``row`` is the source_row of the first."""
    joined = cells.select(pl.concat_str(pl.all(), separator=_MARK, ignore_nulls=False).alias("t"))["t"]
    rules = line_rules(joined.fill_null(texts), [_MARK.join(top.names)], _MARK)
    frame = pl.DataFrame({"rule": rules, "line": texts, "cut": joined.is_null()})
    rule = (
        pl.when(pl.col(ROW).is_in(sorted(undecodable)))
        .then(pl.lit("undecodable"))
        .when(pl.col("rule").is_null() & pl.col("cut"))
        .then(pl.lit("field_count"))
        .otherwise("rule")
        .alias("rule")
    )
    numbered = frame.with_columns((pl.int_range(len(texts), dtype=pl.Int64) + row).alias(ROW))
    return numbered.select(ROW, rule, "line")


def _wanted(top: Header) -> list[tuple[str, str]]:
    return [(n, k) for n, k in zip(top.names, top.keys, strict=True) if k in set(top.wanted)]


def _edges(texts: pl.Series, layout: Fixed, codec: str) -> list[int]:
    """Return where the columns begin and, last, how long a line must be at least."""
    starts = [0, *accumulate(layout.widths.values())]
    said = [t for t in texts.head(_HEAD) if t.strip()]
    lengths = [len(t) if layout.counted == "characters" else len(t.encode(codec, "replace")) for t in said]
    short = sum(n < starts[-1] for n in lengths)
    return [*starts, starts[-2] + 1 if 2 * short > len(said) else starts[-1]]


def _cut(texts: pl.Series, layout: Fixed, edges: Sequence[int], codec: str) -> pl.DataFrame:
    """Return one column a width; every one null where the line has not the length of the layout."""
    *starts, least = edges
    names = list(layout.widths)
    if layout.counted == "characters":
        return _cut_plain(texts, names, starts, least)
    plain = texts.str.contains(_ASCII)
    narrow = pl.DataFrame({"t": texts, "p": plain}).select(pl.when("p").then("t"))["t"]
    cut = _cut_plain(narrow, names, starts, least)
    wide = (~plain).arg_true()
    if not len(wide):
        return cut
    rows = [_cut_bytes(text, starts, least, codec) for text in texts.gather(wide)]
    columns = zip(names, zip(*rows, strict=True), strict=True)
    return pl.DataFrame([cut[n].scatter(wide, pl.Series(v, dtype=pl.String)) for n, v in columns])


def _cut_plain(texts: pl.Series, names: list[str], starts: Sequence[int], least: int) -> pl.DataFrame:
    t = pl.col("t")
    fits = (t.str.len_chars() >= least) & (t.str.strip_chars_end().str.len_chars() <= starts[-1])
    pairs = zip(names, pairwise(starts), strict=True)
    whole = texts.alias("t").to_frame().select(pl.when(fits).then(t).alias("t"))
    return whole.select(t.str.slice(a, b - a).alias(n) for n, (a, b) in pairs)


def _cut_bytes(text: str, starts: Sequence[int], least: int, codec: str) -> list[str | None]:
    """Cut one line where its bytes say; a cut through a character means that the columns have slipped."""
    data = text.encode(codec, "replace")
    if len(data) < least or len(data.rstrip()) > starts[-1]:
        return [None] * (len(starts) - 1)
    try:
        return [data[a:b].decode(codec) for a, b in pairwise(starts)]
    except UnicodeDecodeError:
        return [None] * (len(starts) - 1)
