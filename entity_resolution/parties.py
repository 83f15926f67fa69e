"""The parties of all record tables: who is named, in which role, by which keys.

Rows of the tables are many and say the same of a party again and again. `gather` therefore gives two frames:
`rows`, one line per party of a row, and `profiles`, the distinct combinations of keys that the rows point to.
Everything after works on profiles.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from jiwang.ontology import Kind, Party, RecordTable, record_tables
from jiwang.workspace import Workspace

ROW_COLUMNS = ("region", "source_file", "source_row", "record_id")
PARTY_COLUMNS: dict[str, pl.DataType] = {
    "region": pl.String(),
    "source_file": pl.String(),
    "source_row": pl.Int64(),
    "record_id": pl.String(),
    "table": pl.String(),
    "role": pl.String(),
    "primary": pl.Boolean(),
    "reference": pl.Boolean(),
}


@dataclass(frozen=True)
class Parties:
    """All parties of one kind.

    Attributes:
        rows: region, source_file, source_row, record_id, table, role, primary, profile.
        profiles: profile, table, role, primary, reference, and the attributes asked for; n (rows).
    """

    rows: pl.DataFrame
    profiles: pl.DataFrame


class Records:
    """The record tables of a workspace, read once and only where they are needed."""

    def __init__(self, workspace: Workspace) -> None:
        self._folder = workspace.folder("records")

    def tables(self) -> Iterator[RecordTable]:
        """Yield the tables that this workspace has, in alphabetical order."""
        for name, table in record_tables().items():
            if (self._folder / f"{name}.parquet").is_file():
                yield table

    def read(self, table: str, columns: Sequence[str]) -> pl.DataFrame:
        """Return these columns of a table, rows in the table's order."""
        return pl.read_parquet(self._folder / f"{table}.parquet", columns=list(dict.fromkeys(columns)))

    def parties(
        self, kind: Kind, attributes: Mapping[str, pl.DataType]
    ) -> Iterator[tuple[RecordTable, Party, pl.DataFrame]]:
        """Yield each party of ``kind`` that fields name, with its rows.

        Args:
            kind: kind of the parties.
            attributes: identity attributes wanted, with their types; those a party lacks are null.

        Yields:
            The table, the party, and a frame of `PARTY_COLUMNS` and ``attributes``.
        """
        for table in self.tables():
            for party in table.parties:
                if party.kind != kind or not party.keys:
                    continue
                fields = [*ROW_COLUMNS, *party.keys.values(), *party.when]
                frame = self.read(table.name, fields)
                for field, code in party.when.items():
                    frame = frame.filter(pl.col(field) == code)
                given = [pl.col(f).alias(n) for n, f in party.keys.items() if n in attributes]
                frame = frame.select(*ROW_COLUMNS, *given).with_columns(
                    table=pl.lit(table.name),
                    role=pl.lit(party.role),
                    primary=pl.lit(party.primary),
                    reference=pl.lit(party.reference),
                )
                yield table, party, fill(frame, attributes).select(*PARTY_COLUMNS, *attributes)


def fill(frame: pl.DataFrame, columns: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """Return ``frame`` with every column of ``columns``, those it lacks as nulls."""
    return frame.with_columns(
        (pl.col(c).cast(t) if c in frame.columns else pl.lit(None, dtype=t)).alias(c)
        for c, t in columns.items()
    )


def condense(frames: Sequence[pl.DataFrame], attributes: Mapping[str, pl.DataType]) -> Parties:
    """Number the distinct combinations of table, role and attributes among the rows of ``frames``.

    Args:
        frames: rows with `PARTY_COLUMNS` and ``attributes``.
        attributes: columns that tell one profile from another, with their types.
    """
    keys = ["table", "role", "primary", "reference", *attributes]
    rows = pl.concat([pl.DataFrame(schema=PARTY_COLUMNS | dict(attributes)), *frames])
    text = pl.concat_str([pl.col(c).cast(pl.String).fill_null("\x00") for c in keys], separator="\x1f")
    rows = rows.with_columns(text.hash().alias("_hash"))
    profiles = (
        rows.group_by("_hash", maintain_order=True)
        .agg(*(pl.col(c).first() for c in keys), pl.len().alias("n"))
        .with_row_index("profile")
    )
    rows = rows.select(*ROW_COLUMNS, "table", "role", "primary", "_hash").join(
        profiles.select("_hash", "profile"), on="_hash", how="left", maintain_order="left"
    )
    return Parties(rows.drop("_hash"), profiles.drop("_hash"))
