"""Reading: a file becomes accepted records and broken rows, a batch at a time; every row is accounted for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import polars as pl

from ingest import columnar, delimited, documents, encoding, fixed, workbook
from ingest.account import Entry
from ingest.ahead import ahead
from ingest.convert import convert
from ingest.fitting import Source
from ingest.layouts import Csv, Fixed, Json, JsonLines, Workbook
from ingest.likelihood import Likelihood
from ingest.overlay import Overlay
from ingest.paths import Paths
from ingest.raw import ROW, Batch, broken_frame
from ingest.repeats import key_hash
from ingest.slips import Slips
from jiwang import ids
from jiwang.progress import Task

KEY = "_key"  # the hash of a record's business key, in what is staged
_MB = 1 << 20


def batches(source: Source, overlay: Overlay | None = None) -> Iterator[Batch]:
    """Yield the rows of a file, in blocks of bounded size; of a file of lines, those of ``overlay``."""
    path, name, mapping = source.path, source.name, source.mapping
    lines = overlay.lines() if overlay else encoding.lines(path, name, source.encodings)
    match mapping.format:
        case JsonLines():
            return documents.read_lines(lines, mapping)
        case Json():
            return documents.read_document(path, name, mapping, source.encodings)
    assert source.top is not None, "a file without its header is a fault of the hand-over"
    match mapping.format:
        case Csv():
            return delimited.read(lines, name, mapping, source.top)
        case Fixed():
            return fixed.read(lines, mapping, source.encodings[0], source.top)
        case Workbook():
            return workbook.read(path, name, source.sheet, mapping, source.top)
    return columnar.read(path, source.top)


def settle(
    batch: Batch, source: Source, entry: Entry | None = None, likelihood: Likelihood | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part a batch into accepted records (with verdicts) and broken rows (`BROKEN_SCHEMA`): none is lost.

    Codes that are in no code table are entered into ``entry``; ``likelihood`` is what was learnt of the file.
    """
    mapping = source.mapping
    converted = convert(batch.frame, mapping, source.constants)
    certain = list(batch.broken)
    if batch.keys:
        slips = Slips(mapping, source.constants, likelihood)
        certain += slips.slipped(batch.frame, converted)
        certain += slips.judge(batch.misfits, batch.keys)
    first = broken_frame(certain)
    accepted = converted.accepted(first[ROW])
    lacking = converted.broken.join(first, on=ROW, how="anti", maintain_order="left")
    if entry is not None:
        out = [*first[ROW], *lacking[ROW]]
        told = {c: rows.filter(~pl.col(ROW).is_in(out)) for c, rows in converted.outside.items()}
        entry.take_outside({c: rows for c, rows in told.items() if rows.height})
    return accepted, pl.concat([first, lacking]).sort(ROW)


def read(
    source: Source, region: str, entry: Entry, task: Task, overlay: Overlay | None = None
) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """Read one file, enter it into its account, and yield its records and broken rows, a batch at a time.

    Records have their ``record_id``, ``region``, ``source_file`` and the hash of their business key.
    ``overlay`` lays the corrections over the file's lines, and keeps the raw text of its broken rows.
    """
    overlay = overlay or Overlay(source)
    seen: set[str] = set()
    likelihood = Likelihood()
    done, whole = 0, source.path.stat().st_size
    for batch in ahead(batches(source, overlay)):
        accepted, broken = settle(batch, source, entry, likelihood)
        overlay.keep(accepted[ROW], broken[ROW])
        entry.rows_read += batch.rows_read
        entry.accepted += accepted.height
        entry.rules += Counter(broken["rule"].to_list())
        entry.totals += batch.totals
        entry.faults += batch.faults
        seen |= batch.seen
        yield _placed(accepted, region, source), broken.with_columns(pl.lit(source.name).alias("source_file"))
        done += batch.size
        task.advance(batch.size)
        task.say(f"{entry.rows_read:,} rows, {done / _MB:,.1f} of {whole / _MB:,.1f} MiB")
    entry.repaired, entry.stale = overlay.accepted, overlay.stale
    if isinstance(source.mapping.format, Json | JsonLines) and entry.accepted:
        entry.faults += Paths(source.mapping).faults(source.name, seen)


def _placed(frame: pl.DataFrame, region: str, source: Source) -> pl.DataFrame:
    return frame.with_columns(
        pl.Series("record_id", ids.record_ids(region, source.name, frame[ROW]), dtype=pl.String),
        pl.lit(region).alias("region"),
        pl.lit(source.name).alias("source_file"),
        key_hash(frame, source.mapping).alias(KEY),
    )
