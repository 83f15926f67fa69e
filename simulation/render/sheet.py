"""A file of the hand-over as it grows: rows gathered, re-sent, corrected, mixed, written with their dirt."""

import heapq
from array import array
from itertools import chain
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import numpy as np

from simulation.chance import hits
from simulation.data import table
from simulation.period import MONTHS
from simulation.render.breakage import INSERTED, Breakage, spoil
from simulation.render.form import Form, encode, place
from simulation.render.part import Part

RESENT = 0.0028  # share of rows delivered twice
CORRECTED = 0.0012  # share of rows that arrive wrong first and right later
LATER = 400  # mean number of rows until they come again


class Row(NamedTuple):
    """Canonical values in the order of the fields, the entities named, the ring whose act it is, its yuan.

    ``of`` is the record that this one repeats or corrects (-1: none).
    """

    values: list[Any]
    refs: tuple[int, ...]
    ring: str = ""
    amount: float = 0.0
    of: int = -1
    relation: str = ""


_new = tuple.__new__  # makes a Row of millions without the detour over keywords


class Sheet:
    """A table on its way to a file.

    Args:
        form: The table in its dialect.
        folder: Where the part is written.
        rng: Source of the mixing and the dirt.
        fix: Field whose value a corrected row had wrong, or nothing.
        sample: Share of the rows whose true fields are told, and the stream that draws them.
        share: Part of the dirt of a whole file that falls on this district.
    """

    def __init__(
        self, form: Form, folder: Path, rng: Random, fix: str, sample: tuple[float, Random], share: float
    ) -> None:
        """Open the part."""
        self.form, self.rng = form, rng
        self.order = str(table("tables")[form.name]["order"])
        monthly = MONTHS if self.order == "month" else 1
        self._breakage = Breakage(form, rng, share / monthly)
        self._fix = place(form.name, fix)
        self._sample, self._drawn = sample
        self._batch: list[Row] = []
        self._late: list[tuple[int, int, Row]] = []
        self.part = Part(form.name, folder / f"{form.name}.part")
        self._sink = self.part.lines.open("wb")
        self._rows = array("q")  # physical row of each record, 0 where it broke
        self._refs, self._counts = array("q"), array("q")
        self._end = "\r\n" if form.format in ("csv", "fixed") else "\n"
        self._gap = "," if form.format == "json" else ""

    def add(self, values: list[Any], refs: tuple[int, ...], ring: str = "", amount: float = 0.0) -> None:
        """Take a row: values in the order of the fields, the entities it names, the ring whose act it is."""
        self._batch.append(_new(Row, (values, refs, ring, amount, -1, "")))

    def flush(self, month: int) -> None:
        """End a month: order the rows, let some come twice or wrong first, and write them."""
        batch = self._batch
        if not batch:
            return
        if self.order == "key":
            batch.sort(key=lambda row: str(row.values[0]))
        elif self.order != "keep":
            self.rng.shuffle(batch)
        self._write(self._deliver(batch), month)
        self._batch = []

    def _deliver(self, batch: list[Row]) -> list[Row]:
        """Return the rows in the order of delivery, what is late or repeated included."""
        base = len(self._rows)
        out: list[Row] = []
        done = 0
        # Nothing is re-sent of tip-offs, which an auditor keeps by hand.
        rate = 0.0 if self.order == "keep" else RESENT + CORRECTED
        for at in hits(self.rng, rate, len(batch)):
            done = self._until(batch, out, done, at, base)
            out.append(self._twice(batch[at], base + len(out)))
            done = at + 1
        self._until(batch, out, done, len(batch), base)
        return out

    def _until(self, batch: list[Row], out: list[Row], done: int, to: int, base: int) -> int:
        """Deliver the rows from ``done`` up to ``to`` and what is due among them."""
        while done < to:
            due = self._late[0][0] - base - len(out) if self._late else to
            if due <= 0:
                out.append(heapq.heappop(self._late)[2])
                continue
            step = min(to, done + due)
            out.extend(batch[done:step])
            done = step
        return done

    def _twice(self, row: Row, count: int) -> Row:
        """Return the row as it comes first; it comes again later, as it is or corrected."""
        if self.rng.random() * (RESENT + CORRECTED) < RESENT:
            self._later(row._replace(of=count, relation="duplicate_of", ring=""), count)
        elif self._fix >= 0:
            value = row.values[self._fix]
            wrong = spoil(value, self.rng)
            if wrong != value:
                self._later(row._replace(of=count, relation="supersedes"), count)
                values = list(row.values)
                values[self._fix] = wrong
                return Row(values, row.refs)
        return row

    def _later(self, row: Row, count: int) -> None:
        heapq.heappush(self._late, (count + 1 + int(self.rng.expovariate(1 / LATER)), count, row))

    def _write(self, rows: list[Row], month: int) -> None:
        first = len(self._rows)
        lines = self.form.lines([row.values for row in rows], month)
        plan = [] if self.order == "keep" else self._breakage.plan(len(lines))
        self._place(lines, rows, plan, month)
        refs = [row.refs for row in rows]
        self._refs.extend(chain.from_iterable(refs))
        self._counts.extend(map(len, refs))
        for at in [at for at, row in enumerate(rows) if row.ring or row.of >= 0]:
            self._note(rows[at], first + at)
        for at in hits(self._drawn, self._sample, len(rows)):
            here = self._rows[first + at]
            if here:
                self.part.fields += [(here, *told) for told in self.form.truths(rows[at].values, month)]

    def _note(self, row: Row, record: int) -> None:
        here, other = self._rows[record], self._rows[row.of] if row.of >= 0 else 0
        if row.ring and here:
            self.part.acts.append((row.ring, here, row.amount))
        if here and other:
            twin = (
                (here, other, "duplicate_of")
                if row.relation == "duplicate_of"
                else (other, here, "superseded_by")
            )
            self.part.twins.append(twin)

    def _place(self, lines: list[str], rows: list[Row], plan: list[tuple[int, str]], month: int) -> None:
        """Write the lines with what breaks among them, and note the row of each record."""
        done = 0
        mangled = -1
        for at, rule in plan:
            if rule in INSERTED:
                self._emit(lines[done:at])
                done = max(done, at)
                self._insert(rule, month)
            elif at >= done and at != mangled:
                mangled = at
                self._emit(lines[done:at])
                self._emit([self._breakage.mangle(rule, rows[at].values, month)], rule)
                done = at + 1
        self._emit(lines[done:])

    def _emit(self, lines: list[str], rule: str = "") -> None:
        """Write lines that are records, or one that is broken."""
        if not lines:
            return
        part = self.part
        text = self._end.join(lines) + self._end
        if self._gap:
            text = "".join(line + self._gap + self._end for line in lines)
        self._sink.write(encode(text, self._encoding))
        if rule:
            part.broken.append((part.rows + 1, rule))
            self._rows.append(0)
        else:
            self._rows.extend(range(part.rows + 1, part.rows + 1 + len(lines)))
            part.accepted += len(lines)
        part.rows += len(lines)

    def _insert(self, rule: str, month: int) -> None:
        part = self.part
        part.rows += 1
        part.broken.append((part.rows, rule))
        if rule == "total_line":
            part.totals.append(self._sink.tell())
            return
        line = self._breakage.insert(rule, month)
        end = self._gap + self._end
        raw = line if isinstance(line, bytes) else encode(line, self._encoding)
        self._sink.write(raw + encode(end, self._encoding))

    @property
    def _encoding(self) -> str:
        if self.form.format in ("xlsx", "parquet"):
            return "utf-8"
        # Marks of byte order stand once, at the head of the whole file.
        return {"utf-16": "utf-16-le", "utf-8-sig": "utf-8"}.get(self.form.encoding, self.form.encoding)

    def close(self) -> Part:
        """Write what is still late; return the part."""
        late = [heapq.heappop(self._late)[2] for _ in range(len(self._late))]
        if late:
            self._write(late, MONTHS - 1)
        self._sink.close()
        rows = np.repeat(np.array(self._rows), np.array(self._counts, dtype=np.int64))
        kept = rows > 0  # broken rows are about nobody
        self.part.keep(rows[kept], np.array(self._refs)[kept])
        return self.part
