"""The words of the screen: two catalogues with equal keys, Chinese first."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("zh", "en")


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Return dotted key → text of one language."""
    tables = tomllib.loads((files(__package__) / f"{language}.toml").read_text(encoding="utf-8"))
    return {f"{table}.{key}": text for table, words in tables.items() for key, text in words.items()}


class Words:
    """Texts in one language: ``t("queue.title")``, ``t("queue.shown", total=12)``."""

    def __init__(self, language: str) -> None:
        self.language = language if language in LANGUAGES else LANGUAGES[0]

    def __call__(self, key: str, **values: Any) -> str:
        """Return the text of ``key`` with ``values`` filled in.

        Raises:
            KeyError: there is no such key: a fault of ours that a test finds.
        """
        return catalogue(self.language)[key].format(**values)

    def told(self, row: Mapping[str, Any], column: str) -> Any:
        """Return a column of the data in this language: the English stands in ``<column>_en``."""
        other = f"{column}_{self.language}"
        return row[other] if other in row else row[column]

    def joined(self, parts: Iterable[str]) -> str:
        """Return sentences as one line."""
        return ("；" if self.language == "zh" else "; ").join(parts)

    def known(self, table: str, name: str | None) -> str:
        """Return the text of a term that comes from the data, or the term itself if it is unknown."""
        return catalogue(self.language).get(f"{table}.{name}", name or "")


def field_name(field: str, t: Words) -> str:
    """Return what a part weighs, in words."""
    return _first(field, t, ("part", "how", "attribute"))


def _first(term: str, t: Words, tables: Iterable[str]) -> str:
    """Return the text of a term in the first of these tables of the catalogue that has it, or the term."""
    texts = catalogue(t.language)
    keys = (f"{table}.{term}" for table in tables)
    return next((texts[key] for key in keys if key in texts), term)


def how_told(how: str, t: Words) -> str:
    """Return the elements of how a link was made, in words."""
    return " + ".join(_first(part, t, ("how", "attribute", "part")) for part in how.split("+"))


def conflict_told(conflict: str, t: Words) -> str:
    """Return a conflict of the entities table in words: a reason, or a name in so many forms."""
    if conflict.startswith("name:"):
        return t("conflict.names", n=conflict.removeprefix("name:").partition(" ")[0])
    return _first(conflict, t, ("conflict", "reason"))
