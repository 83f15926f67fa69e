"""Layouts: how a file's bytes are laid out as rows, the ``[format]`` of a mapping, one class a kind.

What the columns mean is none of its business: that is `ingest.mapping`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator


class Strict(BaseModel):
    """Base of everything in a mapping file: unknown keys are errors, instances are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Total(Strict):
    """Where a JSON document states its own number of rows, and which rows it counts."""

    path: str
    counts: Literal["accepted", "read"] = "accepted"


class Csv(Strict):
    """Delimited text.

    Attributes:
        delimiter: what parts the fields; several characters are allowed (``|+|``).
        quote: what encloses a field that holds a delimiter; empty where a quote is a character like others.
        names: the columns of a file without a header line, whose first line then is row 1.
        layouts: column lists of rows that are laid out otherwise without a header to say so, told by their
            number of fields: an export that grew columns from some day on.
    """

    kind: Literal["csv"] = "csv"
    delimiter: str = Field(",", min_length=1, max_length=8)
    quote: str = Field('"', max_length=1)
    names: tuple[str, ...] = ()
    layouts: tuple[tuple[str, ...], ...] = ()

    @model_validator(mode="after")
    def _lengths_differ(self) -> Csv:
        lengths = [len(self.names), *map(len, self.layouts)]
        if len(set(lengths)) < len(lengths):
            raise ValueError("`layouts` are told apart by their number of columns, and two have the same")
        return self


class Fixed(Strict):
    """Text of fixed width.

    Attributes:
        widths: column → width, in the order of the line; a name that begins with ``_`` is filler.
        counted: what a width counts: bytes of the file's encoding (the usual), or characters.
        header: the first line names the columns; it is then no row.
    """

    kind: Literal["fixed"]
    widths: dict[str, int] = Field(min_length=1)
    counted: Literal["bytes", "characters"] = "bytes"
    header: bool = False


class Workbook(Strict):
    """Sheets of a workbook (.xlsx, and .xls, .xlsb, .ods where the library reads them).

    Attributes:
        sheets: globs of the names of the sheets to read. A file of which several are read stands in the
            account sheet by sheet, as ``path#sheet``.
        header_rows: rows that the header spans; merged cells above are joined to the name below with ``/``.
        names: the columns of a sheet without a header row.
        max_mb: what the parts of the file may unpack to, in MiB, before it is held to be a zip bomb.
    """

    kind: Literal["xlsx"]
    sheets: tuple[str, ...] = ("*",)
    header_rows: int = Field(1, ge=1, le=5)
    names: tuple[str, ...] = ()
    max_mb: int = Field(2048, ge=1)


class JsonLines(Strict):
    """One JSON object a line.

    Attributes:
        rows: path of an array in each object whose elements are the rows, such as ``items`` (a child table;
            it stands in the account as ``path#items``). ``../name`` is then a value of the object above.
    """

    kind: Literal["jsonl"]
    rows: str = ""


class Json(Strict):
    """One JSON document.

    Attributes:
        records: path of the array in the document, empty where the document is one.
        rows: as in JSON lines: an array in each of its elements.
        total: where the document states its number of rows.
    """

    kind: Literal["json"]
    records: str = ""
    rows: str = ""
    total: Total | None = None


class Parquet(Strict):
    """A Parquet file, whatever the types of its columns."""

    kind: Literal["parquet"]


def _spelled_out(value: Any) -> Any:
    """Take the short way of writing a format that needs no more than its kind."""
    if isinstance(value, str):
        return {"kind": value}
    return {"kind": "csv", **value} if isinstance(value, dict) else value


Layout = Annotated[
    Annotated[Csv | Fixed | Workbook | JsonLines | Json | Parquet, Field(discriminator="kind")],
    BeforeValidator(_spelled_out),
]
