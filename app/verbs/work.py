"""One stage at work, for the verbs that are a stage each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from app.options import Store

if TYPE_CHECKING:
    from app.pipeline import Order


def work(name: str, workspace: Path, *, store: Store | None = None, order: Order | None = None) -> int:
    """Run one stage over a workspace, print its line, return the exit code (after ingest 0 or 3)."""
    from app import verdict
    from app.pipeline import at_work
    from app.session import prepare
    from app.summary import doubts, stage_line
    from jiwang.progress import progress_for_terminal

    settings = prepare(workspace, store=store)
    with at_work(workspace, settings, progress_for_terminal(), name, create=name == "ingest") as pipeline:
        outcome = pipeline.run([name], order)
        typer.echo(stage_line(name, outcome))
        if name != "ingest":
            return 0
        doubtful, code = verdict.pronounced(pipeline)
        for line in doubts(doubtful, "quarantine/quarantine.parquet"):
            typer.echo(line)
    return code
