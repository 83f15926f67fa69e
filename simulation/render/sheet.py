"""A file of the hand-over as it grows: rows gathered, re-sent, corrected, mixed, written with their dirt."""

import heapq
from array import array
from collections.abc import Iterable, Sequence
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


class Again(NamedTuple):
    """A row that comes again: as :meth:`Sheet.add` takes it, and the record that it repeats or corrects."""

    values: Sequence[Any]
    refs: tuple[int, ...]
    ring: str
    amount: float
    of: int
    relation: str


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
        # The rows of a month, as they were added or field by field, and by their place: acts and repeats.
        self._values: list[Sequence[Any]] = []
        self._columns: list[list[Any]] = []
        self._named: list[tuple[int, ...]] = []
        self._acts: dict[int, tuple[str, float]] = {}
        self._repeats: dict[int, tuple[int, str]] = {}
        self._late: list[tuple[int, int, Again]] = []
        self.part = Part(form.name, folder / f"{form.name}.part")
        self._sink = self.part.lines.open("wb")
        self._rows = array("q")  # physical row of each record, 0 where it broke
        self._refs: list[np.ndarray] = []
        self._counts: list[np.ndarray] = []
        self._end = "\r\n" if form.format in ("csv", "fixed") else "\n"
        self._gap = "," if form.format == "json" else ""

    def add(self, values: Sequence[Any], refs: tuple[int, ...], ring: str = "", amount: float = 0.0) -> None:
        """Take a row: values in the order of the fields, the entities it names, the ring whose act it is."""
        if ring:
            self._acts[len(self._values)] = (ring, amount)
        self._values.append(values)
        self._named.append(refs)

    def extend(
        self,
        columns: Sequence[Iterable[Any]],
        refs: Iterable[tuple[int, ...]],
        rings: Sequence[str] = (),
        amounts: Sequence[float] = (),
    ) -> None:
        """Take all rows of a month field by field, instead of :meth:`add`: for the tables of millions."""
        if any(rings):
            acts = enumerate(zip(rings, amounts, strict=True))
            self._acts.update((at, act) for at, act in acts if act[0])
        self._columns = [list(column) for column in columns]
        self._named.extend(refs)

    def flush(self, month: int) -> None:
        """End a month: order the rows, let some come twice or wrong first, and write them."""
        if not self._named:
            return
        if self._values:
            self._columns = [list(column) for column in zip(*self._values, strict=True)]
        order = list(range(len(self._named)))
        if self.order == "key":
            keys = list(map(str, self._columns[0]))
            order.sort(key=keys.__getitem__)
        elif self.order != "keep":
            self.rng.shuffle(order)
        self._write(self._deliver(order), month)

    def _deliver(self, order: list[int]) -> list[int]:
        """Return the rows' places in the order of delivery, what is late or repeated included."""
        base = len(self._rows)
        out: list[int] = []
        done = 0
        # Nothing is re-sent of tip-offs, which an auditor keeps by hand.
        rate = 0.0 if self.order == "keep" else RESENT + CORRECTED
        for at in hits(self.rng, rate, len(order)):
            done = self._until(order, out, done, at, base)
            out.append(self._twice(order[at], base + len(out)))
            done = at + 1
        self._until(order, out, done, len(order), base)
        return out

    def _until(self, order: list[int], out: list[int], done: int, to: int, base: int) -> int:
        """Deliver the rows from ``done`` up to ``to`` and what is due among them."""
        while done < to:
            due = self._late[0][0] - base - len(out) if self._late else to
            if due <= 0:
                out.append(self._repeated(heapq.heappop(self._late)[2]))
                continue
            step = min(to, done + due)
            out.extend(order[done:step])
            done = step
        return done

    def _repeated(self, row: Again) -> int:
        """Take a row that comes again; return its place."""
        at = self._append(row.values, row.refs)
        self._repeats[at] = (row.of, row.relation)
        if row.ring:
            self._acts[at] = (row.ring, row.amount)
        return at

    def _append(self, values: Sequence[Any], refs: tuple[int, ...]) -> int:
        """Put a row to the others of the month; return its place."""
        if not self._columns:
            self._columns = [[] for _ in values]
        for column, value in zip(self._columns, values, strict=True):
            column.append(value)
        self._named.append(refs)
        return len(self._named) - 1

    def _row(self, at: int) -> list[Any]:
        return [column[at] for column in self._columns]

    def _twice(self, at: int, count: int) -> int:
        """Return the place of the row as it comes first; it comes again later, as it is or corrected."""
        values, refs = self._row(at), self._named[at]
        if self.rng.random() * (RESENT + CORRECTED) < RESENT:
            self._later(Again(values, refs, "", 0.0, count, "duplicate_of"))
        elif self._fix >= 0:
            wrong = spoil(values[self._fix], self.rng)
            if wrong != values[self._fix]:
                # The money is the ring's by the row that stands in the end.
                ring, amount = self._acts.get(at, ("", 0.0))
                self._later(Again(values, refs, ring, amount, count, "superseded_by"))
                spoilt = list(values)
                spoilt[self._fix] = wrong
                return self._append(spoilt, refs)
        return at

    def _later(self, row: Again) -> None:
        due = row.of + 1 + int(self.rng.expovariate(1 / LATER))
        heapq.heappush(self._late, (due, row.of, row))

    def _write(self, out: list[int], month: int) -> None:
        """Write the rows whose places ``out`` holds in that order, and forget all."""
        first = len(self._rows)
        # Spelt as they were made, then ordered: neighbours in memory are read as neighbours.
        lines = list(map(self.form.lines(self._columns, month).__getitem__, out))
        plan = [] if self.order == "keep" else self._breakage.plan(len(lines))
        self._place(lines, [self._row(out[at]) for at, _ in plan], plan, month)
        self._refer(np.array(out))
        noted = self._acts.keys() | self._repeats.keys()
        for record, at in enumerate(out, first) if noted else ():
            if at in noted:
                self._note(at, record)
        for record in hits(self._drawn, self._sample, len(out)):
            here = self._rows[first + record]
            if here:
                told = self.form.truths(self._row(out[record]), month)
                self.part.fields += [(here, *one) for one in told]
        self._values, self._columns, self._named, self._acts, self._repeats = [], [], [], {}, {}

    def _refer(self, out: np.ndarray) -> None:
        """Keep the references of the rows in the order of ``out``, and how many each row has."""
        named = self._named
        counts = np.fromiter(map(len, named), np.int64, len(named))
        starts = np.cumsum(counts) - counts
        flat = np.fromiter(chain.from_iterable(named), np.int64, int(counts.sum()))
        ordered = counts[out]
        # The place of each reference: its row's start, and on from there.
        ends = np.cumsum(ordered)
        places = np.repeat(starts[out] - ends + ordered, ordered) + np.arange(ends[-1], dtype=np.int64)
        self._refs.append(flat[places])
        self._counts.append(ordered)

    def _note(self, at: int, record: int) -> None:
        here = self._rows[record]
        if at in self._acts and here:
            ring, amount = self._acts[at]
            self.part.acts.append((ring, here, amount))
        of, relation = self._repeats.get(at, (-1, ""))
        other = self._rows[of] if of >= 0 else 0
        if here and other:
            twin = (here, other) if relation == "duplicate_of" else (other, here)
            self.part.twins.append((*twin, relation))

    def _place(
        self, lines: list[str], broken: list[Sequence[Any]], plan: list[tuple[int, str]], month: int
    ) -> None:
        """Write the lines with what breaks among them, and note the row of each record.

        ``broken`` are the values of the record where each thing planned happens.
        """
        done = 0
        mangled = -1
        for (at, rule), values in zip(plan, broken, strict=True):
            if rule in INSERTED:
                self._emit(lines[done:at])
                done = max(done, at)
                self._insert(rule, month)
            elif at >= done and at != mangled:
                mangled = at
                self._emit(lines[done:at])
                self._emit([self._breakage.mangle(rule, values, month)], rule)
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
            rows = np.arange(part.rows + 1, part.rows + 1 + len(lines), dtype=np.int64)
            self._rows.frombytes(rows.tobytes())
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
        late = [self._repeated(heapq.heappop(self._late)[2]) for _ in range(len(self._late))]
        if late:
            self._write(late, MONTHS - 1)
        self._sink.close()
        nothing = np.empty(0, np.int64)
        rows = np.repeat(np.array(self._rows), np.concatenate([nothing, *self._counts]))
        kept = rows > 0  # broken rows are about nobody
        self.part.keep(rows[kept], np.concatenate([nothing, *self._refs])[kept])
        return self.part
