"""``jiwang app``: the investigator's app over one workspace."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from app.options import PortOption, WorkspaceOption
from jiwang.errors import JiwangError

if TYPE_CHECKING:
    from jiwang.config import Settings


def register(cli: typer.Typer) -> None:
    """Register the verb."""
    cli.command("app")(app)


def app(workspace: WorkspaceOption, port: PortOption = None) -> int:
    """Serve the app on this machine until interrupted, and print its address."""
    from app.session import prepare
    from app.web import claim_port
    from jiwang.workspace import Workspace

    settings = prepare(workspace, app_port=port)
    opened = Workspace.open(workspace)
    opened.table("out", "rings")
    return serve(opened.root, claim_port(settings.app_port, settle=False), settings)


def serve(workspace: Path, port: int, settings: Settings) -> int:
    """Serve until interrupted; Ctrl-C is the proper end."""
    from app.web import serving

    try:
        with serving(workspace, port, settings.language) as server:
            typer.echo(f"app: {server.address}   (Ctrl-C ends it)")
            code = server.wait()
    except KeyboardInterrupt:
        typer.echo("\napp: ended")
        return 0
    raise JiwangError(
        f"the app's server ended by itself with code {code}", "see what it said above, and start it again"
    )
