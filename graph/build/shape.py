"""Shape: give query results the columns of the ontology's graph and write them, sorted, as Parquet."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl

from graph.build.views import sql
from graph.schema import EdgeTable, NodeTable
from jiwang.ids import digest


class Writer:
    """Runs the SQL of nodes and edges and writes their tables into ``folder``."""

    def __init__(self, con: duckdb.DuckDBPyConnection, folder: Path) -> None:
        self.con = con
        self.folder = folder
        self._records: list[pl.DataFrame] = []
        (folder / "nodes").mkdir()
        (folder / "edges").mkdir()

    def nodes(self, label: str, node: NodeTable) -> int:
        """Write one node label; return its rows. Floats are rounded to six digits: sums repeat exactly."""
        frame = self.con.sql(sql("nodes", label)).pl()
        frame = frame.select(_cast(c, t) for c, t in node.columns().items()).sort("id")
        frame.write_parquet(self.folder / "nodes" / f"{label}.parquet", compression="zstd")
        return int(frame.height)

    def edges(self, name: str, edge: EdgeTable) -> int:
        """Write one edge type; return its rows. Ids of edges are hashes of type, ends and ``part``."""
        frame = self.con.sql(sql("edges", name)).pl()
        part = pl.col("part") if "part" in frame.columns else pl.lit("")
        frame = frame.with_columns(part.alias("part")).sort("source", "target", "part")
        keys = frame.select("source", "target", "part").iter_rows()
        frame = frame.with_columns(
            pl.Series("eid", ["x" + digest(name, *k, length=16) for k in keys], dtype=pl.String())
        )
        if "records" in frame.columns:
            self._records.append(
                frame.select("eid", pl.col("records").alias("record_id")).explode("record_id")
            )
        out = frame.select(_cast(c, t) for c, t in edge.columns().items())
        out.write_parquet(self.folder / "edges" / f"{name}.parquet", compression="zstd")
        return int(out.height)

    def evidence(self) -> int:
        """Write which records bear which edge, where the edge's SQL names them; return the rows."""
        empty = pl.DataFrame(schema={"eid": pl.String(), "record_id": pl.String()})
        frame = pl.concat([empty, *self._records]).drop_nulls().unique().sort("eid", "record_id")
        frame.write_parquet(self.folder / "evidence.parquet", compression="zstd")
        return int(frame.height)


def _cast(column: str, kind: pl.DataType) -> pl.Expr:
    expr = pl.col(column).cast(kind)
    return expr.round(6) if kind == pl.Float64() else expr
