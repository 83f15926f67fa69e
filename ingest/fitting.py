"""Fitting: by which mapping a file is read, of those whose globs name it; two that would do are no choice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ingest import columnar, delimited, detection, documents, fixed, workbook
from ingest.headers import header_faults
from ingest.layouts import Fixed, Json, JsonLines, Workbook
from ingest.mapping import Mapping
from ingest.paths import Paths
from ingest.periods import is_valid
from ingest.source import Source
from jiwang.errors import InputError, MappingError, SourceError


@dataclass
class Fit:
    """What one mapping makes of a file: its parts as sources, and what is wrong with each."""

    mapping: Mapping
    sources: list[Source]
    faults: list[InputError]


def fit(
    path: Path, name: str, fitting: Sequence[tuple[Mapping, str]]
) -> tuple[list[Source], list[InputError]]:
    """Return the sources that a file is, and its faults.

    ``fitting`` are the mappings whose globs name it, each with the period that its name says under them.
    """
    if not path.stat().st_size:
        return [], [SourceError(f"{name}: the file is empty", "ask its department to export it again")]
    valid = [(m, p) for m, p in fitting if is_valid(m, p)]
    if not valid:
        return [], [_of_no_time(name, fitting)]
    newest = sorted(valid, key=lambda pair: (-pair[0].version, pair[0].id))
    fits = [_tried(path, name, m, p, alone=len(valid) == 1) for m, p in newest]
    whole = [f for f in fits if not f.faults]
    if not whole:
        return fits[0].sources, fits[0].faults
    return _chosen(name, whole)


def unread_sheets(path: Path, name: str, taken: Sequence[Source]) -> list[str]:
    """Return ``name#sheet`` of the sheets of a workbook that hold something and that no mapping reads."""
    if not taken or not isinstance(taken[0].mapping.format, Workbook):
        return []
    every = workbook.filled(path, name)
    return [f"{name}#{s}" for s in every if s not in {t.sheet for t in taken}]


def _of_no_time(name: str, fitting: Sequence[tuple[Mapping, str]]) -> MappingError:
    spans = ", ".join(f"{m.id} ({m.valid_from or '…'} to {m.valid_to or '…'})" for m, _ in fitting)
    return MappingError(
        f"{name}: its period {fitting[0][1]} is outside the validity of every mapping that names it: {spans}",
        "correct `valid_from` or `valid_to`, or add a mapping of the version that holds then",
    )


def _chosen(name: str, whole: Sequence[Fit]) -> tuple[list[Source], list[InputError]]:
    """Return for every part of a file the newest mapping that fits it."""
    by_part: dict[str, list[Source]] = {}
    for found in whole:
        for source in found.sources:
            by_part.setdefault(source.name, []).append(source)
    faults: list[InputError] = []
    for part, sources in by_part.items():
        first, rivals = sources[0].mapping, [s.mapping for s in sources[1:]]
        family = (first.department, first.table)
        clash = [m for m in rivals if (m.department, m.table) != family or m.version == first.version]
        if clash:
            ids = ", ".join(sorted({first.id, *(m.id for m in clash)}))
            faults.append(
                MappingError(
                    f"{part}: several mappings fit it: {ids}",
                    "narrow the `files` of one, or give versions of one layout a `version` each",
                )
            )
    taken = [sources[0] for sources in by_part.values()]
    if len(taken) > 1 or not taken or not taken[0].sheet:
        return taken, faults
    return [replace(taken[0], name=name)], faults  # a workbook of one sheet goes by the file's own name


def _tried(path: Path, name: str, mapping: Mapping, period: str, *, alone: bool) -> Fit:
    found = Fit(mapping, [], [])
    try:
        for source in _opened(path, name, mapping, period):
            found.sources.append(source)
            found.faults += _faults(source, alone=alone)
    except InputError as error:
        found.faults.append(error)
    return found


def _opened(path: Path, name: str, mapping: Mapping, period: str) -> Iterable[Source]:
    layout = mapping.format
    if isinstance(layout, Workbook):
        for sheet in workbook.sheets(path, name, mapping):
            top = workbook.header(path, name, sheet, mapping)
            yield Source(path, f"{name}#{sheet}", mapping, (), top, sheet, period)
        return
    if layout.kind == "parquet":
        yield Source(path, name, mapping, (), columnar.header(path, name, mapping), period=period)
        return
    codecs = detection.detect(path, name, mapping.encoding)
    if isinstance(layout, Json | JsonLines):
        part = f"{name}#{layout.rows}" if layout.rows else name
        yield Source(path, part, mapping, codecs, period=period)
        return
    top = (
        fixed.header(mapping) if isinstance(layout, Fixed) else delimited.header(path, name, mapping, codecs)
    )
    yield Source(path, name, mapping, codecs, top, period=period)


def _faults(source: Source, *, alone: bool) -> list[InputError]:
    mapping, name = source.mapping, source.name
    if isinstance(mapping.format, Json | JsonLines):
        if alone or isinstance(mapping.format, Json) or mapping.format.rows:
            return []  # what a document lacks is seen when it is read
        return [*Paths(mapping).faults(name, documents.peek(source.path, name, source.encodings))]
    if source.top is None:
        # What stands there instead may be people's data: it is not repeated in the message.
        said = f"{name}: no line names most of its columns ({', '.join(mapping.required())})"
        given = (
            "ask its department for an export with its header, or name its columns in the format's `names`"
        )
        return [MappingError(said, given)]
    return [*header_faults(name, source.top, mapping)]
