"""From the districts' parts to a file: header or envelope, part after part, totals where they stand."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
import xlsxwriter

from simulation.render.form import CELL, Form, encode
from simulation.render.part import Part

BLOCK = 1 << 20
NUMBERS = {"money", "int", "number"}
MARK = "\ufeff"


def assemble(dialect: str, name: str, parts: Sequence[Part], folder: Path) -> None:
    """Write the file of a table below ``folder``; the parts' lines are removed."""
    form = Form(dialect, name)
    path = folder / form.path
    path.parent.mkdir(parents=True, exist_ok=True)
    if form.format == "xlsx":
        _workbook(form, parts, path)
    elif form.format == "parquet":
        _parquet(form, parts, path)
    else:
        with path.open("wb") as sink:
            _text(form, parts, sink)
    for part in parts:
        part.lines.unlink()


def _total(form: Form, parts: Sequence[Part]) -> str:
    """Return the line of totals: how many records the file holds."""
    cells = ["合计"] + [""] * (form.first_width - 2) + [str(sum(part.accepted for part in parts))]
    # A cell short, as the report generators do it: the file's number stands under the last but one header.
    return form.delimiter.join([cells[0], *cells[2:]]) if form.format == "csv" else form.delimiter.join(cells)


def _pieces(part: Part) -> Iterator[tuple[int, int]]:
    """Yield the byte ranges of a part between its totals; after each but the last stands a total."""
    start = 0
    for at in part.totals:
        yield start, at
        start = at
    yield start, part.lines.stat().st_size


def _copy(part: Part, span: tuple[int, int], sink: BinaryIO) -> None:
    with part.lines.open("rb") as source:
        source.seek(span[0])
        left = span[1] - span[0]
        while left:
            block = source.read(min(BLOCK, left))
            sink.write(block)
            left -= len(block)


def _text(form: Form, parts: Sequence[Part], sink: BinaryIO) -> None:
    plain = {"utf-16": "utf-16-le", "utf-8-sig": "utf-8"}.get(form.encoding, form.encoding)
    end = "\r\n" if form.format in ("csv", "fixed") else "\n"
    opening = MARK if plain != form.encoding else ""
    if form.header:
        opening += form.header + end
    if form.format == "json":
        opening += str(form.spec["head"]) % sum(part.rows for part in parts) + end
    sink.write(opening.encode(plain))
    total = encode(_total(form, parts) + end, plain)
    for part in parts:
        spans = list(_pieces(part))
        for at, span in enumerate(spans):
            _copy(part, span, sink)
            if at < len(spans) - 1:
                sink.write(total)
    if form.format == "json":
        sink.seek(-len(f",{end}"), 1)
        sink.write((end + str(form.spec["tail"]) + end).encode(plain))
        sink.truncate()


def _rows(form: Form, parts: Sequence[Part]) -> Iterator[list[str]]:
    """Yield the cells of each row, totals put in."""
    total = _total(form, parts).split(CELL)
    for part in parts:
        text = part.lines.read_bytes()
        spans = list(_pieces(part))
        for at, (start, stop) in enumerate(spans):
            for line in text[start:stop].decode().split("\n")[:-1]:
                yield line.split(CELL)
            if at < len(spans) - 1:
                yield total


def _workbook(form: Form, parts: Sequence[Part], path: Path) -> None:
    made = xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_numbers": False})
    # A workbook bears its hour of birth; here the last day of the period, so that bytes repeat.
    made.set_properties({"created": datetime(2026, 1, 5, tzinfo=UTC)})
    sheet = made.add_worksheet(str(form.spec.get("sheet", "Sheet1")))
    sheet.write_row(0, 0, form.header.split(CELL))
    numeric = {at for at, column in enumerate(form.columns) if column.kind in NUMBERS}
    for at, cells in enumerate(_rows(form, parts), 1):
        for place, cell in enumerate(cells):
            if place in numeric and _is_number(cell):
                sheet.write_number(at, place, float(cell))
            elif cell:
                sheet.write_string(at, place, cell)
    made.close()


def _is_number(cell: str) -> bool:
    return cell.replace(".", "", 1).removeprefix("-").isdigit()


def _parquet(form: Form, parts: Sequence[Part], path: Path) -> None:
    types = {column.header: _type(column.kind, column.style) for column in form.columns}
    names = list(types)
    reading = pc.ReadOptions(column_names=names, use_threads=False, block_size=BLOCK * 8)
    parsing = pc.ParseOptions(delimiter=CELL, quote_char=False, double_quote=False, ignore_empty_lines=False)
    schema = pa.schema(list(types.items()))
    with pq.ParquetWriter(path, schema) as sink:
        for part in parts:
            if not part.lines.stat().st_size:
                continue
            converting = pc.ConvertOptions(column_types=types, strings_can_be_null=True, null_values=[""])
            with pc.open_csv(part.lines, reading, parsing, converting) as source:
                for batch in source:
                    sink.write_batch(batch)


def _type(kind: str, style: str) -> pa.DataType:
    if kind == "money":
        return pa.int64() if style == "fen" else pa.float64()
    if kind == "int":
        return pa.int64()
    return pa.date32() if style == "yyyy-MM-dd" and kind == "date" else pa.string()
