"""Mappings: how the files of one department in one dialect become a record table. Data, read from TOML.

A dialect is a folder: one TOML a file layout, and ``dialect.toml`` with the code tables that they share and
the documents that are no data. Adding a source is adding a TOML.
"""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from ingest.column import OF_THE_FILE, Codes, Column, placeholders
from ingest.layouts import Csv, Layout, Strict
from ingest.pointing import line_of, nearest
from jiwang.errors import MappingError, UsageError
from jiwang.ontology import RecordTable, record_tables

SOURCES = Path(__file__).parent / "sources"
DIALECT_FILE = "dialect.toml"


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

    @cached_property
    def wide(self) -> tuple[str, ...]:
        """The columns that stand for many of the file (`ingest.wide`), in the order of the mapping."""
        return tuple(raw for raw in self.read if placeholders(raw))

    @cached_property
    def placeholders(self) -> tuple[str, ...]:
        """The columns that the file has not: what stands in the headers of its wide ones."""
        return tuple(dict.fromkeys(name for raw in self.wide for name in placeholders(raw)))

    def raw_columns(self) -> tuple[str, ...]:
        """Return every column of the file that is read, units among them, each once; wide ones apart."""
        units = [c.unit_column for c in self.columns.values() if c.unit_column]
        return tuple(raw for raw in dict.fromkeys([*self.read, *units]) if self._is_plain(raw))

    def required(self) -> tuple[str, ...]:
        """Return the columns of the file that must be there, of wide ones at least one."""
        made = [r for name, c in self.columns.items() if not c.optional for r in self.sources(name)]
        return tuple(raw for raw in dict.fromkeys(made) if self._is_plain(raw) or placeholders(raw))

    @cached_property
    def read(self) -> tuple[str, ...]:
        """Everything that the columns are made from, each once."""
        return tuple(dict.fromkeys(raw for name in self.columns for raw in self.sources(name)))

    def _is_plain(self, raw: str) -> bool:
        return raw not in (*OF_THE_FILE, *self.placeholders) and not placeholders(raw)

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
    shared = parsed(folder / DIALECT_FILE, texts[DIALECT_FILE]) if DIALECT_FILE in texts else {}
    mappings = [
        _validated(folder / file, _with_shared(parsed(folder / file, text), shared))
        for file, text in texts.items()
        if file != DIALECT_FILE
    ]
    try:
        return Dialect(name=name, mappings=tuple(mappings), texts=texts, **shared)
    except ValidationError as error:
        raise _explained(folder / DIALECT_FILE, error) from error


def parsed(path: Path, text: str) -> dict[str, Any]:
    """Return the keys that the TOML of a mapping, or of a dialect, says.

    Raises:
        MappingError: it is no TOML; the message names the line.
    """
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
