"""``jiwang resolve``: the workspace's records, or any table of one's own by a profile."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from app.options import AnyWorkspaceOption
from app.verbs.work import work


def register(cli: typer.Typer) -> None:
    """Register the verb."""
    cli.command("resolve")(resolve)


def resolve(
    workspace: AnyWorkspaceOption = None,
    table: Annotated[
        Path | None, typer.Option("--table", help="A table of one's own instead: CSV or Parquet.")
    ] = None,
    profile: Annotated[
        str | None,
        typer.Option("--profile", help="With --table: a profile (TOML), or one shipped: person, person_cn."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="With --table: folder for entities, links and weights.")
    ] = None,
    append: Annotated[
        bool, typer.Option("--append", help="With --table: join its records to the entities in --out.")
    ] = False,
    engine: Annotated[
        Literal["local", "spark"],
        typer.Option("--engine", help="With --table: this machine, or Spark (extra `spark`, Java)."),
    ] = "local",
    partitions: Annotated[
        int | None,
        typer.Option("--partitions", min=1, help="With --table: parts; by default what memory asks for."),
    ] = None,
) -> int:
    """Resolve people, employers, clinics and accounts; with --table, the records of any table."""
    from jiwang.errors import UsageError

    if workspace is not None and table is None:
        return work("resolve", workspace)
    if table is None or out is None or workspace is not None:
        raise UsageError(
            "resolve needs --workspace DIR, or --table FILE --profile P --out DIR", "give one or the other"
        )
    return _table(table, profile, out, None if append else (engine, partitions))


def _table(
    table: Path, profile: str | None, out: Path, spread: tuple[Literal["local", "spark"], int | None] | None
) -> int:
    from entity_resolution.engine import batch, tabular
    from entity_resolution.engine.spreading import Spread
    from jiwang.errors import UsageError
    from jiwang.progress import progress_for_terminal

    progress = progress_for_terminal()
    if spread is None:
        summary = batch.run(table, out, progress=progress)
    elif profile is None:
        raise UsageError("--table needs a --profile", "name person, person_cn, or a TOML file of your own")
    else:
        summary = tabular.run(table, profile, out, progress=progress, spread=Spread(*spread))
    for name, value in summary.items():
        typer.echo(f"{name}: {value}")
    for warning in tabular.warnings(out):
        typer.echo(f"warning: {warning}", err=True)
    return 0
