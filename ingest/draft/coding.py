"""Coding: which canonical code a raw code means, by dictionary, word or standard."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from ingest.draft.dictionary import Dictionary, pairs
from ingest.draft.naming import data, plain, spelt_out
from ingest.draft.profile import Profile
from ingest.screen import is_test_word, words_rule
from jiwang.ontology import codes

TODO = "TODO"
_ALIKE = 80
_SELDOM = 0.002  # share of the rows that a code hardly anybody bears has
_LONG = re.compile(r"[0-9]{7}")
MOST = 80  # codes of one column that are shown
_MOSTLY = 0.6
_TELLING = {"sex": "2", "relation_short": "0"}  # a value without which the standard is not told from others
_HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True)
class Legend:
    """A code table of a dictionary: raw code → word; whether the dictionary ties it to the column."""

    words: Mapping[str, str]
    named: bool


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


def table(listed: str, profile: Profile, legend: Legend | None) -> list[Code]:
    """Return the code table of a column: what its dictionary names and what its values hold.

    Codes that the dictionary names with a word of no meaning here, and that no row bears, are left out.
    """
    observed = observed_codes(profile)
    words = legend.words if legend else {}
    standard = _standard(listed, observed, {r: meant(listed, w) for r, w in words.items()})
    usual = data("words")["usual"].get(listed, {})
    found = []
    for raw in dict.fromkeys([*words, *observed]):
        said = next((words[r] for r in (raw, raw.lstrip("0"), raw.zfill(2)) if r in words), "")
        mark = "dictionary" if legend and legend.named else "guess: dictionary"
        canonical, how = (meant(listed, said), f"{mark}: {said}") if said else (TODO, "not known")
        if canonical == TODO and (word := meant(listed, raw)) != TODO:
            canonical, how = word, "its word"
        elif canonical == TODO and raw in standard:
            canonical, how = standard[raw], "national standard"
        elif canonical == TODO and raw in usual and not _HAN.search(said):
            canonical, how = usual[raw], "guess: usual, no dictionary says so"
        elif canonical == TODO and (word := _initials(listed, raw)) != TODO:
            canonical, how = word, "guess: its initials"
        if canonical != TODO or raw in observed:
            found.append(Code(raw, canonical, how, observed.get(raw, 0)))
    return [c for c in found if not _stray(c, found)]


def _stray(code: Code, every: Sequence[Code]) -> bool:
    """Say whether a value of no meaning is none of the codes but of another column: a person's, it may be."""
    if code.canonical != TODO or not code.rows:
        return False
    shapes = {_shape(c.raw) for c in every if c.canonical != TODO}
    seldom = code.rows <= max(1.0, _SELDOM * sum(c.rows for c in every))
    return bool(_LONG.search(code.raw)) or (seldom and bool(shapes) and _shape(code.raw) not in shapes)


def _shape(raw: str) -> str:
    return re.sub(r"[\u3400-\u9fff]+", "字", re.sub(r"[A-Za-z]", "A", re.sub(r"[0-9]", "9", raw)))


def observed_codes(profile: Profile) -> dict[str, int]:
    """Return the values of a column with their numbers of rows, the commonest first, test data left out."""
    every = sorted(profile.counts.items(), key=lambda item: (-item[1], item[0]))
    kept = [(raw, n) for raw, n in every if words_rule([raw]) is None and not is_test_word(raw)]
    return dict(kept[:MOST])


def legend_for(
    listed: str, profile: Profile, titles: Sequence[str], about: str, book: Dictionary
) -> Legend | None:
    """Return the code table of a dictionary that a column follows.

    It is the one that what is said of the column names, else the one that holds its values, whose words mean
    something in this list, and whose title is likest the column's; None where none will do.
    """
    own = pairs(about)
    tables = {**book.codes, **({"": own} if len(own) > 1 else {})}
    best, most = None, 0.0
    observed = observed_codes(profile)
    for name, words in tables.items():
        key = name.split()[0] if name else ""
        named = not name or bool(re.search(rf"(?<![0-9A-Za-z_]){re.escape(key)}(?![0-9A-Za-z_])", about))
        alike = any(t and t in name for t in titles)
        held = sum(n for raw, n in observed.items() if raw in words) / max(1, sum(observed.values()))
        known = sum(meant(listed, w) != TODO for w in words.values()) / len(words)
        score = (held if observed else 0.5) * (0.2 + known) * (1 + 2 * named + alike)
        if score > most and (named or (held >= _MOSTLY and known >= _MOSTLY)):
            best, most = Legend(words, named or alike), score
    return best


def meaning(listed: str, profile: Profile, book: Dictionary) -> float:
    """Return the share of a column's rows whose code means something in a list, by its words or a legend."""
    observed = observed_codes(profile)
    whole = max(1, sum(observed.values()))
    own = sum(n for raw, n in observed.items() if meant(listed, raw) != TODO) / whole
    lent = legend_for(listed, profile, (), "", book) if profile.few and own < _MOSTLY else None
    known = {r for r, w in lent.words.items() if meant(listed, w) != TODO} if lent else set()
    return max(own, sum(n for raw, n in observed.items() if raw in known) / whole)


def _standard(listed: str, observed: Mapping[str, int], known: Mapping[str, str]) -> Mapping[str, str]:
    """Return the national standard that a column follows: no value beside it, no word against it."""
    for name, standard in data("words")["standard"].items():
        if name not in (listed, f"{listed}_short") or not observed:
            continue
        beside = any(raw not in standard and known.get(raw, TODO) == TODO for raw in observed)
        against = any(standard.get(raw, code) != code for raw, code in known.items() if code != TODO)
        needed = _TELLING.get(name, "")
        if not beside and not against and (not needed or needed in observed):
            found: Mapping[str, str] = standard
            return found
    return {}


def _initials(listed: str, raw: str) -> str:
    """Return the canonical code whose words alone have these initials: CK for 窗口."""
    if not re.fullmatch(r"[A-Za-z]{2,8}", raw):
        return TODO
    found = {
        code
        for code, label in codes()[listed].items()
        for form in (label.zh, *data("words")["words"].get(listed, {}).get(code, ()))
        if raw.lower() in {spelt for spelt, _ in spelt_out(form)}
    }
    return found.pop() if len(found) == 1 else TODO


def meant(listed: str, word: str) -> str:
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
