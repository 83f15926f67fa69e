"""The workspace: one folder a pooling region, whose stage folders are published whole or not at all."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jiwang.errors import WorkspaceError

FORMAT = 1
IDENTITY = "workspace.json"
STAMP = "_stage.json"
FOLDERS = ("records", "quarantine", "entities", "graph", "hits", "rings", "models", "scores", "out", "runs")


class Workspace:
    """A folder that holds everything known of one region.

    Attributes:
        root: the folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def open(cls, root: Path, *, create: bool = False) -> Workspace:
        """Open the workspace at ``root``; with ``create``, found it where there is none.

        Raises:
            WorkspaceError: nothing there, something else there, or a workspace of another format.
        """
        root = root.resolve()
        identity = root / IDENTITY
        if identity.is_file():
            _check_format(identity)
        elif root.exists() and any(root.iterdir()):
            raise WorkspaceError(
                f"{root} is not a workspace and not empty", "name a new or empty folder with --workspace"
            )
        elif create:
            root.mkdir(parents=True, exist_ok=True)
            write_json(identity, {"format": FORMAT})
        else:
            raise WorkspaceError(
                f"there is no workspace at {root}", "start one with `jiwang run --workspace DIR …`"
            )
        workspace = cls(root)
        workspace._recover()
        return workspace

    def folder(self, name: str) -> Path:
        """Return the published folder of that name (see `FOLDERS`)."""
        if name not in FOLDERS:
            raise ValueError(f"{name} is no folder of a workspace")
        return self.root / name

    def table(self, folder: str, name: str) -> Path:
        """Return the path of a published Parquet table.

        Raises:
            WorkspaceError: the stage that writes it has not run.
        """
        path = self.folder(folder) / f"{name}.parquet"
        if not path.is_file():
            raise WorkspaceError(
                f"{path} is missing", "run the stages before this one: `jiwang run` does all of them"
            )
        return path

    @contextmanager
    def publish(self, name: str, stamp: Mapping[str, Any]) -> Iterator[Path]:
        """Give a temporary folder to fill; on success it replaces folder ``name`` by rename, with ``stamp``.

        On any error, and on a kill at any moment, what was published before stays as it was.
        """
        target, fresh, old = self.folder(name), self.root / f".{name}.new", self.root / f".{name}.old"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir()
        try:
            yield fresh
            write_json(fresh / STAMP, stamp)
        except BaseException:
            shutil.rmtree(fresh, ignore_errors=True)
            raise
        shutil.rmtree(old, ignore_errors=True)
        if target.exists():
            target.rename(old)
        fresh.rename(target)
        shutil.rmtree(old, ignore_errors=True)

    def stamp(self, name: str) -> dict[str, Any] | None:
        """Return the stamp that folder ``name`` was published with, or None."""
        path = self.folder(name) / STAMP
        return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the workspace alone.

        Raises:
            WorkspaceError: another process holds it.
        """
        with (self.root / ".lock").open("w") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise WorkspaceError(
                    f"another run is at work in {self.root}", "wait for it, or stop it"
                ) from error
            yield

    def _recover(self) -> None:
        """Undo a publish that was killed between its two renames."""
        for old in self.root.glob(".*.old"):
            target = self.root / old.name.removeprefix(".").removesuffix(".old")
            if not target.exists():
                old.rename(target)


def write_json(path: Path, data: Mapping[str, Any]) -> None:
    """Write ``data`` as JSON at ``path`` by rename, so that a reader never sees half of it."""
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(
        json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True, default=str) + "\n", encoding="utf-8"
    )
    os.replace(fresh, path)  # noqa: PTH105 - atomic by definition


def _check_format(identity: Path) -> None:
    try:
        found = json.loads(identity.read_text(encoding="utf-8")).get("format")
    except (OSError, ValueError) as error:
        raise WorkspaceError(
            f"{identity} cannot be read", "restore it from a backup, or start a new workspace"
        ) from error
    if found != FORMAT:
        raise WorkspaceError(
            f"{identity.parent} is a workspace of format {found}; this version reads format {FORMAT}",
            "use the version that wrote it, or run the hand-over into a new workspace",
        )
