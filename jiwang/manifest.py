"""Manifests: what a run read, did and wrote. Only manifests carry clock times."""

from __future__ import annotations

import hashlib
import os
import platform
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import jiwang
from jiwang.workspace import Workspace, write_json

ENGINES = ("polars", "duckdb", "pyarrow", "ladybug", "neo4j", "torch", "torch-geometric", "xgboost", "spacy")
_CHUNK = 1 << 20


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    h = hashlib.sha256()
    with path.open("rb") as handle:
        while chunk := handle.read(_CHUNK):
            h.update(chunk)
    return h.hexdigest()


def engine_versions() -> dict[str, str]:
    """Return the versions of the engines that shape results."""
    found = {}
    for name in ENGINES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "absent"
    return found


class Manifest:
    """The growing account of one run, written to ``runs/<run_id>/manifest.json`` after each stage."""

    def __init__(self, workspace: Workspace, command: str) -> None:
        started = datetime.now(UTC)
        self.run_id = f"{started:%Y%m%dT%H%M%S%f}-{os.getpid()}"
        self.path = workspace.folder("runs") / self.run_id / "manifest.json"
        self.data: dict[str, Any] = {
            "run_id": self.run_id,
            "command": command,
            "jiwang": jiwang.__version__,
            "python": platform.python_version(),
            "engines": engine_versions(),
            "started": started.isoformat(),
            "status": "running",
            "stages": {},
        }

    @contextmanager
    def stage(self, name: str) -> Iterator[dict[str, Any]]:
        """Time a stage and keep what it puts into the given dict (counts, figures, warnings)."""
        entry: dict[str, Any] = {}
        started = time.monotonic()
        self.data["stages"][name] = entry
        yield entry
        entry["seconds"] = round(time.monotonic() - started, 3)
        entry["peak_memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        self.write()

    def close(self, status: str, exit_code: int) -> None:
        """End the account."""
        self.data |= {"status": status, "exit_code": exit_code, "ended": datetime.now(UTC).isoformat()}
        self.write()

    def write(self) -> None:
        """Write the account as it stands."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        write_json(self.path, self.data)
