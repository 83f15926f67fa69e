"""The journal of a workspace: which stage was last finished, with which stamp, and what it reported.

A stage is done when the journal and every folder that the stage publishes bear the wanted fingerprint, and,
for the store, when the store itself says that it holds it. A kill between any two of these leaves the stage
undone, and the next run does it again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from app.stages import STAGES, Stage
from jiwang.config import Settings
from jiwang.errors import ContractError, WorkspaceError
from jiwang.workspace import Workspace, write_json

NAME = "stages.json"


class Journal:
    """What is done in one workspace."""

    def __init__(self, workspace: Workspace, settings: Settings) -> None:
        self.workspace = workspace
        self.settings = settings
        self.path = workspace.folder("runs") / NAME
        self.entries: dict[str, dict[str, Any]] = self._read()

    def _read(self) -> dict[str, dict[str, Any]]:
        try:
            found: dict[str, dict[str, Any]] = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError):
            return {}  # a journal that cannot be read costs a re-run, no more
        return found

    def is_done(self, stage: Stage, fingerprint: str) -> bool:
        """Tell whether the workspace holds the result of ``stage`` with this fingerprint."""
        entry = self.entries.get(stage.name)
        if entry is None or entry["stamp"].get("fingerprint") != fingerprint:
            return False
        return self._is_published(stage, fingerprint) and self._is_present(stage, entry["figures"])

    def _is_published(self, stage: Stage, fingerprint: str) -> bool:
        stamps = (self.workspace.stamp(folder) for folder in stage.folders)
        return all(stamp is not None and stamp.get("fingerprint") == fingerprint for stamp in stamps)

    def _is_present(self, stage: Stage, figures: Mapping[str, Any]) -> bool:
        """Ask the store, whose graph another workspace may have replaced, whether it still holds ours."""
        if not stage.in_store:
            return True
        from graph.opening import open_store

        with open_store(self.settings, self.workspace) as store:
            return store.tag is not None and store.tag == figures.get("tag")

    def finish(self, stage: Stage, stamp: Mapping[str, Any], figures: Mapping[str, Any], run_id: str) -> None:
        """Note that ``stage`` is done.

        Raises:
            ContractError: it returned without publishing a folder of its own.
        """
        if not self._is_published(stage, stamp["fingerprint"]):
            raise ContractError(
                f"stage {stage.name} ended without publishing {', '.join(stage.folders)}",
                "report this with the manifest",
            )
        self.entries[stage.name] = {"stamp": dict(stamp), "figures": dict(figures), "run_id": run_id}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        write_json(self.path, self.entries)

    def stamp_before(self, stage: Stage) -> list[dict[str, Any]]:
        """Return the stamp of the stage before ``stage``, as a list of none or one.

        Raises:
            WorkspaceError: that stage has not been finished here.
        """
        place = STAGES.index(stage)
        if place == 0:
            return []
        before = STAGES[place - 1]
        entry = self.entries.get(before.name)
        if entry is None or not self._is_published(before, entry["stamp"]["fingerprint"]):
            raise WorkspaceError(
                f"{self.workspace.root}: {stage.name} has nothing to read, {before.name} is not done",
                f"run `jiwang {before.name} --workspace {self.workspace.root}` first, or `jiwang run`",
            )
        return [entry["stamp"]]

    def figures(self) -> dict[str, dict[str, Any]]:
        """Return what each finished stage reported, in the order of the way."""
        return {s.name: self.entries[s.name]["figures"] for s in STAGES if s.name in self.entries}

    @property
    def region(self) -> str | None:
        """The region whose hand-over this workspace holds, or None before the first ingest."""
        entry = self.entries.get(STAGES[0].name)
        return None if entry is None else str(entry["stamp"]["region"])
