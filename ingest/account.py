"""The account of a hand-over: what was read, accepted and quarantined of every file, and what to warn of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from ingest.corrections import Correction
from ingest.layouts import Json
from ingest.mapping import Mapping
from ingest.source import Source
from jiwang.config import Settings
from jiwang.errors import InputError, MappingError, VolumeError

_LONGEST_CODE = 8
_NAMED = 10  # rows whose correction is stale that a warning names


@dataclass
class Entry:
    """One file's account.

    Attributes:
        source: the file, or the part of one.
        rows_read: rows of it; ``accepted`` those that became records. A wide row (`ingest.wide`) counts once
            for every record that it became, and once if any of it is broken.
        lines: rows of the file in which accepted records stand: as many as those, without wide rows.
        rules: how many rows each rule broke.
        totals: numbers of rows that the file states of itself, in order.
        outside: column → how many of its codes are in no code table, the first row of one, and its text.
        faults: what is wrong with columns met while reading.
        repaired: rows that were accepted as corrected; ``stale`` those whose correction was made for another
            text than stands there.
    """

    source: Source
    rows_read: int = 0
    accepted: int = 0
    lines: int = 0
    rules: Counter[str] = field(default_factory=Counter)
    totals: list[int] = field(default_factory=list)
    outside: dict[str, tuple[int, int, str]] = field(default_factory=dict)
    faults: list[InputError] = field(default_factory=list)
    duplicates: int = 0
    superseded: int = 0
    repaired: list[int] = field(default_factory=list)
    stale: list[int] = field(default_factory=list)

    def take_outside(self, outside: MappingOf[str, pl.DataFrame]) -> None:
        """Count codes that are in no code table."""
        for column, rows in outside.items():
            count, row, text = self.outside.get(column, (0, *rows.row(0)))
            self.outside[column] = (count + rows.height, row, text)

    def stops(self) -> list[InputError]:
        """Return the codes outside their table at which the mapping wants the run to stop."""
        columns = self.source.mapping.columns
        return [
            MappingError(
                f"{self.source.name}, row {row}: column {column}: code {_shown(text)} is in no code table"
                f" ({count} rows)",
                'add the code to its table, name the rest with `"*"`, or set `unknown_code` to accept',
            )
            for column, (count, row, text) in self.outside.items()
            if columns[column].unknown_code == "stop"
        ]

    @property
    def quarantined(self) -> int:
        """Rows of the file that are broken."""
        return self.rules.total()

    @property
    def control_total(self) -> int | None:
        """The number of rows that the file states of itself: the last that it states."""
        return self.totals[-1] if self.totals else None

    def row(self, region: str) -> dict[str, Any]:
        """Return the file's row of the table ``files``."""
        mapping = self.source.mapping
        return {
            "region": region,
            "source_file": self.source.name,
            "department": mapping.department,
            "mapping": mapping.id,
            "rows_read": self.rows_read,
            "accepted": self.accepted,
            "quarantined": self.quarantined,
            "control_total": self.control_total,
            "table": mapping.table,
            "duplicates": self.duplicates,
            "superseded": self.superseded,
        }

    def warnings(self) -> list[str]:
        """Return what an auditor would ask the department about."""
        said = []
        name, stated = self.source.name, self.control_total
        if not self.rows_read:
            said.append(f"{name}: there are no rows in it")
        counted = self.rows_read if self._counts_read() else self.lines
        if stated is not None and stated != counted:
            said.append(f"{name}: control total {stated}, but {counted} rows counted")
        if len(set(self.totals)) > 1:
            said.append(f"{name}: its total lines differ: {', '.join(map(str, sorted(set(self.totals))))}")
        for column, (count, row, text) in self.outside.items():
            said.append(
                f"{name}: column {column}: {count} codes in no code table, first {_shown(text)} in row {row}"
            )
        if self.stale:
            rows = ", ".join(map(str, self.stale[:_NAMED])) + (", …" if len(self.stale) > _NAMED else "")
            said.append(
                f"{name}, row {rows}: not repaired, its correction was made for another text than is there:"
                " export the row and correct it again, if it is still quarantined"
            )
        return said

    def _counts_read(self) -> bool:
        layout = self.source.mapping.format
        return isinstance(layout, Json) and layout.total is not None and layout.total.counts == "read"


def _shown(text: str) -> str:
    """Return a code as it may be shown: what is as long as a number of a person is not repeated."""
    return repr(text) if len(text) <= _LONGEST_CODE else f"of {len(text)} characters"


def check_volumes(entries: list[Entry], before: MappingOf[str, int] | None = None) -> None:
    """Hold the accepted rows of every mapping against its volume assertions.

    ``before`` are those of the batch that the workspace holds, by mapping.

    Raises:
        VolumeError: a source brought too few or too many rows; every one is named.
    """
    brought: Counter[str] = Counter()
    mappings: dict[str, Mapping] = {}
    for entry in entries:
        mappings[entry.source.mapping.id] = entry.source.mapping
        brought[entry.source.mapping.id] += entry.accepted
    faults = []
    for name, mapping in sorted(mappings.items()):
        least, most = mapping.volume.min_rows, mapping.volume.max_rows
        if brought[name] < least or (most is not None and brought[name] > most):
            faults.append(
                f"mapping {name}: {brought[name]} rows accepted, {least} to {most or 'any'} expected"
            )
        past, limit = (before or {}).get(name, 0), mapping.volume.max_change
        if past and limit is not None and abs(brought[name] - past) > limit * past:
            faults.append(
                f"mapping {name}: {brought[name]} rows accepted, {past} in the batch before: "
                f"a change of {brought[name] / past - 1:+.0%}, {limit:.0%} allowed"
            )
    if faults:
        raise VolumeError(
            "; ".join(faults), "ask the department whether the export is whole, or correct `volume`"
        )


def beyond_share(entries: list[Entry], settings: Settings) -> list[str]:
    """Return the files of which so much is quarantined that the run ends with exit code 3."""
    found = []
    for entry in entries:
        own = entry.source.mapping.quarantine_share
        share = settings.quarantine_share if own is None else own
        if entry.rows_read >= settings.quarantine_min_rows and entry.quarantined > share * entry.rows_read:
            found.append(entry.source.name)
    return sorted(found)


def files_table(entries: list[Entry], documents: list[str], region: str) -> pl.DataFrame:
    """Return the table ``files``: one row a file, documents with no rows, sorted by name."""
    rows = [e.row(region) for e in entries]
    blank = {"rows_read": 0, "accepted": 0, "quarantined": 0, "duplicates": 0, "superseded": 0}
    rows += [
        {"region": region, "source_file": d, "department": "", "mapping": "document", **blank}
        for d in documents
    ]
    schema = {
        **dict.fromkeys(("region", "source_file", "department", "mapping"), pl.String),
        **dict.fromkeys(("rows_read", "accepted", "quarantined", "control_total"), pl.Int64),
        "table": pl.String,
        **dict.fromkeys(("duplicates", "superseded"), pl.Int64),
    }
    return pl.DataFrame(rows, schema=schema).sort("source_file")


def counts(
    entries: list[Entry],
    documents: list[str],
    left_out: list[str],
    settings: Settings,
    given: MappingOf[str, MappingOf[int, Correction]],
) -> dict[str, Any]:
    """Return the stage's figures for the manifest; ``given`` are the corrections by file and row."""
    rules: Counter[str] = Counter()
    for entry in entries:
        rules += entry.rules
    return {
        "files": len(entries),
        "documents": sorted(documents),
        "rows_read": sum(e.rows_read for e in entries),
        "accepted": sum(e.accepted for e in entries),
        "quarantined": sum(e.quarantined for e in entries),
        "duplicates": sum(e.duplicates for e in entries),
        "superseded": sum(e.superseded for e in entries),
        "rules": dict(sorted(rules.items())),
        "left_out": sorted(left_out),
        "warnings": sorted(w for e in entries for w in e.warnings()),
        "over_quarantined": beyond_share(entries, settings),
        **_repaired(entries, given),
    }


def _repaired(
    entries: list[Entry], given: MappingOf[str, MappingOf[int, Correction]]
) -> dict[str, dict[str, dict[str, int]]]:
    """Return file → who → how many of its rows were accepted as corrected; nothing where none was."""
    found = {e.source.name: Counter(given[e.source.name][n].who for n in e.repaired) for e in entries}
    told = {name: dict(sorted(by.items())) for name, by in found.items() if by}
    return {"repaired": told} if told else {}
