"""The stages as verbs of their own: ``jiwang ingest``, ``jiwang resolve`` and so on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from app.options import (
    AllowUnknownOption,
    DialectOption,
    InputOption,
    RegionOption,
    SourcesOption,
    StoreOption,
    WorkspaceOption,
)
from app.stages import STAGES
from app.verbs import resolve
from app.verbs.work import work

ON_STORE = frozenset({"load", "detect"})
BEFORE_PATTERNS = ("build", "load", "detect")
AFTER_PATTERNS = ("train", "score", "alert")


def register_before_patterns(cli: typer.Typer) -> None:
    """Register ingest, resolve, build, load and detect."""
    cli.command("ingest", help=_help("ingest"))(ingest)
    resolve.register(cli)
    for name in BEFORE_PATTERNS:
        cli.command(name, help=_help(name))(_verb(name))


def register_after_patterns(cli: typer.Typer) -> None:
    """Register train, score and alert."""
    for name in AFTER_PATTERNS:
        cli.command(name, help=_help(name))(_verb(name))


def ingest(
    region: RegionOption,
    source: InputOption,
    workspace: WorkspaceOption,
    dialect: DialectOption = None,
    sources: SourcesOption = None,
    allow_unknown: AllowUnknownOption = False,
) -> int:
    """Read the raw files of a hand-over into the workspace."""
    from app.pipeline import Order

    order = Order(region, dialect or region, source, allow_unknown, sources)
    return work("ingest", workspace, order=order)


def load(
    workspace: WorkspaceOption,
    store: StoreOption = None,
    offline_files: Annotated[
        Path | None,
        typer.Option(
            "--offline-files", help="Load nothing: write the files for neo4j-admin into this folder."
        ),
    ] = None,
) -> int:
    """Load the graph store, or write what a server's own administrator imports offline."""
    if offline_files is None:
        return work("load", workspace, store=store)
    from app.session import prepare
    from graph.load import offline_files as write
    from jiwang.workspace import Workspace

    settings = prepare(workspace, store="neo4j")
    about = write(Workspace.open(workspace), settings, offline_files)
    typer.echo(f"load: files for neo4j-admin in {offline_files}; what to run is in {about.name}")
    return 0


def _help(name: str) -> str:
    meaning = next(s.meaning for s in STAGES if s.name == name)
    return f"{meaning[0].upper()}{meaning[1:]}."


def _verb(name: str) -> Callable[..., int]:
    if name in ON_STORE:

        def on_store(workspace: WorkspaceOption, store: StoreOption = None) -> int:
            return work(name, workspace, store=store)

        if name == "load":
            return load

        return on_store

    def plain(workspace: WorkspaceOption) -> int:
        return work(name, workspace)

    return plain
