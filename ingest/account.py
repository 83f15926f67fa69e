"""The account of a hand-over: what was read, accepted and quarantined of every file, and what to warn of."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from ingest.handover import Source
from ingest.mapping import Mapping
from jiwang.config import Settings
from jiwang.errors import VolumeError


@dataclass
class Entry:
    """One file's account."""

    source: Source
    rows_read: int = 0
    accepted: int = 0
    rules: Counter[str] = field(default_factory=Counter)
    totals: list[int] = field(default_factory=list)
    duplicates: int = 0
    superseded: int = 0

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
        counted = self.rows_read if self._counts_read() else self.accepted
        if stated is not None and stated != counted:
            said.append(f"{name}: control total {stated}, but {counted} rows counted")
        if len(set(self.totals)) > 1:
            said.append(f"{name}: its total lines differ: {', '.join(map(str, sorted(set(self.totals))))}")
        return said

    def _counts_read(self) -> bool:
        total = getattr(self.source.mapping.format, "total", None)
        return total is not None and total.counts == "read"


def check_volumes(entries: list[Entry]) -> None:
    """Hold the accepted rows of every mapping against its volume assertions.

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
    entries: list[Entry], documents: list[str], left_out: list[str], settings: Settings
) -> dict[str, Any]:
    """Return the stage's figures for the manifest."""
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
    }
