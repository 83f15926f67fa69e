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

from ingest.periods import delivery
from ingest.reading import KEY
from ingest.repeats import mark, needed
from ingest.staging import Staged, chunks
from jiwang.ids import digest
from jiwang.progress import Task
from jiwang.tables import record_writer

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
        with record_writer(name, path) as write:
            for one, chunk in chunks(staged):
                marked = _marked(chunk.drop(KEY), marks)
                write(marked)
                had = repeats.get(one.source.name, (0, 0))
                more = (marked[c].count() for c in ("duplicate_of", "superseded_by"))
                repeats[one.source.name] = [a + b for a, b in zip(had, more, strict=True)]
                task.advance(chunk.height)
        return repeats


def _marked(chunk: pl.DataFrame, marks: pl.DataFrame) -> pl.DataFrame:
    if marks.is_empty():
        return chunk.with_columns(pl.lit(None, pl.String).alias(c) for c in marks.columns[1:])
    return chunk.join(marks, on="record_id", how="left", maintain_order="left")


_NO_MARKS = pl.DataFrame(schema=dict.fromkeys(("record_id", "duplicate_of", "superseded_by"), pl.String))


def _marks(staged: list[Staged]) -> Iterator[pl.DataFrame]:
    """Yield the marks of the rows whose key repeats: within one department, across its files and versions."""
    groups: dict[tuple[object, ...], list[Staged]] = {}
    for one in staged:
        mapping = one.source.mapping
        groups.setdefault((mapping.department, mapping.business_key), []).append(one)
    for files in groups.values():
        group = sorted(files, key=lambda s: delivery(s.source.name))
        mapping = group[0].source.mapping
        hashes = [pl.read_ipc(p, columns=[KEY])[KEY] for s in group for p in s.rows()]
        if not hashes:
            continue
        keys = pl.concat(hashes)
        again = keys.filter(keys.is_duplicated())
        if not len(again):
            continue
        parts = 1 + len(again) // AT_ONCE
        for part in range(parts):
            some = again.filter(again % parts == part).unique()
            rows = [
                chunk.filter(pl.col(KEY).is_in(some.implode())).drop(KEY)
                for _, chunk in chunks(group, [KEY, *needed(mapping)])
            ]
            yield mark(pl.concat(rows), mapping)
