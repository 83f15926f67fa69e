"""The account of the data: what was read of each file, what was set aside and why, and how the run went."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from app.services.desk import Desk

PAGE = 100
_FOREMOST = ("kept", "why", "models")
_KEPT_BY_MANIFEST = {"skipped", "seconds", "peak_memory_mb"}


def totals(desk: Desk) -> dict[str, int]:
    """Return files, rows_read, accepted and quarantined of the whole hand-over."""
    columns = ("rows_read", "accepted", "quarantined")
    return {"files": desk.files.height} | {c: int(desk.files[c].sum()) for c in columns}


def quarantine_rules(desk: Desk) -> dict[str, int]:
    """Return rule → rows, the most frequent first."""
    counts = desk.out("quarantine").group_by("rule").len().collect()
    return dict(counts.sort("len", "rule", descending=[True, False]).iter_rows())


def quarantined(desk: Desk, rule: str | None, number: int) -> tuple[pl.DataFrame, int]:
    """Return page ``number`` (from 1) of the quarantined rows of a rule, or of all, and how many pages."""
    rows = desk.out("quarantine")
    rows = rows.filter(pl.col("rule") == rule) if rule else rows
    total = int(rows.select(pl.len()).collect().item())
    pages = max(1, -(-total // PAGE))
    number = min(max(number, 1), pages)
    return rows.sort("source_file", "source_row").slice((number - 1) * PAGE, PAGE).collect(), pages


def pattern_hits(desk: Desk) -> pl.DataFrame:
    """Return pattern_id, pattern_version, typology, hits, amount (yuan), by pattern."""
    hits = desk.scan("hits", "hits")
    grouped = hits.group_by("pattern_id", "pattern_version", "typology")
    return grouped.agg(pl.len().alias("hits"), pl.col("amount").sum()).sort("pattern_id").collect()


def last_manifest(desk: Desk) -> dict[str, Any]:
    """Return the newest manifest of a run that ended well and did some work, or {}."""
    for path in sorted(desk.workspace.folder("runs").glob("*/manifest.json"), reverse=True):
        try:
            found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if found.get("status") == "done" and not all(s.get("skipped") for s in found["stages"].values()):
            return found
    return {}


def figures(manifest: Mapping[str, Any], stages: tuple[str, ...]) -> list[tuple[str, str, str]]:
    """Return (stage, figure, value) of what the named stages reported, nested names joined by " / "."""
    found = []
    for stage in stages:
        entry = manifest.get("stages", {}).get(stage, {})
        found += [(stage, name, value) for name, value in _leaves(entry) if name not in _KEPT_BY_MANIFEST]
    return sorted(found, key=lambda figure: not figure[1].startswith(_FOREMOST))


def _leaves(entry: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for name, value in entry.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{above}{name} / ")
        else:
            yield f"{above}{name}", _shown(value)


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    if isinstance(value, list):
        return f"[{', '.join(_shown(v) for v in value)}]"
    return str(value)
