"""Sound rows: those of a sample that are data and have not slipped, so that the rest is learnt from them.

A few rows with their values beside their columns are enough to fill a code table with names and numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from ingest.likelihood import Likelihood
from ingest.raw import ROW
from ingest.screen import record_rule

LEAST = 50  # rows of which something can be learnt
MOST_GONE = 0.1  # share of rows: if more look slipped, it is the file that is unlike others, not its rows
LIKELY = 4.0  # by how much (natural log) a row is likelier otherwise: to leave out a sound one costs nothing
PASSES = 2  # what was learnt with slipped rows among the others tells fewer of them


def kept(columns: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Return column → values of the rows to learn from."""
    names = list(columns)
    rows = [r for r in zip(*columns.values(), strict=True) if _is_row(r, names)]
    if len(names) > 2 and len(rows) >= LEAST:
        rows = _without_slipped(names, rows)
    return {n: [r[i] for r in rows] for i, n in enumerate(names)}


def _is_row(row: Sequence[str], names: Sequence[str]) -> bool:
    said = [(v, n) for v, n in zip(row, names, strict=True) if v]
    if any("\ufffd" in v for v, _ in said):
        return False
    heads = sum(v in (n, n.rpartition("/")[2]) for v, n in said)
    return not said or (heads * 2 < len(said) and record_rule(row, names) is None)


def _without_slipped(names: Sequence[str], rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    left = rows
    for _ in range(PASSES):
        frame = pl.DataFrame(
            {ROW: range(len(left)), **{n: [r[i] or None for r in left] for i, n in enumerate(names)}}
        )
        learnt = Likelihood()
        learnt.learn(frame, pl.zeros(len(left), eager=True))
        slipped = learnt.better(names, left, LIKELY)
        left = [r for r, gone in zip(left, slipped, strict=True) if not gone]
    return left if len(left) >= (1 - MOST_GONE) * len(rows) else rows
