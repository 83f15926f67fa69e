"""Opening: the bytes of a file of text, unpacked on the way where a department packed it with gzip."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from typing import BinaryIO, cast

from jiwang.errors import SourceError

_PACKED = b"\x1f\x8b"


class _Unpacked(gzip.GzipFile):
    """A packed file; what is wrong with it is said as of any other file."""

    def read(self, size: int | None = -1) -> bytes:
        try:
            return super().read(size)
        except (EOFError, OSError, zlib.error) as error:
            name = Path(str(self.name)).name
            raise SourceError(
                f"{name}: it is packed by gzip, and cannot be unpacked to its end",
                "ask its department to pack it again, or to deliver it unpacked",
            ) from error


def opened(path: Path) -> BinaryIO:
    """Open a file for reading: plain, or what a gzip file (``.csv.gz``) unpacks to."""
    return cast(BinaryIO, _Unpacked(path)) if is_packed(path) else path.open("rb")


def size(path: Path) -> int | None:
    """Return how many bytes of a file there are to be read; of a packed one that is not known."""
    return None if is_packed(path) else path.stat().st_size


def is_packed(path: Path) -> bool:
    """Say whether a file is packed by gzip, told by its first bytes."""
    with path.open("rb") as handle:
        return handle.read(len(_PACKED)) == _PACKED
