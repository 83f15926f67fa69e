"""A hand-over becomes record tables, a quarantine and an account, published whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl

import jiwang
from ingest import corrections, quality
from ingest.account import Entry, check_volumes, counts, files_table
from ingest.assembly import TABLES, Assembly
from ingest.corrections import Correction
from ingest.handover import complain, files, survey
from ingest.lint import faults_of
from ingest.mapping import Dialect, load
from ingest.overlay import RAW_SCHEMA
from ingest.raw import BROKEN_SCHEMA, ROW
from ingest.staging import Staged, Staging
from jiwang.config import Settings
from jiwang.errors import MappingError
from jiwang.manifest import file_digest
from jiwang.ontology import record_tables
from jiwang.progress import Progress
from jiwang.tables import Files, Quarantine, write
from jiwang.workspace import Workspace, write_json

COUNTS = "counts.json"
RAW = "raw.parquet"  # what the broken rows say, for those who repair them; it is not published in out/
# What of the settings shapes the tables or the counts of this stage.
_SETTINGS = ("quarantine_min_rows", "quarantine_share")


def run(  # noqa: PLR0913 - what the orchestrator gives every stage, and what this one reads
    workspace: Workspace,
    settings: Settings,
    *,
    region: str,
    dialect: str,
    source: Path,
    allow_unknown: bool,
    progress: Progress,
    sources: Path | None = None,
    stamp: Mapping[str, Any] | None = None,
    digests: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Read the hand-over in folder ``source`` and publish the folders ``records`` and ``quarantine``.

    ``dialect`` is the folder of mappings within ``sources`` (default: those that ship), ``stamp`` what the
    folders bear (default: of inputs and corrections), ``digests`` known hashes of files by name.

    Returns:
        The figures of `ingest.account.counts`.

    Raises:
        InputError: hand-over or mapping is unusable, or not all declared (see ``allow_unknown``).
    """
    known, given = _checked(load(dialect, sources)), corrections.current(workspace.root)
    if stamp is None:
        asked = fingerprint(source, region, dialect, settings, sources=sources, allow_unknown=allow_unknown)
        stamp, digests = asked | _corrected(given), asked["files"]
    handover = survey(source, known, allow_unknown=allow_unknown)
    staging = Staging(workspace.root, region, given, _hashed(source, digests or {}))
    with workspace.publish("quarantine", stamp) as quarantine, workspace.publish("records", stamp) as records:
        staged = staging.staged(handover.sources, progress)
        entries = _sound(staged, handover.left_out if allow_unknown else None, _batch_before(workspace))
        figures = _assemble(staged, records, workspace.folder("records"), progress)
        told = counts(entries, handover.documents, handover.left_out, settings, given)
        _quarantine(staged, region, quarantine)
        write(files_table(entries, handover.documents, region), Files, records / "files.parquet")
        _keep_figures(workspace, figures, told, staged, records)
    staging.prune(staged)
    return told


def _hashed(source: Path, known: Mapping[str, str]) -> dict[Path, str]:
    """Return the hashes that are known by name already: a large file is not read through once more."""
    return {path: known[name] for path, name in files(source) if name in known}


def _keep_figures(
    workspace: Workspace,
    figures: pl.DataFrame,
    told: Mapping[str, Any],
    staged: Sequence[Staged],
    folder: Path,
) -> None:
    """Publish the counts and the quality of this batch, remembered among those before: trends need both."""
    write_json(folder / COUNTS, told)
    quality.publish(figures, folder)
    quality.remember(workspace, figures, quality.batch(staged))


def _checked(dialect: Dialect) -> Dialect:
    """Return a dialect whose mappings are true to the ontology; refuse another before a file is looked at."""
    if faults := faults_of(dialect):
        raise MappingError("; ".join(faults), "correct the mappings; `jiwang source lint` lists their faults")
    return dialect


def _sound(staged: Sequence[Staged], allow: list[str] | None, before: Mapping[str, int]) -> list[Entry]:
    """Return the accounts of files in which nothing is wrong that stops the run; else raise it."""
    entries = [one.entry for one in staged]
    complain([f for entry in entries for f in (*entry.faults, *entry.stops())], allow=allow)
    check_volumes(entries, before)
    return entries


def _batch_before(workspace: Workspace) -> dict[str, int]:
    """Return the accepted rows by mapping of the batch that the workspace holds."""
    path = workspace.folder("records") / "files.parquet"
    if not path.is_file():
        return {}
    files = pl.read_parquet(path, columns=["mapping", "accepted"])
    return dict(files.group_by("mapping").agg(pl.col("accepted").sum()).iter_rows())


def _assemble(staged: Sequence[Staged], folder: Path, before: Path, progress: Progress) -> pl.DataFrame:
    """Write every record table, enter the repeats into the accounts of the files; return the quality."""
    assembly = Assembly(folder, before)
    with progress.task("write the record tables", total=sum(s.entry.accepted for s in staged)) as task:
        for name in record_tables():
            assembly.table(name, [s for s in staged if s.source.mapping.table == name], task)
    write_json(folder / TABLES, assembly.told)
    return quality.measure(folder, before, assembly.told, assembly.former)


def _quarantine(staged: Sequence[Staged], region: str, folder: Path) -> None:
    """Write the table ``quarantine`` and, beside it, what its rows say; both sorted by file and row."""
    empty = pl.DataFrame(schema={**BROKEN_SCHEMA, "source_file": pl.String})
    every = pl.concat([empty, *(one.broken() for one in staged)])
    rows = every.with_columns(pl.lit(region).alias("region")).sort("source_file", ROW)
    write(rows, Quarantine, folder / "quarantine.parquet")
    raw = pl.concat([pl.DataFrame(schema=RAW_SCHEMA), *(one.raw() for one in staged)])
    raw.sort("source_file", ROW).write_parquet(folder / RAW)


def fingerprint(
    source: Path,
    region: str,
    dialect: str,
    settings: Settings,
    *,
    sources: Path | None = None,
    allow_unknown: bool = False,
) -> dict[str, Any]:
    """Return what the tables of this stage depend on: with an equal stamp it need not run again."""
    known = load(dialect, sources)
    return {
        "stage": "ingest",
        "jiwang": jiwang.__version__,
        "region": region,
        "dialect": dialect,
        "allow_unknown": allow_unknown,
        "files": {name: file_digest(path) for path, name in files(source)},
        "mappings": {n: sha256(t.encode("utf-8")).hexdigest() for n, t in sorted(known.texts.items())},
        "ontology": sha256(repr(sorted(record_tables().items())).encode("utf-8")).hexdigest(),
        "settings": settings.fingerprint(*_SETTINGS),
    }


def is_current(workspace: Workspace, stamp: dict[str, Any]) -> bool:
    """Say whether the workspace holds the tables of this ``stamp`` (of `fingerprint`) and its corrections."""
    stamp = stamp | _corrected(corrections.current(workspace.root))
    return workspace.stamp("records") == stamp and workspace.stamp("quarantine") == stamp


def _corrected(given: Mapping[str, Mapping[int, Correction]]) -> dict[str, Any]:
    return {"corrections": {name: corrections.key(of) for name, of in sorted(given.items())}} if given else {}


def published_counts(workspace: Workspace) -> dict[str, Any]:
    """Return the figures that `run` returned when it published what the workspace holds.

    Raises:
        WorkspaceError: nothing was published.
    """
    path = workspace.table("records", "files").with_name(COUNTS)
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found
