"""The door: same arguments, same bytes; what cannot be used is refused with a remedy."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from simulation.cli import main

if TYPE_CHECKING:
    from conftest import Made


def digests(folder: Path) -> dict[str, str]:
    """Return a digest of every file."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_same_seed_gives_the_same_bytes(made: Made, tmp_path: Path) -> None:
    assert main(["--people", "400", "--seed", "7", "--out", str(tmp_path / "again")]) == 0
    assert digests(made.out) == digests(tmp_path / "again")


def test_another_seed_gives_another_region_elsewhere(made: Made, tmp_path: Path) -> None:
    other = ["--people", "200", "--seed", "8", "--division", "420600", "--name", "新城市"]
    assert main([*other, "--out", str(tmp_path / "other")]) == 0
    mine, theirs = digests(made.out), digests(tmp_path / "other")
    assert mine.keys() == theirs.keys()
    same = {path for path in mine if mine[path] == theirs[path]}
    assert same == {"truth/README.md"}
    text = (tmp_path / "other/raw/数据字典.md").read_text(encoding="utf-8")
    assert "统筹区代码：420600" in text
    assert "新城市" in text


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--people", "3"], "Choose 200"),
        (["--division", "99"], "six digits"),
        (["--division", "990000"], "361000"),
        (["--name", "某地"], "市"),
    ],
)
def test_unusable_arguments_end_with_2(
    arguments: list[str], word: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, "--out", str(tmp_path / "out")]) == 2
    assert word in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_full_folder_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    assert main(["--out", str(tmp_path)]) == 2
    assert "not empty" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_file_is_no_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert main(["--out", str(tmp_path / "file")]) == 2
    assert "is a file" in capsys.readouterr().err
