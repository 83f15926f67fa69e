"""Rows at rest: a batch of records as an Arrow file that is mapped into memory, not read.

It is not compressed, so that what is asked for is there without being unpacked: a few rows of it to be
compared, or all of it to be written on. Columns that hold nothing are left out of the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    import pyarrow as pa

_NAME = "rows-{:06}.arrow"


def lay(records: pl.DataFrame, folder: Path, number: int) -> None:
    """Write a batch of records, the ``number``-th of its file, into a folder."""
    if records.height:
        said = records.select(c.name for c in records if c.null_count() < records.height)
        said.write_ipc(folder / _NAME.format(number), compat_level=pl.CompatLevel.oldest())


def laid(folder: Path) -> list[Path]:
    """Return the files of `lay` in a folder, in the order of their rows."""
    return sorted(folder.glob(_NAME.partition("{")[0] + "*"))


@contextmanager
def opened(path: Path) -> Iterator[pa.Table]:
    """Give the rows of a file, their columns as far as they hold something."""
    import pyarrow as pa  # noqa: PLC0415 - slow to import

    with pa.memory_map(str(path)) as mapped, pa.ipc.open_file(mapped) as file:
        yield file.read_all()


def column(table: pa.Table, name: str) -> pl.Series:
    """Return a column of `opened` rows."""
    found = pl.from_arrow(table.column(name))
    assert isinstance(found, pl.Series)
    return found


def some(table: pa.Table, at: pl.Series, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    """Return the rows at these indexes, with the columns of ``schema``."""
    there = [n for n in schema if n in table.column_names]
    found = pl.DataFrame(table.select(there).take(at.to_arrow()))
    absent = (pl.lit(None, kind).alias(n) for n, kind in schema.items() if n not in there)
    return found.with_columns(absent).select(pl.col(n).cast(kind) for n, kind in schema.items())


def filled(table: pa.Table, schema: pa.Schema, more: dict[str, pl.Series]) -> pa.Table:
    """Return the rows with the columns of ``schema``, ``more`` among them; what is nowhere is null."""
    import pyarrow as pa  # noqa: PLC0415

    def found(name: str, kind: Any) -> Any:
        if name in more:
            return more[name].to_arrow(compat_level=pl.CompatLevel.oldest())
        return table.column(name) if name in table.column_names else pa.nulls(table.num_rows, kind)

    return pa.table([found(f.name, f.type) for f in schema], schema=schema)
