"""The hand-over: which file is whose, what is missing, unknown or of the wrong columns, all said at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from ingest import delimited, encoding
from ingest.mapping import Dialect, Mapping
from jiwang.errors import InputError, MappingError, SourceError


@dataclass(frozen=True)
class Source:
    """One file that a mapping reads.

    Attributes:
        path: where it lies; ``name`` is relative to the input folder, ``/`` between.
        codec: its encoding.
        top: its header line (CSV only).
    """

    path: Path
    name: str
    mapping: Mapping
    codec: str
    top: delimited.Header | None = None


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
        MappingError: files whose columns the mapping does not know, or lacks; every column is named.
    """
    if not folder.is_dir():
        raise SourceError(f"{folder} is no folder", "name the folder of the hand-over with --input")
    found, gaps = Handover(), []
    faults: list[InputError] = []
    matched: set[tuple[str, str]] = set()
    for path, name in files(folder):
        fitting = [m for m in dialect.mappings if any(fnmatchcase(name, g) for g in m.files)]
        if fitting:
            matched.update((m.department, m.table) for m in fitting)
            _take(path, name, fitting, found, faults)
        elif any(fnmatchcase(name, g) or fnmatchcase(Path(name).name, g) for g in dialect.ignore):
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
    return found


def files(folder: Path) -> list[tuple[Path, str]]:
    """Return every file under ``folder`` with its name relative to it, sorted by that name."""
    every = ((p, p.relative_to(folder).as_posix()) for p in folder.rglob("*") if p.is_file())
    return sorted(every, key=lambda pair: pair[1])


def column_faults(
    name: str, mapping: Mapping, known: Iterable[str], seen: Sequence[str]
) -> list[MappingError]:
    """Compare the columns that a file has with those that its mapping knows."""
    twice = sorted({c for c in seen if list(seen).count(c) > 1})
    unknown = [c for c in dict.fromkeys(seen) if c not in set(known) | set(mapping.ignore_columns)]
    missing = [c for c, spec in mapping.columns.items() if c not in seen and not spec.optional]
    said = {"unknown": unknown, "missing": missing, "repeated": twice}
    return [
        MappingError(f"{name}: columns {what}: {', '.join(c or '(empty)' for c in columns)}", mapping.id)
        for what, columns in said.items()
        if columns
    ]


def complain(faults: Sequence[InputError], allow: list[str] | None) -> None:
    """Raise all faults as one error; with ``allow``, unknown columns are noted there and let pass."""
    if allow is not None:
        passed = [f for f in faults if isinstance(f, MappingError) and "columns unknown" in f.problem]
        allow += [f.problem for f in passed]
        faults = [f for f in faults if f not in passed]
    if not faults:
        return
    kind = SourceError if any(isinstance(f, SourceError) for f in faults) else MappingError
    remedy = "deliver what is missing, declare what is new in the dialect's mappings, or pass --allow-unknown"
    raise kind("; ".join(f.problem for f in faults), remedy)


def _take(
    path: Path, name: str, fitting: Sequence[Mapping], found: Handover, faults: list[InputError]
) -> None:
    """Add a file under the newest mapping whose columns it has; if none fits, note the newest's faults."""
    if not path.stat().st_size:
        faults.append(SourceError(f"{name}: the file is empty", "ask its department to export it again"))
        return
    newest = sorted(fitting, key=lambda m: (-m.version, m.id))
    noted: list[InputError] = []
    for mapping in newest:
        try:
            codec = encoding.detect(path, name, mapping.encoding)
        except SourceError as error:
            noted = noted or [error]
            continue
        top = delimited.header(path, mapping, codec) if mapping.format.kind == "csv" else None
        here = _header_faults(name, mapping, top)
        noted = noted or here
        if not here or mapping is newest[-1]:
            found.sources.append(Source(path, name, mapping, codec, top))
            if not here:
                return
    faults += noted


def _header_faults(name: str, mapping: Mapping, top: delimited.Header | None) -> list[InputError]:
    if mapping.format.kind != "csv":
        return []
    if top is None:
        # What stands there instead may be people's data: it is not repeated in the message.
        said = f"{name}: no line names most of its columns ({', '.join(mapping.columns)})"
        return [MappingError(said, "ask its department for an export with its header")]
    return [*column_faults(name, mapping, mapping.columns, top.names)]
