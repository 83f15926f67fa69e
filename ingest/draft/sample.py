"""Samples: a file as columns of text, without a mapping: layout, encoding and header are found."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from ingest.column import SHEET
from ingest.draft import fixed_width
from ingest.draft.headed import HEAD, headed
from ingest.draft.nested import MOST_ROWS, laid, plain
from ingest.opening import opened
from ingest.raw import SPACE
from jiwang.errors import SourceError

LARGEST = 96 << 20  # bytes of a text file that are looked at
_DELIMITERS = (",", "|", "\t", ";", "^", "~", "\x01", "$", "#", "@", "!")
_RUN = re.compile(r"[^\w\s\"'.,\-:（）()\u3400-\u9fff]{2,4}")
_GARBLED = 0.5  # share of lines that may fail to decode: they are rows to quarantine


@dataclass
class Sample:
    """Some rows of a file.

    Attributes:
        name: file, relative to the hand-over; ``sheet`` of a workbook.
        layout: the ``[format]`` of a mapping, as plain values; ``encoding`` of text.
        columns: header → values, stripped, empty where nothing stands.
        header: the columns of its header line.
        left: lists of its records that are tables of their own.
        notes: what a person should know of how it was read.
        pattern: a glob with a star for the place by which the files that it is of differ; else nothing.
        month: of a file with columns a month, how the column of months is called; ``year`` the column that
            says their year, where they say none.
    """

    name: str
    layout: dict[str, Any]
    encoding: str | None
    columns: dict[str, list[str]]
    sheet: str = ""
    notes: list[str] = field(default_factory=list)
    header: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    pattern: str = ""
    month: str = ""
    year: str = ""

    @property
    def rows(self) -> int:
        """Rows looked at."""
        return len(next(iter(self.columns.values()), []))

    def extend(self, other: Sample) -> None:
        """Add the rows of another file, or another sheet, of the same columns."""
        for name, values in other.columns.items():
            self.columns[name] += values
        mine, theirs = (s.layout.get("sheets", ["*"]) for s in (self, other))
        if mine != theirs:  # a workbook of one sheet names none: whatever it is called, it is read
            self.layout["sheets"] = sorted({re.sub(r"\d+", "*", s) for s in (*mine, *theirs)})
            self.sheet = ""


def glob(name: str) -> str:
    """Return the glob of a file's name: dates and serial numbers in it become stars."""
    folder, _, file = name.rpartition("/")
    stem, dot, suffix = file.rpartition(".")
    starred = re.sub(
        r"(?<![A-Za-z])[-_]?\d{4,}([-_年.]\d{1,2})*([月日]|[HQhq]\d|[上下]半年|第?.季度)?", "*", stem
    )
    starred = re.sub(r"(?i)([-_ ]?(part|batch|第)[-_ ]?|[-_])\d{1,3}(批|部分)?$", "*", starred)
    starred = starred if starred.endswith("*") else starred + "*"
    return f"{folder}/{starred}{dot}{suffix}" if folder else f"{starred}{dot}{suffix}"


def samples(
    path: Path, name: str, widths: dict[str, int] | None = None, known: Sequence[str] = ()
) -> list[Sample]:
    """Return the samples of a file: one, or one a sheet.

    ``widths`` and ``known`` are the widths and the columns that a dictionary states.

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
        cells = {c: [plain(v) for v in frame[c].to_list()] for c in frame.columns}
        found = [Sample(name, {"kind": "parquet"}, None, cells)]
    else:
        text, encoding = decoded(path, name)
        nested = text.lstrip()[:1] in ("{", "[")
        found = _json(name, text, encoding) if nested else [_text(name, text, encoding, widths, known)]
    found = [s for s in found if s.columns]
    if not found:
        raise SourceError(f"{name}: there are no rows in it", "see with your own eyes what the file holds")
    return found


def decoded(path: Path, name: str) -> tuple[str, str]:
    """Return the (first) text of a file and its encoding, as a mapping names it."""
    with opened(path) as handle:
        data = handle.read(LARGEST)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace").lstrip("\ufeff"), "utf-16"
    for encoding, utf16 in (("utf-16-le", 1), ("utf-16-be", 0)):
        if data[utf16:4096:2].count(0) > len(data[:4096]) // 8:
            return data.decode(encoding, "replace"), encoding
    whole = data[: data.rfind(b"\n") + 1] if len(data) == LARGEST else data
    found = {e: whole.decode(e, "replace") for e in ("utf-8-sig", "gb18030")}
    lost = {e: t.count("\ufffd") for e, t in found.items()}
    best = "utf-8-sig" if lost["utf-8-sig"] <= lost["gb18030"] else "gb18030"
    if not lost[best]:
        return found[best], best.removesuffix("-sig")
    text, bad = _mixed(whole)
    if bad > max(4, _GARBLED * text.count("\n")) or b"\x00" in whole[:4096]:
        raise SourceError(
            f"{name}: it is in no encoding known here", "ask its department for UTF-8 or GB18030"
        )
    alone = _broken_lines(found[best])
    return (found[best], best.removesuffix("-sig")) if alone <= bad + 2 else (text, "utf-8, gb18030")


def _broken_lines(text: str) -> int:
    return sum("\ufffd" in line for line in text.split("\n"))


def _mixed(data: bytes) -> tuple[str, int]:
    """Return the text of a file whose lines are in UTF-8 or in GB18030, and how many are in neither."""
    lines, lost = [], 0
    for line in data.split(b"\n"):
        try:
            lines.append(line.decode("utf-8-sig"))
        except UnicodeDecodeError:
            lines.append(line.decode("gb18030", "replace"))
            lost += "\ufffd" in lines[-1]
    return "\n".join(lines), lost


def _text(name: str, text: str, encoding: str, widths: dict[str, int] | None, known: Sequence[str]) -> Sample:
    lines = [t for t in text.split("\n") if t.strip(SPACE)][: MOST_ROWS + HEAD]
    lines = [t.removesuffix("\r") for t in lines]
    delimiter = _delimiter(lines[:2000])
    if delimiter is None or widths:
        found = fixed_width.part(lines, encoding, widths)
        if found is not None:
            layout, cells = found
            return Sample(name, layout, encoding, cells)
    if delimiter is None:
        return Sample(name, {"kind": "csv"}, encoding, {})
    several = len(delimiter) > 1
    parted = [t.split(delimiter) for t in lines] if several else list(csv.reader(lines, delimiter=delimiter))
    rows = headed({"kind": "csv", "delimiter": delimiter}, parted, known)
    return Sample(name, rows.layout, encoding, rows.columns, notes=rows.notes, header=rows.header)


def _delimiter(lines: Sequence[str]) -> str | None:
    """Return the character that parts most lines into the same number of fields, more than one."""
    best, most = None, 0.0
    for mark in _DELIMITERS:
        counts = Counter(t.count(mark) for t in lines)
        usual, often = max(counts.items(), key=lambda item: (item[1] * bool(item[0]), item[0]))
        share = often / len(lines) if usual else 0.0
        if share * min(usual, 8) > most and share > 1 / 2:
            best, most = mark, share * min(usual, 8)
    return _longer(lines, best) if best else None


def _longer(lines: Sequence[str], mark: str) -> str:
    """Return the delimiter of several characters, such as ``|+|``, that ``mark`` is a part of; or itself."""
    own = Counter(t.count(mark) for t in lines).most_common(1)[0][0]
    runs: set[str] = {r for t in lines[:200] for r in _RUN.findall(t) if mark in r}
    for run in sorted(runs, key=lambda r: (-len(r), r)):
        usual, often = Counter(t.count(run) for t in lines).most_common(1)[0]
        if usual and usual * run.count(mark) == own and often > len(lines) / 2:
            return run
    return mark


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
            found = headed({"kind": "xlsx"}, rows)
            own = sheet if len(book.sheet_names) > 1 else ""
            layout = found.layout | ({"sheets": [sheet]} if own else {})
            # What a sheet is called may be a code of its rows: 养老, 失业.
            cells = found.columns | {SHEET: [sheet] * found.height}
            yield Sample(name, layout, None, cells, own, found.notes, found.header)


def _json(name: str, text: str, encoding: str) -> list[Sample]:
    return [Sample(name, form, encoding, columns, left=left) for form, columns, left in laid(text)]
