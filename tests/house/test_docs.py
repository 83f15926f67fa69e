"""What the pages promise is what the house has: verbs, version, direction of imports, generated reference."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import jiwang

ROOT = Path(__file__).resolve().parents[2]
VERBS = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)[1].split()  # type: ignore[index]
READMES = ("README.md", "README.zh.md")
PAGES = [*(ROOT / name for name in (*READMES, "CONTRIBUTING.md")), *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("readme", READMES)
@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb != "help"])
def test_every_make_verb_is_documented(readme: str, verb: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    assert re.search(rf"`make {verb}\b(?!-)", text)


@pytest.mark.parametrize("readme", READMES)
def test_the_table_of_jiwang_verbs_is_the_command_line(readme: str) -> None:
    import typer

    from app.cli import cli

    table = (ROOT / readme).read_text(encoding="utf-8").split("| `jiwang …` |")[1].split("\n\n")[0]
    documented = {
        verb for row in table.splitlines()[2:] for verb in re.findall(r"`(\w+)`", row.split("|")[1])
    }
    assert documented == set(typer.main.get_command(cli).commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize("readme", [*READMES, "CONTRIBUTING.md"])
def test_every_make_verb_named_exists(readme: str) -> None:
    named = re.findall(r"`make ([a-z0-9-]+)", (ROOT / readme).read_text(encoding="utf-8"))
    assert set(named) <= set(VERBS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_inside_the_tree_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
    local = [target for target in targets if "://" not in target and not target.startswith("mailto:")]
    assert [target for target in local if not (page.parent / target).exists()] == []


def test_the_version_stands_in_one_place() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert "version" in project["dynamic"]
    pattern = re.compile(r"^(__version__|version)\s*=\s*[\"']" + re.escape(jiwang.__version__), re.M)
    places = [
        path
        for path in ROOT.glob("*/**/*.py")
        if ".venv" not in path.parts and pattern.search(path.read_text("utf-8"))
    ]
    assert places == [ROOT / "jiwang" / "__init__.py"]


def test_the_changelog_is_ready_for_the_next_change() -> None:
    assert "## [Unreleased]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_imports_point_one_way() -> None:
    linter = shutil.which(
        "lint-imports", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    )
    assert linter, "import-linter is part of the dev extra"
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_no_page_of_the_reference_is_a_stub() -> None:
    pages = sorted((ROOT / "docs" / "reference").glob("*.md"))
    assert pages
    assert [page.name for page in pages if "Not in this version yet." in page.read_text("utf-8")] == []


def test_the_generated_reference_is_fresh() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "gen_docs.py"), "--check"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"run `make docs`: {done.stdout}{done.stderr}"
