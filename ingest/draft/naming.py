"""Naming: how likely a header, or its title in the dictionary, means a field of a record table."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from rapidfuzz import fuzz

from ingest.draft import english
from jiwang.ontology import record_tables

_HAN = re.compile(r"[\u4e00-\u9fff]")
_LEAST_ALIKE = 70
_ENGLISH = 0.85  # what words of English in common count at most
_CODE = re.compile(r"^[A-Z]{3}[0-9A-Z]{3,4}$")


@cache
def data(name: str) -> Mapping[str, Any]:
    """Return a data file of this package."""
    return tomllib.loads((files(__package__) / f"{name}.toml").read_text(encoding="utf-8"))


def plain(text: str) -> str:
    """Return a header as it is compared: width, case, spaces, units, brackets and braces folded."""
    folded = re.sub(r"\{.*?\}", "", unicodedata.normalize("NFKC", text).lower())
    folded = re.sub(r"[(（\[【].*?[)）\]】]", "", folded) or folded
    return re.sub(r"[\s_\-/*:：#.]+", "", folded)


@cache
def _forms(table: str) -> Mapping[str, tuple[tuple[str, float], ...]]:
    """Return field → the forms of its name (plain), with what an equal header counts."""
    book = data("fields")
    found = {}
    for name, field in record_tables()[table].fields.items():
        own = book.get(table, {}).get(name, [])
        shared = book["any"].get(name, [])
        forms: dict[str, float] = {}
        for words, weight in (([field.zh, *own], 1.0), (shared, 0.95), ([name], 0.9)):
            for word in words:
                forms.setdefault(plain(word), weight)
                for spelt, much in spelt_out(word):
                    forms.setdefault(spelt, weight * much)
        found[name] = tuple(forms.items())
    return found


@cache
def spelt_out(word: str) -> tuple[tuple[str, float], ...]:
    """Return a Chinese word in initials and in full pinyin."""
    if not _HAN.search(word):
        return ()
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 - its dictionary takes a while to load

    initials = "".join(lazy_pinyin(word, style=Style.FIRST_LETTER))
    full = "".join(lazy_pinyin(word))
    short = ((plain(initials), 0.85),) if len(initials) > 1 else ()
    return (*short, (plain(full), 0.9))


@cache
def likeness(table: str, header: str, title: str = "") -> Mapping[str, float]:
    """Return field → how well the header, or its title, names it, 0 to 1; fields of no likeness are left out.

    A title of the dictionary counts as much as the header: headers may be codes that mean nothing here.
    """
    found: dict[str, float] = {}
    for text, much in ((header, 1.0), (title, 0.97)):
        said = plain(text)
        if not said:
            continue
        tail = plain(re.split(r"[.\[\]/]+", text.strip("[]"))[-1])
        for name, forms in _forms(table).items():
            score = max(_alike(said, tail, form) * weight for form, weight in forms)
            score = max(score, _ENGLISH * english.alike(text, name, table))
            if score * much > found.get(name, 0.0):
                found[name] = score * much
    return {n: s for n, s in found.items() if s > 0.3}


def _alike(said: str, tail: str, form: str) -> float:
    if said == form:
        return 1.0
    if tail == form and len(tail) > 1:
        return 0.9
    if len(form) > 1 and _HAN.search(form) and _HAN.search(said):
        if form in said or said in form:
            return 0.55 + 0.3 * min(len(form), len(said)) / max(len(form), len(said))
        ratio = fuzz.ratio(said, form)
        return ratio / 100 * 0.7 if ratio >= _LEAST_ALIKE else 0.0
    if len(form) > 4 and len(said) > 4 and not _CODE.match(said.upper()):
        ratio = fuzz.ratio(said, form)
        return ratio / 100 * 0.7 if ratio >= 85 else 0.0
    return 0.0


def table_words(table: str, *texts: str) -> float:
    """Return how well the name of a file, or its title, names a record table, 0 to 1."""
    words = [*data("tables")[table]["words"], record_tables()[table].title.zh]
    best = 0.0
    for text in map(plain, texts):
        for word in map(plain, words):
            if not text:
                continue
            if word == text:
                best = max(best, 1.0)
            elif word in text:
                best = max(best, 0.5 + 0.1 * min(4, len(word)))
            else:
                best = max(
                    best,
                    *(
                        0.9 if i == text else 0.7 if len(i) > 3 and i in text else 0
                        for i, _ in spelt_out(word)
                    ),
                    0,
                )
    return best
