"""Mappings: how the files of one department in one dialect become a record table. Data, read from TOML.

A dialect is a folder: one TOML a file layout, and ``dialect.toml`` with the code tables that they share and
the documents that are no data. Adding a source is adding a TOML.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping as MappingOf
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from jiwang.errors import MappingError, UsageError
from jiwang.ontology import RecordTable, record_tables

SOURCES = Path(__file__).parent / "sources"
DIALECT_FILE = "dialect.toml"
UNITS: MappingOf[str, float] = {"yuan": 1.0, "fen": 0.01, "wan_yuan": 10_000.0}
UNIT_WORDS: MappingOf[str, str] = {
    "元": "yuan",
    "人民币元": "yuan",
    "分": "fen",
    "万元": "wan_yuan",
    "万": "wan_yuan",
}

Unit = Literal["yuan", "fen", "wan_yuan"]
Codes = dict[str, str]


class Strict(BaseModel):
    """Base of everything in a mapping file: unknown keys are errors, instances are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Switch(Strict):
    """Rows whose canonical ``when`` fields hold these codes go to ``field`` instead of the column's own."""

    when: dict[str, str]
    field: str


class Column(Strict):
    """What one column of the file means.

    Attributes:
        field: field of the record table.
        codes: name of a code table, or the table itself: raw code → canonical code.
        unit: unit of money in the file; ``unit_column`` names a column that says it row by row.
        dates: date styles of this column, before the mapping's.
        sentinels: texts that stand for "no date" here, beside the usual ones.
        separator: what parts the items of a list.
        template: for a JSON list of objects: how an item is written, e.g. ``{post}:{name}``.
        switch: other fields for some rows.
        optional: the column may be absent.
        note: what was inferred, against the documentation or beyond it, and why.
    """

    field: str
    codes: str | Codes | None = None
    unit: Unit = "yuan"
    unit_column: str | None = None
    dates: tuple[str, ...] = ()
    sentinels: tuple[str, ...] = ()
    separator: str = ";"
    template: str | None = None
    switch: tuple[Switch, ...] = ()
    optional: bool = False
    note: str = ""


class Volume(Strict):
    """How many rows a delivery of this source should bring, accepted rows over all its files."""

    min_rows: int = 0
    max_rows: int | None = None


class Total(Strict):
    """Where a JSON document states its own number of rows, and which rows it counts."""

    path: str
    counts: Literal["accepted", "read"] = "accepted"


class Mapping(Strict):
    """One file layout of one department. See ``docs/how-to/add-a-source.md``."""

    id: str
    department: str
    table: str
    files: tuple[str, ...]
    format: Literal["csv", "jsonl", "json"] = "csv"
    encoding: tuple[str, ...] = ("utf-8-sig",)
    delimiter: str = Field(",", min_length=1, max_length=1)
    records: str = ""
    total: Total | None = None
    business_key: tuple[str, ...]
    columns: dict[str, Column]
    ignore_columns: tuple[str, ...] = ()
    dates: tuple[str, ...] = ("yyyyMMdd",)
    codes: dict[str, Codes] = Field(default_factory=dict)
    volume: Volume = Volume()
    quarantine_share: float | None = Field(None, ge=0, le=1)
    optional: bool = False
    version: int = 1
    valid_from: date | None = None
    note: str = ""

    @cached_property
    def contract(self) -> RecordTable:
        """The record table that this layout fills."""
        return record_tables()[self.table]

    def targets(self) -> list[tuple[str, str]]:
        """Return every (column, field) pair, switches included."""
        pairs = [(name, c.field) for name, c in self.columns.items()]
        return pairs + [(name, s.field) for name, c in self.columns.items() for s in c.switch]

    def code_table(self, column: Column) -> Codes:
        """Return the code table of a column, empty where it has none."""
        if isinstance(column.codes, str):
            return self.codes[column.codes]
        return column.codes or {}


class Dialect(Strict):
    """A folder of mappings.

    Attributes:
        ignore: globs of files that are no data: they are listed in the account as documents, and not read.
        codes: code tables that the mappings may name.
    """

    name: str
    ignore: tuple[str, ...] = ()
    codes: dict[str, Codes] = Field(default_factory=dict)
    mappings: tuple[Mapping, ...] = ()
    texts: dict[str, str] = Field(default_factory=dict)


def load(name: str, sources: Path | None = None) -> Dialect:
    """Read the dialect in folder ``sources / name`` (default: the dialects that ship with the package).

    Raises:
        UsageError: there is no such folder.
        MappingError: a file is no TOML, or has unknown or missing keys.
    """
    folder = (sources or SOURCES) / name
    if not folder.is_dir():
        known = ", ".join(sorted(p.name for p in (sources or SOURCES).glob("*") if p.is_dir()))
        raise UsageError(
            f"there is no dialect {name!r}", f"name one of: {known}; or add a folder of mappings"
        )
    texts = {p.name: p.read_text(encoding="utf-8") for p in sorted(folder.glob("*.toml"))}
    shared = _parse(folder / DIALECT_FILE, texts[DIALECT_FILE]) if DIALECT_FILE in texts else {}
    codes = shared.get("codes", {})
    mappings = [
        _validated(folder / file, _with_codes(_parse(folder / file, text), codes))
        for file, text in texts.items()
        if file != DIALECT_FILE
    ]
    try:
        return Dialect(name=name, mappings=tuple(mappings), texts=texts, **shared)
    except ValidationError as error:
        raise _explained(folder / DIALECT_FILE, error) from error


def _parse(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MappingError(f"{path}: {error}", "correct the TOML at that line") from error


def _with_codes(data: dict[str, Any], shared: dict[str, Any]) -> dict[str, Any]:
    return data | {"codes": shared | data.get("codes", {})}


def _validated(path: Path, data: dict[str, Any]) -> Mapping:
    try:
        return Mapping(**data)
    except ValidationError as error:
        raise _explained(path, error) from error


def _explained(path: Path, error: ValidationError) -> MappingError:
    faults = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
    return MappingError(f"{path}: {faults}", "correct these keys; docs/how-to/add-a-source.md lists them all")
