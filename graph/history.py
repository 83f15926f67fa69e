"""What each scenario found on each graph of a workspace: its record, by which a threshold may be judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from graph.scenarios import Scenario
from jiwang.workspace import Workspace

FILE = "history.parquet"
SCHEMA = {
    "run": pl.Int64(),
    "graph": pl.String(),
    "scenario": pl.String(),
    "version": pl.Int64(),
    "params": pl.String(),
    "hits": pl.Int64(),
    "fresh": pl.Int64(),
    "amount": pl.Float64(),
    "last_seen": pl.Date(),
    "subjects": pl.List(pl.String()),
}


def read(workspace: Workspace) -> pl.DataFrame:
    """Return the record so far, one row a scenario and graph.

    ``run`` counts the graphs of the workspace from 1; ``fresh`` the subjects that the scenario did not hit on
    the graph before; ``params`` are its values, as text.
    """
    path = workspace.folder("hits") / FILE
    return pl.read_parquet(path) if path.is_file() else pl.DataFrame(schema=SCHEMA)


def add(
    past: pl.DataFrame, graph: str, found: Mapping[str, pl.DataFrame], asked: Sequence[Scenario]
) -> pl.DataFrame:
    """Return ``past`` with what the scenarios found on ``graph``; asked again, the later answer stands."""
    past = past.filter((pl.col("graph") != graph) | ~pl.col("scenario").is_in(list(found)))
    runs = dict(past.select("graph", "run").iter_rows())
    run = runs.get(graph, max(runs.values(), default=0) + 1)
    rows = []
    for scenario in asked:
        hits = found[scenario.address]
        subjects = sorted(set(hits["subject"]))
        before = past.filter((pl.col("scenario") == scenario.address) & (pl.col("run") < run)).sort("run")
        known = set(before["subjects"][-1]) if before.height else set()
        rows.append(
            {
                "run": run,
                "graph": graph,
                "scenario": scenario.address,
                "version": scenario.pattern.version,
                "params": ", ".join(f"{name} = {value}" for name, value in scenario.values().items()),
                "hits": hits.height,
                "fresh": len(set(subjects) - known),
                "amount": float(hits["amount"].sum() or 0.0),
                "last_seen": hits["last_seen"].max(),
                "subjects": subjects,
            }
        )
    return pl.concat([past, pl.DataFrame(rows, schema=SCHEMA)]).sort("run", "scenario")
