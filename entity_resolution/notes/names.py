"""Names of people whom no register knows: a small statistical tagger, taught by the notes themselves.

Where registered names stand in the notes says where names stand at all (distant supervision): the characters
before and after them, and the characters that given names are made of, are counted against the rest of the
text. A candidate begins with a surname; the sum of its log odds decides. On notes of unseen wording this does
what a trained network did not (benchmarks/notes.py runs both).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from math import log

Span = tuple[int, int]
THRESHOLD = 1.5
_ALPHA = 0.5
_CAP = 3.0  # no single feature decides alone
_EDGE = "^"
_ALL = ""  # the key under which a counter keeps how many places it has seen
_KNOWN = 3  # sightings after which a context of two characters speaks for itself
_WORD_SHARE = 0.004  # a string in more notes than this, borne by nobody known, is a word
# What stands around names wherever clerks write, counted as if seen once: a small batch knows little itself.
_BEFORE = "由系为叫是找与和及、，：；（。替给向让称据查人者工报映诉员生女父母夫妻子弟兄姐妹儿"
_AFTER = "、，。；（：）称说在于系从等已未持把将替与和的夫反去领办账现生手"


@cache
def surnames() -> frozenset[str]:
    """Return the surnames of one and of two characters."""
    text = (files(__package__) / "surnames.txt").read_text(encoding="utf-8")
    words = text.split()
    return frozenset(w for w in words if len(w) == 2) | {c for w in words if len(w) > 2 for c in w}


@cache
def _everyday() -> frozenset[str]:
    """Return everyday words of two characters that begin as surnames do (关键, 白天)."""
    return frozenset((files(__package__) / "words.txt").read_text(encoding="utf-8").split())


class NameFinder:
    """Finds names that no register has.

    Args:
        texts: folded notes.
        taken: for each, the spans that are something known, and whether that is a person.
        names: folded names of people: what given names are made of.
    """

    def __init__(
        self, texts: Sequence[str], taken: Sequence[Sequence[tuple[int, int, bool]]], names: Iterable[str]
    ) -> None:
        self._surnames = surnames()
        self._before: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
        self._after: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
        self._given: Counter[str] = Counter()
        self._plain: Counter[str] = Counter()
        self._words: Counter[str] = Counter()
        self._least = max(3, int(_WORD_SHARE * len(texts)))
        for name in names:
            self._given.update(name[1:] if len(name) <= 3 else name[2:])
        for text, spans in zip(texts, taken, strict=True):
            self._read(text, spans)
        for near, far in (self._before, self._after):
            near[_ALL], far[_ALL] = near.total() // 2, far.total() // 2
        self._totals = (sum(self._given.values()) or 1, sum(self._plain.values()) or 1)

    def _read(self, text: str, spans: Sequence[tuple[int, int, bool]]) -> None:
        """Count one note: around its known people, and everywhere else."""
        covered = bytearray(len(text) + 1)
        for start, end, person in spans:
            covered[start:end] = b"\x01" * (end - start)
            if person:
                self._before[0].update(_left(text, start))
                self._after[0].update(_right(text, end))
        free = [i for i in range(len(text)) if not covered[i]]
        self._plain.update(text[i] for i in free)
        for i in free:
            self._before[1].update(_left(text, i))
            self._after[1].update(_right(text, i))
        self._words.update({text[i : i + 2] for i in free} | {text[i : i + 3] for i in free})

    def find(self, text: str, taken: Iterable[Span], joints: frozenset[int] = frozenset()) -> list[Span]:
        """Return the spans of names in a note that overlap nothing taken, the likelier ones first served."""
        covered = bytearray(len(text))
        for start, end in taken:
            covered[start:end] = b"\x01" * (end - start)
        scored = [
            (score, start, end)
            for start, end in self._candidates(text, covered, joints)
            if (score := self.score(text, start, end)) >= THRESHOLD
        ]
        found = self._joined(text, covered, joints)
        for _, start, end in sorted(scored, key=lambda s: (-s[0], s[1], -s[2])):
            if not any(covered[start:end]):
                covered[start:end] = b"\x01" * (end - start)
                found.append((start, end))
        return sorted(found)

    def _joined(self, text: str, covered: bytearray, joints: frozenset[int]) -> list[Span]:
        """Return names with a middle dot in them (阿依古丽·买买提): the best reach to both sides."""
        found = []
        for joint in sorted(joints):
            starts = [
                i
                for i in range(max(joint - 7, 0), joint - 1)
                if text[i:joint].isalpha() and not any(covered[i:joint])
            ]
            ends = [
                j
                for j in range(joint + 2, min(joint + 8, len(text) + 1))
                if text[joint:j].isalpha() and not any(covered[joint:j])
            ]
            if starts and ends:
                start = max(starts, key=lambda i: (_odds(_left(text, i), self._before, _BEFORE), i))
                end = max(ends, key=lambda j: (_odds(_right(text, j), self._after, _AFTER), -j))
                covered[start:end] = b"\x01" * (end - start)
                found.append((start, end))
        return found

    def _candidates(self, text: str, covered: bytearray, joints: frozenset[int]) -> Iterable[Span]:
        for i, character in enumerate(text):
            surname = character in self._surnames or text[i : i + 2] in self._surnames
            if covered[i] or not surname or text[i - 1 : i] in ("老", "小"):
                continue
            longest = 4 if text[i : i + 2] in self._surnames else 3
            for end in range(i + 2, min(i + longest, len(text)) + 1):
                if not any(covered[i:end]) and text[i:end].isalpha() and not joints & set(range(i + 1, end)):
                    yield i, end

    def score(self, text: str, start: int, end: int) -> float:
        """Return the log odds that ``text[start:end]`` is a name, the contexts on both sides included."""
        name = text[start:end]
        size = 2 if name[:2] in self._surnames and len(name) > 2 else 1
        if len(name) == size or self._is_word(name):
            return -_CAP
        given: float = sum(self._character(c) for c in name[size:]) / (len(name) - size) ** 0.5
        return (
            given
            + _odds(_left(text, start), self._before, _BEFORE)
            + _odds(_right(text, end), self._after, _AFTER)
        )

    def goes_on(self, text: str, start: int, end: int) -> bool:
        """Say whether a registered name of two characters is rather the beginning of one of three.

        董飞 is registered, and the note speaks of 董飞闻: characters and surroundings decide between the two.
        """
        if not text[end : end + 1].isalpha():
            return False
        longer = self.score(text, start, end + 1)
        return longer >= THRESHOLD and longer > self.score(text, start, end)

    def _is_word(self, name: str) -> bool:
        """Say whether notes use the string as a word: it, or its beginning, comes again and again."""
        if name[:2] in _everyday():
            return True
        return self._words[name[:3]] >= self._least or self._words[name[:2]] >= 2 * self._least

    def _character(self, character: str) -> float:
        name = (self._given[character] + _ALPHA) / (self._totals[0] + _ALPHA * 3000)
        plain = (self._plain[character] + _ALPHA) / (self._totals[1] + _ALPHA * 3000)
        return max(-_CAP, min(_CAP, log(name / plain)))


def _left(text: str, at: int) -> tuple[str, str]:
    return text[at - 1] if at else _EDGE, text[at - 2 : at] if at > 1 else _EDGE * 2


def _right(text: str, at: int) -> tuple[str, str]:
    return text[at] if at < len(text) else _EDGE, text[at : at + 2] if at + 1 < len(text) else _EDGE * 2


def _odds(context: tuple[str, str], counts: tuple[Counter[str], Counter[str]], usual: str) -> float:
    """Return the log odds of one side, by two characters where they were seen often enough, else by one."""
    names, rest = counts
    one, two = context
    key = two if names[two] + rest[two] >= _KNOWN else one
    prior = 1.0 if one in usual or one == _EDGE else 0.0
    near = names[key] + _ALPHA + prior
    far = max(rest[key], 0) + _ALPHA
    total_near, total_far = max(names[_ALL], 20), max(rest[_ALL], 200)
    return max(-_CAP, min(_CAP, log(near / total_near) - log(far / total_far)))
