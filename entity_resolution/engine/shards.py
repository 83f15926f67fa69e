"""Shards in files of this machine: a resolution of more records than memory holds (`seam.Runner`).

Steps wait until rows are exchanged, kept or collected; then they run in ``workers`` processes, each on one
shard at a time. Memory is that of ``workers`` shards and of what `scale` holds. Files go with their table.
"""

from __future__ import annotations

import itertools
import os
import shutil
import weakref
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import polars as pl

from entity_resolution.engine.seam import Pairing, Schema, Step
from jiwang.errors import InputError

_AT_A_TIME = 250_000  # rows of a table that are normalised at once


class Shard(Protocol):
    """A shard that is there, or that steps would make."""

    def frame(self) -> pl.DataFrame:
        """Return its rows."""


@dataclass(frozen=True)
class Files:
    """Rows that lie in files."""

    paths: Sequence[Path]
    schema: Schema

    def frame(self) -> pl.DataFrame:
        """Return the rows of all files."""
        empty = pl.DataFrame(schema=dict(self.schema))
        return pl.concat([empty, *(pl.read_ipc(p) for p in self.paths)]) if self.paths else empty


@dataclass(frozen=True)
class Slice:
    """Rows of the table that is resolved; ``rows`` is a file of the row of each."""

    table: Path
    start: int
    height: int
    columns: Sequence[str]
    rows: Path

    def frame(self) -> pl.DataFrame:
        """Return the columns as text, with ``row``."""
        at = np.load(self.rows, mmap_mode="r")[self.start : self.start + self.height]
        lazy = pl.scan_parquet(self.table).slice(self.start, self.height)
        found = lazy.select(pl.col(c).cast(pl.String) for c in self.columns).collect()
        return pl.DataFrame({"row": np.array(at)}).hstack(found.get_columns())


@dataclass(frozen=True)
class Mapped:
    """What a step makes of a shard."""

    shard: Shard
    step: Step

    def frame(self) -> pl.DataFrame:
        """Return what the step returns."""
        return self.step(self.shard.frame())


@dataclass(frozen=True)
class Zipped:
    """What a step makes of two shards that match."""

    left: Shard
    right: Shard
    step: Pairing

    def frame(self) -> pl.DataFrame:
        """Return what the step returns."""
        return self.step(self.left.frame(), self.right.frame())


class _Folder:
    """A folder that goes when the last table whose rows lie in it does."""

    def __init__(self, path: Path) -> None:
        path.mkdir(parents=True)
        self.path = path
        weakref.finalize(self, shutil.rmtree, path, ignore_errors=True)


@dataclass(frozen=True)
class Table:
    """A table in shards, the folders that they are read from, and its columns."""

    shards: Sequence[Shard]
    folders: Sequence[_Folder]
    schema: Schema


class Shards:
    """Runs steps on files.

    Args:
        folder: may grow to about 2 GB a million records.
        shards: into how many shards rows are exchanged.
        workers: processes; with one, steps run in this process.
    """

    def __init__(self, folder: Path, shards: int, workers: int = 1) -> None:
        self.shards = shards
        self._folder = folder
        self._number = itertools.count()
        self._workers = workers
        self._pool: ProcessPoolExecutor | None = None

    def read(self, table: Path, columns: Sequence[str], record: str | None, rows: pl.DataFrame) -> Table:
        """See `seam.Runner.read`."""
        del record  # rows are told apart by where they stand
        folder = self._fresh()
        place = np.empty(rows.height, dtype=np.int64)
        place[rows["at"].to_numpy()] = np.arange(rows.height)
        np.save(folder.path / "rows.npy", place)
        starts = range(0, rows.height, min(_AT_A_TIME, -(-rows.height // self.shards)))
        size = starts.step
        slices = [
            Slice(table, s, min(size, rows.height - s), columns, folder.path / "rows.npy") for s in starts
        ]
        return Table(slices, [folder], {"row": pl.Int64()} | dict.fromkeys(columns, pl.String()))

    def scatter(self, frame: pl.DataFrame) -> Table:
        """See `seam.Runner.scatter`."""
        folder = self._fresh()
        size = max(1, -(-frame.height // self.shards))
        shards = []
        for start in range(0, frame.height, size):
            path = folder.path / f"{start}.arrow"
            frame.slice(start, size).write_ipc(path)
            shards.append(Files([path], dict(frame.schema)))
        return Table(shards, [folder], dict(frame.schema))

    def select(self, table: Table, columns: Sequence[str]) -> Table:
        """See `seam.Runner.select`."""
        return self.map(table, partial(_select, columns=columns), {c: table.schema[c] for c in columns})

    def map(self, table: Table, step: Step, schema: Schema) -> Table:
        """See `seam.Runner.map`."""
        return Table([Mapped(s, step) for s in table.shards], table.folders, schema)

    def zip(self, left: Table, right: Table, step: Pairing, schema: Schema, *, stay: bool = False) -> Table:
        """See `seam.Runner.zip`."""
        del stay  # a step's rows stay anyway until they are exchanged
        pairs = zip(left.shards, right.shards, strict=True)
        return Table([Zipped(a, b, step) for a, b in pairs], [*left.folders, *right.folders], schema)

    def union(self, tables: Sequence[Table]) -> Table:
        """See `seam.Runner.union`."""
        folders = [f for t in tables for f in t.folders]
        return Table([s for t in tables for s in t.shards], folders, tables[0].schema)

    def exchange(self, table: Table, by: str) -> Table:
        """See `seam.Runner.exchange`."""
        folder = self._fresh()
        write = partial(_scattered, folder=folder.path, by=by, shards=self.shards)
        wrote = self._run(write, table.shards)
        shards: list[list[Path]] = [[] for _ in range(self.shards)]
        for number, path in itertools.chain.from_iterable(wrote):
            shards[number].append(path)
        return Table([Files(paths, table.schema) for paths in shards], [folder], table.schema)

    def keep(self, table: Table) -> Table:
        """See `seam.Runner.keep`."""
        if all(isinstance(shard, Files) for shard in table.shards):
            return table
        folder = self._fresh()
        paths = self._run(partial(_written, folder=folder.path), table.shards)
        return Table([Files([p], table.schema) for p in paths], [folder], table.schema)

    def drop(self, table: Table) -> None:
        """See `seam.Runner.drop`; files go with the last table that is read from them."""

    def collect(self, table: Table) -> pl.DataFrame:
        """See `seam.Runner.collect`."""
        kept = self.keep(table)
        return pl.concat([s.frame() for s in kept.shards]).rechunk() if kept.shards else _empty(table)

    def close(self) -> None:
        """Let the workers go."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def _fresh(self) -> _Folder:
        return _Folder(self._folder / f"{next(self._number):03d}")

    def _run(self, write: Callable[[tuple[int, Shard]], Any], shards: Sequence[Shard]) -> list[Any]:
        tasks = list(enumerate(shards))
        if self._workers == 1 or len(tasks) == 1:
            return [write(task) for task in tasks]
        try:
            with _threads(1):
                self._pool = self._pool or ProcessPoolExecutor(self._workers, get_context("spawn"))
                return list(self._pool.map(write, tasks))
        except BrokenProcessPool as error:
            raise InputError(
                f"a worker was killed, most likely for memory, with {self.shards} partitions",
                "give more --partitions: each is then smaller",
            ) from error


def _empty(table: Table) -> pl.DataFrame:
    return pl.DataFrame(schema=dict(table.schema))


def _select(frame: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    return frame.select(columns)


def _written(task: tuple[int, Shard], folder: Path) -> Path:
    number, shard = task
    path = folder / f"{number}.arrow"
    shard.frame().write_ipc(path)
    return path


def _scattered(task: tuple[int, Shard], folder: Path, by: str, shards: int) -> list[tuple[int, Path]]:
    number, shard = task
    to = ((pl.col(by) % shards) + shards) % shards
    parts = shard.frame().with_columns(_to=to).partition_by("_to", as_dict=True, include_key=False)
    wrote = []
    for (shard_,), rows in parts.items():
        path = folder / f"{shard_}-{number}.arrow"
        rows.write_ipc(path)
        wrote.append((int(shard_), path))
    return wrote


@contextmanager
def _threads(n: int) -> Iterator[None]:
    """Let the table engine of processes that are started meanwhile have ``n`` threads."""
    before = os.environ.get("POLARS_MAX_THREADS")
    os.environ["POLARS_MAX_THREADS"] = str(n)
    try:
        yield
    finally:
        os.environ.pop("POLARS_MAX_THREADS")
        if before is not None:
            os.environ["POLARS_MAX_THREADS"] = before
