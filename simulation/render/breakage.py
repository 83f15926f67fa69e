"""The dirt of transport: lines that are no record, and records cut, slipped or garbled on the way."""

from collections.abc import Sequence
from random import Random
from typing import Any

from simulation.chance import poisson
from simulation.data import table
from simulation.render.form import Form, fields

# format -> rule -> (expected number in any file, one more for so many rows)
TEXT = {
    "repeated_header": (0.3, 8500),
    "total_line": (0.12, 11000),
    "placeholder": (0.4, 13000),
    "undecodable": (0.4, 12000),
    "blank_line": (0.04, 60000),
    "field_count": (0.25, 9000),
    "shifted": (0.3, 9000),
    "bad_date": (0.05, 40000),
    "bad_number": (0.05, 40000),
    "missing_key": (0.1, 25000),
}
RULES: dict[str, dict[str, tuple[float, int]]] = {
    "csv": TEXT,
    "fixed": {
        rule: TEXT[rule]
        for rule in ("placeholder", "undecodable", "blank_line", "field_count", "missing_key")
    },
    "jsonl": {"bad_json": (0.5, 2600), "null_record": (0.5, 9000), "missing_key": (0.2, 12000)},
    "json": {"placeholder": (0.6, 2000)},
    "xlsx": {
        rule: TEXT[rule]
        for rule in ("repeated_header", "total_line", "placeholder", "blank_line", "shifted", "missing_key")
    },
    "parquet": {"null_record": (0.4, 20000), "placeholder": (0.4, 13000), "missing_key": (0.1, 25000)},
}
INSERTED = {"repeated_header", "total_line", "placeholder", "undecodable", "blank_line", "null_record"}
MOJIBAKE = "锟斤拷烫烫烫"
RAW = b"\xff\xff\xfe\xff"  # bytes that no encoding here reads
LONG = 300  # records beside which bytes that do not decode leave the file's encoding beyond doubt
BAD_DATES, BAD_NUMBERS = ("20241345", "待查", "2024-02-31"), ("--", "见附件", "#VALUE!")


class Breakage:
    """Where a file breaks, and how.

    Args:
        form: The table in its dialect.
        rng: Source of the places.
        share: Part of the expected number of any file that one flush bears.
    """

    def __init__(self, form: Form, rng: Random, share: float) -> None:
        """Look up what can break in the format."""
        self.form, self.rng, self.share, self._long = form, rng, share, False
        spec = table("tables")[form.name]
        needs, keys = set(spec.get("needs", [])), set(spec.get("key", []))
        names = [field for field, _ in fields(form.name)]
        needed = [(at, column.kind) for at, column in enumerate(form.columns) if names[column.at] in needs]
        self._needed = {
            "bad_date": [at for at, kind in needed if kind in ("date", "stamp", "month")],
            "bad_number": [at for at, kind in needed if kind == "money"],
            "missing_key": [at for at, column in enumerate(form.columns) if names[column.at] in keys],
        }

    def plan(self, count: int) -> list[tuple[int, str]]:
        """Return what breaks where among ``count`` records; never the first, from which a reader learns."""
        planned = []
        self._long = count >= LONG
        for rule, (least, per) in RULES[self.form.format].items():
            if not self._needed.get(rule, True):
                continue
            for _ in range(poisson(self.rng, least * self.share + count / per) if count > 3 else 0):
                planned.append((self.rng.randrange(1, count), rule))
        return sorted(planned)

    def insert(self, rule: str, month: int) -> str | bytes:
        """Return a line that is no record; totals are left to who knows the whole file."""
        form = self.form
        width = len(form.shown(month))
        if rule == "repeated_header":
            return form.header
        if rule in ("blank_line", "null_record"):
            return (
                "null"
                if form.format == "jsonl"
                else form.delimiter * (width - 1) * (form.format == "parquet")
            )
        if rule == "undecodable":
            if self._long and not form.encoding.startswith("utf-16") and self.rng.random() < 0.5:
                return RAW
            return form.join([MOJIBAKE] + ["??"] * (width - 1))
        return self._placeholder(month)

    def _placeholder(self, month: int) -> str:
        form = self.form
        if form.format == "json":
            return str(form.spec["placeholder"])
        typed = form.format == "parquet"
        return form.join(
            [
                "" if typed and column.kind in ("money", "int", "date") else "测试" if at % 3 == 0 else "test"
                for at, column in enumerate(form.shown(month))
            ]
        )

    def mangle(self, rule: str, values: Sequence[Any], month: int) -> str:
        """Return the line of a record that broke on its way."""
        form, rng = self.form, self.rng
        cells = [column[0] for column in form.cells([[value] for value in values], month)]
        if rule in ("bad_date", "bad_number"):
            cells[rng.choice(self._needed[rule])] = rng.choice(
                BAD_DATES if rule == "bad_date" else BAD_NUMBERS
            )
            return form.join(cells)
        if rule == "missing_key":
            return form.join(["" if at in self._needed[rule] else cell for at, cell in enumerate(cells)])
        if rule == "shifted":
            return form.delimiter.join([*cells[:3], "", "", *cells[3:]])
        if rule == "field_count" and form.format == "fixed":
            return form.join(cells[: max(2, len(cells) // 3)]).rstrip()
        if rule == "field_count":
            return form.delimiter.join(cells[: max(2, len(form.columns) // 3)])
        line = form.join(cells)
        if rng.random() < 0.5:
            return line[: rng.randint(len(line) // 3, len(line) * 2 // 3)]
        return line.replace('":', '"', 3)


def spoil(value: object, rng: Random) -> object:
    """Return what stood in a field before it was corrected: another amount or telephone."""
    if isinstance(value, float):
        return round(value * rng.uniform(0.7, 1.3), 2)
    text = str(value)
    if len(text) == 11 and text.isdigit():
        return text[:3] + f"{rng.randrange(10**8):08d}"
    return value
