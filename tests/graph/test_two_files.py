"""A pattern added by hand in two files: proven, run, named on screen and documented, without any Python."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import pytest

import graph.patterns
from graph.patterns import load_library, pattern_root

RECIPE = "docs/how-to/add-a-pattern.md"
ID = "claims_on_one_device"


@pytest.fixture
def added(tmp_path: Path, repo_root: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A library with the recipe's two files in it; return the pattern's id."""
    library = tmp_path / "cypher"
    shutil.copytree(Path(str(pattern_root())), library)
    page = (repo_root / RECIPE).read_text(encoding="utf-8")

    def block(language: str, having: str) -> str:
        found = re.findall(rf"^ *```{language}\n(.*?)^ *```", page, re.DOTALL | re.MULTILINE)
        text = next(t for t in found if having in t)
        return "".join(line.removeprefix("    ") for line in text.splitlines(keepends=True))

    (library / "unemployment" / f"{ID}.cypher").write_text(block("cypher", ID), encoding="utf-8")
    (library / "unemployment" / f"{ID}.fixture.toml").write_text(block("toml", "[hit]"), encoding="utf-8")
    monkeypatch.setattr(graph.patterns, "pattern_root", lambda: library)
    monkeypatch.setattr("graph.fixtures.pattern_root", lambda: library)
    return ID


def test_it_is_proven_listed_and_a_scenario(added: str) -> None:
    from app.proof import proofs
    from app.scenarios import described, shipped
    from jiwang.config import Settings

    assert list(proofs(Settings(store="embedded", store_memory_mb=64), added)) == [(added, "")]
    assert "多人用同一设备申领失业金" in described(shipped(added, []))


def test_the_app_calls_it_by_its_title(added: str) -> None:
    from app.services import terms

    known = [value for value in vars(terms).values() if hasattr(value, "cache_clear")]
    for function in known:
        function.cache_clear()
    try:
        assert "多人用同一设备申领失业金" in terms.pattern(added, "zh")
    finally:
        for function in known:
            function.cache_clear()


def test_the_docs_have_a_page_of_it(added: str, repo_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(repo_root / "scripts"))
    sys.modules.pop("docs_library", None)
    import docs_library

    pages = dict(docs_library.pattern_pages())
    assert f"cypher/unemployment/{added}.cypher" in pages[f"patterns/{added}.md"]
    assert f"[{added}](patterns/{added}.md)" in docs_library.patterns_page()
    assert added in {pattern.id for pattern in load_library()}
