"""A written region read back by its own dictionary: rows, who they are about, which are acts."""

import json
from functools import cached_property
from pathlib import Path

import polars as pl

from simulation.data import table
from simulation.errors import SimulationError


class Written:
    """A region on disk in dialect a.

    Args:
        folder: Holds ``raw/`` and ``truth/``.
    """

    def __init__(self, folder: Path) -> None:
        """Look for both halves."""
        self.raw, self.hidden = folder / "raw", folder / "truth"
        if not self.raw.is_dir() or not self.hidden.is_dir():
            raise SimulationError(f"{folder} is no simulated region.", "Give the --out of a simulation.")
        self.specs = table("dialects/a")["tables"]

    def truth(self, name: str) -> pl.DataFrame:
        """Return a table of the truth."""
        return pl.read_parquet(self.hidden / f"{name}.parquet")

    @cached_property
    def _entities(self) -> pl.DataFrame:
        return self.truth("entities").filter("primary")

    @cached_property
    def _acts(self) -> pl.DataFrame:
        return (
            self.truth("acts")
            .select("source_file", "source_row", "ring_id")
            .unique(["source_file", "source_row"], keep="first")
        )

    def rows(self, name: str, *fields: str, kind: str = "person") -> pl.DataFrame:
        """Return a table's sound rows: source_row, entity of ``kind``, ring_id (or nulls), fields as text."""
        spec = self.specs[name]
        path = self.raw / spec["path"]
        if not path.is_file():
            raise SimulationError(f"{path} is missing.", "The gates read dialect a: simulate with it.")
        text = path.read_bytes().decode(spec["encoding"], errors="replace")
        headers = {column[1]: column[0] for column in spec["columns"]}
        wanted = {field: headers[field] for field in fields}
        frame = _csv(text, wanted) if spec["format"] == "csv" else _jsonl(text, wanted)
        here = pl.col("source_file") == spec["path"]
        about = self._entities.filter(here & (pl.col("kind") == kind)).select("source_row", "entity")
        acts = self._acts.filter(here).select("source_row", "ring_id")
        sound = self._entities.filter(here).select("source_row").unique()
        return (
            frame.join(sound, on="source_row")
            .join(about.unique("source_row", keep="first"), on="source_row", how="left")
            .join(acts, on="source_row", how="left")
            .sort("source_row")
        )

    def members(self) -> pl.DataFrame:
        """Return ring_id, typology, tier, role and entity of all people of rings."""
        people = self.truth("ring_members").filter(pl.col("kind") == "person")
        return people.join(self.truth("rings").select("ring_id", "typology", "tier"), on="ring_id")

    def guilty(self) -> pl.DataFrame:
        """Return those of them who knew what they did."""
        return self.members().filter(pl.col("role") != "unwitting")


def _csv(text: str, wanted: dict[str, str]) -> pl.DataFrame:
    """Cut physical lines at commas; the few with quoted commas are left out, as no gate needs them."""
    lines = text.split("\r\n")
    header = lines[0].lstrip("\ufeff").split(",")
    frame = pl.DataFrame({"source_row": range(1, len(lines)), "line": lines[1:]})
    cut = frame.filter(pl.col("line").str.count_matches(",") == len(header) - 1).with_columns(
        pl.col("line").str.split(",")
    )
    return cut.select(
        pl.col("source_row").cast(pl.Int64),
        *(pl.col("line").list.get(header.index(name)).alias(field) for field, name in wanted.items()),
    )


def _jsonl(text: str, wanted: dict[str, str]) -> pl.DataFrame:
    rows: list[tuple[object, ...]] = []
    for at, line in enumerate(text.split("\n"), 1):
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict):
            rows.append((at, *(str(entry.get(name, "")) for name in wanted.values())))
    schema = {"source_row": pl.Int64, **dict.fromkeys(wanted, pl.String)}
    return pl.DataFrame(rows, schema=schema, orient="row")
