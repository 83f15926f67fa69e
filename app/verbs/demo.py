"""``jiwang demo``: an invented region from nothing to the app, in one command that can be repeated."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.options import PortOption

if TYPE_CHECKING:
    from collections.abc import Mapping

REGION, DIALECT = "demo", "a"
MARKER = "simulated.json"


def register(cli: typer.Typer) -> None:
    """Register the verb."""
    cli.command("demo")(demo)


def demo(
    folder: Annotated[Path, typer.Option("--workspace", "-w", help="Folder of the demo.")] = Path(
        "demo-region"
    ),
    people: Annotated[int, typer.Option("--people", min=100, help="People of the region.")] = 5_000,
    seed: Annotated[int, typer.Option("--seed", help="Seed of everything drawn.")] = 1,
    port: PortOption = None,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve the app when done.")] = True,
) -> int:
    """Simulate a region, run the whole way over it, and serve the result; what is done already is reused."""
    from app.pipeline import Order
    from app.verbs.run import whole_way

    region_of(folder, people, seed)
    workspace = folder / "workspace"
    code = whole_way(Order(REGION, DIALECT, folder / "raw"), workspace)
    return _serve(workspace, port) if serve else code


def _serve(workspace: Path, port: int | None) -> int:
    from app.session import prepare
    from app.verbs.web import serve
    from app.web import claim_port

    settings = prepare(workspace, app_port=port)
    claimed = claim_port(settings.app_port, settle=port is None)
    if claimed != settings.app_port:
        typer.echo(f"app: port {settings.app_port} is taken, using {claimed}")
    return serve(workspace, claimed, settings)


def region_of(folder: Path, people: int, seed: int) -> None:
    """Make ``folder/raw`` and ``folder/truth`` by the simulator, unless this very region lies there."""
    from app.children import run_module
    from app.fingerprints import code_digest
    from jiwang.workspace import write_json

    wanted = {"people": people, "seed": seed, "simulator": code_digest("simulation")}
    marker = folder / MARKER
    if _read(marker) == wanted:
        typer.echo(f"simulate: {folder / 'raw'} is there already")
        return
    _clear(folder, marker)
    typer.echo(f"simulate: {people:,} invented people into {folder / 'raw'}")
    run_module("simulation", ["--people", str(people), "--seed", str(seed), "--out", str(folder)])
    write_json(marker, wanted)


def _clear(folder: Path, marker: Path) -> None:
    """Remove an earlier region; a folder that is not a demo's is refused, never emptied."""
    from jiwang.errors import UsageError

    folder.mkdir(parents=True, exist_ok=True)
    strange = [p.name for p in folder.iterdir() if p.name not in {"raw", "truth", "workspace", marker.name}]
    if strange:
        raise UsageError(
            f"{folder} holds {strange[0]}, which is no demo's", "name a new folder with --workspace"
        )
    marker.unlink(missing_ok=True)
    for name in ("raw", "truth"):
        shutil.rmtree(folder / name, ignore_errors=True)


def _read(marker: Path) -> Mapping[str, object] | None:
    try:
        found: Mapping[str, object] = json.loads(marker.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found
