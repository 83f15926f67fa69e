"""Staging: every file as it was read is kept in the workspace, so that it is read once.

A file is read again only when its bytes, its corrections, its mapping or the code changed: that makes a day's
delta cheap, and lets a run that was killed go on where it stopped. What is staged is of no use to others, and
may be deleted.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

import ingest
import jiwang
from ingest import corrections, rows
from ingest.account import Entry
from ingest.ahead import ahead
from ingest.corrections import Correction
from ingest.overlay import Overlay
from ingest.raw import BROKEN_SCHEMA
from ingest.reading import read
from ingest.source import Source
from jiwang.errors import InputError, MappingError, SourceError
from jiwang.ids import digest
from jiwang.manifest import file_digest
from jiwang.ontology import record_tables
from jiwang.progress import Progress
from jiwang.workspace import write_json

if TYPE_CHECKING:
    import pyarrow as pa

FOLDER = "staged"
_ACCOUNT, _BROKEN, _RAW = "account.json", "broken.arrow", "raw.arrow"
_ERRORS = {kind.__name__: kind for kind in (SourceError, MappingError)}


@dataclass(frozen=True)
class Staged:
    """One file as it was read: where its rows lie, and its account."""

    key: str
    folder: Path
    entry: Entry
    content: str  # hash of the bytes of the file

    @property
    def source(self) -> Source:
        """The file."""
        return self.entry.source

    def broken(self) -> pl.DataFrame:
        """Return its broken rows."""
        return pl.read_ipc(self.folder / _BROKEN)

    def raw(self) -> pl.DataFrame:
        """Return the raw texts of its broken rows (`overlay.RAW_SCHEMA`)."""
        return pl.read_ipc(self.folder / _RAW)


class Staging:
    """The staged files of a workspace at ``root``, for one ``region``, with the ``given`` corrections.

    ``digests`` are the `file_digest` of files that are known already.
    """

    def __init__(
        self,
        root: Path,
        region: str,
        given: Mapping[str, Mapping[int, Correction]],
        digests: Mapping[Path, str],
    ) -> None:
        self.folder, self.region, self.given = root / FOLDER, region, given
        self.digests = dict(digests)

    def staged(self, sources: list[Source], progress: Progress) -> list[Staged]:
        """Return the sources staged, reading those that are not yet; each shows its bytes as they go by."""
        self.folder.mkdir(exist_ok=True)
        found = []
        for source in sources:
            content = self.digests.get(source.path) or file_digest(source.path)
            self.digests[source.path] = content
            key = self._key(source, content)
            entry = self._kept(key, source) or self._read(key, source, progress)
            found.append(Staged(key, self.folder / key, entry, content))
        return found

    def prune(self, kept: list[Staged]) -> None:
        """Delete what is staged of other files than those ``kept``."""
        names = {s.key for s in kept}
        for path in self.folder.iterdir():
            if path.name not in names:
                shutil.rmtree(path, ignore_errors=True)

    def _key(self, source: Source, content: str) -> str:
        mapping = source.mapping
        codes = {n: mapping.code_table(c) for n, c in mapping.columns.items()}
        meaning = mapping.model_dump_json(exclude={"codes", "volume", "quarantine_share", "note"})
        table = repr(record_tables()[mapping.table])
        parts = (self.region, source.name, source.encodings, content, meaning, sorted(codes.items()), table)
        given = self.given.get(source.name)
        return digest("staged", _code(), *parts, *([corrections.key(given)] if given else []))

    def _kept(self, key: str, source: Source) -> Entry | None:
        folder = self.folder / key
        if not (folder / _ACCOUNT).is_file():
            return None
        told = json.loads((folder / _ACCOUNT).read_text(encoding="utf-8"))
        return _entry(source, told)

    def _read(self, key: str, source: Source, progress: Progress) -> Entry:
        """Read a file into a folder of its own, which gets its name when it is whole."""
        fresh = self.folder / f".{key}.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir()
        entry, overlay = Entry(source), Overlay(source, self.given.get(source.name))
        broken = [pl.DataFrame(schema={**BROKEN_SCHEMA, "source_file": pl.String})]
        with progress.task(source.name, total=source.size) as task:
            batches = ahead(_batches(source, self.region, entry, task, overlay))
            for number, (records, bad) in enumerate(batches):
                rows.lay(records, fresh, number)
                broken.append(bad)
        pl.concat(broken).write_ipc(fresh / _BROKEN, compression="lz4")
        overlay.raw().write_ipc(fresh / _RAW, compression="lz4")
        write_json(fresh / _ACCOUNT, _told(entry))
        fresh.rename(self.folder / key)
        return entry


_batches = read


def _told(entry: Entry) -> dict[str, Any]:
    return {
        "rows_read": entry.rows_read,
        "accepted": entry.accepted,
        "lines": entry.lines,
        "rules": dict(sorted(entry.rules.items())),
        "totals": entry.totals,
        "outside": entry.outside,
        "repaired": entry.repaired,
        "stale": entry.stale,
        "faults": [[type(f).__name__, f.problem, f.remedy] for f in entry.faults],
    }


def _entry(source: Source, told: dict[str, Any]) -> Entry:
    faults: list[InputError] = [_ERRORS[kind](problem, remedy) for kind, problem, remedy in told["faults"]]
    outside = {column: (count, row, text) for column, (count, row, text) in told["outside"].items()}
    return Entry(
        source,
        told["rows_read"],
        told["accepted"],
        told["lines"],
        Counter(told["rules"]),
        told["totals"],
        outside,
        faults,
        repaired=told["repaired"],
        stale=told["stale"],
    )


@cache
def _code() -> str:
    """Return a hash of the code that reads files: another version may read them otherwise."""
    h = hashlib.sha256(pl.__version__.encode())
    for package, pattern in ((ingest, "*.py"), (jiwang, "codes/*")):
        root = Path(str(package.__file__)).parent
        for path in sorted(p for p in root.glob(pattern) if p.is_file()):
            h.update(f"{path.name}\0{file_digest(path)}\n".encode())
    return h.hexdigest()


def tables(staged: list[Staged]) -> Iterator[tuple[Staged, pa.Table]]:
    """Yield the records of staged files, a batch at a time, in the order given (`rows.opened`)."""
    for one in staged:
        for path in rows.laid(one.folder):
            with rows.opened(path) as table:
                yield one, table
