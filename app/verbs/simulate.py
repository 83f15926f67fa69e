"""``jiwang simulate``: a synthetic region, written by a child process that shares no code with us."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(cli: typer.Typer) -> None:
    """Register the verb."""
    cli.command("simulate")(simulate)


def simulate(
    out: Annotated[
        Path, typer.Option("--out", help="Folder to write: raw/ as departments would, truth/ beside it.")
    ],
    people: Annotated[int, typer.Option("--people", min=100, help="People of the region.")] = 5_000,
    seed: Annotated[int, typer.Option("--seed", help="Seed of everything drawn.")] = 1,
) -> int:
    """Write a synthetic pooling region with planted rings and innocent look-alikes."""
    from app.children import run_module

    run_module("simulation", ["--people", str(people), "--seed", str(seed), "--out", str(out)])
    return 0
