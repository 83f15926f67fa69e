"""What is kept of the graphs that were loaded last: their tables as hard links, and the hashes of their rows.

A later load compares its own rows with these hashes, so that only it has to be read.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from graph.hashes import VERSION, Hashes, hashed
from graph.schema import GraphSchema, Tables

FOLDER = "store/loaded"
MOST = 2  # one for each of two stores


class Former:
    """A graph that was loaded.

    Args:
        folder: where its tables and hashes are kept.
        schema: its tables.
    """

    def __init__(self, folder: Path, schema: GraphSchema) -> None:
        self.folder = folder
        self.schema = schema

    @property
    def whole(self) -> bool:
        """Every table is there."""
        return all(self.path(name).is_file() for name in (*self.schema.nodes, *self.schema.edges))

    def path(self, name: str) -> Path:
        """Return the file of a label or type."""
        return self.folder / ("nodes" if name in self.schema.nodes else "edges") / f"{name}.parquet"

    def rows(self, name: str) -> np.ndarray:
        """Return the hashes of a table's rows: those that were kept, else made of its file."""
        file = _hashes(self.folder, name)
        if file.is_file():
            rows: np.ndarray = np.load(file, mmap_mode="r")
            return rows
        return hashed(self.path(name), self.schema.table(name))["row"].to_numpy()


class Kept:
    """The graphs that are kept in a folder.

    Args:
        folder: made if need be.
        schema: their tables.
    """

    def __init__(self, folder: Path, schema: GraphSchema) -> None:
        self.folder = folder
        self.schema = schema

    def former(self, tag: str) -> Former | None:
        """Return the graph ``tag``, or None if it was not kept or is of another schema."""
        found = Former(self.folder / tag, self.schema)
        return found if found.whole else None

    def note(self, tag: str, hashes: Mapping[str, Hashes]) -> None:
        """Lay the hashes of a graph that is about to be loaded aside, for `keep`."""
        for left in self.folder.glob(".*.new"):  # by a load that failed
            shutil.rmtree(left, ignore_errors=True)
        for name, its in hashes.items():
            file = _hashes(self._fresh(tag), name)
            file.parent.mkdir(parents=True, exist_ok=True)
            np.save(file, its.rows)

    def keep(self, tag: str, tables: Tables) -> None:
        """Keep the tables of the graph ``tag``, now loaded, and the newest before it: `MOST` in all."""
        fresh, place = self._fresh(tag), self.folder / tag
        if not place.is_dir():
            for sort, named in zip(("nodes", "edges"), tables, strict=True):
                (fresh / sort).mkdir(parents=True, exist_ok=True)
                for name, path in named.items():
                    _link(path, fresh / sort / f"{name}.parquet")
            fresh.rename(place)
        shutil.rmtree(fresh, ignore_errors=True)
        os.utime(place)
        for old in sorted(self.folder.iterdir(), key=lambda p: p.stat().st_mtime_ns, reverse=True)[MOST:]:
            shutil.rmtree(old, ignore_errors=True)

    def _fresh(self, tag: str) -> Path:
        return self.folder / f".{tag}.new"


def _hashes(folder: Path, name: str) -> Path:
    return folder / f"hashes-{VERSION}" / f"{name}.npy"


def _link(path: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    try:
        os.link(path, target)
    except OSError:  # a file system without links
        shutil.copyfile(path, target)
