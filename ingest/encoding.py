"""Encodings: the lines of a file decoded, one by one where a block does not decode.

GBK is read as GB18030, its superset: a reader that takes GB18030 for GBK turns the four-byte characters of
rare names into other text without a word. For the same reason lines in UTF-8 inside a file in GB18030 are
looked for, though most of them would decode: into characters that nobody wrote.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from ingest.opening import opened
from jiwang.errors import SourceError

BLOCK = 32 << 20  # bytes read at a time: a file of any size passes through bounded memory
LONGEST_LINE = 64 << 20  # bytes: a longer line is no record, and would not fit into bounded memory
HEAD = 1 << 20  # bytes among which a header is looked for
UTF8, UTF16 = "utf-8", "utf-16"
_NEVER = "\x1e"  # a record separator, which files have line feeds for
_WINDOW = 1 << 20  # bytes looked at together: they, and what is found in them, stay in the processor's cache


@dataclass
class Lines:
    """Consecutive physical lines of a file.

    Attributes:
        first: index of the first line in the file, from 0.
        texts: the lines without their ends.
        undecodable: index in the file → what the bytes of a line that is not of the encoding look like
            (empty: like nothing known).
        last: whether the file ends here.
        size: bytes of the file that these lines are.
    """

    first: int
    texts: pl.Series
    undecodable: dict[int, str] = field(default_factory=dict)
    last: bool = False
    size: int = 0


def lines(path: Path, name: str, encodings: Sequence[str], block: int | None = None) -> Iterator[Lines]:
    """Yield the physical lines of a file, blocks of whole lines at a time.

    ``encodings`` are those of `ingest.detection.detect`: what is not in the first is tried in the others.

    Raises:
        SourceError: a line is longer than `LONGEST_LINE`.
    """
    first, rest, more, size = 0, b"", True, block or BLOCK
    order = _byte_order(path) if encodings[0] == UTF16 else ""
    feed = b"\r" if not order and _ends_in_cr(path) else b""
    with opened(path) as handle:
        while more:
            read = handle.read(size)
            more = len(read) == size
            rest += read.replace(feed, b"\n") if feed else read
            end = _after_last(rest, order) if more else len(rest)
            if not end and more and len(rest) > LONGEST_LINE:
                raise _too_long(name, first + 1)
            if end or not more:
                data, rest = rest[:end], rest[end:]
                part = _wide(data, order, first) if order else decoded(data, encodings, first)
                part.last, part.size = not more, end
                yield part
                first += len(part.texts)


def _too_long(name: str, line: int) -> SourceError:
    return SourceError(
        f"{name}: line {line} is longer than {LONGEST_LINE >> 20} MiB: it has no line feed",
        "export it with a line feed after every record, or declare another `format`",
    )


def _byte_order(path: Path) -> str:
    """Return which byte of a pair comes first: as the mark says, or, without one, where the zeros stand."""
    with opened(path) as handle:
        head = handle.read(HEAD)
    if head.startswith((codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE)):
        return "utf-16-be" if head.startswith(codecs.BOM_UTF16_BE) else "utf-16-le"
    return "utf-16-be" if head[::2].count(0) > head[1::2].count(0) else "utf-16-le"


def _ends_in_cr(path: Path) -> bool:
    """Say whether lines end in CR alone, as they did on old Macs."""
    with opened(path) as handle:
        head = handle.read(HEAD)
    return b"\r" in head and b"\n" not in head


def _after_last(data: bytes, order: str) -> int:
    """Return where the last whole line of ``data`` ends.

    No second byte of a GB18030 or UTF-8 character is a line feed; in UTF-16 a pair counts at even places.
    """
    feed = {"": b"\n", "utf-16-be": b"\x00\n", "utf-16-le": b"\n\x00"}[order]
    end = data.rfind(feed)
    while end > 0 and end % len(feed):
        end = data.rfind(feed, 0, end + len(feed) - 1)
    return end + len(feed) if end >= 0 else 0


def decoded(data: bytes, encodings: Sequence[str], first: int) -> Lines:
    """Return whole lines of bytes as text, those that are not in the first encoding by the others."""
    bare = data.removeprefix(codecs.BOM_UTF8) if first == 0 and encodings[0] == UTF8 else data
    found = Lines(first, pl.Series(dtype=pl.String))
    pieces: list[str] = []
    strangers = _utf8_lines(bare) if encodings[0] != UTF8 else []
    done = 0
    for start, end in strangers:
        _piecewise(bare[done:start], encodings, found, pieces)
        _stranger(bare[start:end], encodings, found, pieces)
        done = end
    _piecewise(bare[done:], encodings, found, pieces)
    found.texts = _parted("".join(pieces))
    return found


def _piecewise(data: bytes, encodings: Sequence[str], found: Lines, pieces: list[str]) -> None:
    """Decode whole lines, each of those that the first encoding cannot decode by itself."""
    done = 0
    while done < len(data):
        try:
            pieces.append(data[done:].decode(encodings[0]))
        except UnicodeDecodeError as error:
            bad = done + error.start
            start = data.rfind(b"\n", done, bad) + 1 or done
            end = data.find(b"\n", bad) + 1 or len(data)
            pieces.append(data[done:start].decode(encodings[0]))
            _stranger(data[start:end], encodings, found, pieces)
            done = end
        else:
            return


def _stranger(line: bytes, encodings: Sequence[str], found: Lines, pieces: list[str]) -> None:
    """Decode a line that is not in the first encoding, by one of the others where they were declared."""
    order = sorted(encodings[1:], key=lambda e: e != UTF8)
    for encoding in order:
        if encoding != UTF16 and decodes(line, encoding):
            pieces.append(line.decode(encoding))
            return
    at = found.first + sum(p.count("\n") for p in pieces)
    found.undecodable[at] = next((e for e in (UTF8, "gb18030") if decodes(line, e)), "")
    pieces.append(line.decode(encodings[0], "replace"))


def _utf8_lines(data: bytes) -> list[tuple[int, int]]:
    """Return start and end of the lines that are UTF-8 with Chinese in it, inside another encoding.

    Two CJK characters in a row are looked for by their bytes; only lines that have them are decoded.
    """
    found: list[tuple[int, int]] = []
    for at in _leads(np.frombuffer(data, dtype=np.uint8)):
        if found and at < found[-1][1]:
            continue
        start, end = data.rfind(b"\n", 0, at) + 1, data.find(b"\n", at) + 1 or len(data)
        if decodes(data[start:end], UTF8):
            found.append((start, end))
    return found


def _leads(raw: npt.NDArray[np.uint8]) -> Iterator[int]:
    """Yield where two CJK characters in a row begin, were the bytes UTF-8."""
    for start in range(0, len(raw), _WINDOW):
        part = raw[start : start + _WINDOW + 5]
        leads = np.flatnonzero((part - np.uint8(0xE4)) < 6)  # wraps around below: one comparison, one pass
        leads = leads[leads < min(_WINDOW, len(part) - 5)]
        for step, lowest, width in ((1, 0x80, 64), (2, 0x80, 64), (3, 0xE4, 6), (4, 0x80, 64), (5, 0x80, 64)):
            leads = leads[(part[leads + step] - np.uint8(lowest)) < width]
        yield from (leads + start).tolist()


def _wide(data: bytes, order: str, first: int) -> Lines:
    """Decode UTF-16; a line with half a pair is undecodable."""
    texts = _parted(data.decode(order, "replace").removeprefix("\ufeff"))
    bad = texts.str.contains("\ufffd", literal=True).arg_true().to_list()
    return Lines(first, texts, dict.fromkeys((first + i for i in bad), ""))


def _parted(text: str) -> pl.Series:
    """Return the lines of a text; what follows the last line feed is no line."""
    if not text:
        return pl.Series(dtype=pl.String)
    data = text.encode()
    feeds, returns = _count(data, b"\n"), _count(data, b"\r")
    if returns not in (0, feeds) and b"\r\r\n" in data:
        data = data.replace(b"\r\n", b"\n")
    if _NEVER.encode() not in data:
        # The reader of CSVs parts lines, in CRLF too, in a third of the time, where it leaves none out.
        schema = {"t": pl.String}
        texts = pl.read_csv(
            data, has_header=False, separator=_NEVER, quote_char=None, schema=schema, raise_if_empty=False
        )["t"]
        whole = len(texts) == feeds + (not data.endswith(b"\n")) and not texts.null_count()
        if whole and not data.endswith(b"\r"):
            return texts
    plain = text.replace("\r\n", "\n").removesuffix("\r").removesuffix("\n")
    return pl.Series([plain]).str.split("\n").explode(empty_as_null=False, keep_nulls=False)


def _count(data: bytes, byte: bytes) -> int:
    """Return how often a byte occurs: in windows, four times as fast as `bytes.count`."""
    raw = np.frombuffer(data, dtype=np.uint8)
    parts = (raw[start : start + _WINDOW] for start in range(0, len(raw), _WINDOW))
    return sum(int(np.count_nonzero(part == ord(byte))) for part in parts)


def decodes(data: bytes, encoding: str) -> bool:
    """Say whether bytes are of an encoding, strictly."""
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
