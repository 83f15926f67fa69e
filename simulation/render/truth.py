"""The truth's own folder: which row is about whom, what is broken, who cheated, who only looks like it."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

KINDS = ("person", "employer", "clinic", "account")
ROLES = (
    "self",
    "relative",
    "counterparty",
    "witness",
    "operator",
    "legal_person",
    "shareholder",
    "doctor",
    "employer",
    "payee",
    "liaison",
)


class Ref(NamedTuple):
    """An entity that a row names: kind and role as places in KINDS and ROLES."""

    kind: int
    entity: int
    role: int = 0
    primary: bool = True


ENTITIES = pa.schema(
    [
        ("source_file", pa.string()),
        ("source_row", pa.int64()),
        ("kind", pa.string()),
        ("entity", pa.int64()),
        ("role", pa.string()),
        ("primary", pa.bool_()),
    ]
)
ACTS = pa.schema(
    [
        ("ring_id", pa.string()),
        ("source_file", pa.string()),
        ("source_row", pa.int64()),
        ("amount", pa.float64()),
    ]
)
QUARANTINE = pa.schema([("source_file", pa.string()), ("source_row", pa.int64()), ("rule", pa.string())])
DUPLICATES = pa.schema(
    [
        ("source_file", pa.string()),
        ("source_row", pa.int64()),
        ("other_row", pa.int64()),
        ("relation", pa.string()),
    ]
)


# Of one file: physical rows, kinds, entities, roles, primary flags; five columns of equal length.
Columns = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]


class Truth:
    """Writers of the tables that grow with the rows; the small ones are written by :mod:`simulation.ledger`.

    Args:
        folder: ``DIR/truth``, made by the caller.
    """

    def __init__(self, folder: Path) -> None:
        """Open the writers."""
        self.folder = folder
        tables = {"entities": ENTITIES, "acts": ACTS, "quarantine": QUARANTINE, "duplicates": DUPLICATES}
        self._schemas = tables
        self._writers = {
            name: pq.ParquetWriter(folder / f"{name}.parquet", schema) for name, schema in tables.items()
        }

    def entities(self, file: str, columns: Columns) -> None:
        """Write one file's references."""
        rows, kinds, entities, roles, primary = columns
        here = np.zeros(len(rows), np.int8)
        table = pa.table(
            {
                "source_file": pa.DictionaryArray.from_arrays(here, [file]).cast(pa.string()),
                "source_row": rows,
                "kind": pa.DictionaryArray.from_arrays(kinds, KINDS).cast(pa.string()),
                "entity": entities,
                "role": pa.DictionaryArray.from_arrays(roles, ROLES).cast(pa.string()),
                "primary": primary.astype(bool),
            },
            schema=ENTITIES,
        )
        self._writers["entities"].write_table(table)

    def rows(self, name: str, rows: Sequence[tuple[object, ...]]) -> None:
        """Append rows to ``acts``, ``quarantine`` or ``duplicates``."""
        schema = self._schemas[name]
        columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
        self._writers[name].write_table(
            pa.table(
                {
                    field.name: pa.array(list(column), field.type)
                    for field, column in zip(schema, columns, strict=True)
                }
            )
        )

    def close(self) -> None:
        """Close the writers."""
        for writer in self._writers.values():
            writer.close()
