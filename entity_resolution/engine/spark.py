"""Shards in Spark: `seam.Runner` on a session of pyspark (extra ``spark``).

The same step functions run in Spark's Python workers, on Arrow: `mapInArrow` on partitions, `applyInArrow` on
the rows of a shard and on those of two that match. Spark moves the rows, and nothing else.
"""

from __future__ import annotations

import os
import shutil
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pyarrow as pa

from entity_resolution.engine.seam import Pairing, Schema, Step
from jiwang.errors import UsageError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_SHARD = "_shard"
_LOCAL = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "100000",
}


@dataclass(frozen=True)
class Table:
    """A Spark data frame, and the column by whose shards its rows are taken together, if by any."""

    frame: DataFrame
    schema: Schema
    by: str | None = None


@contextmanager
def session(master: str | None = None, **settings: str) -> Iterator[SparkSession]:
    """Give a session: the one that is active, else one of this machine, stopped at the end.

    Args:
        master: where Spark runs; by default what ``spark-submit`` or SPARK_MASTER says, else this machine.
        settings: further settings.

    Raises:
        UsageError: pyspark or Java is missing.
    """
    try:
        from pyspark.sql import SparkSession  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise UsageError(
            "Spark is asked for, and pyspark is not installed",
            "pip install 'jiwang[spark]', or leave --engine out",
        ) from error
    if (active := SparkSession.getActiveSession()) is not None:
        yield active
        return
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        raise UsageError(
            "Spark is asked for, and there is no Java on the path nor in JAVA_HOME",
            "install Java 17 or 21, or leave --engine out",
        )
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    builder = SparkSession.builder.appName("jiwang resolve")
    builder = builder.master(master or os.environ.get("SPARK_MASTER", "local[*]"))
    for name, value in (_LOCAL | settings).items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    try:
        with warnings.catch_warnings():
            # Of pandas 3, which pyspark wants to be installed and nothing here uses.
            warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
            yield spark
    finally:
        spark.stop()


class Spark:
    """Runs steps in a session.

    Args:
        spark: the session.
        shards: into how many shards rows are exchanged; one must fit a worker's memory.

    Raises:
        UsageError: the workers have another polars, whose hashes would differ.
    """

    def __init__(self, spark: SparkSession, shards: int) -> None:
        self.shards = shards
        self._spark = spark
        self._check_versions()

    def _check_versions(self) -> None:
        workers = self._spark.sparkContext.defaultParallelism
        asked = self._spark.range(0, workers, 1, workers)
        rows = asked.mapInArrow(_versions, "version string").collect()
        if strange := sorted({r.version for r in rows} - {pl.__version__}):
            raise UsageError(
                f"Spark's workers have polars {', '.join(strange)}; here it is {pl.__version__}",
                "install one version everywhere, best from constraints.txt: hashes differ between versions",
            )

    def read(self, table: Path, columns: Sequence[str], record: str | None, rows: pl.DataFrame) -> Table:
        """See `seam.Runner.read`; rows are told apart by their ids, because Spark's have no order.

        Raises:
            UsageError: the profile names no record id, or a column is of a type that Spark writes otherwise.
        """
        if record is None:
            raise UsageError(
                "the profile names no record id, and rows have no order in Spark",
                "name a column that is unique with `record`, or leave --engine out",
            )
        types = pl.scan_parquet(table).collect_schema()
        if odd := [c for c in [*columns, record] if not _plain(types[c])]:
            raise UsageError(
                f"{table}, column {odd[0]}: Spark writes {types[odd[0]]} otherwise than the local engine",
                "write the column as text",
            )
        from pyspark.sql import functions as f  # noqa: PLC0415 - an extra

        raw = self._spark.read.parquet(str(table.resolve()))
        told = [f.col(f"`{c}`").alias(f"c{i}") for i, c in enumerate(columns, 1)]
        raw = raw.select(f.col(f"`{record}`").cast("string").alias("_id"), *told)
        numbers = rows.select(pl.int_range(pl.len(), dtype=pl.Int64).alias("row"), "record_id")
        place = self.scatter(numbers).frame.withColumnRenamed("c1", "_id")
        schema = {"row": pl.Int64()} | dict.fromkeys(columns, pl.String())
        return Table(place.join(raw, "_id").drop("_id"), schema)

    def scatter(self, frame: pl.DataFrame) -> Table:
        """See `seam.Runner.scatter`."""
        schema = dict(frame.schema)
        return Table(self._spark.createDataFrame(_to_arrow(frame, schema)), schema)

    def select(self, table: Table, columns: Sequence[str]) -> Table:
        """See `seam.Runner.select`."""
        shard = [] if table.by is None else [_SHARD]
        from pyspark.sql import functions as f  # noqa: PLC0415 - an extra

        at = [list(table.schema).index(c) for c in columns]
        told = [f.col(f"c{i}").alias(f"c{new}") for new, i in enumerate(at)]
        chosen = table.frame.select(*told, *shard)
        return Table(chosen, {c: table.schema[c] for c in columns}, table.by)

    def map(self, table: Table, step: Step, schema: Schema) -> Table:
        """See `seam.Runner.map`."""
        if table.by is None:
            parts = _of_parts(step, table.schema, schema)
            return Table(table.frame.mapInArrow(parts, _ddl(schema)), schema)
        one = _of_one(step, table.schema, schema)
        return Table(table.frame.groupBy(_SHARD).applyInArrow(one, _ddl(schema)), schema)

    def exchange(self, table: Table, by: str) -> Table:
        """See `seam.Runner.exchange`."""
        from pyspark.sql import functions as f  # noqa: PLC0415 - an extra

        column = f.col(f"c{list(table.schema).index(by)}")
        shard = f.pmod(column, f.lit(self.shards)).cast("int")
        frame = table.frame.withColumn(_SHARD, shard).repartition(self.shards, _SHARD)
        return Table(frame, table.schema, by)

    def zip(self, left: Table, right: Table, step: Pairing, schema: Schema, *, stay: bool = False) -> Table:
        """See `seam.Runner.zip`."""
        two = _of_two(step, left.schema, right.schema, schema)
        both = left.frame.groupBy(_SHARD).cogroup(right.frame.groupBy(_SHARD))
        made = Table(both.applyInArrow(two, _ddl(schema)), schema)
        return self.exchange(made, left.by) if stay and left.by else made

    def union(self, tables: Sequence[Table]) -> Table:
        """See `seam.Runner.union`."""
        frame = tables[0].frame
        for other in tables[1:]:
            frame = frame.union(other.frame)
        return Table(frame, tables[0].schema)

    def keep(self, table: Table) -> Table:
        """See `seam.Runner.keep`."""
        from pyspark import StorageLevel  # noqa: PLC0415 - an extra

        table.frame.persist(StorageLevel.MEMORY_AND_DISK)
        return table

    def drop(self, table: Table) -> None:
        """See `seam.Runner.drop`."""
        table.frame.unpersist()

    def collect(self, table: Table) -> pl.DataFrame:
        """See `seam.Runner.collect`."""
        return _from_arrow(table.frame.toArrow(), table.schema)


def _plain(dtype: pl.DataType) -> bool:
    return dtype in (pl.String, pl.Date, pl.Boolean, pl.Categorical) or dtype.is_integer() or dtype.is_float()


_TYPES = {
    pl.Int64(): (pa.int64(), "bigint"),
    pl.Float64(): (pa.float64(), "double"),
    pl.Boolean(): (pa.bool_(), "boolean"),
    pl.String(): (pa.string(), "string"),
    pl.List(pl.String()): (pa.list_(pa.string()), "array<string>"),
    pl.List(pl.Int64()): (pa.list_(pa.int64()), "array<bigint>"),
}


def _ddl(schema: Schema) -> str:
    return ", ".join(f"c{i} {_TYPES[dtype][1]}" for i, dtype in enumerate(schema.values()))


def _to_arrow(frame: pl.DataFrame, schema: Schema) -> pa.Table:
    told = frame.select(pl.col(c).cast(t).alias(f"c{i}") for i, (c, t) in enumerate(schema.items()))
    wanted = pa.schema([(f"c{i}", _TYPES[dtype][0]) for i, dtype in enumerate(schema.values())])
    return told.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(wanted)


def _from_arrow(table: pa.Table, schema: Schema) -> pl.DataFrame:
    frame = pl.DataFrame(table.select([f"c{i}" for i in range(len(schema))]))
    return frame.select(pl.col(f"c{i}").cast(t).alias(c) for i, (c, t) in enumerate(schema.items()))


def _parts(
    batches: Iterator[pa.RecordBatch], step: Step, before: Schema, after: Schema
) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        yield from _one(pa.Table.from_batches([batch]), step, before, after).to_batches()


# Spark reads the annotations of what it is given, and understands its own only: lambdas have none.
def _of_parts(step: Step, before: Schema, after: Schema) -> Any:
    return lambda batches: _parts(batches, step, before, after)


def _of_one(step: Step, before: Schema, after: Schema) -> Any:
    return lambda rows: _one(rows, step, before, after)


def _of_two(step: Pairing, left: Schema, right: Schema, after: Schema) -> Any:
    return lambda one, other: _two((one, other), step, (left, right), after)


def _one(table: pa.Table, step: Step, before: Schema, after: Schema) -> pa.Table:
    return _to_arrow(step(_from_arrow(table, before)), after)


def _two(
    tables: tuple[pa.Table, pa.Table], step: Pairing, before: tuple[Schema, Schema], after: Schema
) -> pa.Table:
    left, right = (_from_arrow(t, schema) for t, schema in zip(tables, before, strict=True))
    return _to_arrow(step(left, right), after)


def _versions(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for _ in batches:
        yield pa.RecordBatch.from_pydict({"version": [pl.__version__]})
