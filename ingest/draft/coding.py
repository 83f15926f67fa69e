"""Coding: which canonical code a raw code means, by dictionary, word or standard."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz

from ingest.draft.naming import data, plain
from ingest.draft.profile import Profile
from ingest.screen import is_test_word, words_rule
from jiwang.ontology import codes

TODO = "TODO"
_ALIKE = 80
MOST = 80  # codes of one column that are shown
_HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True)
class Code:
    """One raw code: its canonical code (or `TODO`), how it was told, and how many rows bear it."""

    raw: str
    canonical: str
    how: str
    rows: int

    @property
    def sure(self) -> bool:
        """Whether nobody needs to look at it."""
        return self.canonical != TODO and not self.how.startswith("guess")


def table(
    listed: str, profile: Profile, legend: Mapping[str, str], book: Mapping[str, Mapping[str, str]]
) -> list[Code]:
    """Return the code table of a column: what its dictionary names and what its values hold.

    Args:
        listed: name of the canonical code list.
        profile: the column.
        legend: raw code → word, as the dictionary says of this column.
        book: every code table of the dictionary: one of them is tried where it says nothing of this column.
    """
    every = sorted(profile.counts.items(), key=lambda item: (-item[1], item[0]))
    observed = {raw: n for raw, n in every if words_rule([raw]) is None and not is_test_word(raw)}
    observed = dict(list(observed.items())[:MOST])
    legend, where = (legend, "dictionary") if legend else (_lent(listed, observed, book), "guess: dictionary")
    known = {raw: _meant(listed, said) for raw, said in legend.items()}
    standard = data("words")["standard"].get(listed, {})
    follows = _follows(observed, known, standard) and (listed != "sex" or "2" in observed)
    usual = data("words")["usual"].get(listed, {})
    found = []
    for raw in dict.fromkeys([*legend, *observed]):
        said = next((legend[r] for r in (raw, raw.lstrip("0"), raw.zfill(2)) if r in legend), "")
        canonical, how = (_meant(listed, said), f"{where}: {said}") if said else (TODO, "not known")
        if canonical == TODO and (word := _meant(listed, raw)) != TODO:
            canonical, how = word, "its word"
        elif canonical == TODO and follows and raw in standard:
            canonical, how = standard[raw], "national standard"
        elif canonical == TODO and raw in usual and not _HAN.search(said):
            canonical, how = usual[raw], "guess: usual, no dictionary says so"
        found.append(Code(raw, canonical, how, observed.get(raw, 0)))
    return found


def _follows(observed: Mapping[str, int], known: Mapping[str, str], standard: Mapping[str, str]) -> bool:
    """Say whether a column follows a standard: no value beside it, no word of a legend against it."""
    beside = any(raw not in standard and raw not in known for raw in observed)
    against = any(standard.get(raw, code) != code for raw, code in known.items() if code != TODO)
    return bool(standard) and bool(observed) and not beside and not against


def _lent(listed: str, observed: Mapping[str, int], book: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Return the one code table of a dictionary that holds every value and only words of this list."""
    fitting = [
        dict(codes)
        for codes in book.values()
        if observed
        and set(observed) <= set(codes)
        and TODO not in {_meant(listed, w) for w in codes.values()}
    ]
    return fitting[0] if fitting else {}


def _meant(listed: str, word: str) -> str:
    """Return the canonical code that a word means, `TODO` where none does."""
    said = plain(word)
    forms = {
        plain(form): code
        for code, label in codes()[listed].items()
        for form in (label.zh, code, *data("words")["words"].get(listed, {}).get(code, ()))
    }
    if said in forms:
        return forms[said]
    if len(said) < 2 or not re.search(r"[\u4e00-\u9fff]", said):
        return TODO
    inside = [f for f in forms if len(f) > 1 and (f in said or said in f)]
    if inside:
        return forms[max(inside, key=lambda f: (f in said, min(len(f), len(said)), -len(f), f))]
    best = max(forms, key=lambda f: (fuzz.ratio(f, said), f))
    return forms[best] if fuzz.ratio(best, said) >= _ALIKE else TODO
