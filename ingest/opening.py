"""Opening: the bytes of a file of text, unpacked where a department packed it: gzip, or a zip of one file."""

from __future__ import annotations

import gzip
import io
import lzma
import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO, cast

from jiwang.errors import SourceError

_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_NO_FILES = ("__MACOSX/", ".DS_Store", "Thumbs.db")  # what other systems put beside the one that was packed
BOMB = 256 << 20  # bytes from which on it is asked whether a file can be what it unpacks to
SWOLLEN = 200  # times its packed size: text packs to a tenth, a thirtieth of it at most


class _Unpacked(io.RawIOBase):
    """What a packed file holds; what is wrong with it is said as of any other file."""

    def __init__(self, path: Path) -> None:
        self._path, self._packed, self._done = path, path.stat().st_size, 0
        is_gzip = _head(path).startswith(_GZIP)
        self._inner = cast(BinaryIO, gzip.GzipFile(path)) if is_gzip else _only_file(path)

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: object) -> int:
        """Fill a buffer with what comes next; 0 at the end.

        Raises:
            SourceError: the file is cut off, locked, or unpacks to more than a text would.
        """
        view = memoryview(buffer)  # type: ignore[arg-type] # a writable buffer, as of all raw streams
        try:
            data = self._inner.read(len(view))
        except (EOFError, OSError, RuntimeError, zlib.error, lzma.LZMAError, zipfile.BadZipFile) as error:
            raise SourceError(
                f"{self._path.name}: it is packed, and cannot be unpacked to its end",
                "ask its department to pack it again, without a password, or to deliver it unpacked",
            ) from error
        self._done += len(data)
        if self._done > BOMB and self._done > SWOLLEN * self._packed:
            raise SourceError(
                f"{self._path.name}: it unpacks to more than {SWOLLEN} times its size",
                "delete the file if nobody knows it; if it is a true export, deliver it unpacked",
            )
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Close the file."""
        self._inner.close()
        super().close()


def opened(path: Path) -> BinaryIO:
    """Open a file for reading: plain, or what a packed file (``.csv.gz``, ``.zip``) unpacks to.

    Raises:
        SourceError: it is a zip of several files.
    """
    if not is_packed(path):
        return path.open("rb")
    return cast(BinaryIO, io.BufferedReader(_Unpacked(path), buffer_size=1 << 20))


def is_packed(path: Path) -> bool:
    """Say whether a file is packed by gzip or zip, told by its first bytes; an .xlsx is a zip too."""
    return _head(path).startswith((_GZIP, _ZIP))


def _head(path: Path) -> bytes:
    with path.open("rb") as handle:
        return handle.read(len(_ZIP))


def _only_file(path: Path) -> BinaryIO:
    """Open the one file in a zip."""
    unpack = "unpack it into a folder of the hand-over; a zip of one file is read as it is"
    try:
        archive = zipfile.ZipFile(path)
        names = [n for n in archive.namelist() if not n.endswith("/") and not any(x in n for x in _NO_FILES)]
        if len(names) != 1:
            raise SourceError(f"{path.name}: {len(names)} files are packed in it", unpack)
        return cast(BinaryIO, archive.open(names[0]))
    except (RuntimeError, zipfile.BadZipFile) as error:
        raise SourceError(f"{path.name}: it is a zip that cannot be opened: {error}", unpack) from error
