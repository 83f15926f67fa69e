"""``jiwang run``: the whole way, from raw files to out/."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from app.options import (
    AllowUnknownOption,
    DialectOption,
    Format,
    FormatOption,
    InputOption,
    RegionOption,
    SourcesOption,
    Store,
    StoreOption,
    WorkspaceOption,
)

if TYPE_CHECKING:
    from app.pipeline import Order


def register(cli: typer.Typer) -> None:
    """Register the verb."""
    cli.command("run")(run)


def run(
    region: RegionOption,
    source: InputOption,
    workspace: WorkspaceOption,
    dialect: DialectOption = None,
    sources: SourcesOption = None,
    store: StoreOption = None,
    out_format: FormatOption = Format.parquet,
    allow_unknown: AllowUnknownOption = False,
) -> int:
    """Do the whole way; a stage whose result is already there is skipped, so an interrupted run continues."""
    from app.pipeline import Order

    return whole_way(
        Order(region, dialect or region, source, allow_unknown, sources),
        workspace,
        store=store,
        out_format=out_format,
    )


def whole_way(
    order: Order, workspace: Path, *, store: Store | None = None, out_format: Format = Format.parquet
) -> int:
    """Run every stage over ``order`` into ``workspace``, print the summary, return the exit code (0 or 3)."""
    from app import export, verdict
    from app.pipeline import at_work
    from app.session import prepare
    from app.stages import NAMES
    from app.summary import account
    from jiwang.progress import progress_for_terminal

    settings = prepare(workspace, store=store)
    with at_work(workspace, settings, progress_for_terminal(), "run", create=True) as pipeline:
        outcome = pipeline.run(NAMES, order)
        if out_format is Format.csv:
            export.write_csv(pipeline.workspace.folder("out"))
        doubtful, code = verdict.pronounced(pipeline)
        typer.echo(account(pipeline.workspace, outcome, doubtful))
    return code
