"""Fingerprints: what a stage's result depends on, as one hash; equal fingerprints, nothing to do."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jiwang
from app.stages import Stage
from jiwang.config import Settings
from jiwang.errors import SourceError
from jiwang.ids import digest
from jiwang.manifest import file_digest

KERNEL = "jiwang"
CODE = frozenset({".py", ".toml", ".cypher", ".sql", ".csv"})


def package_root(package: str) -> Path:
    """Return the folder of one of our packages, or of the pattern library.

    ``cypher`` is data: it lies beside ``graph`` in a checkout and inside it in a wheel.
    """
    name = "graph" if package == "cypher" else package
    spec = find_spec(name)
    assert spec is not None and spec.origin is not None, f"{name} is one of our packages"  # noqa: PT018
    root = Path(spec.origin).parent
    if package != "cypher":
        return root
    packed = root / "cypher"
    return packed if packed.is_dir() else root.parent / "cypher"


@cache
def code_digest(package: str) -> str:
    """Return a hash over the names and bytes of a package's code and data files."""
    root = package_root(package)
    h = hashlib.sha256()
    for path in sorted(p for p in root.rglob("*") if p.suffix in CODE and "__pycache__" not in p.parts):
        h.update(f"{path.relative_to(root).as_posix()}\0{file_digest(path)}\n".encode())
    return h.hexdigest()[:20]


def input_digests(source: Path) -> dict[str, str]:
    """Return {path relative to ``source``, ``/`` between: SHA-256} of every file of a hand-over, sorted.

    Raises:
        SourceError: the folder is missing, is no folder, or holds no file.
    """
    if not source.is_dir():
        what = "is a file" if source.exists() else "does not exist"
        raise SourceError(
            f"the hand-over {source} {what}", "name the folder that holds the departments' files with --input"
        )
    paths = sorted(p for p in source.rglob("*") if p.is_file())
    if not paths:
        raise SourceError(
            f"the hand-over {source} holds no file",
            "name the folder that holds the departments' files with --input",
        )
    try:
        return {p.relative_to(source).as_posix(): file_digest(p) for p in paths}
    except OSError as error:
        raise SourceError(
            f"{error.filename}: {error.strerror}", "make the file readable and run again"
        ) from error


def stamp_of(
    stage: Stage, settings: Settings, order: Mapping[str, Any], parents: Iterable[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return the stamp that ``stage`` publishes with.

    Returns:
        ``fingerprint`` changes with anything that may change the result, the store included. ``lineage``
        leaves out where the work was done (`Stage.placement`): the same patterns give the same rows on every
        store, so ids derived from the lineage agree between stores.
    """
    parents = list(parents)
    shapes = (
        stage.name,
        jiwang.__version__,
        *(f"{p}={code_digest(p)}" for p in (KERNEL, *stage.code)),
        *(f"{k}={v}" for k, v in settings.fingerprint(*stage.settings).items()),
        *(f"{k}={order[k]}" for k in sorted(order)),
    )
    places = tuple(f"{k}={v}" for k, v in settings.fingerprint(*stage.placement).items())
    return {
        "stage": stage.name,
        "jiwang": jiwang.__version__,
        "lineage": digest(*shapes, *(p["lineage"] for p in parents)),
        "fingerprint": digest(*shapes, *places, *(p["fingerprint"] for p in parents)),
    }
