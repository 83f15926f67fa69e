"""Words of the field from the ontology: tables, fields, codes, typologies in the screen's language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from ingest.quarantine import RULES
from jiwang.errors import PatternError
from jiwang.ontology import Label, RecordTable, codes, record_tables, typologies


def typology(name: str, language: str) -> str:
    """Return the title of a typology, with its id: "P1 死亡冒领"; an unknown id as it is."""
    known = typologies().get(name)
    return f"{name} {known.title.in_language(language)}" if known else name


def basis(name: str) -> tuple[str, str]:
    """Return (legal basis, fund) of a typology; empty if unknown."""
    known = typologies().get(name)
    return (known.basis, known.fund) if known else ("", "")


def table(name: str, language: str) -> str:
    """Return the title of a record table."""
    known = record_tables().get(name)
    return known.title.in_language(language) if known else name


def fields(name: str) -> RecordTable | None:
    """Return the contract of a record table, or None."""
    return record_tables().get(name)


def code(codelist: str | None, value: Any, language: str) -> str:
    """Return the label of a code, or the code."""
    label = codes().get(codelist or "", {}).get(str(value))
    return label.in_language(language) if label else str(value)


def rule(name: str, language: str) -> str:
    """Return the name of a rule of quarantine, without what it explains further."""
    known = {str(rule): label for rule, label in RULES.items()}.get(name)
    return known.in_language(language).partition("：")[0] if known else name


def pattern(name: str, language: str) -> str:
    """Return the title of a pattern, or its id where the library no longer has it."""
    known = _patterns().get(name)
    return known.in_language(language) if known else name


@cache
def _patterns() -> Mapping[str, Label]:
    from graph.patterns import load_library

    try:
        return {p.id: p.title for p in load_library()}
    except PatternError:  # a broken library must not close the app: ids will do
        return {}
