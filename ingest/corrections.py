"""Corrections: what people made of quarantined rows, as a log that is only added to.

A correction is the text that a row of a file should have had. It names the row and a hash of the text that
stands there: where the file says something else by now, the correction was not made for it, and is not
applied. The last line on a row holds; one whose text is what stands in the file takes the correction back.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from jiwang.errors import WorkspaceError
from jiwang.ids import digest

LOG = "repairs.jsonl"


@dataclass(frozen=True)
class Correction:
    """The corrected text of one row.

    Attributes:
        source_file: the file, as the account names it; ``source_row`` the row in it.
        raw_hash: `hash_of` the text that it replaces.
        text: what the row should say; of a row over several lines, as many lines.
        at: when it was given, ISO 8601 in UTC; ``who`` gave it, and ``why``.
    """

    source_file: str
    source_row: int
    raw_hash: str
    text: str
    at: str
    who: str
    why: str

    @property
    def takes_back(self) -> bool:
        """Whether it restores what stands in the file."""
        return hash_of(self.text) == self.raw_hash


def hash_of(raw: str) -> str:
    """Return the hash of a row's raw text; it begins with a letter, that no spreadsheet makes it a number."""
    return "h" + digest("raw", raw)


def append(root: Path, corrections: Iterable[Correction]) -> None:
    """Add corrections to the log of the workspace at ``root``, which only its owner may read."""
    text = "".join(json.dumps(asdict(c), ensure_ascii=False) + "\n" for c in corrections)
    handle = os.open(root / LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(handle, "ab") as log:
        log.write(text.encode("utf-8"))
        log.flush()
        os.fsync(log.fileno())


def latest(root: Path) -> dict[str, dict[int, Correction]]:
    """Return file → row → the last correction of it, such as take one back among them.

    Raises:
        WorkspaceError: a line of the log cannot be read; it names the line.
    """
    found: dict[str, dict[int, Correction]] = {}
    path = root / LOG
    lines = path.read_bytes().decode("utf-8").split("\n") if path.is_file() else []
    for number, text in enumerate(lines, 1):
        if text:
            one = _line(path, number, text)
            found.setdefault(one.source_file, {})[one.source_row] = one
    return found


def current(root: Path) -> dict[str, dict[int, Correction]]:
    """Return file → row → the correction that holds."""
    rows = {f: {n: c for n, c in of.items() if not c.takes_back} for f, of in latest(root).items()}
    return {f: of for f, of in rows.items() if of}


def key(corrections: Mapping[int, Correction]) -> str:
    """Return what the rows of a file depend on: the corrections of it, whoever gave them."""
    return digest(*(f"{n}={c.raw_hash}={c.text}" for n, c in sorted(corrections.items())))


def _line(path: Path, number: int, text: str) -> Correction:
    try:
        line = json.loads(text)
        texts = {f.name: str(line[f.name]) for f in fields(Correction)}
        return Correction(**{**texts, "source_row": int(line["source_row"])})  # type: ignore[arg-type]
    except (ValueError, KeyError, TypeError) as error:
        raise WorkspaceError(
            f"{path}: line {number} is no correction ({type(error).__name__})",
            "mend or remove that line; the log is only ever added to by `jiwang source repair`",
        ) from error
