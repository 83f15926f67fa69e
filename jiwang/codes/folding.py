"""What all number codecs do first: full-width to ASCII, spaces and apostrophes out, upper case."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

Bytes = npt.NDArray[np.uint8]

# NFKC of the characters that occur in numbers, as a table: NFKC itself would also change names and is slower.
_WIDE = {chr(c + 0xFEE0): chr(c) for c in range(0x21, 0x7F)} | {"∗": "*", "×": "X", "Χ": "X", "Х": "X"}
_NOISE = r"[\s'’‘`\"“”\u{00A0}\u{3000}\u{200B}-\u{200F}\u{2060}\u{FEFF}]"


def fold(texts: pl.Series) -> pl.Series:
    """Return ``texts`` folded to upper-case ASCII without spaces or apostrophes; an empty text becomes null.

    Only the rows that need it are touched, so a clean column costs one scan.
    """
    texts = texts.cast(pl.String)
    at = texts.str.contains(r"[^0-9A-Z*]").arg_true()
    if len(at):
        dirty = texts.gather(at).to_frame("t")
        folded = pl.col("t").str.replace_many(list(_WIDE), list(_WIDE.values()))
        mended = dirty.select(folded.str.replace_all(_NOISE, "").str.to_uppercase())["t"]
        texts = texts.clone().scatter(at, mended)
    return texts.to_frame("t").select(pl.when(pl.col("t") != "").then("t"))["t"]


def matrix(texts: pl.Series, width: int) -> Bytes:
    """Return ASCII texts of one ``width`` without nulls as bytes of shape (n, width)."""
    joined: str = texts.str.join("").item() if len(texts) else ""
    return np.frombuffer(joined.encode("ascii"), dtype=np.uint8).reshape(-1, width)


def from_matrix(rows: Bytes) -> pl.Series:
    """Return the texts whose ASCII bytes are the rows of ``rows``: the inverse of `matrix`."""
    if not len(rows):
        return pl.Series(dtype=pl.String)
    width = rows.shape[1]
    return pl.Series(np.ascontiguousarray(rows).view(f"S{width}").ravel()).cast(pl.String)
