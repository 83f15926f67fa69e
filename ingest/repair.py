"""Repair: quarantined rows out as a table to edit, and back as corrections that the next ingest reads.

The table holds people's data in clear: only its owner may read the file, and no error repeats a cell of it.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from ingest import corrections
from ingest.corrections import Correction
from ingest.overlay import JSON, LINES
from ingest.stage import RAW
from jiwang.errors import SourceError, UsageError, WorkspaceError
from jiwang.workspace import Workspace

COLUMNS = ("region", "source_file", "source_row", "rule", "detail", "raw", "corrected", "raw_hash")
_READ = ("source_file", "source_row", "corrected", "raw_hash")
_CELL = 32_767  # characters of a cell, beyond which a spreadsheet cuts it off
_RUNS = ("=", "+", "-", "@", "\t")  # what a spreadsheet would run as a formula is led by '
_SCIENTIFIC = re.compile(r"\d(\.\d+)?E\+?\d+", re.IGNORECASE)
_AGAIN = "export the rows again with --export, and correct them in the new file"
Place = tuple[str, int]


def export(workspace: Workspace, path: Path) -> pl.DataFrame:
    """Write the quarantined rows of the batch to ``path`` as CSV for spreadsheets (`COLUMNS`).

    ``raw`` is the row as it stands in the file: its lines of text, the cells of a sheet parted by commas, an
    element of JSON or a row of Parquet as JSON; ``corrected`` is empty, or what was given before. The rest of
    a document that is cut off has neither: it is no row.

    Returns:
        ``source_file``, ``rule``, ``rows`` and ``repairable`` (of them), sorted.

    Raises:
        UsageError: there is a file at ``path`` already, or no folder to write it into.
        WorkspaceError: nothing was ingested, or by a version that kept no raw texts.
    """
    rows = _quarantined(workspace)
    given = corrections.current(workspace.root)
    held = {(f, n): (c.raw_hash, c.text) for f, of in given.items() for n, c in of.items()}
    out = io.StringIO()
    sheet = csv.writer(out, lineterminator="\r\n")
    sheet.writerow(COLUMNS)
    for row in rows.iter_rows(named=True):
        known, text = held.get((row["source_file"], row["source_row"]), ("", ""))
        row["corrected"] = text if known == row["raw_hash"] else ""
        sheet.writerow(_harmless(row[c]) for c in COLUMNS)
    _write_private(path, out.getvalue())
    counted = rows.group_by("source_file", "rule").agg(
        pl.len().alias("rows"), pl.col("raw_hash").is_not_null().sum().alias("repairable")
    )
    return counted.sort("source_file", "rule")


def apply(workspace: Workspace, path: Path, *, who: str, why: str) -> dict[str, int]:
    """Take the corrections in ``path`` into the log; the next ingest reads them. Rows left empty stay.

    Returns:
        File → how many corrections were added; nothing where all were there already.

    Raises:
        UsageError: ``who`` or ``why`` is empty.
        SourceError: the file is no such table, or a correction is for a row that is not there, or not as it
            was: every fault is named, and nothing was added.
    """
    if not who.strip() or not why.strip():
        raise UsageError("a correction needs a name and a reason", "say them with --who and --why")
    at = datetime.now(UTC).isoformat(timespec="microseconds")
    latest = corrections.latest(workspace.root)
    known = {(f, n): c.raw_hash for f, of in latest.items() for n, c in of.items()}
    there = {(r["source_file"], r["source_row"]): r for r in _quarantined(workspace).iter_rows(named=True)}
    known |= {place: row["raw_hash"] for place, row in there.items()}
    faults, added = [], dict[Place, Correction]()
    for line, (place, text, raw_hash) in _edited(path):
        fault = _fault(place, text, raw_hash, known) or _misshapen(text, there.get(place))
        if place in added and added[place].text != text:
            fault = "another line of this file corrects it otherwise"
        if fault:
            faults.append(f"{path.name}, line {line}: {place[0]}, row {place[1]}: {fault}")
        added[place] = Correction(*place, raw_hash, text, at, who.strip(), why.strip())
    if faults:
        raise SourceError(
            "; ".join(faults), "mend these lines or empty their `corrected`; if the file changed, " + _AGAIN
        )
    fresh = [c for (f, n), c in added.items() if not _same(latest.get(f, {}).get(n), c)]
    if fresh:
        corrections.append(workspace.root, fresh)
    return dict(sorted(Counter(c.source_file for c in fresh).items()))


def _quarantined(workspace: Workspace) -> pl.DataFrame:
    path = workspace.table("quarantine", "quarantine")
    raw = path.with_name(RAW)
    if not raw.is_file():
        raise WorkspaceError(
            f"{path.parent} was published by a version that kept no raw rows",
            "run `jiwang ingest` again, then export",
        )
    return pl.read_parquet(path).join(
        pl.read_parquet(raw), on=["source_file", "source_row"], how="left", maintain_order="left"
    )


def _fault(place: Place, text: str, raw_hash: str, known: Mapping[Place, str | None]) -> str:
    """Return what is wrong with a correction, or nothing."""
    if place not in known:
        return "no quarantined row of this batch"
    if known[place] is None:
        return "no row of its own, but the rest of a file that is cut off: have the file delivered anew"
    if known[place] != raw_hash:
        return "the file has another text there than when it was exported"
    if len(text) >= _CELL:
        return f"field corrected has {_CELL} characters, where a spreadsheet cuts a cell off"
    if _SCIENTIFIC.fullmatch(text):
        return "field corrected is a number in scientific notation: a spreadsheet took the text for a number"
    return ""


def _misshapen(text: str, row: Mapping[str, str] | None) -> str:
    """Return what is wrong with the form of a correction of a quarantined row, or nothing."""
    if row is None:
        return ""
    lines = row["raw"].count("\n") + 1
    if row["form"] == LINES and text.count("\n") + 1 != lines:
        return f"field corrected must have as many lines as the row, {lines}"
    if row["form"] == JSON:
        try:
            whole = isinstance(json.loads(text), dict)
        except (ValueError, RecursionError):
            whole = False
        return (
            "" if whole else "field corrected must be an object of JSON, as `raw` is: quotes, commas, braces"
        )
    return ""


def _same(before: Correction | None, now: Correction) -> bool:
    if before is None:
        return now.takes_back
    return (before.raw_hash, before.text) == (now.raw_hash, now.text)


def _edited(path: Path) -> Iterator[tuple[int, tuple[Place, str, str]]]:
    """Yield the last line, the place, the corrected text and the raw hash of each corrected row of a CSV."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror}", "name the edited file with --apply") from error
    except UnicodeDecodeError as error:
        raise SourceError(
            f"{path.name} is not in UTF-8: a spreadsheet saved it in another encoding",
            "save it as “CSV UTF-8”, from the spreadsheet that still has all characters",
        ) from error
    sheet = csv.DictReader(io.StringIO(text, newline=""))
    missing = [c for c in _READ if c not in (sheet.fieldnames or ())]
    if missing:
        raise SourceError(
            f"{path.name} has no column {', '.join(missing)}",
            "keep the columns of the export, parted by commas: a spreadsheet may have saved them otherwise",
        )
    for row in sheet:
        if not (row["corrected"] or "").strip():
            continue
        if None in row or None in row.values() or not row["source_row"].isdigit():
            raise SourceError(
                f"{path.name}, line {sheet.line_num}: fields are missing, or field source_row is no number",
                _AGAIN,
            )
        corrected = _plain(row["corrected"].replace("\r\n", "\n").replace("\r", "\n"))
        place = (_plain(row["source_file"]), int(row["source_row"]))
        yield sheet.line_num, (place, corrected, row["raw_hash"].strip())


def _harmless(cell: object) -> str:
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_RUNS) or _is_led(text) else text


def _plain(cell: str) -> str:
    return cell[1:] if _is_led(cell) else cell


def _is_led(cell: str) -> bool:
    return cell.startswith("'") and cell.lstrip("'").startswith(_RUNS)


def _write_private(path: Path, text: str) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise UsageError(
            f"{path} is there already, perhaps with corrections", "name another file with --export"
        ) from error
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}", "name a file in a folder that is there") from error
    with os.fdopen(handle, "wb") as out:
        out.write(text.encode("utf-8-sig"))
