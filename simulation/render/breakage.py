"""The dirt of transport: lines that are no record, and records cut, slipped or garbled on the way."""

from array import array
from collections.abc import Iterable, Iterator
from random import Random

from simulation.chance import poisson

# rule -> (expected number in any file, one more for so many rows)
CSV_RULES = {
    "repeated_header": (0.3, 8500),
    "total_line": (0.12, 11000),
    "placeholder": (0.4, 13000),
    "undecodable": (0.4, 12000),
    "blank_line": (0.04, 60000),
    "field_count": (0.25, 9000),
    "shifted": (0.3, 9000),
}
JSON_RULES = {"bad_json": (0.5, 2600), "null_record": (0.5, 9000)}
INSERTED = {"repeated_header", "total_line", "placeholder", "undecodable", "blank_line", "null_record"}


class Breakage:
    """Plans where a file breaks and writes it.

    Args:
        columns: Names of the columns, the header line.
        fmt: ``csv`` or ``jsonl``.
        count: Number of records.
        rng: Source of the places.
    """

    def __init__(self, columns: list[str], fmt: str, count: int, rng: Random) -> None:
        """Choose the places."""
        self.columns, self.csv, self.rng = columns, fmt == "csv", rng
        self.rows = array("q", bytes(8 * count))
        self.broken: list[tuple[int, str]] = []
        self._plan: dict[int, list[str]] = {}
        for rule, (least, per) in (CSV_RULES if self.csv else JSON_RULES).items():
            for _ in range(poisson(rng, least + count / per) if count > 3 else 0):
                self._plan.setdefault(rng.randrange(1, count), []).append(rule)
        self.lost = sum(1 for rules in self._plan.values() if any(rule not in INSERTED for rule in rules))
        self.accepted = count - self.lost

    def write(self, lines: Iterable[str]) -> Iterator[str]:
        """Yield the file's text piece by piece and note the physical row of each record (0: it was lost)."""
        end = "\r\n" if self.csv else "\n"
        if self.csv:
            yield ",".join(self.columns) + end
        row = 0
        for at, line in enumerate(lines):
            mangled = ""
            for rule in self._plan.get(at, ()):
                if rule in INSERTED:
                    row += 1
                    self.broken.append((row, rule))
                    yield self._insert(rule) + end
                elif not mangled:
                    mangled = rule
            row += 1
            if mangled:
                self.broken.append((row, mangled))
            else:
                self.rows[at] = row
            yield (self._mangle(mangled, line) if mangled else line) + end

    def _insert(self, rule: str) -> str:
        width = len(self.columns)
        return {
            "repeated_header": ",".join(self.columns),
            "total_line": "合计" + "," * (width - 2) + str(self.accepted),
            "placeholder": ",".join("测试" if at % 3 == 0 else "test" for at in range(width)),
            "undecodable": ",".join(["锟斤拷烫烫烫"] + ["??"] * (width - 1)),
            "blank_line": "",
            "null_record": "null",
        }[rule]

    def _mangle(self, rule: str, line: str) -> str:
        fields = line.split(",")
        if rule == "field_count":
            return ",".join(fields[: max(2, len(self.columns) // 3)])
        if rule == "shifted":
            return ",".join([*fields[:3], "", "", *fields[3:]])
        if self.rng.random() < 0.5:
            return line[: self.rng.randint(len(line) // 3, len(line) * 2 // 3)]
        return line.replace('":', '"', 3)


def spoil(value: object, rng: Random) -> object:
    """Return what stood in a field before it was corrected: another amount, day or telephone."""
    if isinstance(value, float):
        return round(value * rng.uniform(0.7, 1.3), 2)
    text = str(value)
    if not text:
        return text
    if "." in text and text.replace(".", "").isdigit():
        return f"{float(text) * rng.uniform(0.7, 1.3):.2f}"
    if len(text) == 11 and text.isdigit():
        return text[:3] + f"{rng.randrange(10**8):08d}"
    return text
