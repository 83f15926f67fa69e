"""How far a resolution is spread: in memory, over files of this machine, or over Spark."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

import polars as pl

from entity_resolution.engine import folder, indexing, scale
from entity_resolution.engine.profile import Profile
from entity_resolution.engine.resolve import Judged, Resolution
from entity_resolution.engine.shards import Shards
from jiwang.errors import InputError

Engine = Literal["local", "spark"]
Run = Callable[[Profile, Judged, Callable[[str], object]], tuple[Resolution, "Outlet"]]
_A_RECORD = 2_200  # bytes of memory that the engine takes for a record when all is in memory
_A_SHARD = 400_000  # records


@dataclass(frozen=True)
class Spread:
    """How a table is resolved.

    Attributes:
        engine: whose machines do it.
        partitions: into how many parts; by default, on this machine, one as long as half its memory holds it
            all, else parts of about 400,000 records.
    """

    engine: Engine = "local"
    partitions: int | None = None


@dataclass(frozen=True)
class Outlet:
    """What is published of a resolution out of its texts, wherever they lie.

    Attributes:
        entities: describes the entities, given the entity id of every record.
        index: writes the index that a later batch joins into a folder, given the same.
    """

    entities: Callable[[pl.Series], pl.DataFrame]
    index: Callable[[pl.Series, Path], None]


def is_parquet(path: Path) -> bool:
    """Say whether a table is Parquet: a file, or a folder of files.

    Raises:
        InputError: there is nothing of that name.
    """
    if path.is_dir() and any(path.glob("*.parquet")):
        return True
    if not path.is_file():
        raise InputError(f"there is no file {path}", "name the table with --table")
    return path.suffix.lower() == ".parquet"


def separator(path: Path) -> str:
    """Return what separates the fields of a text file."""
    return "\t" if path.suffix.lower() in (".tsv", ".tab") else ","


@contextmanager
def opened(table: Path, out: Path, spread: Spread) -> Iterator[Run | None]:
    """Give what resolves a table in parts, or None where memory holds it; the parts go at the end.

    Args:
        table: Parquet or CSV.
        out: the folder to be published; parts lie beside it.
        spread: what was asked for.

    Raises:
        InputError: no such file, or one that cannot be read.
        WorkspaceError: another run is resolving into the same folder.
    """
    parts = spread.partitions or _fitting(table, spread)
    if spread.engine == "local" and parts == 1 and spread.partitions is None:
        yield None
        return
    out = out.resolve()
    scratch = out.with_name(f".{out.name}.parts")
    scratch.mkdir(parents=True, exist_ok=True)
    with folder.alone(scratch):
        for leftover in scratch.iterdir():  # of a run that was killed
            shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
        try:
            parquet = table if is_parquet(table) else _converted(table, scratch)
            if spread.engine == "spark":
                yield from _on_spark(parquet, parts)
            else:
                yield from _on_files(parquet, scratch, parts)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


def _on_files(table: Path, scratch: Path, parts: int) -> Iterator[Run]:
    runner = Shards(scratch / "shards", parts, min(pl.thread_pool_size(), parts))
    try:
        yield _run(runner, table)
    finally:
        runner.close()


def _on_spark(table: Path, parts: int) -> Iterator[Run]:
    from entity_resolution.engine import spark  # noqa: PLC0415 - an extra

    with spark.session() as session:
        yield _run(spark.Spark(session, parts), table)


def _run(runner: scale.AnyRunner, table: Path) -> Run:
    def run(profile: Profile, judged: Judged, say: Callable[[str], object]) -> tuple[Resolution, Outlet]:
        spread = scale.resolve(runner, table, profile, judged, say)
        return spread.found, Outlet(
            partial(scale.entities, runner, spread), partial(indexing.write, runner, spread)
        )

    return run


def _fitting(table: Path, spread: Spread) -> int:
    """Return into how many parts a table is best cut."""
    if is_parquet(table):
        rows = int(pl.scan_parquet(table).select(pl.len()).collect().item())
    else:
        rows = table.stat().st_size // 100  # a guess that is only wrong where it does not matter
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    if spread.engine == "local" and rows * _A_RECORD < memory / 2:
        return 1
    return max(-(-rows // _A_SHARD), os.cpu_count() or 1)


def _converted(table: Path, scratch: Path) -> Path:
    try:
        path = scratch / "table.parquet"
        pl.scan_csv(table, separator=separator(table), infer_schema=False).sink_parquet(path)
    except (pl.exceptions.PolarsError, OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{table} cannot be read as a table: {str(error).splitlines()[0]}",
            "write it as Parquet, or as CSV in UTF-8 with a header",
        ) from error
    return path
