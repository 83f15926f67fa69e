"""``jiwang neo4j``: a Community server on this machine, from its published jars, without root or Docker."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

HomeOption = Annotated[
    Path | None,
    typer.Option("--home", help="Folder of the server, its password in it; default: your data folder."),
]

group = typer.Typer(help="A Neo4j server on this machine.", no_args_is_help=True, rich_markup_mode=None)


def register(cli: typer.Typer) -> None:
    """Register the group."""
    cli.add_typer(group, name="neo4j")


@group.command("up")
def up(
    home: HomeOption = None,
    port: Annotated[
        int, typer.Option("--port", min=1, max=65535, help="Port of Bolt, on this machine only.")
    ] = 7687,
) -> int:
    """Start the server and return when Bolt answers; one that runs already is left alone."""
    from graph import neo4j_server
    from jiwang.progress import progress_for_terminal

    folder = home or neo4j_server.default_home()
    server = neo4j_server.up(folder, port=port, progress=progress_for_terminal())
    typer.echo(f"neo4j: {server.version} at {server.uri}, its password in {server.home}")
    return 0


@group.command("down")
def down(home: HomeOption = None) -> int:
    """Stop the server; its data stay."""
    from graph import neo4j_server

    stopped = neo4j_server.down(home or neo4j_server.default_home())
    typer.echo("neo4j: stopped" if stopped else "neo4j: none was running")
    return 0


@group.command("status")
def status(home: HomeOption = None) -> int:
    """Say whether the server runs, with address and version; exit code 1 if it does not."""
    from graph import neo4j_server

    server = neo4j_server.status(home or neo4j_server.default_home())
    typer.echo(f"neo4j: {server.version} at {server.uri}" if server else "neo4j: not running")
    return 0 if server else 1


@group.command("doctor")
def doctor(
    workspace: Annotated[
        Path, typer.Option("--workspace", "-w", help="Workspace whose graph it should hold.")
    ],
) -> int:
    """Look at the server that the settings name: version, reachability, and what is loaded."""
    from app import examination
    from app.session import prepare
    from jiwang.workspace import Workspace

    settings = prepare(workspace, store="neo4j")
    return examination.report(examination.store_findings(settings, Workspace.open(workspace)))
