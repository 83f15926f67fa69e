"""Assembly: the staged files of a record table become the table, repeats marked, in bounded memory.

Only hashes of business keys are held for every row; of rows whose key occurs twice the values are looked at,
some keys at a time. A table none of whose files changed since it was published is taken over as it is.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from ingest import rows
from ingest.periods import delivery
from ingest.reading import KEY
from ingest.repeats import mark, needed
from ingest.staging import Staged, tables
from jiwang.ids import digest
from jiwang.progress import Task
from jiwang.tables import arrow_schema, record_schema, record_writer

TABLES = "tables.json"
AT_ONCE = 2_000_000  # rows with a repeated key whose values are in memory at a time


class Assembly:
    """The record tables of one hand-over.

    Attributes:
        folder: where they are written; ``before`` is the folder published last, whose tables may still hold.
        told: of each table, from what it was made and the repeats in it; ``former``: the same of ``before``.
    """

    def __init__(self, folder: Path, before: Path) -> None:
        self.folder, self.before = folder, before
        known = before / TABLES
        self.former: dict[str, Any] = json.loads(known.read_text(encoding="utf-8")) if known.is_file() else {}
        self.told: dict[str, Any] = {}

    def table(self, name: str, staged: list[Staged], task: Task) -> None:
        """Write one record table, and enter the repeats in the accounts of its files."""
        key = digest("table", name, *(s.key for s in staged))
        path, old = self.folder / f"{name}.parquet", self.before / f"{name}.parquet"
        former = self.former.get(name, {})
        if former.get("key") == key and old.is_file():
            os.link(old, path)
            repeats = former["repeats"]
        else:
            repeats = self._written(name, staged, path, task)
        for one in staged:
            one.entry.duplicates, one.entry.superseded = repeats.get(one.source.name, (0, 0))
        self.told[name] = {"key": key, "repeats": repeats}

    def _written(self, name: str, staged: list[Staged], path: Path, task: Task) -> dict[str, Any]:
        repeats: dict[str, Any] = {}
        marks = pl.concat([_NO_MARKS, *_marks(staged)])
        schema = arrow_schema(name)
        with record_writer(name, path) as write:
            for one, table in tables(staged):
                ids = rows.column(table, "record_id").to_frame()
                marked = ids.join(marks, on="record_id", how="left", maintain_order="left")
                write(rows.filled(table, schema, {n: marked[n] for n in _MARKS}))
                had = repeats.get(one.source.name, (0, 0))
                repeats[one.source.name] = [a + marked[n].count() for a, n in zip(had, _MARKS, strict=True)]
                task.advance(len(ids))
        return repeats


_MARKS = ("duplicate_of", "superseded_by")
_NO_MARKS = pl.DataFrame(schema=dict.fromkeys(("record_id", *_MARKS), pl.String))


def _marks(staged: list[Staged]) -> Iterator[pl.DataFrame]:
    """Yield the marks of the rows whose key repeats: within one department, across its files and versions."""
    groups: dict[tuple[object, ...], list[Staged]] = {}
    for one in staged:
        mapping = one.source.mapping
        groups.setdefault((mapping.department, mapping.business_key), []).append(one)
    for files in groups.values():
        group = sorted(files, key=lambda s: delivery(s.source.name))
        mapping = group[0].source.mapping
        schema = record_schema(mapping.table)
        hashes = [rows.column(table, KEY) for _, table in tables(group)]
        if not hashes:
            continue
        keys = pl.concat(hashes)
        again = keys.filter(keys.is_duplicated())
        if not len(again):
            continue
        parts = 1 + len(again) // AT_ONCE
        for part in range(parts):
            some = again.filter(again % parts == part).unique()
            known = {n: schema[n] for n in needed(mapping)}
            told = [
                rows.some(table, rows.column(table, KEY).is_in(some.implode()).arg_true(), known)
                for _, table in tables(group)
            ]
            yield mark(pl.concat(told), mapping)
