"""What the pages promise is what the house has: verbs, version, direction of imports, generated reference."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import textwrap
import tomllib
from pathlib import Path

import pytest

import jiwang

ROOT = Path(__file__).resolve().parents[2]
VERBS = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)[1].split()  # type: ignore[index]
READMES = ("README.md", "README.zh.md")
HOW_TO = ROOT / "docs" / "how-to"
BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.M | re.S)
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


def blocks(page: str, language: str) -> list[str]:
    """Return the code blocks of a recipe in one language, without their indentation."""
    found = BLOCK.findall((HOW_TO / page).read_text(encoding="utf-8"))
    return [textwrap.dedent(text) for _, named, text in found if named == language]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_jiwang_verb_named_exists(page: Path) -> None:
    import typer

    from app.cli import cli

    verbs = typer.main.get_command(cli).commands  # type: ignore[attr-defined]
    for verb, child in re.findall(
        r"(?:`|/bin/|^## )jiwang ([a-z]\w*)(?: ([a-z]\w*))?", page.read_text("utf-8"), re.M
    ):
        assert verb in verbs
        assert not child or child in getattr(verbs[verb], "commands", {child})


def test_the_mapping_explained_is_the_one_that_ships() -> None:
    shipped = (ROOT / "ingest" / "sources" / "a" / "cremation.toml").read_text(encoding="utf-8")
    assert tomllib.loads(blocks("add-a-source.md", "toml")[0]) == tomllib.loads(shipped)


def test_the_recipe_for_a_source_gives_a_clean_mapping(tmp_path: Path) -> None:
    from ingest.lint import lint
    from ingest.mapping import load

    shutil.copytree(ROOT / "ingest" / "sources" / "a", tmp_path / "a")
    (tmp_path / "a" / "library_loan.toml").write_text(blocks("add-a-source.md", "toml")[1], encoding="utf-8")
    assert "library_loan" in {mapping.id for mapping in load("a", tmp_path).mappings}
    assert lint("a", tmp_path) == []


def test_the_recipe_for_a_pattern_proves_itself(tmp_path: Path) -> None:
    from graph.fixtures import load_fixture, write_tables
    from graph.ladybug_store import LadybugStore
    from graph.lint import lint
    from graph.patterns import load_library
    from graph.runner import run_pattern
    from graph.schema import load_schema
    from jiwang.config import Settings

    folder, schema = tmp_path / "cypher" / "unemployment", load_schema()
    folder.mkdir(parents=True)
    (folder / "claims_on_one_device.cypher").write_text(blocks("add-a-pattern.md", "cypher")[0], "utf-8")
    fixture = next(text for text in blocks("add-a-pattern.md", "toml") if "[hit]" in text)
    (folder / "claims_on_one_device.fixture.toml").write_text(fixture, "utf-8")
    (pattern,) = load_library(folder.parent)
    assert lint([pattern], schema) == []
    told = load_fixture(pattern, folder.parent)
    for name, graph in (("hit", told.hit), ("miss", told.miss)):
        with LadybugStore(tmp_path / name / "store", schema=schema, memory_mb=64) as store:
            store.load(*write_tables(graph, schema, tmp_path / name), f"recipe-{name}")
            hits = run_pattern(store, pattern, "", Settings()).to_dicts()
        assert {(hit["subject"], tuple(hit["members"])) for hit in hits} == graph.expected()


def test_every_check_of_innocence_is_explained() -> None:
    words = tomllib.loads((ROOT / "graph" / "rings" / "innocence.toml").read_text(encoding="utf-8"))
    names = [entry["name"]["zh"].split("（")[0] for entry in words.values() if "name" in entry]
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert names
    assert [name for name in names if name not in page] == []


def test_every_stage_and_folder_of_a_workspace_is_explained() -> None:
    from app.stages import NAMES
    from jiwang.workspace import FOLDERS

    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert [name for name in NAMES if f"| {name} |" not in page] == []
    for readme in READMES:
        text = (ROOT / readme).read_text(encoding="utf-8")
        assert [name for name in FOLDERS if f"{name}/" not in text] == []


def test_every_page_is_in_the_navigation_or_a_pattern() -> None:
    nav = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").split("\nnav:")[1]
    pages = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}
    named = set(re.findall(r": (\S+\.md)$", nav, re.M))
    assert {page for page in pages - named if not page.startswith("reference/patterns/")} == set()
    assert named <= pages


def test_both_readmes_say_the_same_in_the_same_order() -> None:
    shapes = []
    for readme in READMES:
        text = (ROOT / readme).read_text(encoding="utf-8")
        tables = re.findall(r"^\| (`[^|]+`) \|", text, re.M)
        first = [re.findall(r"`([^`]+)`", cell) for cell in tables]
        shapes.append(
            (
                len(re.findall(r"^## ", text, re.M)),
                first,
                re.findall(r"^```\n(.*?)^```", text, re.M | re.S)[2:],
            )
        )
    assert shapes[0] == shapes[1]


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
