"""A table in a dialect: what its file is called, and how rows of canonical values become its lines."""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from simulation.data import table
from simulation.render.slip import Misdated, Slip
from simulation.render.styles import Write, canonical, writer

CELL = "\x1f"  # parts the cells of what becomes a workbook or a Parquet file
BARE = {"money", "int", "number", "list", "items"}  # kinds that JSON writes without quotes


class Column(NamedTuple):
    """A column of a file: ``at`` is the place of its field in the row (-1: the same text in every row)."""

    header: str
    at: int
    kind: str
    style: str
    write: Write
    bare: bool
    width: int
    codes: dict[str, str]


@cache
def fields(name: str) -> tuple[tuple[str, str], ...]:
    """Return the fields of a table with their kinds."""
    words = (word.partition("=") for word in table("tables")[name]["fields"].split())
    return tuple((field, kind or "text") for field, _, kind in words)


def place(name: str, field: str) -> int:
    """Return where a field stands in a row; -1 where there is no field to name."""
    return [known for known, _ in fields(name)].index(field) if field else -1


class Form:
    """A table in a dialect.

    Args:
        dialect: The name of a file in data/dialects.
        name: The table.
    """

    def __init__(self, dialect: str, name: str) -> None:
        """Read what the dialect says of the table."""
        self.dialect, self.name = table(f"dialects/{dialect}"), name
        self.spec: dict[str, Any] = self.dialect["tables"][name]
        self.path, self.format, self.encoding = (
            str(self.spec[key]) for key in ("path", "format", "encoding")
        )
        self.delimiter = CELL if self.format in ("xlsx", "parquet") else self.spec.get("delimiter", ",")
        kinds = fields(name)
        places = {field: at for at, (field, _) in enumerate(kinds)}
        self.columns = [self._column(row, places, kinds) for row in self.spec["columns"]]
        grown = self.spec.get("grown", {})
        self.grown_from = int(grown.get("month", 10**6))
        self.first_width = len(self.columns) - int(grown.get("columns", 0))
        self._template = self._json() if self.format in ("json", "jsonl") else ""

    def _column(self, row: list[Any], places: dict[str, int], kinds: Sequence[tuple[str, str]]) -> Column:
        header, field, *said = row
        style = str(said[3]) if len(said) > 3 else ""
        width = int(said[4]) if len(said) > 4 else 0
        if style.startswith("const:"):
            text = style.removeprefix("const:")
            return Column(header, -1, "text", "", lambda column: [text] * len(column), False, width, {})
        at = places[field]
        kind = kinds[at][1]
        codes = {}
        if kind.isupper() and style != "as is":
            codes = self.dialect["codes"].get(style or kind, {}).get("write", {})
        kept = style or self.dialect["styles"].get(kind, "")
        bare = kind in BARE or style == "null"
        return Column(header, at, kind, kept, writer(kind, kept, codes), bare, width, codes)

    def _json(self) -> str:
        """Return the template of a record: dots in a header make objects of objects."""
        tree: dict[str, Any] = {}
        for at, column in enumerate(self.columns):
            *path, leaf = column.header.split(".")
            node = tree
            for key in path:
                node = node.setdefault(key, {})
            node[leaf] = f"\0{at}\0" if column.bare else f"\1{at}\1"
        text = json.dumps(tree, ensure_ascii=False, separators=(",", ":")).replace("%", "%%")
        for at, column in enumerate(self.columns):
            old = json.dumps(f"\0{at}\0" if column.bare else f"\1{at}\1")
            text = text.replace(old, "%s" if column.bare else '"%s"')
        return text

    @property
    def header(self) -> str:
        """The header line, or nothing where the format has none."""
        if self.format in ("json", "jsonl", "fixed"):
            return ""
        return self.delimiter.join(column.header for column in self.columns[: self.first_width])

    def shown(self, month: int) -> list[Column]:
        """Return the columns that rows of a month have: some exports grow columns."""
        return self.columns if month >= self.grown_from else self.columns[: self.first_width]

    def cells(self, values: Sequence[Sequence[Any]], month: int) -> list[Sequence[str]]:
        """Return the texts of the file's columns; ``values`` holds a sequence for each field."""
        return [column.write(values[column.at]) for column in self.shown(month)]

    def lines(self, values: Sequence[Sequence[Any]], month: int) -> list[str]:
        """Return the line of each row; ``values`` holds a sequence for each field."""
        columns = self.cells(values, month)
        if self._template:
            columns = [
                self._escaped(texts, column) for texts, column in zip(columns, self.columns, strict=True)
            ]
            return list(map(self._template.__mod__, zip(*columns, strict=True)))
        if self.format != "csv":
            return [self.join(cells) for cells in zip(*columns, strict=True)]
        delimiter, gaps = self.delimiter, len(columns) - 1
        lines = list(map(delimiter.join, zip(*columns, strict=True)))
        # Hardly any cell needs quotes: the lines are searched as one.
        whole = "".join(lines)
        if '"' in whole or whole.count(delimiter) != gaps * len(lines):
            for at, line in enumerate(lines):
                if '"' in line or line.count(delimiter) != gaps:
                    lines[at] = self.join([column[at] for column in columns])
        return lines

    def join(self, cells: Sequence[str]) -> str:
        """Return the line of some cells."""
        if self._template:
            escaped = [
                self._escaped([cell], column)[0] for cell, column in zip(cells, self.columns, strict=True)
            ]
            return self._template % tuple(escaped)
        if self.format == "fixed":
            return "".join(map(self._padded, cells, self.columns))
        line = self.delimiter.join(cells)
        if self.format == "csv" and ('"' in line or line.count(self.delimiter) != len(cells) - 1):
            marks = {self.delimiter, '"'}
            line = self.delimiter.join(
                f'"{cell.replace(chr(34), chr(34) * 2)}"' if marks & set(cell) else cell for cell in cells
            )
        return line

    @staticmethod
    def _escaped(texts: Sequence[str], column: Column) -> Sequence[str]:
        """Return the cells of a column as JSON has them, between quotes where the template has those."""
        if column.style == "null":
            return [json.dumps(text or None, ensure_ascii=False) for text in texts]
        # Hardly any text needs escaping: a column is searched as one.
        whole = "" if column.bare else "".join(texts)
        if '"' not in whole and "\\" not in whole:
            return texts
        return [json.dumps(text, ensure_ascii=False)[1:-1] for text in texts]

    def _padded(self, cell: str, column: Column) -> str:
        cell = self._cut(cell, column.width)
        return cell + " " * (column.width - self._long(cell))

    def _long(self, cell: str) -> int:
        return len(cell) if self.encoding.startswith("utf-16") else len(encode(cell, self.encoding))

    def _cut(self, cell: str, width: int) -> str:
        while self._long(cell) > width:
            cell = cell[:-1]
        return cell

    def truths(self, values: Sequence[Any], month: int) -> list[tuple[str, str, bool]]:
        """Return field, true text and whether the file has lost it, for each column of a row."""
        names = fields(self.name)
        shown = [column for column in self.shown(month) if column.at >= 0]
        return [
            (
                names[column.at][0],
                canonical(values[column.at], column.kind),
                self._lost(values[column.at], column),
            )
            for column in shown
        ]

    def _lost(self, value: Any, column: Column) -> bool:
        if isinstance(value, Misdated) or (isinstance(value, Slip) and value.lost):
            return True
        text = column.write([value])[0]
        if encode(text, self.encoding) != text.encode(self.encoding, errors="ignore"):
            return True  # a character that the encoding does not hold
        if column.width and self._long(text) > column.width:
            return True
        if column.codes:
            return sum(written == text for written in column.codes.values()) > 1
        return False


def encode(text: str, encoding: str) -> bytes:
    """Encode; what GBK cannot hold becomes a question mark, as its exports have it."""
    return text.encode(encoding, errors="replace" if encoding == "gbk" else "strict")
