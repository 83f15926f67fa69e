"""``jiwang simulate``: synthetic regions, written by a child process that shares no code with us."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(cli: typer.Typer) -> None:
    """Register the verb."""
    cli.command("simulate")(simulate)


def simulate(
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            help="Folder to write: raw/ as departments would, truth/ beside it; with several regions "
            "one such pair in a folder of each, and truth/ for the rings that cross.",
        ),
    ],
    people: Annotated[int, typer.Option("--people", min=200, help="People, over all regions.")] = 5_000,
    regions: Annotated[int, typer.Option("--regions", min=1, help="Pooling regions.")] = 1,
    seed: Annotated[int, typer.Option("--seed", help="Seed of everything drawn.")] = 1,
    dialect: Annotated[
        str, typer.Option("--dialect", help="How the first region writes: a, b or c; others take turns.")
    ] = "a",
    prevalence: Annotated[
        float, typer.Option("--prevalence", help="Share of the people who are in rings.")
    ] = 0.005,
    processes: Annotated[
        int, typer.Option("--processes", help="Districts simulated at a time; 0: one a core.")
    ] = 0,
    sample: Annotated[
        float,
        typer.Option(
            "--sample",
            help="Share of the rows whose true fields truth/fields holds; by default 1 in 50, fewer of many.",
        ),
    ] = -1.0,
) -> int:
    """Write synthetic pooling regions with planted rings and innocent look-alikes."""
    from app.children import run_module

    given = {"people": people, "regions": regions, "seed": seed, "dialect": dialect, "out": out}
    given |= {"prevalence": prevalence}
    given |= {"processes": processes} if processes else {}
    given |= {"sample": sample} if sample >= 0 else {}
    run_module("simulation", [word for name, value in given.items() for word in (f"--{name}", str(value))])
    return 0
