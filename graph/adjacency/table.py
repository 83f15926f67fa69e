"""Arrow files of the index, mapped into memory: the edges of one type, by source and by target."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa

from graph.adjacency.written import ENDS, columns_of
from graph.schema import EdgeTable
from graph.store import Row, Window

Numbers = np.ndarray  # of nodes or of rows


class Stretch(NamedTuple):
    """Where the edges of some nodes lie in one of the two orders: from ``low`` on, ``degree`` of them."""

    low: Numbers
    degree: Numbers


class EdgeRows:
    """The edges of one type.

    Args:
        folder: where its files lie.
        table: its table.

    Raises:
        OSError: a file is missing.
        ValueError: a file is no Arrow file, or they differ in length.
    """

    def __init__(self, folder: Path, table: EdgeTable) -> None:
        self._batch = mapped(folder, columns_of(table))
        self.source, self.target, self._back, self._back_target = (
            self._batch.column(name).to_numpy(zero_copy_only=True) for name in ENDS
        )
        self._told = self._batch.drop_columns(list(ENDS))
        self._days = [self._told.schema.get_field_index(name) for name in ("first_day", "last_day")]

    def stretch(self, nodes: Numbers, *, outward: bool) -> Stretch:
        """Return where the edges that lead from, or to, ``nodes`` lie; nodes sorted are looked up quicker."""
        keys = self.source if outward else self._back_target
        low = np.searchsorted(keys, nodes, "left")
        return Stretch(low, np.searchsorted(keys, nodes, "right") - low)

    def rows(self, stretch: Stretch, *, outward: bool) -> Numbers:
        """Return the rows of stretches, one after another."""
        low, degree = stretch
        places = np.arange(degree.sum()) + np.repeat(low - (np.cumsum(degree) - degree), degree)
        rows: Numbers = places if outward else self._back[places]
        return rows

    def within(self, rows: Numbers, window: Window) -> Numbers:
        """Return those rows that were within the window, or have no days."""
        kept = np.ones(len(rows), bool)
        for day, column, beyond in zip(
            (window.until, window.since), self._days, (np.greater, np.less), strict=True
        ):
            if day is not None and column >= 0:
                days = pl.Series(self._told.column(column).take(pa.array(rows)), dtype=pl.Int64)
                kept &= ~(beyond(days.fill_null(day).to_numpy(), day))
        return rows[kept]

    def eids(self, rows: Numbers) -> list[str]:
        """Return the eids of some rows."""
        found: list[str] = self._told.column("eid").take(pa.array(rows)).to_pylist()
        return found

    def told(self, rows: Numbers, most: int) -> list[Row]:
        """Return eid and properties of the ``most`` rows first by eid, with the ends as numbers."""
        if len(rows) > most:
            rows = rows[np.argsort(np.array(self.eids(rows), object))[:most]]
        frame = pl.DataFrame(pl.from_arrow(self._told.take(pa.array(rows))))
        ends = [pl.Series("source", self.source[rows]), pl.Series("target", self.target[rows])]
        return frame.with_columns(ends).sort("eid").to_dicts()


def mapped(folder: Path, columns: Sequence[str]) -> pa.RecordBatch:
    """Return columns, each of them the one batch of a file, without reading them."""
    return pa.record_batch([_mapped(folder / f"{name}.arrow") for name in columns], names=list(columns))


def _mapped(path: Path) -> pa.Array:
    with pa.memory_map(str(path)) as file, pa.ipc.open_file(file) as opened:
        return opened.get_batch(0).column(0)
