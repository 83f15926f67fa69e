"""Reading: files become record tables, table by table, and every row of them is accounted for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import polars as pl

from ingest import delimited, documents
from ingest.account import Entry
from ingest.convert import convert
from ingest.handover import Source
from ingest.raw import BROKEN_SCHEMA, ROW, Batch, broken_frame
from ingest.repeats import mark
from ingest.slips import judge, slipped
from jiwang import ids
from jiwang.errors import InputError
from jiwang.progress import Task
from jiwang.tables import record_schema


class Reading:
    """A hand-over as far as it is read.

    Attributes:
        entries: the account of every file read.
        faults: columns of JSON files that no mapping knows, or that are missing.
    """

    def __init__(self, region: str) -> None:
        self.region = region
        self.entries: list[Entry] = []
        self.faults: list[InputError] = []
        self._broken: list[pl.DataFrame] = []

    def table(self, name: str, sources: Sequence[Source], task: Task) -> pl.DataFrame:
        """Read the files that fill one record table: its rows in delivery order, repeats marked.

        One table is held in memory at a time, whatever the size of the hand-over.
        """
        marked = []
        for mapping in sorted({s.mapping.id: s.mapping for s in sources}.values(), key=lambda m: m.id):
            mine = [s for s in sources if s.mapping.id == mapping.id]
            frames = [frame for source in mine for frame in self._take(source, task)]
            marked.append(mark(pl.concat(frames), mapping))
        if not marked:
            return pl.DataFrame(schema=record_schema(name))
        frame = pl.concat(marked).sort("source_file", ROW)
        self._count_repeats(frame)
        return frame

    def quarantine(self) -> pl.DataFrame:
        """Return the table ``quarantine``, sorted by file and row."""
        empty = pl.DataFrame(schema={**BROKEN_SCHEMA, "source_file": pl.String})
        every = pl.concat([empty, *self._broken])
        return every.with_columns(pl.lit(self.region).alias("region")).sort("source_file", ROW)

    def _take(self, source: Source, task: Task) -> Iterator[pl.DataFrame]:
        """Read one file, enter it into the account, and yield its accepted rows."""
        task.say(source.name)
        entry = Entry(source)
        self.entries.append(entry)
        seen: set[str] = set()
        for batch in batches(source):
            accepted, broken = settle(batch, source)
            entry.rows_read += batch.rows_read
            entry.accepted += accepted.height
            entry.rules += Counter(broken["rule"].to_list())
            entry.totals += batch.totals
            seen |= batch.seen
            self._broken.append(broken.with_columns(pl.lit(source.name).alias("source_file")))
            yield self._placed(accepted, source.name)
        if source.mapping.format.kind != "csv" and entry.accepted:
            self.faults += documents.path_faults(source.name, source.mapping, seen)
        task.advance(source.path.stat().st_size)

    def _placed(self, frame: pl.DataFrame, name: str) -> pl.DataFrame:
        return frame.with_columns(
            pl.Series("record_id", ids.record_ids(self.region, name, frame[ROW]), dtype=pl.String),
            pl.lit(self.region).alias("region"),
            pl.lit(name).alias("source_file"),
        )

    def _count_repeats(self, frame: pl.DataFrame) -> None:
        repeats = pl.col("duplicate_of", "superseded_by").count()
        by_file = {n: (d, s) for n, d, s in frame.group_by("source_file").agg(repeats).iter_rows()}
        for entry in self.entries:
            if entry.source.name in by_file:
                entry.duplicates, entry.superseded = by_file[entry.source.name]


def batches(source: Source) -> Iterator[Batch]:
    """Yield the rows of a file, in blocks of bounded size."""
    mapping = source.mapping
    if mapping.format.kind == "jsonl":
        return documents.read_lines(source.path, mapping, source.codec)
    if mapping.format.kind == "json":
        return documents.read_document(source.path, source.name, mapping, source.codec)
    assert source.top is not None
    return delimited.read(source.path, mapping, source.codec, source.top)


def settle(batch: Batch, source: Source) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part a batch into accepted records (with verdicts) and broken rows (`BROKEN_SCHEMA`): none is lost."""
    mapping = source.mapping
    converted = convert(batch.frame, mapping)
    certain = list(batch.broken)
    if source.top:
        certain += judge(batch.misfits, source.top.names, mapping)
        certain += slipped(batch.frame, converted, mapping)
    first = broken_frame(certain)
    accepted = converted.accepted().join(first, on=ROW, how="anti", maintain_order="left")
    lacking = converted.broken.join(first, on=ROW, how="anti", maintain_order="left")
    return accepted, pl.concat([first, lacking]).sort(ROW)
