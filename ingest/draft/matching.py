"""Matching: which record table a file fills, and which field each of its columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ingest.column import OF_THE_FILE, placeholders
from ingest.draft.coding import meaning
from ingest.draft.dictionary import Dictionary, Section
from ingest.draft.naming import likeness, plain, table_words
from ingest.draft.profile import Profile
from ingest.draft.sample import Sample
from jiwang.ontology import FieldType, RecordField, record_tables

LEAST = 0.45  # how sure a match must be to be made
_NAME, _VALUES = 0.68, 0.32
_ABOVE = "../"
_WITHOUT_MONTHS = 0.2  # what a table is worth for a file with columns a month that it has no fields for
_ALL_MEAN = 0.95  # how well the words of a column fit a list of codes whatever it is called
_MONTHLY = 0.5  # how well a month names the amount of its table
_AGAINST = 0.15  # values that fit less speak against the header
_TELLING: frozenset[FieldType] = frozenset({"citizen_id", "uscc", "account_no", "phone"})
_STRICT: frozenset[FieldType] = frozenset({"date", "datetime", "month", "money", "number", "int", *_TELLING})


@dataclass
class Match:
    """A column's field: how sure, how well its name and its values fit, and which field is next."""

    field: str
    sure: float
    named: float
    fits: float
    next: str = ""
    next_sure: float = 0.0


class _Meanings:
    """How much of each column means something in each code list; looked at once."""

    def __init__(self, profiles: Mapping[str, Profile], book: Dictionary) -> None:
        self.profiles = profiles
        self.book = book
        self._known: dict[tuple[str, str], float] = {}

    def of(self, column: str, spec: RecordField) -> float:
        """Return how well a column fits a code list; a few values of unknown meaning may be codes."""
        profile, key = self.profiles[column], (column, spec.codes or "")
        if not profile.few:
            return 0.1
        if key not in self._known:
            self._known[key] = meaning(key[1], profile, self.book)
        return 0.6 + 0.4 * self._known[key]


@dataclass
class Assignment:
    """A file held against one record table.

    Attributes:
        score: how well the file fills it, 0 to 1.
        matches: column → match; columns of no field are left out.
    """

    table: str
    score: float
    matches: dict[str, Match] = field(default_factory=dict)


def assign(
    sample: Sample,
    profiles: Mapping[str, Profile],
    section: Section | None,
    book: Dictionary,
    only: str | None = None,
) -> list[Assignment]:
    """Return the record tables that a file may fill, the likeliest first.

    Names weigh more than values: departments rename little and dirty values much. The name of the file, the
    title in its dictionary and the share of columns and fields that find each other settle the table.
    """
    titles = {c: e.title for c in sample.columns if section and (e := section.entry(c))}
    texts = [sample.name.rsplit("/", 1)[-1].rsplit(".", 1)[0], sample.sheet, section.title if section else ""]
    if inner := sample.layout.get("rows"):
        texts = [inner]  # the file's name is that of the objects around these rows
    own = [c for c in sample.columns if not c.startswith(_ABOVE) and c not in OF_THE_FILE]
    meanings = _Meanings(profiles, book)
    found = []
    for table in [only] if only else record_tables():
        matches = _matches(table, profiles, titles, meanings, sample.month)
        fields = record_tables()[table].fields
        gained = sum(m.sure for m in matches.values())
        overlap = 2 * gained / (len(own) + len(fields)) if fields else 0.0
        needed = [n for n, f in fields.items() if f.required]
        met = {m.field for m in matches.values()}
        have = sum(n in met for n in needed) / len(needed) if needed else 1.0
        told = max(table_words(table, t) for t in texts)
        whole = 1.0 if _has_months(sample, matches) else _WITHOUT_MONTHS
        found.append(Assignment(table, (0.55 * overlap + 0.45 * told) * (0.4 + 0.6 * have) * whole, matches))
    return sorted(found, key=lambda a: (-a.score, a.table))


def _has_months(sample: Sample, matches: Mapping[str, Match]) -> bool:
    """Say whether the months of a file with columns a month have a field, and what stands in these."""
    return not sample.month or (sample.month in matches and any(placeholders(c) for c in matches))


def _matches(
    table: str,
    profiles: Mapping[str, Profile],
    titles: Mapping[str, str],
    meanings: _Meanings,
    month: str,
) -> dict[str, Match]:
    """Give each column at most one field and each field one column, the surest pairs first."""
    fields = record_tables()[table].fields
    pairs = []
    for at, (column, profile) in enumerate(profiles.items()):
        named = _of_months(table, column, month) or likeness(table, column, titles.get(column, ""))
        for name, spec in fields.items():
            if column.startswith(_ABOVE) and spec.type != "key":
                continue  # of the object around a row, a row needs no more than its number
            fits = meanings.of(column, spec) if spec.type == "code" else profile.fits(spec.type)
            sure = _sure(named.get(name, 0.0), fits, spec.type, empty=not profile.values)
            if not sure and spec.type == "code" and fits > _ALL_MEAN and profile.are_words:
                sure = LEAST
            if sure >= LEAST:
                pairs.append((sure, -at, column, Match(name, sure, named.get(name, 0.0), fits)))
    matches: dict[str, Match] = {}
    taken: set[str] = set()
    for _, _, column, match in sorted(pairs, key=lambda p: (-p[0], -p[1], p[3].field)):
        if column in matches:
            best = matches[column]
            if match.sure > best.next_sure and match.field != best.field:
                best.next, best.next_sure = match.field, match.sure
        elif match.field not in taken:
            matches[column] = match
            taken.add(match.field)
    return {c: matches[c] for c in profiles if c in matches}


def _of_months(table: str, column: str, month: str) -> Mapping[str, float]:
    """Return the fields of the months of a file with columns a month, and of what is named by them alone.

    That is the month, or the day, that a table's rows are of, and the amount that it is about.
    """
    spec = record_tables()[table]
    if month and column == month:
        months = [n for n, f in spec.fields.items() if f.type == "month"]
        return dict.fromkeys(months or filter(None, [spec.event_date]), 1.0)
    if not placeholders(column) or plain(column) not in ("", "月", "月份"):
        return {}
    money = {n: f for n, f in spec.fields.items() if f.type == "money"}
    needed = [n for n, f in money.items() if f.required]
    return dict.fromkeys((["amount"] if "amount" in money else needed or list(money))[:1], _MONTHLY)


def _sure(named: float, fits: float, kind: FieldType, *, empty: bool) -> float:
    """Return how sure a pair is; a column without a value is taken at its word."""
    if empty:
        return 0.9 * named
    if kind in _STRICT and fits < _AGAINST:
        return 0.5 * named if named >= 0.9 else 0.0
    if not named:
        return 0.5 * fits if kind in _TELLING and fits > 0.8 else 0.0
    return _NAME * named + _VALUES * fits


def unused(sample: Sample, matches: Mapping[str, Match]) -> Sequence[str]:
    """Return the columns that no field takes."""
    return [c for c in sample.columns if c not in matches]
