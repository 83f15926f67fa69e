"""Detection: which of the declared encodings a file is in, told by its head."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from pathlib import Path

from ingest.encoding import UTF8, UTF16, decoded, decodes
from ingest.opening import opened
from jiwang.errors import SourceError

SAMPLE = 8 << 20  # bytes at the head of a file by which its encoding is told
TOLERATED = 0.01  # share of lines that may fail to decode before the encoding itself is doubted
PROVING = 4  # lines in other than ASCII that must decode for one that does not
BROKEN_FEW = 4  # lines that may fail in a file however small: it was a few rows that broke, not the encoding
# What proves a line to be in another encoding. Not GB18030: broken UTF-8 decodes in it too, by luck.
_OTHERWISE = (UTF8, "gb2312")
_BOMS = {codecs.BOM_UTF8: UTF8, codecs.BOM_UTF16_LE: UTF16, codecs.BOM_UTF16_BE: UTF16}
_SAME = {
    **dict.fromkeys(("gbk", "gb2312", "cp936"), "gb18030"),
    **dict.fromkeys(("utf-8-sig", "utf8"), UTF8),
    **dict.fromkeys(("utf16", "utf-16-le", "utf-16-be", "utf-16le", "utf-16be", "unicode"), UTF16),
}


def normal(encoding: str) -> str:
    """Return the one name under which an encoding and its subsets are read here."""
    return _SAME.get(encoding.lower(), encoding.lower())


def detect(path: Path, name: str, declared: Sequence[str]) -> tuple[str, ...]:
    """Return the ``declared`` encodings, by the names used here, that of the file first.

    UTF-8 proves itself, so it is looked at first: text in it must not pass as GB18030 by luck. The head of
    the file is looked at; what does not decode further down is `Lines.undecodable`.

    Raises:
        SourceError: the file is in none of them; it names what the file looks like.
    """
    wanted = list(dict.fromkeys(normal(e) for e in declared))
    sample = _sample(path)
    found = _told(sample, wanted)
    if found:
        return (found, *(e for e in wanted if e != found))
    raise SourceError(
        f"{name}: it is not in {' or '.join(declared)}; it looks like {_looks(sample)}",
        "export the file in the declared encoding, or declare its encoding in the mapping",
    )


def _sample(path: Path) -> bytes:
    """Return the head of the file, cut at a line's end where that does not cut all of it."""
    with opened(path) as handle:
        head = handle.read(SAMPLE)
        whole = not handle.read(1)
    return head if whole or b"\n" not in head else head[: head.rfind(b"\n") + 1]


def _told(sample: bytes, wanted: Sequence[str]) -> str | None:
    """Return which of the ``wanted`` encodings a sample is in."""
    bom = next((e for mark, e in _BOMS.items() if sample.startswith(mark)), None)
    if bom:
        return bom if bom in wanted else None
    if UTF16 in wanted and b"\x00" in sample[:4096]:
        return UTF16
    narrow = [e for e in wanted if e != UTF16]
    if decodes(sample, "ascii"):
        return next(iter(narrow), None)
    if decodes(sample, UTF8):
        if UTF8 in wanted:
            return UTF8
        # Two lost characters of UTF-8 are Chinese in GB18030 (锟斤拷): alone they prove nothing.
        if not sample.decode(UTF8).replace("\ufffd", "").isascii():
            return None
    readings = [(e, *(o for o in narrow if o != e)) for e in narrow]
    whole = (e for e in narrow if decodes(sample, e))
    alone = (e for e in narrow if _mostly(sample, (e,)))
    mixed = (r[0] for r in readings if _mostly(sample, r))
    return next(whole, None) or next(alone, None) or next(mixed, None) or _broken(sample, readings)


def _mostly(sample: bytes, encodings: Sequence[str]) -> bool:
    """Say whether all but a few lines decode, those few far outnumbered by lines that prove the encoding."""
    found = decoded(sample, encodings, 0)
    bad = len(found.undecodable)
    proofs = int(found.texts.str.contains(r"[^\x00-\x7f]").sum()) - bad
    return bad <= max(BROKEN_FEW, TOLERATED * len(found.texts)) and proofs >= PROVING * bad


def _broken(sample: bytes, readings: Sequence[tuple[str, ...]]) -> str | None:
    """Return the encoding of a file many lines of which are broken, and in no other encoding either.

    They are rows to quarantine, however many. What reads most of them, were it declared, is the remedy, and
    a file of whose lines none but broken ones are left is no text: both are told instead.
    """
    if b"\x00" in sample or not readings:
        return None
    lost = {r: decoded(sample, r, 0).undecodable for r in readings}
    best = min(readings, key=lambda r: len(lost[r]))
    lines = sample.split(b"\n")
    bad = [lines[at] for at in lost[best]]
    otherwise = sum(any(decodes(line, e) for e in _OTHERWISE if e not in best) for line in bad)
    return None if otherwise * 2 > len(bad) or 0 in lost[best] else best[0]


def _looks(sample: bytes) -> str:
    bom = next((e for mark, e in _BOMS.items() if sample.startswith(mark)), None)
    if bom:
        return bom
    found = next((e for e in (UTF8, "gb18030") if decodes(sample, e) or _mostly(sample, (e,))), None)
    if found:
        return found
    mixed = len(sample) and _mostly(sample, ("gb18030", UTF8))
    return "a mixture of gb18030 and utf-8: declare both" if mixed else "no known text encoding"
