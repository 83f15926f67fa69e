"""The shape of the code, as a ratchet: short modules, short functions, everything annotated and described."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"][
    "targets"
]["wheel"]["packages"]
LONGEST_MODULE, P90_MODULE, MEDIAN_MODULE = 400, 280, 110
LONGEST_FUNCTION, P90_FUNCTION = 40, 30
REASON = "# long:"
UNDESCRIBED = {"overload", "override", "setter"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def sources() -> list[Path]:
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def percentile(values: list[int], share: float) -> int:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def functions(path: Path) -> Iterator[tuple[Function, list[str]]]:
    text = path.read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, Function):
            yield node, text.splitlines()


def length(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def has_reason(function: Function, lines: list[str]) -> bool:
    """`# long: why` stands above the def (or its decorators) or within its signature."""
    first = min([function.lineno, *(decorator.lineno for decorator in function.decorator_list)])
    return any(REASON in line for line in lines[max(0, first - 2) : function.body[0].lineno])


def decorators(node: Function) -> set[str]:
    bare = (item.func if isinstance(item, ast.Call) else item for item in node.decorator_list)
    return {item.attr if isinstance(item, ast.Attribute) else getattr(item, "id", "") for item in bare}


def unannotated(function: Function) -> list[str]:
    arguments = function.args
    every = [
        *arguments.posonlyargs,
        *arguments.args,
        *arguments.kwonlyargs,
        arguments.vararg,
        arguments.kwarg,
    ]
    bare = [item.arg for item in every if item and not item.annotation and item.arg not in {"self", "cls"}]
    return bare if function.returns is not None or function.name == "__init__" else [*bare, "return"]


def undescribed(body: list[ast.stmt], inside: str = "") -> Iterator[str]:
    """Yield the public classes, functions and methods of a body that have no docstring."""
    for node in body:
        if not isinstance(node, Function | ast.ClassDef) or node.name.startswith("_"):
            continue
        exempt = isinstance(node, Function) and UNDESCRIBED & decorators(node)
        if not exempt and ast.get_docstring(node) is None:
            yield f"{inside}{node.name}"
        if isinstance(node, ast.ClassDef):
            yield from undescribed(node.body, f"{inside}{node.name}.")


def named(path: Path, line: int, what: str) -> str:
    return f"{path.relative_to(ROOT)}:{line}: {what}"


def test_modules_are_short() -> None:
    lengths = {path: path.read_text(encoding="utf-8").count("\n") for path in sources()}
    too_long = [named(path, count, "lines") for path, count in lengths.items() if count > LONGEST_MODULE]
    assert not too_long
    assert percentile(list(lengths.values()), 0.5) <= MEDIAN_MODULE
    assert percentile(list(lengths.values()), 0.9) <= P90_MODULE


def test_functions_are_short_or_say_why_not() -> None:
    every = [(path, function, lines) for path in sources() for function, lines in functions(path)]
    too_long = [
        named(path, function.lineno, f"{function.name} has {length(function)} lines and no `{REASON}` reason")
        for path, function, lines in every
        if length(function) > LONGEST_FUNCTION and not has_reason(function, lines)
    ]
    assert not too_long
    assert percentile([length(function) for _, function, _ in every] or [0], 0.9) <= P90_FUNCTION


def test_everything_is_annotated() -> None:
    bare = [
        named(path, function.lineno, f"{function.name}: {', '.join(missing)}")
        for path in sources()
        for function, _ in functions(path)
        if (missing := unannotated(function))
    ]
    assert not bare


def test_every_public_name_is_described() -> None:
    missing = []
    for path in sources():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if "migrations" in path.parts:
            continue
        missing += [named(path, 1, "the module")] if tree.body and ast.get_docstring(tree) is None else []
        missing += [named(path, 1, name) for name in undescribed(tree.body)]
    assert not missing


def test_the_rulers_themselves_can_fail() -> None:
    tree = ast.parse("def f(a, *, b: int = 1):\n    pass\n\nclass C:\n    def m(self) -> None: ...\n")
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    assert unannotated(function) == ["a", "return"]
    assert list(undescribed(tree.body)) == ["f", "C", "C.m"]
    assert not has_reason(function, ["", "def f(a, *, b: int = 1):", "    pass"])
