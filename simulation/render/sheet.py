"""One file of the hand-over: rows gathered, re-sent, corrected, mixed, and written with their dirt."""

import heapq
import json
from array import array
from pathlib import Path
from random import Random
from tempfile import TemporaryFile
from typing import Any, NamedTuple

import numpy as np

from simulation.data import table
from simulation.render.breakage import Breakage, spoil
from simulation.render.truth import Ref, Truth

RESENT = 0.0028  # share of rows delivered twice
CORRECTED = 0.0012  # share of rows that arrive wrong first and right later


class Row(NamedTuple):
    """A line with what it is about."""

    line: str
    refs: tuple[Ref, ...]
    ring: str
    amount: float
    of: int = -1
    relation: str = ""


class Sheet:
    """A table on its way to a file.

    Args:
        name: The table in data/tables.toml.
        rng: Source of the mixing and the dirt.
        fix: Column whose value a corrected row had wrong, or nothing.
    """

    def __init__(self, name: str, rng: Random, fix: str = "") -> None:
        """Open a spool on disk, so that a large region need not fit in memory."""
        self.spec: dict[str, Any] = table("tables")[name]
        self.name, self.rng = name, rng
        self.columns = [column[0] for column in self.spec["columns"]]
        self._fix = self.columns.index(fix) if fix else -1
        self._batch: list[tuple[list[Any], tuple[Ref, ...], str, float]] = []
        self._late: list[tuple[int, int, Row]] = []
        self._spool = TemporaryFile("w+", encoding="utf-8", newline="\n")  # noqa: SIM115 (lives as long as the sheet)
        self.count = 0
        self._owners, self._kinds = array("q"), array("b")
        self._entities, self._roles, self._primary = array("q"), array("b"), array("b")
        self._acts: list[tuple[str, int, float]] = []
        self._twins: list[tuple[int, int, str]] = []

    def add(self, values: list[Any], refs: tuple[Ref, ...], ring: str = "", amount: float = 0.0) -> None:
        """Take a row: values in the order of the columns, the entities it names, the ring whose act it is."""
        self._batch.append((values, refs, ring, amount))

    def _line(self, values: list[Any]) -> str:
        if self.spec["fmt"] == "csv":
            line = ",".join(values)
            if '"' in line or line.count(",") != len(values) - 1:
                line = ",".join(
                    f'"{value.replace(chr(34), chr(34) * 2)}"' if set(value) & set(',"') else value
                    for value in values
                )
            return line
        return json.dumps(
            dict(zip(self.columns, values, strict=True)), ensure_ascii=False, separators=(",", ":")
        )

    def flush(self) -> None:
        """End a month: order the rows, let some come twice or wrong first, and spool them."""
        order = self.spec["order"]
        if order == "key":
            self._batch.sort(key=lambda item: [str(value) for value in item[0]][:1])
        else:
            self.rng.shuffle(self._batch)
        for values, refs, ring, amount in self._batch:
            while self._late and self._late[0][0] <= self.count:
                self._write(heapq.heappop(self._late)[2])
            self._deliver(values, Row(self._line(values), refs, ring, amount))
        self._batch.clear()

    def _deliver(self, values: list[Any], row: Row) -> None:
        draw = self.rng.random()
        if draw < RESENT:
            self._later(row._replace(of=self.count, relation="duplicate_of", ring=""))
        elif draw < RESENT + CORRECTED and self._fix >= 0:
            wrong = [spoil(value, self.rng) if at == self._fix else value for at, value in enumerate(values)]
            if wrong != values:
                self._later(row._replace(of=self.count, relation="supersedes"))
                row = Row(self._line(wrong), row.refs, "", 0.0)
        self._write(row)

    def _later(self, row: Row) -> None:
        due = self.count + 1 + int(self.rng.expovariate(1 / 400))
        heapq.heappush(self._late, (due, self.count, row))

    def _write(self, row: Row) -> None:
        self._spool.write(row.line + "\n")
        for ref in row.refs:
            self._owners.append(self.count)
            self._kinds.append(ref.kind)
            self._entities.append(ref.entity)
            self._roles.append(ref.role)
            self._primary.append(ref.primary)
        if row.ring:
            self._acts.append((row.ring, self.count, row.amount))
        if row.of >= 0:
            self._twins.append((self.count, row.of, row.relation))
        self.count += 1

    def close(self, folder: Path, truth: Truth) -> None:
        """Write the file under ``folder`` and its truth."""
        self.flush()
        while self._late:
            self._write(heapq.heappop(self._late)[2])
        path = folder / self.spec["path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        self._spool.seek(0)
        breakage = Breakage(self.columns, self.spec["fmt"], self.count, self.rng)
        with path.open("wb") as sink:
            for chunk in breakage.write(line.removesuffix("\n") for line in self._spool):
                sink.write(encode(chunk, self.spec["encoding"]))
        self._spool.close()
        self._tell(breakage, truth)

    def _tell(self, breakage: Breakage, truth: Truth) -> None:
        file, rows = self.spec["path"], np.frombuffer(breakage.rows, dtype=np.int64)
        owners = _column(self._owners)
        kept = np.flatnonzero(rows[owners] > 0)  # broken rows are about nobody
        kinds, entities, roles, primary = (
            _column(column)[kept] for column in (self._kinds, self._entities, self._roles, self._primary)
        )
        truth.entities(file, (rows[owners[kept]], kinds, entities, roles, primary))
        truth.rows(
            "acts", [(ring, file, int(rows[at]), amount) for ring, at, amount in self._acts if rows[at] > 0]
        )
        truth.rows(
            "duplicates",
            [
                (file, int(rows[at]), int(rows[of]), relation)
                if relation == "duplicate_of"
                else (file, int(rows[of]), int(rows[at]), "superseded_by")
                for at, of, relation in self._twins
                if rows[at] > 0 and rows[of] > 0
            ],
        )
        truth.rows("quarantine", [(file, row, rule) for row, rule in breakage.broken])


def _column(values: "array[int]") -> np.ndarray:
    dtype = np.int8 if values.typecode == "b" else np.int64
    return np.frombuffer(values, dtype=dtype) if values else np.array([], dtype=dtype)


def encode(text: str, encoding: str) -> bytes:
    """Encode; what GBK cannot hold becomes a question mark, as its exports have it."""
    return text.encode(encoding, errors="replace" if encoding == "gbk" else "strict")
