"""The truth's own folder: which row is about whom, what is broken or repeated, what fields really hold."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from simulation.render.part import KINDS, ROLES, Part

_PLACE = [("source_file", pa.string()), ("source_row", pa.int64())]
SCHEMAS = {
    "entities": pa.schema(
        [
            *_PLACE,
            ("kind", pa.string()),
            ("entity", pa.int64()),
            ("role", pa.string()),
            ("primary", pa.bool_()),
        ]
    ),
    "acts": pa.schema([("ring_id", pa.string()), *_PLACE, ("amount", pa.float64())]),
    "quarantine": pa.schema([*_PLACE, ("rule", pa.string())]),
    "duplicates": pa.schema([*_PLACE, ("other_row", pa.int64()), ("relation", pa.string())]),
    "fields": pa.schema([*_PLACE, ("field", pa.string()), ("value", pa.string()), ("destroyed", pa.bool_())]),
}


class Placed(NamedTuple):
    """A file's parts, in order."""

    path: str
    parts: Sequence[Part]


class Truth:
    """Writers of the tables that grow with the rows; the small ones are written by :mod:`simulation.ledger`.

    Args:
        folder: ``DIR/truth``, made by the caller.
    """

    def __init__(self, folder: Path) -> None:
        """Open the writers."""
        self.folder = folder
        self._writers = {
            name: pq.ParquetWriter(folder / f"{name}.parquet", schema) for name, schema in SCHEMAS.items()
        }

    def tell(self, file: Placed) -> None:
        """Write what is true of a file: the parts' rows become rows of the file."""
        before, path = 0, file.path
        rows: dict[str, list[tuple[object, ...]]] = {name: [] for name in SCHEMAS if name != "entities"}
        for part in file.parts:
            self._entities(path, before, part)
            rows["acts"] += [(ring, path, before + row, amount) for ring, row, amount in part.acts]
            rows["quarantine"] += [(path, before + row, rule) for row, rule in part.broken]
            rows["duplicates"] += [
                (path, before + row, before + other, relation) for row, other, relation in part.twins
            ]
            rows["fields"] += [(path, before + row, *told) for row, *told in part.fields]
            before += part.rows
        for name, found in rows.items():
            if found:
                columns = list(zip(*found, strict=True))
                arrays = [
                    pa.array(column, field.type) for column, field in zip(columns, SCHEMAS[name], strict=True)
                ]
                self._writers[name].write_table(pa.Table.from_arrays(arrays, schema=SCHEMAS[name]))

    def _entities(self, path: str, before: int, part: Part) -> None:
        rows, refs = part.references()
        if not len(rows):
            return
        here = np.zeros(len(rows), np.int8)
        kinds, roles = (refs >> 6 & 15).astype(np.int8), (refs >> 1 & 31).astype(np.int8)
        table = pa.table(
            {
                "source_file": pa.DictionaryArray.from_arrays(here, [path]).cast(pa.string()),
                "source_row": rows + before,
                "kind": pa.DictionaryArray.from_arrays(kinds, KINDS).cast(pa.string()),
                "entity": refs >> 10,
                "role": pa.DictionaryArray.from_arrays(roles, ROLES).cast(pa.string()),
                "primary": (refs & 1).astype(bool),
            },
            schema=SCHEMAS["entities"],
        )
        self._writers["entities"].write_table(table)

    def close(self) -> None:
        """Close the writers."""
        for writer in self._writers.values():
            writer.close()
