"""The lock file of the pattern library: a query that changed without a new version number fails the lint.

Alerts name pattern and version, so a version must mean one query for ever.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from importlib.resources.abc import Traversable
from pathlib import Path

from graph.patterns import Pattern, load_library, pattern_root
from jiwang.errors import PatternError
from jiwang.ids import digest
from jiwang.ontology import Data

LOCK = "versions.lock"
_HEAD = "# Written by `jiwang patterns lock`: what each version of a pattern stands for.\n"


class Locked(Data):
    """What the lock file says of one pattern."""

    version: int
    sha256: str


def query_hash(pattern: Pattern) -> str:
    """Return the hash of what decides a pattern's hits: its query, parameters and their regional values."""
    params = {n: [p.type, p.default, p.min, p.max] for n, p in pattern.params.items()}
    regions = {n: dict(values) for n, values in pattern.regions.items()}
    fixed = json.dumps([params, regions], sort_keys=True, ensure_ascii=False)
    lines = "\n".join(line.rstrip() for line in pattern.body.splitlines())
    return digest("pattern", pattern.id, lines, fixed, length=64)


def read_lock(root: Traversable | None = None) -> dict[str, Locked]:
    """Return pattern id → what is locked; empty where there is no lock file.

    Raises:
        PatternError: the file is damaged.
    """
    path = (root or pattern_root()) / LOCK
    if not path.is_file():
        return {}
    try:
        return {
            name: Locked(**entry) for name, entry in tomllib.loads(path.read_text(encoding="utf-8")).items()
        }
    except (tomllib.TOMLDecodeError, TypeError, ValueError) as error:
        raise PatternError(f"{LOCK}: {error}", "restore it from version control") from error


def lint_versions(patterns: Sequence[Pattern], locked: Mapping[str, Locked]) -> list[str]:
    """Return a sentence for every pattern whose query and version number do not fit the lock."""
    problems = []
    for pattern in patterns:
        lock = locked.get(pattern.id)
        if lock is None:
            problems.append(f"{pattern.source}: not in {LOCK}; run `jiwang patterns lock`")
        elif pattern.version < lock.version:
            problems.append(
                f"{pattern.source}: version {pattern.version} is older than the locked {lock.version}"
            )
        elif pattern.version == lock.version and query_hash(pattern) != lock.sha256:
            problems.append(
                f"{pattern.source}: the query changed, but is still version {pattern.version}; raise it"
            )
        elif pattern.version > lock.version:
            problems.append(
                f"{pattern.source}: version {pattern.version} is not locked; run `jiwang patterns lock`"
            )
    gone = sorted(set(locked) - {pattern.id for pattern in patterns})
    return problems + [f"{LOCK}: {name} has no file; retire a pattern by its status instead" for name in gone]


def write_lock(root: Path | None = None) -> Path:
    """Lock the versions of the library below ``root`` as they stand and return the lock file's path.

    Raises:
        PatternError: a query changed under the same version number, or a version number went down.
    """
    folder = root or Path(str(pattern_root()))
    patterns, locked = load_library(folder), read_lock(folder)
    broken = [p for p in lint_versions(patterns, locked) if p.endswith("raise it") or "is older" in p]
    if broken:
        raise PatternError("; ".join(broken), "raise `version` in the front matter")
    lines = [f'{p.id} = {{ version = {p.version}, sha256 = "{query_hash(p)}" }}\n' for p in patterns]
    path = folder / LOCK
    path.write_text(_HEAD + "".join(lines), encoding="utf-8")
    return path
