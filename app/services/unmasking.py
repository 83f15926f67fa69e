"""Showing clear values: only for a purpose, and never without a line in the workspace's log."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from app.services import masking
from jiwang.errors import UsageError
from jiwang.workspace import Workspace

LOG = "unmask.jsonl"
SHORTEST = 4  # characters of a purpose


def allow(workspace: Workspace, subject: str, purpose: str) -> None:
    """Note in runs/unmask.jsonl that the clear values of ``subject`` (an id of ours) are shown, and what for.

    Raises:
        UsageError: the purpose says nothing.
    """
    purpose = " ".join(purpose.split())
    if len(purpose) < SHORTEST:
        raise UsageError(
            "no purpose was given",
            f"say in at least {SHORTEST} characters what the clear values are needed for",
        )
    event = {"at": datetime.now(UTC).isoformat(), "subject": subject, "purpose": masking.text(purpose)}
    path = workspace.folder("runs") / LOG
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as handle:
        handle.write(json.dumps(event, ensure_ascii=False, sort_keys=True) + "\n")
