"""One scenario at a time, on the graph that a workspace has loaded: what `jiwang patterns` asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from app.journal import Journal
from app.session import prepare
from graph import history
from graph.opening import open_store
from graph.patterns import load_library
from graph.reasoning import Reason, reason
from graph.runner import run_pattern
from graph.scenarios import Scenario, find, scenarios_of
from graph.store import GraphStore
from jiwang.config import Settings
from jiwang.errors import StoreError, UsageError
from jiwang.workspace import Workspace


@dataclass(frozen=True)
class Bench:
    """A loaded store with the scenarios of its workspace."""

    store: GraphStore
    settings: Settings
    scenarios: Sequence[Scenario]

    @classmethod
    @contextmanager
    def open(cls, folder: Path, store: object = None) -> Iterator[Bench]:
        """Open the store that ``folder`` loaded; ``store`` overrides the setting.

        Raises:
            StoreError: no graph is loaded in it.
        """
        settings = prepare(folder, store=store)
        workspace = Workspace.open(folder)
        with open_store(settings, workspace) as opened:
            if opened.tag is None:
                raise StoreError("the store holds no graph", "run `jiwang load` first")
            yield cls(opened, settings, _scenarios(workspace, settings))

    def scenario(self, address: str, params: Sequence[str]) -> Scenario:
        """Return the scenario of that address, with other values for this once."""
        return _with(find(self.scenarios, address), params)

    def hits(self, scenario: Scenario) -> pl.DataFrame:
        """Run it."""
        return run_pattern(self.store, scenario.pattern, scenario.region, self.settings, scenario.overrides)

    def reason(self, scenario: Scenario, entity: str) -> Reason:
        """Say why it hits ``entity``, or why not."""
        return reason(self.store, scenario, entity, self.settings)


def shipped(address: str, params: Sequence[str]) -> Scenario:
    """Return a scenario of the library as it comes, without a workspace."""
    return _with(find(scenarios_of(load_library(), ""), address), params)


def overview(folder: Path) -> Iterator[tuple[Scenario, Mapping[str, Any] | None]]:
    """Yield every scenario of a workspace and the last line of its record."""
    settings = prepare(folder)
    workspace = Workspace.open(folder)
    last = {row["scenario"]: row for row in history.read(workspace).sort("run").iter_rows(named=True)}
    for scenario in _scenarios(workspace, settings):
        yield scenario, last.get(scenario.address)


def described(scenario: Scenario) -> str:
    """Return what a scenario looks for, in words."""
    pattern = scenario.pattern
    lines = [
        f"{scenario.address}  {'on' if scenario.enabled else 'off'}",
        f"{pattern.title.zh}  {pattern.title.en}",
        f"{pattern.typology}, {pattern.severity}, {', '.join(pattern.funds)}; {pattern.basis}",
        f"about: {pattern.returns.subject.en}; with: {pattern.returns.members.en}",
        f"needs: {', '.join(pattern.requires)}",
    ]
    for name, value in scenario.values().items():
        param = pattern.params[name]
        changed = "" if value == pattern.values()[name] else f"  (as shipped: {param.default})"
        lines.append(f"  {name} = {value}{changed}: {param.doc.zh} {param.doc.en}")
    lines += [f"  may be innocent: {text.zh} {text.en}" for text in pattern.false_positives]
    return "\n".join([*lines, f"check: {pattern.triage.zh}", f"       {pattern.triage.en}"])


def _scenarios(workspace: Workspace, settings: Settings) -> list[Scenario]:
    return scenarios_of(load_library(), Journal(workspace, settings).region or "", settings.scenarios)


def _with(scenario: Scenario, params: Sequence[str]) -> Scenario:
    given = dict(scenario.overrides)
    for text in params:
        name, sign, value = text.partition("=")
        if not sign:
            raise UsageError(f"--param {text}: no value", "write NAME=VALUE")
        known = scenario.pattern.params.get(name.strip())
        given[name.strip()] = _typed(value.strip(), known.type if known else "str", text)
    changed = replace(scenario, overrides=given)
    changed.values()
    return changed


def _typed(value: str, kind: str, text: str) -> Any:
    try:
        if kind == "list":
            return [item.strip() for item in value.split(",")]
        return {"int": int, "float": float}.get(kind, str)(value)
    except ValueError as error:
        raise UsageError(f"--param {text}: {value} is no {kind}", "give a value of its type") from error
