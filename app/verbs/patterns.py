"""``jiwang patterns``: what the library holds, whether each pattern proves itself, and its lock."""

from __future__ import annotations

from typing import Annotated

import typer

from app.options import StoreOption

group = typer.Typer(
    help="The pattern library: list it, test it, or lock its versions.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def register(cli: typer.Typer) -> None:
    """Register the group."""
    cli.add_typer(group, name="patterns")


@group.command("list")
def show() -> int:
    """List every pattern with its typology, severity and title."""
    from graph.patterns import load_library

    for pattern in load_library():
        about = f"v{pattern.version}  {pattern.typology:<3} {pattern.severity:<7} {pattern.title.zh}"
        typer.echo(f"{pattern.id:<28} {about}")
    return 0


@group.command("test")
def prove(
    store: StoreOption = None,
    only: Annotated[str | None, typer.Option("--only", help="Id of one pattern; default: all.")] = None,
) -> int:
    """Run patterns on their fixtures: each must hit what it must, and nothing that it must not."""
    from app.proof import proofs
    from app.session import prepare

    failures = 0
    for pattern, complaint in proofs(prepare(None, store=store), only):
        failures += bool(complaint)
        typer.echo(
            f"{'FAILED' if complaint else 'ok':<7} {pattern}" + (f": {complaint}" if complaint else "")
        )
    return 1 if failures else 0


@group.command("lock")
def lock() -> int:
    """Lock the versions as they stand: a query that changed needs a new version number first."""
    from graph.versions import write_lock

    typer.echo(str(write_lock()))
    return 0
