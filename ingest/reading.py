"""Reading: a file becomes accepted records and broken rows, a batch at a time; every row is accounted for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import polars as pl

from ingest import columnar, delimited, documents, fixed, workbook
from ingest.account import Entry
from ingest.ahead import ahead
from ingest.convert import Converted, convert
from ingest.layouts import Csv, Fixed, Json, JsonLines, Workbook
from ingest.likelihood import Likelihood
from ingest.overlay import Overlay
from ingest.paths import Paths
from ingest.raw import BROKEN_SCHEMA, ROW, Batch, broken_frame
from ingest.repeats import key_hash
from ingest.slips import Slips
from ingest.source import Source
from ingest.wide import PART, Reading, readings, sliced
from jiwang import ids
from jiwang.progress import Task

KEY = "_key"  # the hash of a record's business key, in what is staged
_UNITS = (("MiB", 1 << 20), ("KiB", 1 << 10), ("bytes", 1))


def batches(source: Source, overlay: Overlay | None = None) -> Iterator[Batch]:
    """Yield the rows of a file, in blocks of bounded size, with the corrections of ``overlay``."""
    path, name, mapping = source.path, source.name, source.mapping
    overlay = overlay or Overlay(source)
    lines = overlay.lines()
    match mapping.format:
        case JsonLines():
            return documents.read_lines(lines, mapping, overlay)
        case Json():
            return documents.read_document(path, name, mapping, source.encodings, overlay)
    assert source.top is not None, "a file without its header is a fault of the hand-over"
    match mapping.format:
        case Csv():
            return delimited.read(lines, name, mapping, source.top)
        case Fixed():
            return fixed.read(lines, mapping, source.encodings[0], source.top)
        case Workbook():
            return workbook.read(path, name, source.sheet, mapping, source.top, overlay)
    return columnar.read(path, source.top, overlay)


def settle(
    batch: Batch, source: Source, entry: Entry | None = None, likelihood: Likelihood | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part a batch into accepted records (with verdicts) and broken rows (`BROKEN_SCHEMA`): none is lost.

    Codes that are in no code table are entered into ``entry``; ``likelihood`` is what was learnt of the file.
    """
    mapping = source.mapping
    parts = readings(batch.frame, mapping, source.told)
    converted = [convert(part.frame, mapping, source.constants) for part in parts]
    certain = list(batch.broken)
    if batch.keys:
        slips = Slips(source, likelihood)
        certain += slips.slipped(batch.frame, converted)
        certain += slips.judge(batch.misfits, batch.keys)
    first = broken_frame(certain)
    accepted, lacking = _together(parts, converted, first[ROW])
    if entry is not None:
        out = [*first[ROW], *lacking[ROW]]
        for part in converted:
            told = {c: rows.filter(~pl.col(ROW).is_in(out)) for c, rows in part.outside.items()}
            entry.take_outside({c: rows for c, rows in told.items() if rows.height})
    return accepted, pl.concat([first, lacking]).sort(ROW)


def _together(
    parts: Sequence[Reading], converted: Sequence[Converted], out: pl.Series
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the records of all readings of rows that are not ``out``, and the rows with a broken one."""
    accepted = [one.accepted(out) for one in converted]
    lacking = [one.broken.filter(~pl.col(ROW).is_in(out.implode())) for one in converted]
    if not parts[0].headers:
        return accepted[0], lacking[0]
    accepted = [
        rows.with_columns(pl.lit(p.part).alias(PART)) for p, rows in zip(parts, accepted, strict=True)
    ]
    lacking = [
        rows.with_columns(
            pl.concat_str(pl.lit(f"{p.part}: "), pl.col("detail").replace(p.headers)).alias("detail")
        )
        for p, rows in zip(parts, lacking, strict=True)
    ]
    # A row of the file is quarantined once, whatever the number of its readings that are broken.
    by_row = pl.concat(lacking).group_by(ROW, maintain_order=True)
    once = by_row.agg(pl.col("rule").first(), pl.col("detail").str.join("；")).select(*BROKEN_SCHEMA)
    return pl.concat(accepted).sort(ROW, maintain_order=True), once


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
    done, whole = 0, source.size
    for batch in (piece for b in ahead(batches(source, overlay)) for piece in sliced(b, source.mapping)):
        accepted, broken = settle(batch, source, entry, likelihood)
        overlay.keep(batch, accepted[ROW], broken[ROW])
        entry.rows_read += accepted.height + broken.height if source.mapping.wide else batch.rows_read
        entry.lines += accepted[ROW].n_unique() if source.mapping.wide else accepted.height
        entry.accepted += accepted.height
        entry.rules += Counter(broken["rule"].to_list())
        entry.totals += batch.totals
        entry.faults += batch.faults
        seen |= batch.seen
        yield _placed(accepted, region, source), broken.with_columns(pl.lit(source.name).alias("source_file"))
        done += batch.size
        task.advance(batch.size)
        task.say(f"{entry.rows_read:,} rows, {amount(done, whole)}")
    entry.repaired, entry.stale = overlay.accepted, overlay.stale
    if isinstance(source.mapping.format, Json | JsonLines) and entry.accepted:
        entry.faults += Paths(source.mapping).faults(source.name, seen)


def amount(done: int, whole: int | None) -> str:
    """Return how much of a file was read, in the unit that says something of its size."""
    name, unit = next((n, u) for n, u in _UNITS if max(done, whole or 0) >= u or u == 1)
    said = [f"{n / unit:,.{0 if unit == 1 else 1}f}" for n in (done, *([] if whole is None else [whole]))]
    return f"{' of '.join(said)} {name}"


def _placed(frame: pl.DataFrame, region: str, source: Source) -> pl.DataFrame:
    places: Iterable[object] = frame[ROW]
    if PART in frame.columns:
        places = (f"{row}#{part}" for row, part in zip(frame[ROW], frame[PART], strict=True))
    return frame.drop(PART, strict=False).with_columns(
        pl.Series("record_id", ids.record_ids(region, source.name, places), dtype=pl.String),
        pl.lit(region).alias("region"),
        pl.lit(source.name).alias("source_file"),
        key_hash(frame, source.mapping).alias(KEY),
    )
