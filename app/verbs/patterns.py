"""``jiwang patterns``: the library and its scenarios: list, prove, run, explain, lock the versions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.options import StoreOption, WorkspaceOption

if TYPE_CHECKING:
    from graph.reasoning import Reason
    from graph.scenarios import Scenario

group = typer.Typer(
    help="The pattern library: list it, test it, run or explain one scenario, or lock the versions.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
ScenarioArgument = Annotated[
    str, typer.Argument(help="A pattern's id, or a scenario's address such as paid_after_death@R:default.")
]
ParamOption = Annotated[
    list[str] | None,
    typer.Option("--param", "-p", help="NAME=VALUE, another value for this once; may be repeated."),
]


def register(cli: typer.Typer) -> None:
    """Register the group."""
    cli.add_typer(group, name="patterns")


@group.command("list")
def show(
    workspace: Annotated[
        Path | None,
        typer.Option("--workspace", "-w", help="Show this workspace's scenarios, switches and last hits."),
    ] = None,
) -> int:
    """List every pattern; with a workspace every scenario, its switch, its values and what it found last."""
    if workspace is not None:
        return _show_scenarios(workspace)
    from graph.patterns import load_library

    for pattern in load_library():
        about = f"v{pattern.version}  {pattern.typology:<3} {pattern.severity:<7} {pattern.status:<8}"
        typer.echo(f"{pattern.id:<32} {about} {pattern.title.zh}")
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


@group.command("run")
def run(
    scenario: ScenarioArgument,
    workspace: WorkspaceOption,
    store: StoreOption = None,
    param: ParamOption = None,
) -> int:
    """Run one scenario, switched on or not, on the loaded graph and print its hits; nothing is published."""
    from app.scenarios import Bench

    with Bench.open(workspace, store) as bench:
        chosen = bench.scenario(scenario, param or [])
        hits = bench.hits(chosen)
    typer.echo(f"{chosen.address}  {_values(chosen)}")
    for hit in hits.to_dicts():
        amount = "-" if hit["amount"] is None else f"{hit['amount']:,.2f}"
        days = f"{hit['first_seen'] or '?'} – {hit['last_seen'] or '?'}"
        typer.echo(f"{hit['kind']:<8} {hit['subject']:<18} {len(hit['members']):>4} {amount:>14}  {days}")
    typer.echo(f"{hits.height:,} hits")
    return 0


@group.command("explain")
def explain(
    scenario: ScenarioArgument,
    workspace: Annotated[
        Path | None, typer.Option("--workspace", "-w", help="Workspace whose graph is asked about --entity.")
    ] = None,
    entity: Annotated[
        str | None, typer.Option("--entity", help="Id of an entity: why is it hit, or why not?")
    ] = None,
    store: StoreOption = None,
    param: ParamOption = None,
) -> int:
    """Say what a scenario looks for, and of one entity why it is hit or what keeps it from being hit."""
    from app.scenarios import Bench, described, shipped

    if workspace is None:
        typer.echo(described(shipped(scenario, param or [])))
        return 0
    with Bench.open(workspace, store) as bench:
        chosen = bench.scenario(scenario, param or [])
        typer.echo(described(chosen))
        if entity is not None:
            typer.echo(_why(entity, bench.reason(chosen, entity)))
    return 0


@group.command("lock")
def lock() -> int:
    """Lock the versions as they stand: a query that changed needs a new version number first."""
    from graph.versions import write_lock

    typer.echo(str(write_lock()))
    return 0


def _show_scenarios(workspace: Path) -> int:
    from app.scenarios import overview

    for scenario, last in overview(workspace):
        found = "never run" if last is None else f"{last['hits']} hits, {last['fresh']} fresh"
        switch = "on " if scenario.enabled else "off"
        typer.echo(f"{switch} {scenario.address:<44} {found:<22} {_values(scenario)}")
    return 0


def _values(scenario: Scenario) -> str:
    return ", ".join(f"{name} = {value}" for name, value in scenario.values().items())


def _why(entity: str, reason: Reason) -> str:
    ties = ", ".join(f"{count} {kind}" for kind, count in reason.ties.items())
    if reason.hits.height:
        lines = [f"{entity} is hit {reason.hits.height} time(s); it has {ties}."]
        for hit in reason.hits.to_dicts():
            role = "about it" if hit["subject"] == entity else f"about {hit['subject']}, with it"
            lines.append(f"  {hit['hit_id']} {role}: borne by edges {', '.join(hit['edges'])}")
        return "\n".join(lines)
    if reason.ties and not any(reason.ties.values()):
        return f"{entity} is not hit: it has none of the edges that the pattern needs ({ties})."
    if reason.nearly:
        near = "; ".join(f"{name} were {value}" for name, value in reason.nearly.items())
        return f"{entity} is not hit (it has {ties}). It would be, if {near}."
    last = (
        "it would be with several thresholds loosened" if reason.together else "no threshold would change it"
    )
    return f"{entity} is not hit (it has {ties}); {last}."
