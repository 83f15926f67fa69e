"""The hand-over: which file is whose, what is missing, unknown or of the wrong columns, all said at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from ingest.fitting import fit, unread_sheets
from ingest.mapping import Dialect
from ingest.periods import fits
from ingest.source import Source
from jiwang.errors import InputError, MappingError, SourceError


@dataclass
class Handover:
    """The files of a hand-over, sorted by name, and what was left out of it because that was allowed."""

    sources: list[Source] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def survey(folder: Path, dialect: Dialect, *, allow_unknown: bool) -> Handover:
    """Look at every file of ``folder`` before one is read.

    Raises:
        SourceError: files are missing, unknown, empty or in another encoding; every one is named.
        MappingError: files whose columns the mapping does not know, or lacks, or that several mappings fit.
    """
    if not folder.is_dir():
        raise SourceError(f"{folder} is no folder", "name the folder of the hand-over with --input")
    found, gaps = Handover(), []
    faults: list[InputError] = []
    matched: set[tuple[str, str]] = set()
    for path, name in files(folder):
        fitting = [(m, period) for m in dialect.mappings if (period := fits(m.files, name)) is not None]
        if fitting:
            matched.update((m.department, m.table) for m, _ in fitting)
            sources, wrong = fit(path, name, fitting)
            found.sources += sources
            faults += wrong
            sheets = unread_sheets(path, name, sources) if not wrong else []
            found.documents += [s for s in sheets if _is_document(s, dialect)]
            gaps += [
                f"{s}: no mapping of dialect {dialect.name} knows this sheet"
                for s in sheets
                if not _is_document(s, dialect)
            ]
        elif _is_document(name, dialect):
            found.documents.append(name)
        else:
            gaps.append(f"{name}: no mapping of dialect {dialect.name} knows this file")
    for mapping in dialect.mappings:
        if (mapping.department, mapping.table) not in matched and not mapping.optional:
            gaps.append(f"{' or '.join(mapping.files)}: declared by mapping {mapping.id}, and missing")
    if allow_unknown:
        found.left_out += gaps
        gaps = []
    complain([*(SourceError(g, "") for g in gaps), *faults], allow=found.left_out if allow_unknown else None)
    found.sources.sort(key=lambda s: s.name)
    return found


def files(folder: Path) -> list[tuple[Path, str]]:
    """Return every file under ``folder`` with its name relative to it, sorted by that name."""
    every = ((p, p.relative_to(folder).as_posix()) for p in folder.rglob("*") if p.is_file())
    return sorted(every, key=lambda pair: pair[1])


def complain(faults: Sequence[InputError], allow: list[str] | None) -> None:
    """Raise all faults as one error; with ``allow``, unknown columns are noted there and let pass."""
    if allow is not None:
        passed = [f for f in faults if isinstance(f, MappingError) and "columns unknown" in f.problem]
        allow += [f.problem for f in passed]
        faults = [f for f in faults if f not in passed]
    if not faults:
        return
    kind = SourceError if any(isinstance(f, SourceError) for f in faults) else MappingError
    general = (
        "deliver what is missing, declare what is new in the dialect's mappings, or pass --allow-unknown"
    )
    own = {f.remedy for f in faults}
    raise kind(
        "; ".join(f.problem for f in faults), own.pop() if len(own) == 1 and "" not in own else general
    )


def _is_document(name: str, dialect: Dialect) -> bool:
    return any(fnmatchcase(name, g) or fnmatchcase(Path(name).name, g) for g in dialect.ignore)
