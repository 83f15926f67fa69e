"""Parquet: typed columns become the texts that the same values would be in a CSV, and take the same way."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from ingest.headers import Header, recognise
from ingest.mapping import Mapping
from ingest.paths import ITEMS
from ingest.raw import ROW, Batch, Broken, stripped
from ingest.screen import suspects, words_rule
from jiwang.errors import SourceError

if TYPE_CHECKING:
    from ingest.overlay import Overlay

ROWS = 250_000  # rows taken at a time


def header(path: Path, name: str, mapping: Mapping) -> Header:
    """Return the columns of a Parquet file.

    Raises:
        SourceError: it is none.
    """
    try:
        names = pl.read_parquet_schema(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        said = str(error).splitlines()[0]
        remedy = "ask its department to export it again"
        raise SourceError(f"{name}: it is no Parquet file that can be read: {said}", remedy) from error
    return recognise(tuple(names), mapping)


def read(path: Path, top: Header, overlay: Overlay) -> Iterator[Batch]:
    """Yield the rows of a Parquet file, some at a time, with the corrections of ``overlay``.

    A row of nulls is a null record.
    """
    import pyarrow.parquet as pq  # noqa: PLC0415 - slow to import

    wanted = [n for n, k in zip(top.names, top.keys, strict=True) if k in set(top.wanted)]
    row = 1
    with pq.ParquetFile(path) as file:
        share = path.stat().st_size / max(1, file.metadata.num_rows)
        for part in file.iter_batches(batch_size=ROWS, columns=wanted):
            typed = pl.DataFrame(part)
            texts = typed.select(stripped(_text(typed[n])).alias(k) for n, k in _pairs(top, wanted))
            raw = partial(_object, texts, row, wanted)
            texts = _corrected(texts, row, wanted, overlay.corrected(row, row + len(typed) - 1, raw))
            frame = texts.clone().insert_column(0, pl.int_range(row, row + len(typed), eager=True).alias(ROW))
            nothing = frame.select(pl.all_horizontal(pl.exclude(ROW).is_null()).alias("n"))["n"]
            broken = [Broken.by(n, "null_record") for n in frame.filter(nothing)[ROW]]
            broken += _by_its_words(frame)
            whole = frame.filter(~pl.col(ROW).is_in([b.source_row for b in broken]))
            broken.sort(key=lambda b: b.source_row)
            yield Batch(whole, broken, keys=top.keys, size=round(share * len(typed)), raw=raw)
            row += len(typed)


def _object(texts: pl.DataFrame, first: int, names: Sequence[str], row: int) -> str:
    """Return a row as JSON: the names of its columns, and their values as texts."""
    return json.dumps(dict(zip(names, texts.row(row - first), strict=True)), ensure_ascii=False)


def _corrected(texts: pl.DataFrame, first: int, names: Sequence[str], given: dict[int, str]) -> pl.DataFrame:
    """Return texts with other rows in the place of some: what those do not name is empty."""
    if not given:
        return texts
    rows = [json.loads(text, parse_float=str, parse_int=str) for text in given.values()]
    at = [row - first for row in given]
    return texts.with_columns(
        texts[key].scatter(at, stripped(pl.Series([_plain(row.get(name)) for row in rows], dtype=pl.String)))
        for name, key in zip(names, texts.columns, strict=True)
    )


def _plain(value: object) -> str | None:
    """Return a corrected value as the text that stands for it in `_text`."""
    if isinstance(value, list):
        return ITEMS.join(map(str, value))
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _by_its_words(frame: pl.DataFrame) -> list[Broken]:
    """Return the rows that are test data or mojibake by their own words."""
    said = frame.drop(ROW).select(pl.concat_str(pl.all(), separator="\n", ignore_nulls=True).alias("t"))["t"]
    rows = map(frame.row, suspects(said))
    return [Broken.by(row[0], rule) for row in rows if (rule := words_rule(row[1:]))]


def _pairs(top: Header, wanted: list[str]) -> list[tuple[str, str]]:
    return [(n, k) for n, k in zip(top.names, top.keys, strict=True) if n in wanted]


def _text(values: pl.Series) -> pl.Series:
    """Return typed values as texts: times as ISO 8601, numbers without an idle ``.0``, lists by `ITEMS`."""
    kind = values.dtype
    if isinstance(kind, pl.List):
        return values.cast(pl.List(pl.String)).list.join(ITEMS, ignore_nulls=True)
    if isinstance(kind, pl.Datetime):
        return values.dt.strftime("%Y-%m-%d %H:%M:%S")
    if kind.is_float():
        v = pl.col("v")
        whole = (v == v.round(0)) & (v.abs() < 2**53)
        text = (
            pl.when(whole).then(v.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(v.cast(pl.String))
        )
        return values.alias("v").to_frame().select(text.alias("t"))["t"]
    if kind == pl.Binary:
        return values.cast(pl.String, strict=False)
    return values.cast(pl.String)
