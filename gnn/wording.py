"""The words of reasons: ``reasons.toml``, the schema's own titles where it has none."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from gnn.features import Feature
from graph.patterns import load_library
from graph.schema import load_schema
from jiwang.ontology import Label, typologies


@cache
def catalogue() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """Return section → key → {"zh": …, "en": …}."""
    text = (files("gnn") / "reasons.toml").read_text(encoding="utf-8")
    found: dict[str, dict[str, dict[str, str]]] = tomllib.loads(text)
    return found


class Wording:
    """Turns features and patterns into sentences of either language."""

    def __init__(self) -> None:
        schema = load_schema()
        tables = {**schema.nodes, **schema.edges}
        self._titles = {name: table.title for name, table in tables.items() if table.title}
        self._patterns = {pattern.id: pattern.title for pattern in load_library()}

    def sentence(self, key: str, language: str, **values: Any) -> str:
        """Return a whole sentence of the catalogue with ``values`` filled in."""
        return catalogue()["sentences"][key][language].format(**values)

    def pattern(self, pattern: str, typology: str, language: str) -> str:
        """Return the sentence for a pattern's hit."""
        known = typologies().get(typology)
        title = self._patterns.get(pattern) or (known.title if known else Label(zh=pattern, en=pattern))
        return self.sentence("pattern", language, title=title.in_language(language))

    def group(self, group: str, language: str) -> str:
        """Return the words for a relation group."""
        words = catalogue()["groups"].get(group)
        if words:
            return words[language]
        title = self._titles.get(group)
        return title.in_language(language) if title else group

    def part(self, feature: Feature, value: float, language: str) -> str:
        """Return the sentence for the strongest column of a group, with its value."""
        group = self.group(feature.group.split("@")[0], language)
        if value != value:  # noqa: PLR0124 - NaN: what is absent speaks too
            return self.sentence("absent", language, group=group, column=self._column(feature, language))
        shown = f"{value:,.0f}" if float(value).is_integer() or abs(value) >= 100 else f"{value:,.2f}"
        return self.sentence(
            "part", language, group=group, column=self._column(feature, language), value=shown
        )

    def _column(self, feature: Feature, language: str) -> str:
        stat = catalogue()["stats"].get(feature.stat, {}).get(language, feature.stat)
        prop = self._prop(feature.prop.split(".")[-1], language)
        told = stat.format(prop=prop).strip()
        return self.sentence("strict", language, column=told) if feature.strict else told

    def _prop(self, prop: str, language: str) -> str:
        words = catalogue()["props"].get(prop)
        return words[language] if words else prop.replace("_", " ")
