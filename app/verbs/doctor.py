"""``jiwang doctor``: is this environment fit, and if not, what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(cli: typer.Typer) -> None:
    """Register the verb."""
    cli.command("doctor")(doctor)


def doctor(
    workspace: Annotated[
        Path | None, typer.Option("--workspace", "-w", help="Look at this workspace too.")
    ] = None,
) -> int:
    """Look at versions, engine, names, folders and programs; exit code 1 if something is broken."""
    from app import examination
    from app.session import prepare

    return examination.report(examination.everything(prepare(workspace), workspace))
