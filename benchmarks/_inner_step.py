"""The inner step alone, ours and pydantic's, on the same rows: texts in, typed values and verdicts out.

Started by benchmarks/ingest.py with the folder of the file, the folder of the mapping and the rows for
pydantic; prints the CPU microseconds a row of both.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from _pydantic_rows import checked

from ingest import reading
from ingest.convert import convert
from ingest.handover import survey
from ingest.mapping import load
from ingest.raw import ROW

TIMES = 5  # the middle one is reported


def main(raw: str, folder: str, sample: str) -> None:
    """Print both."""
    source = survey(Path(raw), load("bench", Path(folder, "sources")), allow_unknown=False).sources[0]
    frame = next(reading.batches(source)).frame
    rows = frame.head(int(sample)).drop(ROW).to_dicts()
    said = [{n: v for n, v in row.items() if v is not None} for row in rows]

    def whole() -> None:
        converted = convert(frame, source.mapping)
        converted.accepted(converted.broken[ROW])

    def singly() -> None:
        for row in said:
            checked(row)

    sys.stdout.write(f"{_middle(whole) / frame.height} {_middle(singly) / len(said)}\n")


def _middle(work: Callable[[], Any]) -> float:
    """Return the CPU microseconds that some work takes, of all threads."""
    taken = []
    for _ in range(TIMES):
        started = time.process_time()
        work()
        taken.append(time.process_time() - started)
    return statistics.median(taken) * 1e6
