"""Our packages bear generic names at the top level: nothing else may own or shadow them."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"][
    "targets"
]["wheel"]["packages"]


@pytest.mark.parametrize("package", [*PACKAGES, "cypher"])
def test_no_other_distribution_owns_our_name(package: str) -> None:
    owners = set(packages_distributions().get(package, []))
    assert owners <= {"jiwang"}, (
        f"install Jiwang into an environment of its own: {owners} also bring `{package}`"
    )


@pytest.mark.parametrize("package", PACKAGES)
def test_the_name_leads_to_this_tree(package: str) -> None:
    found = subprocess.run(
        [sys.executable, "-c", f"import {package}; print({package}.__file__)"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    ).stdout.strip()
    assert Path(found) == ROOT / package / "__init__.py"


def test_no_file_in_app_bears_the_name_of_a_root_package() -> None:
    # `streamlit run app/<page>.py` puts app/ first on sys.path: app/graph.py would then be `graph`.
    shadows = [path for path in (ROOT / "app").rglob("*") if path.stem in {*PACKAGES, "cypher"} - {"app"}]
    assert not shadows


def test_every_package_is_typed_and_the_pattern_library_is_data() -> None:
    assert all((ROOT / package / "py.typed").is_file() for package in PACKAGES)
    assert not list((ROOT / "cypher").rglob("*.py"))


def test_no_module_is_a_lumber_room() -> None:
    lumber = re.compile(r"^_?(utils?|helpers?|common|misc|shared|tools)$")
    found = [path for package in PACKAGES for path in (ROOT / package).rglob("*") if lumber.match(path.stem)]
    assert not found, "code lives in the room of the noun it serves"
