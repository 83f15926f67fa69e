"""``jiwang bench``: the side-by-side measurements of benchmarks/, one process each."""

from __future__ import annotations

import typer

from jiwang.errors import UsageError


def register(cli: typer.Typer) -> None:
    """Register the verb."""
    cli.command("bench")(bench)


def bench() -> int:
    """Run every benchmark of a checkout, one after the other, and print what each measures."""
    import subprocess
    import sys

    from app.children import ROOT, environment

    scripts = sorted(p for p in (ROOT / "benchmarks").glob("*.py") if not p.name.startswith("_"))
    if not scripts:
        raise UsageError("there are no benchmarks here", "run it from a checkout of the repository")
    failures = 0
    for script in scripts:
        typer.echo(f"bench: {script.name}")
        failures += (
            subprocess.run([sys.executable, str(script)], env=environment(), check=False).returncode != 0
        )
    return 1 if failures else 0
