"""Text of fixed width without a mapping: columns end at a dictionary's widths, or at blanks."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from ingest.raw import SPACE

_LOOKED_AT = 2000
_STEADY = 0.95  # share of lines that are of one length, in bytes or in characters


def part(
    lines: Sequence[str], encoding: str, widths: dict[str, int] | None
) -> tuple[dict[str, Any], dict[str, list[str]]] | None:
    """Return the format and the columns of lines of one length; None where they are not.

    ``widths`` (column → width, in order) come from a dictionary; without them, columns end where blanks
    stand in (nearly) every line, and bear the names c1, c2, …
    """
    codec = encoding.replace("utf-16", "utf-16-le") if encoding == "utf-16" else encoding
    for counted in ("bytes", "characters"):
        rows = [t.encode(codec, "replace") if counted == "bytes" else t for t in lines]
        lengths = [len(r) for r in rows[:_LOOKED_AT]]
        usual = max(set(lengths), key=lengths.count)
        stated = sum(widths.values()) if widths else usual
        if stated != usual and widths:
            continue
        if lengths.count(usual) < _STEADY * len(lengths):
            continue
        cuts = dict(widths) if widths else _blank_cuts([r for r in rows[:_LOOKED_AT] if len(r) == usual])
        if len(cuts) > 1:
            return {"kind": "fixed", "widths": cuts, "counted": counted}, _cells(rows, cuts, codec, usual)
    return None


def _blank_cuts(rows: Sequence[str | bytes]) -> dict[str, int]:
    """Return widths: a column ends where a blank is followed by what is no blank, in most lines."""
    width = len(rows[0])
    blank = [sum(r[i : i + 1] in (" ", b" ") for r in rows) / len(rows) for i in range(width)]
    ends = [i for i in range(1, width) if blank[i - 1] == 1 and blank[i] < 1]
    edges = [0, *ends, width]
    return {f"c{n}": b - a for n, (a, b) in enumerate(pairwise(edges), 1)}


def _cells(rows: Sequence[str | bytes], cuts: dict[str, int], codec: str, usual: int) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {name: [] for name in cuts}
    for row in rows:
        if len(row) != usual:
            continue
        at = 0
        for name, width in cuts.items():
            piece = row[at : at + width]
            text = piece.decode(codec, "replace") if isinstance(piece, bytes) else piece
            found[name].append(text.strip(SPACE))
            at += width
    return found
