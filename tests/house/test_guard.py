"""The guard against citizen ids, registries' hosts and private paths: the tree is clean, and it can bite."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "guard_ids.py"
STANDARD_EXAMPLE = "11010519491231002X"


@pytest.fixture(scope="module")
def guard() -> ModuleType:
    spec = importlib.util.spec_from_file_location("guard_ids", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def citizen_id(guard: ModuleType, first17: str) -> str:
    return first17 + next(
        digit for digit in guard.CHECK_DIGITS if guard.has_valid_check_digit(first17 + digit)
    )


def test_the_tree_is_clean() -> None:
    done = subprocess.run([sys.executable, str(SCRIPT)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_check_digit_is_the_standards(guard: ModuleType) -> None:
    assert guard.has_valid_check_digit(STANDARD_EXAMPLE)
    assert not guard.has_valid_check_digit(STANDARD_EXAMPLE[:-1] + "1")


def test_an_id_is_found_and_not_repeated_in_clear(guard: ModuleType, tmp_path: Path) -> None:
    number = citizen_id(guard, "999999" + "19800229" + "017")
    planted = tmp_path / "planted.csv"
    planted.write_text(f"xm,sfzh\n张三,{number}\n", encoding="gb18030")
    [line] = guard.report([planted])
    assert ":2:" in line
    assert number not in line


def test_the_standards_example_and_long_numbers_pass(guard: ModuleType) -> None:
    number = citizen_id(guard, "999999" + "19800229" + "017")
    assert not list(guard.findings_in(f"{STANDARD_EXAMPLE} 1{number} {number}0".encode()))


@pytest.mark.parametrize("text", ["cd /{}/x", "'/{}'", "a=/{}\n"])
def test_paths_of_one_machine_are_found(guard: ModuleType, text: str) -> None:
    assert list(guard.findings_in(text.format("work").encode()))
    assert not list(guard.findings_in(text.format("workspace").encode()))


def test_hosts_of_registries_are_found(guard: ModuleType) -> None:
    left, right = guard.HOST_HALVES[0]
    assert list(guard.findings_in(f"files.{left}{right}/x.whl".encode()))
