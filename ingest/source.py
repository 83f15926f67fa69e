"""A file, or a part of one, with the mapping that reads it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ingest.column import PERIOD, SHEET, YEAR
from ingest.headers import Header
from ingest.layouts import Workbook
from ingest.mapping import Mapping
from ingest.opening import is_packed
from ingest.periods import stated_year


@dataclass(frozen=True)
class Source:
    """One file, or a part of one (a sheet, an inner array), that a mapping reads.

    Attributes:
        path: where it lies; ``name`` is relative to the input folder, ``/`` between, ``#part`` behind it.
        encodings: of text, that of the file first.
        top: its header (not of JSON).
        sheet: of a workbook.
        period: what its name says of its time, such as 202401.
    """

    path: Path
    name: str
    mapping: Mapping
    encodings: tuple[str, ...] = ()
    top: Header | None = None
    sheet: str = ""
    period: str = ""

    @property
    def constants(self) -> dict[str, str]:
        """The constants of the mapping, with what the file says of itself; what it does not say is out."""
        told = {
            field: text.replace("{period}", self.period).replace("{sheet}", self.sheet)
            for field, text in self.mapping.constants.items()
        }
        return {field: text for field, text in told.items() if text}

    @property
    def size(self) -> int | None:
        """How many bytes there are to be read; of a packed text that is not known."""
        packed = not isinstance(self.mapping.format, Workbook) and is_packed(self.path)
        return None if packed else self.path.stat().st_size

    @property
    def told(self) -> dict[str, str]:
        """What the file says of all its rows, as columns that a mapping may name."""
        year = stated_year(self.sheet, self.name.partition("#")[0].rpartition("/")[2])
        return {PERIOD: self.period, SHEET: self.sheet, YEAR: year}
