"""Tables of words, codes and parameters: data, not code."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def table(name: str) -> dict[str, Any]:
    """Return the table ``data/<name>.toml``, read once."""
    return tomllib.loads((files(__name__) / f"{name}.toml").read_text(encoding="utf-8"))


def text(name: str) -> str:
    """Return the document ``data/<name>.md``."""
    return (files(__name__) / f"{name}.md").read_text(encoding="utf-8")


def weighted(pairs: list[list[Any]]) -> tuple[list[Any], list[float]]:
    """Split ``[[weight, value], …]`` into values and weights as ``random.choices`` wants them."""
    return [value for _, value in pairs], [float(weight) for weight, _ in pairs]
