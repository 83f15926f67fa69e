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

from pydantic import Field, ValidationError

from ingest.layouts import Csv, Layout, Strict
from ingest.pointing import line_of, nearest
from jiwang.errors import MappingError, UsageError
from jiwang.ontology import RecordTable, record_tables

SOURCES = Path(__file__).parent / "sources"
DIALECT_FILE = "dialect.toml"
UNITS: MappingOf[str, float] = {
    "yuan": 1.0,
    "jiao": 0.1,
    "fen": 0.01,
    "qian_yuan": 1_000.0,
    "wan_yuan": 10_000.0,
    "yi_yuan": 100_000_000.0,
}
UNIT_WORDS: MappingOf[str, str] = {
    "元": "yuan",
    "人民币元": "yuan",
    "角": "jiao",
    "分": "fen",
    "千元": "qian_yuan",
    "万元": "wan_yuan",
    "万": "wan_yuan",
    "亿元": "yi_yuan",
}

Unit = Literal["yuan", "jiao", "fen", "qian_yuan", "wan_yuan", "yi_yuan"]
Codes = dict[str, str]
OTHERWISE = "*"  # the raw code in a code table that stands for every one that the table does not name


class Switch(Strict):
    """Rows whose canonical ``when`` fields hold these codes go to ``field`` instead of the column's own."""

    when: dict[str, str]
    field: str


class Column(Strict):
    """What one column of the file means.

    Attributes:
        field: field of the record table.
        aka: other spellings of its header, beside those of the dialect.
        codes: name of a code table, or the table itself: raw code → canonical code; ``*`` names the rest.
        unknown_code: what a code outside its table does: ``accept`` gives the field a verdict and the file a
            warning, ``stop`` ends the run before anything is published.
        unit: unit of money in the file.
        unit_column: a column that says the unit row by row, in words, or in the codes of ``units``.
        units: code in ``unit_column`` → unit.
        dates: date styles of this column, before the mapping's.
        pivot: of two digits of a year, those from here on are of the 1900s.
        sentinels: texts that stand for "no date" here, beside the usual ones.
        separator: what parts the items of a list.
        template: for a JSON list of objects: how an item is written, e.g. ``{post}:{name}``.
        join: the columns that this one is put together from, ``between`` between them; its name is a label.
        split: the column that this one is a part of; ``pattern`` is a regular expression whose first group
            is the part.
        either: the columns of which the first that holds more than nothing and nought is taken.
        filled: column → canonical code: which of them holds more than nothing and nought says the code.
        fill_down: an empty cell repeats the one above (merged cells of a workbook).
        switch: other fields for some rows.
        optional: the column may be absent.
        note: what was inferred, against the documentation or beyond it, and why.
    """

    field: str
    aka: tuple[str, ...] = ()
    codes: str | Codes | None = None
    unknown_code: Literal["accept", "stop"] = "accept"
    unit: Unit = "yuan"
    unit_column: str | None = None
    units: dict[str, Unit] = Field(default_factory=dict)
    dates: tuple[str, ...] = ()
    pivot: int = Field(30, ge=0, le=99)
    sentinels: tuple[str, ...] = ()
    join: tuple[str, ...] = ()
    between: str = ""
    split: str | None = None
    pattern: str | None = None
    either: tuple[str, ...] = ()
    filled: Codes = Field(default_factory=dict)
    fill_down: bool = False
    separator: str = ";"
    template: str | None = None
    switch: tuple[Switch, ...] = ()
    optional: bool = False
    note: str = ""


class Volume(Strict):
    """How many rows a delivery of this source should bring, accepted rows over all its files.

    Attributes:
        max_change: share by which they may differ from the batch that the workspace holds.
    """

    min_rows: int = 0
    max_rows: int | None = None
    max_change: float | None = Field(None, gt=0)


class Mapping(Strict):
    """One file layout of one department. See ``docs/how-to/add-a-source.md``.

    Attributes:
        files: globs relative to the input folder; ``{yyyy}``, ``{yyyyMM}`` or ``{yyyyMMdd}`` in one stands
            for the period of the file.
        version: of two layouts that a file fits, the one of the higher version is taken.
        valid_from: the first day of periods that this version is for; ``valid_to`` the last.
        constants: field → what it holds in every row (a canonical code where it is one); ``{period}`` and
            ``{sheet}`` stand for those of the file.
    """

    id: str
    department: str
    table: str
    files: tuple[str, ...]
    format: Layout = Csv()
    encoding: tuple[str, ...] = ("utf-8-sig",)
    business_key: tuple[str, ...]
    columns: dict[str, Column]
    constants: dict[str, str] = Field(default_factory=dict)
    ignore_columns: tuple[str, ...] = ()
    spellings: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    dates: tuple[str, ...] = ("yyyyMMdd",)
    codes: dict[str, Codes] = Field(default_factory=dict)
    volume: Volume = Volume()
    quarantine_share: float | None = Field(None, ge=0, le=1)
    optional: bool = False
    version: int = 1
    valid_from: date | None = None
    valid_to: date | None = None
    note: str = ""

    @cached_property
    def contract(self) -> RecordTable:
        """The record table that this layout fills."""
        return record_tables()[self.table]

    def targets(self) -> list[tuple[str, str]]:
        """Return every (column, field) pair, switches included."""
        pairs = [(name, c.field) for name, c in self.columns.items()]
        return pairs + [(name, s.field) for name, c in self.columns.items() for s in c.switch]

    def sources(self, name: str) -> tuple[str, ...]:
        """Return the file's columns that a column of the mapping is made from: most often itself."""
        column = self.columns[name]
        several = column.join or column.either or tuple(column.filled)
        return several or ((column.split,) if column.split else (name,))

    def raw_columns(self) -> tuple[str, ...]:
        """Return every column of the file that is read, units among them, each once."""
        made = [raw for name in self.columns for raw in self.sources(name)]
        units = [c.unit_column for c in self.columns.values() if c.unit_column]
        return tuple(dict.fromkeys([*made, *units]))

    def required(self) -> tuple[str, ...]:
        """Return the columns of the file that must be there."""
        made = [r for name, c in self.columns.items() if not c.optional for r in self.sources(name)]
        return tuple(dict.fromkeys(made))

    def spelt(self, raw: str) -> tuple[str, ...]:
        """Return the spellings of a column of the file, its own name first."""
        column = self.columns.get(raw)
        return tuple(dict.fromkeys([raw, *(column.aka if column else ()), *self.spellings.get(raw, ())]))

    def typed_styles(self) -> tuple[str, ...]:
        """Return the date styles in which the reader itself writes typed cells."""
        typed = self.format.kind in ("xlsx", "parquet")
        return ("yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd") if typed else ()

    def code_table(self, column: Column) -> Codes:
        """Return the code table of a column, empty where it has none."""
        if column.filled:
            return {code: code for code in column.filled.values()}
        if isinstance(column.codes, str):
            return self.codes[column.codes]
        return column.codes or {}


class Dialect(Strict):
    """A folder of mappings.

    Attributes:
        ignore: globs of files that are no data: they are listed in the account as documents, and not read.
        codes: code tables that the mappings may name.
        spellings: header → other spellings of it, for all mappings.
        defaults: keys of a mapping, for those that do not say otherwise.
    """

    name: str
    ignore: tuple[str, ...] = ()
    codes: dict[str, Codes] = Field(default_factory=dict)
    spellings: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    defaults: dict[str, Any] = Field(default_factory=dict)
    mappings: tuple[Mapping, ...] = ()
    texts: dict[str, str] = Field(default_factory=dict)


_KEYS = (*Mapping.model_fields, *Column.model_fields, *Volume.model_fields, *Dialect.model_fields)


def load(name: str, sources: Path | None = None) -> Dialect:
    """Read the dialect in folder ``sources / name``, or the one of that name that ships with the package.

    Raises:
        UsageError: there is no such folder.
        MappingError: a file is no TOML, or has unknown or missing keys.
    """
    roots = [sources, SOURCES] if sources else [SOURCES]
    folder = next((root / name for root in roots if (root / name).is_dir()), None)
    if folder is None:
        known = ", ".join(sorted({p.name for root in roots for p in root.glob("*") if p.is_dir()}))
        raise UsageError(
            f"there is no dialect {name!r}",
            f"name one of: {known}; or draft one with `jiwang source check`, name its parent by --sources",
        )
    texts = {p.name: p.read_text(encoding="utf-8") for p in sorted(folder.glob("*.toml"))}
    shared = _parse(folder / DIALECT_FILE, texts[DIALECT_FILE]) if DIALECT_FILE in texts else {}
    mappings = [
        _validated(folder / file, _with_shared(_parse(folder / file, text), shared))
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


def _with_shared(data: dict[str, Any], shared: dict[str, Any]) -> dict[str, Any]:
    """Return a mapping's keys with what its dialect says for all: defaults, code tables, spellings."""
    tables = {k: shared.get(k, {}) | data.get(k, {}) for k in ("codes", "spellings")}
    defaults: dict[str, Any] = shared.get("defaults", {})
    return defaults | data | tables


def _validated(path: Path, data: dict[str, Any]) -> Mapping:
    try:
        return Mapping(**data)
    except ValidationError as error:
        raise _explained(path, error) from error


def _explained(path: Path, error: ValidationError) -> MappingError:
    text = path.read_text(encoding="utf-8")
    faults = []
    for e in error.errors():
        keys = [str(k) for k in e["loc"]]
        line = line_of(text, keys)
        hint = nearest(keys[-1], _KEYS) if e["type"] == "extra_forbidden" else ""
        faults.append(f"{f'line {line}: ' if line else ''}{'.'.join(keys)}: {e['msg']}{hint}")
    return MappingError(
        f"{path}: {'; '.join(faults)}", "correct these keys; docs/how-to/add-a-source.md lists them all"
    )
