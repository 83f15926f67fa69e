"""Gathering: the files of a hand-over as samples, those of one layout together, with their dictionary."""

from __future__ import annotations

import re
from collections.abc import Sequence
from glob import escape
from itertools import takewhile
from pathlib import Path

from ingest.draft import dictionary, months
from ingest.draft.dictionary import Dictionary
from ingest.draft.sample import Sample, glob, samples
from jiwang.errors import SourceError

_DICTIONARY = re.compile(r"字典|说明|代码表|数据项|dictionary", re.I)
_READABLE = (".md", ".txt", ".csv", ".xlsx", ".xls")
_PAPERS = (".md", ".doc", ".docx", ".pdf", ".png", ".jpg", ".wps")  # no data, whatever they hold
_PLACE = re.compile(r"^[\u3400-\u9fff]{2,8}[省州盟市县区旗镇乡]")
Books = dict[Path, tuple[Dictionary, list[Path]]]


def gather(
    paths: Sequence[Path], root: Path | None, said: Path | None, refused: list[SourceError] | None
) -> tuple[list[tuple[Sample, Dictionary]], Books]:
    """Return the samples of files, each with its dictionary, and the dictionaries by hand-over.

    Files of one name, but for dates and places, and with the same columns are one sample. The arguments are
    those of `ingest.draft.check`.
    """
    files = [
        p for path in paths for p in (sorted(path.rglob("*")) if path.is_dir() else [path]) if p.is_file()
    ]
    books: Books = {}
    gathered: dict[tuple[object, ...], tuple[Sample, Dictionary]] = {}
    for path in files:
        base = root or _base(path, paths)
        if base not in books:
            books[base] = (dictionary.read(said), [said]) if said else _lying(base)
        book, read = books[base]
        if path in read or (path not in paths and path.suffix.lower() in _PAPERS):
            continue
        name = path.relative_to(base).as_posix() if path.is_relative_to(base) else path.name
        for sample in _samples(path, name, book, refused):
            months.melt(sample)
            same = (glob(name), *_likeness(sample))
            if same in gathered:
                gathered[same][0].extend(sample)
            else:
                gathered[same] = (sample, book)
    return _of_all_places(list(gathered.values())), books


def _likeness(sample: Sample) -> tuple[str, ...]:
    return (str(sample.layout.get("rows", "")), *sample.columns)


def _of_all_places(gathered: list[tuple[Sample, Dictionary]]) -> list[tuple[Sample, Dictionary]]:
    """Put together the samples of files of one folder that differ by a place in their names, as 青田县."""
    alike: dict[tuple[object, ...], list[tuple[Sample, Dictionary]]] = {}
    for one in gathered:
        path = Path(one[0].name)
        alike.setdefault((path.parent, path.suffix, *_likeness(one[0])), []).append(one)
    found = []
    for group in alike.values():
        pattern = _pattern([sample.name for sample, _ in group]) if len(group) > 1 else ""
        if not pattern:
            found += group
            continue
        first, book = group[0]
        for sample, _ in group[1:]:
            first.extend(sample)
        first.pattern = pattern
        found.append((first, book))
    order = [sample.name for sample, _ in gathered]
    return sorted(found, key=lambda one: order.index(one[0].name))


def _pattern(names: Sequence[str]) -> str:
    """Return what names have in common, with a star for the place by which they differ; else nothing."""
    before = _common(names)
    after = _common([name[len(before) :][::-1] for name in names])[::-1]
    middles = [name[len(before) : len(name) - len(after)] for name in names]
    return f"{escape(before)}*{escape(after)}" if all(_PLACE.match(m + after[:1]) for m in middles) else ""


def _common(texts: Sequence[str]) -> str:
    """Return what all texts begin with."""
    return "".join(c[0] for c in takewhile(lambda c: len(set(c)) == 1, zip(*texts, strict=False)))


def _samples(path: Path, name: str, book: Dictionary, refused: list[SourceError] | None) -> list[Sample]:
    first = book.section(name, ())
    try:
        return samples(path, name, *((first.widths(), list(first.fields)) if first else ()))
    except SourceError as error:
        if refused is None:
            raise
        refused.append(error)
        return []


def _base(path: Path, paths: Sequence[Path]) -> Path:
    above = next((p for p in paths if p.is_dir() and path.is_relative_to(p)), None)
    return above or path.parent.parent


def _lying(base: Path) -> tuple[Dictionary, list[Path]]:
    """Return the data dictionary of a hand-over, and the papers in its folders that it was read from."""
    found, papers = Dictionary(), []
    for path in sorted(p for p in base.rglob("*") if p.is_file()):
        named = _DICTIONARY.search(path.name) and path.suffix.lower() in _READABLE
        top = path.parent == base and path.suffix.lower() in (".md", ".txt")
        if path.stat().st_size and (named or top):
            book = dictionary.read(path)
            if sum(bool(s.fields) for s in book.sections) or len(book.codes) > 1:
                found.sections += book.sections
                found.codes = book.codes | found.codes
                papers.append(path)
    return found, papers
