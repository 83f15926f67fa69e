"""What one district contributes to a file and to the truth of it; rows are counted from its own start."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

KINDS = ("person", "employer", "clinic", "account")
ROLES = (
    "self",
    "relative",
    "counterparty",
    "witness",
    "operator",
    "legal_person",
    "shareholder",
    "doctor",
    "employer",
    "payee",
    "liaison",
)


def pointer(kind: int, role: int, primary: bool) -> int:
    """Return the low ten bits of a reference: the entity's number stands above them."""
    return kind << 6 | role << 1 | primary


@dataclass(slots=True)
class Part:
    """A piece of a file.

    Attributes:
        name: The table.
        lines: The bytes, encoded, without header or envelope; of workbooks and Parquet, cells as UTF-8 text.
        owners: ``.npy`` beside it: for each reference its row; and ``refs`` the references.
        rows: Physical rows, lines of totals included.
        accepted: Rows that are records.
        totals: Byte offsets and rows at which a line of totals stands once the whole file is counted.
        broken: Row and rule.
        acts: Ring, row and amount in yuan.
        twins: Row, other row, relation.
        fields: Row, field, true text, whether lost: of a sample of the rows.
    """

    name: str
    lines: Path
    rows: int = 0
    accepted: int = 0
    totals: list[int] = field(default_factory=list)
    broken: list[tuple[int, str]] = field(default_factory=list)
    acts: list[tuple[str, int, float]] = field(default_factory=list)
    twins: list[tuple[int, int, str]] = field(default_factory=list)
    fields: list[tuple[int, str, str, bool]] = field(default_factory=list)

    def keep(self, rows: np.ndarray, refs: np.ndarray) -> None:
        """Write the references beside the lines."""
        np.save(self.lines.with_suffix(".rows.npy"), rows)
        np.save(self.lines.with_suffix(".refs.npy"), refs)

    def references(self) -> tuple[np.ndarray, np.ndarray]:
        """Return rows and references; they are read once, and then gone."""
        paths = self.lines.with_suffix(".rows.npy"), self.lines.with_suffix(".refs.npy")
        rows, refs = (np.load(path) for path in paths)
        for path in paths:
            path.unlink()
        return rows, refs
