"""The folder that a resolution is published in: filled aside and renamed, so that it is always whole."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from entity_resolution.engine.publish import SUMMARY
from jiwang.errors import UsageError, WorkspaceError

KEPT = "judgements.jsonl"  # what people decided outlives every run


def recover(out: Path) -> None:
    """Undo a publish that was killed between its two renames: what was published before stands again."""
    old = out.resolve().with_name(f".{out.resolve().name}.old")
    if old.is_dir() and not out.exists():
        old.rename(out.resolve())


@contextmanager
def published(out: Path, *, grown: bool = False) -> Iterator[Path]:
    """Give a fresh folder to fill; on success it takes the place of ``out``.

    On an error, and on a kill at any moment, what was published before stays as it was, or is put back by the
    next `recover`.

    Args:
        out: the folder.
        grown: all that ``out`` holds stands in the fresh folder already, as links to the same files: to
            change one, write it aside and rename. Without it only the judgements are carried over.

    Raises:
        UsageError: the folder holds something else.
        WorkspaceError: another process is publishing there.
    """
    out = out.resolve()
    recover(out)
    if out.exists() and not (out / SUMMARY).is_file() and any(p.name != KEPT for p in out.iterdir()):
        said = f"{out} holds something else than a resolution"
        raise UsageError(said, "name a new or empty folder with --out")
    fresh, old = out.with_name(f".{out.name}.new"), out.with_name(f".{out.name}.old")
    out.parent.mkdir(parents=True, exist_ok=True)
    with alone(out):
        for leftover in (fresh, old):
            shutil.rmtree(leftover, ignore_errors=True)
        if grown:
            shutil.copytree(out, fresh, copy_function=_linked)
        else:
            fresh.mkdir()
        try:
            yield fresh
            if (out / KEPT).is_file() and not (fresh / KEPT).is_file():
                _linked(out / KEPT, fresh / KEPT)
        except BaseException:
            shutil.rmtree(fresh, ignore_errors=True)
            raise
        if out.exists():
            out.rename(old)
        fresh.rename(out)
        shutil.rmtree(old, ignore_errors=True)


@contextmanager
def alone(out: Path) -> Iterator[None]:
    """Hold a folder, if it is there, against other runs.

    Raises:
        WorkspaceError: another process holds it.
    """
    if not out.is_dir():
        yield
        return
    handle = os.open(out, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise WorkspaceError(f"another run is at work in {out}", "wait for it, or stop it") from error
        yield
    finally:
        os.close(handle)


def _linked(source: str | Path, target: str | Path) -> None:
    """Let one file stand in both folders, so that a log that grows meanwhile grows in both; else copy it."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
