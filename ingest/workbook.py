"""Workbooks: sheets with titles above the header, merged headers and totals; zip bombs are refused."""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import lru_cache, partial
from io import SEEK_CUR
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import polars as pl

from ingest.headers import Header, besides_sums, is_header, recognise
from ingest.layouts import Workbook
from ingest.mapping import Mapping
from ingest.raw import ROW, SPACE, Batch, Broken, stripped
from ingest.screen import line_rules, stated_total
from jiwang.errors import SourceError

if TYPE_CHECKING:
    from ingest.overlay import Overlay

HEADER_WITHIN = 30
_MARK = "\x1f"
_CHUNK = 1 << 20
_LOCAL_HEADER = 30  # bytes before the name of an entry in a zip file


def sheets(path: Path, name: str, mapping: Mapping) -> list[str]:
    """Return the names of the sheets that a mapping reads, in the file's order; empty sheets are left out.

    Raises:
        SourceError: the file is no workbook, or unpacks to more than the mapping allows.
    """
    layout = mapping.format
    assert isinstance(layout, Workbook)
    _check_size(path, name, layout.max_mb << 20)
    found = [s for s in filled(path, name) if any(fnmatchcase(s, g) for g in layout.sheets)]
    if not found:
        raise SourceError(
            f"{name}: no sheet named {' or '.join(layout.sheets)} holds anything",
            "correct `sheets` in the mapping's format, or ask for a whole export",
        )
    return found


def filled(path: Path, name: str) -> list[str]:
    """Return the names of the sheets that hold anything, in the file's order."""
    return [s for s in _names(path, name) if _sheet(path, name, s).height]


def header(path: Path, name: str, sheet: str, mapping: Mapping) -> Header | None:
    """Return the first row, or rows, of a sheet that name most of the mapped columns."""
    layout = mapping.format
    assert isinstance(layout, Workbook)
    if layout.names:
        return recognise(layout.names, mapping)
    cells = _sheet(path, name, sheet)
    top = cells.head(HEADER_WITHIN + layout.header_rows)
    for at in range(max(0, top.height - layout.header_rows + 1)):
        names = _joined(top.slice(at, layout.header_rows))
        if is_header(names, mapping):
            last = at + layout.header_rows - 1
            return recognise(names, mapping, at=last, text=_MARK.join(names))
    return None


def read(
    path: Path, name: str, sheet: str, mapping: Mapping, top: Header, overlay: Overlay
) -> Iterator[Batch]:
    """Yield the rows of one sheet below its header, with the corrections of ``overlay``."""
    whole = _sheet(path, name, sheet)
    cells = whole.slice(top.at + 1)
    cells.columns = [str(i) for i in range(cells.width)]
    raw = partial(_line, cells)
    cells = _corrected(cells, overlay.corrected(1, cells.height, raw))
    filled = {i for i, k in enumerate(top.keys) if k in mapping.columns and mapping.columns[k].fill_down}
    texts = cells.select(pl.concat_str(pl.all().fill_null(""), separator=_MARK).alias("t"))["t"]
    beyond = [str(i) for i in range(len(top.keys), cells.width)]
    more = pl.any_horizontal(pl.col(beyond).is_not_null()) if beyond else pl.lit(value=False)
    told = cells.select(
        line_rules(texts, _headers(whole, mapping, top), _MARK).alias("rule"),
        more.alias("more"),
        (pl.int_range(cells.height, dtype=pl.Int64) + 1).alias(ROW),
        texts.alias("t"),
    )
    good = told["rule"].is_null() & ~told["more"]
    laid = {
        k: stripped(cells[str(i)].forward_fill() if i in filled else cells[str(i)])
        for i, k in enumerate(top.keys)
        if k in set(top.wanted) and i < cells.width
    }
    batch = Batch(
        pl.DataFrame({ROW: told[ROW], **laid}).filter(good), keys=top.keys, size=path.stat().st_size, raw=raw
    )
    for row, rule, text in told.filter(~good).select(ROW, "rule", "t").iter_rows():
        if rule:
            batch.broken.append(Broken.by(row, rule))
        else:
            batch.misfits[row] = text.rstrip(_MARK).split(_MARK)
        if rule == "total_line":
            fields = text.split(_MARK)[: len(top.keys)]
            batch.totals += stated_total(besides_sums(fields, top, mapping))
    yield batch


def _line(cells: pl.DataFrame, row: int) -> str:
    """Return a row as a line of CSV, to its last cell that holds something."""
    said = [cell or "" for cell in cells.row(row - 1)]
    while said and not said[-1]:
        said.pop()
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(said)
    return line.getvalue()


def _corrected(cells: pl.DataFrame, lines: dict[int, str]) -> pl.DataFrame:
    """Return cells with other rows in the place of some: what those do not say is empty."""
    if not lines:
        return cells
    given = [next(csv.reader(io.StringIO(text, newline="")), []) for text in lines.values()]
    width = max(cells.width, *map(len, given))
    grown = cells.with_columns(pl.lit(None, pl.String).alias(str(i)) for i in range(cells.width, width))
    at = [row - 1 for row in lines]
    laid = [[cell or None for cell in [*row, *[""] * (width - len(row))]] for row in given]
    columns = zip(grown.columns, zip(*laid, strict=True), strict=True)
    return grown.with_columns(
        grown[name].scatter(at, pl.Series(values, dtype=pl.String)) for name, values in columns
    )


def _headers(cells: pl.DataFrame, mapping: Mapping, top: Header) -> list[str]:
    """Return what a header may repeat as, further down: each of its rows, and its lowest with those above."""
    layout = mapping.format
    assert isinstance(layout, Workbook)
    spread = 0 if layout.names else layout.header_rows
    rows = cells.slice(top.at + 1 - spread, spread).rows()
    beyond = [""] * (cells.width - len(top.names))
    joined = [[*top.names, *beyond], [*(n.rpartition("/")[2] for n in top.names), *beyond]]
    told = [_MARK.join(c or "" for c in row).strip(SPACE) for row in [*joined, *rows]]
    return [text for text in told if text.strip(_MARK)]


def _joined(rows: pl.DataFrame) -> tuple[str, ...]:
    """Return the names of a header of several rows; a merged one stands for those right of it too."""
    names = [""] * rows.width
    cells = [[(c or "").strip() for c in row] for row in rows.iter_rows()]
    for at, row in enumerate(cells):
        above = ""
        for i, said in enumerate(row):
            above = said or (above if any(lower[i] for lower in cells[at + 1 :]) else "")
            if above:
                names[i] = f"{names[i]}/{above}" if names[i] and names[i] != above else above
    while names and not names[-1]:
        names.pop()
    return tuple(names)


def _sheet(path: Path, name: str, sheet: str) -> pl.DataFrame:
    told = path.stat()
    return _cells(path, name, sheet, told.st_mtime_ns, told.st_size)


@lru_cache(maxsize=1)
def _cells(path: Path, name: str, sheet: str, written: int, size: int) -> pl.DataFrame:
    """Return a sheet's cells as texts; the last one is kept, for its header is looked at before its rows."""
    del written, size  # they tell one state of the file from the next
    import fastexcel  # noqa: PLC0415 - few hand-overs hold a workbook

    try:
        loaded = fastexcel.read_excel(path).load_sheet(sheet, header_row=None, dtypes="string")
    except fastexcel.FastExcelError as error:
        raise _unreadable(name, error) from error
    return loaded.to_polars() if loaded.height else pl.DataFrame()


def _names(path: Path, name: str) -> list[str]:
    import fastexcel  # noqa: PLC0415 - few hand-overs hold a workbook

    try:
        return list(fastexcel.read_excel(path).sheet_names)
    except fastexcel.FastExcelError as error:
        raise _unreadable(name, error) from error


def _unreadable(name: str, error: Exception) -> SourceError:
    said = str(error).splitlines()[0]
    return SourceError(
        f"{name}: it is no workbook that can be read: {said}", "ask its department to export it again"
    )


def _check_size(path: Path, name: str, limit: int) -> None:
    """Refuse a workbook that says it unpacks to more than ``limit`` bytes, or does."""
    if not zipfile.is_zipfile(path):
        return  # an .xls is no archive: what it holds is what it weighs
    remedy = "delete the file if nobody knows it; a true export of this size needs `max_mb` in its format"
    said = f"{name}: it unpacks to more than {limit >> 20} MiB, from {path.stat().st_size >> 10} KiB"
    with zipfile.ZipFile(path) as archive, path.open("rb") as handle:
        entries = archive.infolist()
        if sum(e.file_size for e in entries) > limit:
            raise SourceError(f"{said}, by its own account", remedy)
        unpacked = 0
        for entry in entries:
            for size in _unpacked(handle, entry):  # what the archive says of itself may be a lie
                unpacked += size
                if unpacked > limit:
                    raise SourceError(said, remedy)


def _unpacked(handle: BinaryIO, entry: zipfile.ZipInfo) -> Iterator[int]:
    """Yield the sizes of the pieces that an entry unpacks to, none of them kept."""
    handle.seek(entry.header_offset)
    head = handle.read(_LOCAL_HEADER)
    handle.seek(int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little"), SEEK_CUR)
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        yield entry.compress_size
        return
    inflate, left = zlib.decompressobj(-zlib.MAX_WBITS), entry.compress_size
    while left > 0 and not inflate.eof:
        data = handle.read(min(_CHUNK, left))
        left -= len(data)
        while data:
            yield len(inflate.decompress(data, _CHUNK))
            data = inflate.unconsumed_tail
