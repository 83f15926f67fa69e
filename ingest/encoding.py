"""Encodings: which one a file is in, strictly, and its physical lines decoded one by one where that fails.

GBK is read as GB18030, its superset: a reader that takes GB18030 for GBK turns the four-byte characters of
rare names into other text without a word.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from jiwang.errors import SourceError

BLOCK = 32 << 20  # bytes read at a time: a file of any size passes through bounded memory
TOLERATED = 0.01  # share of lines that may fail to decode before the encoding itself is doubted
PROVING = 4  # lines in other than ASCII that must decode for one that does not
_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_SAME = {"gbk": "gb18030", "gb2312": "gb18030", "cp936": "gb18030", "utf-8": "utf-8-sig", "utf8": "utf-8-sig"}


@dataclass
class Lines:
    """Consecutive physical lines of a file.

    Attributes:
        first: index of the first line in the file, from 0.
        texts: the lines without their ends.
        undecodable: indexes in the file of lines whose bytes are not of the encoding.
        last: whether the file ends here.
    """

    first: int
    texts: list[str]
    undecodable: set[int] = field(default_factory=set)
    last: bool = False


def detect(path: Path, name: str, declared: Sequence[str]) -> str:
    """Return which of the ``declared`` encodings the file is in.

    UTF-8 proves itself, so it is looked at first: text in it must not pass as GB18030 by luck.

    Raises:
        SourceError: the file is in none of them; it names what the file looks like.
    """
    wanted = [_SAME.get(e.lower(), e.lower()) for e in declared]
    with path.open("rb") as handle:
        head = handle.read(4)
    bom = next((e for mark, e in _BOMS.items() if head.startswith(mark)), None)
    if bom in wanted:
        return bom
    if bom is None:
        if "utf-8-sig" in wanted and _decodes(path, "utf-8"):
            return "utf-8-sig"
        if not _is_utf8(path):
            found = next((e for e in wanted if e != "utf-8-sig" and _decodes(path, e)), None)
            found = found or next((e for e in wanted if _mostly_decodes(path, e)), None)
            if found:
                return found
        elif _is_ascii(path):
            return wanted[0]
    looks = bom or (
        "utf-8" if _is_utf8(path) else "gb18030" if _decodes(path, "gb18030") else "no known text encoding"
    )
    raise SourceError(
        f"{name}: it is not in {' or '.join(declared)}; it looks like {looks}",
        "export the file in the declared encoding, or declare its encoding in the mapping",
    )


def lines(path: Path, encoding: str) -> Iterator[Lines]:
    """Yield the physical lines of a file, blocks of whole lines at a time."""
    first, rest, more = 0, b"", True
    with path.open("rb") as handle:
        while more:
            block = handle.read(BLOCK)
            more = len(block) == BLOCK
            rest += block
            # No second byte of a GB18030 or UTF-8 character is a line feed, so bytes can be cut there.
            end = rest.rfind(b"\n") + 1 if more else len(rest)
            if end or not more:
                part = _decoded(rest[:end], encoding, first)
                part.last = not more
                yield part
                first += len(part.texts)
                rest = rest[end:]


def _decoded(data: bytes, encoding: str, first: int) -> Lines:
    found = Lines(first, [])
    try:
        texts = data.decode(encoding if first == 0 else encoding.removesuffix("-sig")).split("\n")
    except UnicodeDecodeError:
        texts = []
        for number, line in enumerate(data.split(b"\n"), first):
            try:
                texts.append(line.decode(encoding.removesuffix("-sig")).removeprefix("\ufeff"))
            except UnicodeDecodeError:
                texts.append(line.decode(encoding.removesuffix("-sig"), "replace"))
                found.undecodable.add(number)
    if texts[-1] == "":
        texts.pop()  # what follows the last line feed is no line
    found.texts = [t.removesuffix("\r") for t in texts]
    return found


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as handle:
            while block := handle.read(BLOCK):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _mostly_decodes(path: Path, encoding: str) -> bool:
    """Say whether all but a few lines decode, those few far outnumbered by lines that prove the encoding."""
    bad = good = total = 0
    for part in lines(path, encoding):
        bad, total = bad + len(part.undecodable), total + len(part.texts)
        good += sum(
            not t.isascii() for i, t in enumerate(part.texts, part.first) if i not in part.undecodable
        )
    return bad <= max(1, TOLERATED * total) and good >= PROVING * bad


def _is_utf8(path: Path) -> bool:
    return _decodes(path, "utf-8")


def _is_ascii(path: Path) -> bool:
    return _decodes(path, "ascii")
