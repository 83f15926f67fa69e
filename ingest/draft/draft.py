"""A draft: what a file most likely is, and what of that a person must still say."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ingest.draft import coding, dictionary
from ingest.draft.dictionary import Dictionary, Section
from ingest.draft.matching import Assignment, Match, assign, unused
from ingest.draft.naming import data
from ingest.draft.profile import Profile
from ingest.draft.sample import Sample, glob, samples
from ingest.mapping import UNIT_WORDS
from jiwang.ontology import RecordField, record_tables

SURE = 0.75  # below this a person should look
_DICTIONARY = re.compile(r"字典|说明|代码表|数据项|dictionary", re.I)
_READABLE = (".md", ".txt", ".csv", ".xlsx", ".xls")
_PAPERS = (".md", ".doc", ".docx", ".pdf", ".png", ".jpg", ".wps")  # no data, whatever they hold
_TOO_MANY_REPEATS = 0.1
_UNIT_WORDS = (
    ("亿元", "yi_yuan"), ("万元", "wan_yuan"), ("千元", "qian_yuan"), ("单位：分", "fen"), ("单位:分", "fen"),
    ("（分）", "fen"), ("(分)", "fen"), ("分为单位", "fen"), ("以分", "fen"), ("单位分", "fen"),
)  # fmt: skip
_HUNDREDFOLD, _TEN_THOUSANDFOLD = 100.0, 10_000.0


@dataclass
class Guess:
    """What one column of the file means.

    Attributes:
        column: its header; ``title`` what the dictionary calls it.
        match: its field and how sure that is; None where no field takes it.
        dates: its date styles; ``unit`` its unit of money, or ``unit_column`` the column that says it.
        codes: its code table.
        example: a masked example of its values.
        why: what a person should know.
    """

    column: str
    title: str
    match: Match | None
    dates: list[str] = field(default_factory=list)
    unit: str = "yuan"
    unit_column: str = ""
    codes: list[coding.Code] = field(default_factory=list)
    example: str = ""
    why: list[str] = field(default_factory=list)


@dataclass
class Draft:
    """The draft of one file (or sheet).

    Attributes:
        table: record table; ``sure`` how well it fits, ``other`` the next.
        guesses: one a column, in the file's order.
        key: fields by which repeats are told; ``repeats`` the share of rows that repeat one.
        todo: what a person must still do, one sentence each.
    """

    sample: Sample
    table: str
    sure: float
    other: str
    department: str
    guesses: list[Guess]
    key: tuple[str, ...]
    repeats: float
    todo: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The id of the mapping."""
        return self.table


def check(
    paths: Sequence[Path], *, root: Path | None = None, said: Path | None = None, table: str | None = None
) -> list[Draft]:
    """Draft a mapping of each file; files of one name, but for their dates, share one.

    Args:
        paths: files; folders stand for the files in them.
        root: folder of the hand-over, to which globs are relative (default: the folder above each file's).
        said: the data dictionary (default: the one that lies in ``root`` or above the file).
        table: the record table, where a person knows it.

    Raises:
        SourceError: a file is empty or holds no rows.
    """
    files = [
        p for path in paths for p in (sorted(path.rglob("*")) if path.is_dir() else [path]) if p.is_file()
    ]
    books: dict[Path, tuple[Dictionary, list[Path]]] = {}
    gathered: dict[tuple[object, ...], tuple[Sample, Dictionary]] = {}
    for path in files:
        base = root or _base(path, paths)
        if base not in books:
            books[base] = (dictionary.read(said), [said]) if said else _lying(base)
        book, papers = books[base]
        if path in papers or (path not in paths and path.suffix.lower() in _PAPERS):
            continue
        name = path.relative_to(base).as_posix() if path.is_relative_to(base) else path.name
        first = book.section(name, ())
        for sample in samples(path, name, first.widths() if first else None):
            key = (glob(name), sample.sheet, *sample.columns)
            if key in gathered:
                gathered[key][0].extend(sample)
            else:
                gathered[key] = (sample, book)
    return [_draft(sample, book, table) for sample, book in gathered.values()]


def _base(path: Path, paths: Sequence[Path]) -> Path:
    above = next((p for p in paths if p.is_dir() and path.is_relative_to(p)), None)
    return above or path.parent.parent


def _lying(base: Path) -> tuple[Dictionary, list[Path]]:
    """Return the data dictionary that lies in a hand-over's folder, and the papers that it was read from."""
    found, papers = Dictionary(), []
    for path in sorted(p for p in base.glob("*") if p.is_file()):
        named = _DICTIONARY.search(path.name) and path.suffix.lower() in _READABLE
        if path.stat().st_size and (named or path.suffix.lower() in (".md", ".txt")):
            book = dictionary.read(path)
            if sum(bool(s.fields) for s in book.sections) or len(book.codes) > 1:
                found.sections += book.sections
                found.codes = book.codes | found.codes
                papers.append(path)
    return found, papers


def _draft(sample: Sample, book: Dictionary, table: str | None) -> Draft:
    section = book.section(sample.name, list(sample.columns))
    _named_by_dictionary(sample, section)
    profiles = {c: Profile([v for v in values if v], len(values)) for c, values in sample.columns.items()}
    found = assign(sample, profiles, section, table)
    best, other = found[0], found[1] if len(found) > 1 else found[0]
    guesses = [_guess(c, p, best, section, book) for c, p in profiles.items()]
    _units_by_row(guesses, profiles, best)
    key, repeats = _key(sample, best)
    folder = sample.name.split("/")[0] if "/" in sample.name else data("tables")[best.table]["department"]
    draft = Draft(sample, best.table, best.score, other.table, folder, guesses, key, repeats)
    draft.todo = _todo(draft, best, found)
    return draft


def _named_by_dictionary(sample: Sample, section: Section | None) -> None:
    """Name the columns of a file without a header after its dictionary, where the numbers agree."""
    nameless = list(sample.columns) == [f"c{i + 1}" for i in range(len(sample.columns))]
    if not (nameless and section and len(section.fields) == len(sample.columns)):
        return
    sample.columns = dict(zip(section.fields, sample.columns.values(), strict=True))
    if "names" in sample.layout:
        sample.layout["names"] = list(sample.columns)
    if "widths" in sample.layout:
        widths = sample.layout["widths"].values()
        sample.layout["widths"] = dict(zip(sample.columns, widths, strict=True))
    sample.notes = [n for n in sample.notes if "no header" not in n] + [
        "its columns are named after the dictionary"
    ]


def _guess(
    column: str, profile: Profile, best: Assignment, section: Section | None, book: Dictionary
) -> Guess:
    entry = section.fields.get(column) if section else None
    guess = Guess(column, entry.title if entry else "", best.matches.get(column))
    guess.example = masked(profile)
    if guess.match is None:
        return guess
    spec = record_tables()[best.table].fields[guess.match.field]
    if spec.type in ("date", "datetime", "month"):
        guess.dates = list(profile.styles)[:4]
        if {"d/M/yyyy", "M/d/yyyy"} <= set(guess.dates):
            guess.dates.remove(
                "d/M/yyyy" if profile.styles["d/M/yyyy"] <= profile.styles["M/d/yyyy"] else "M/d/yyyy"
            )
        if profile.values and not guess.dates:
            guess.why.append("no date style reads it")
    if spec.type == "money":
        guess.unit = _unit(column, entry.title + entry.about if entry else "", profile, best.table, guess)
    if spec.type == "code":
        guess.codes = coding.table(spec.codes or "", profile, book.legend(column, entry), book.codes)
    _doubt(guess, profile, spec)
    return guess


def _doubt(guess: Guess, profile: Profile, spec: RecordField) -> None:
    match = guess.match
    assert match is not None
    if not profile.values:
        guess.why.append("empty in what was looked at")
    elif match.fits < 0.3 and spec.type not in ("str", "key", "list", "text", "code"):
        guess.why.append(f"its values hardly look like {spec.type}")
    if match.next and match.sure - match.next_sure < 0.08:
        guess.why.append(f"may be {match.next} as well")
    if match.named < 0.5:
        guess.why.append("told by its values, not by its name")


def _unit(header: str, about: str, profile: Profile, table: str, guess: Guess) -> str:
    """Return the unit of an amount: as its header or dictionary says, else by its size."""
    for text, where in ((header, "its header"), (about, "the dictionary")):
        for word, unit in _UNIT_WORDS:
            if word in text:
                guess.why.append(f"{where} says {word}")
                return unit
    bounds = data("tables")[table].get("yuan", {}).get(guess.match.field if guess.match else "")
    numbers = profile.numbers.abs().drop_nulls()
    middle = float(numbers.filter(numbers > 0).median() or 0)  # type: ignore[arg-type]
    if not bounds or not middle or bounds[0] <= middle <= bounds[1]:
        return "yuan"
    whole = bool((numbers == numbers.round(0)).all())
    if middle > bounds[1] and whole and bounds[0] <= middle / _HUNDREDFOLD <= bounds[1]:
        guess.why.append("whole numbers a hundredfold too large for yuan")
        return "fen"
    if middle < bounds[0] and bounds[0] <= middle * _TEN_THOUSANDFOLD <= bounds[1]:
        guess.why.append("ten thousand times too small for yuan")
        return "wan_yuan"
    return "yuan"


def _units_by_row(guesses: list[Guess], profiles: Mapping[str, Profile], best: Assignment) -> None:
    """Tie a column of units (元, 万元 …) to the amount beside it."""
    fields = record_tables()[best.table].fields
    amounts = [g for g in guesses if g.match and fields[g.match.field].type == "money"]
    for at, guess in enumerate(guesses):
        words = set(profiles[guess.column].counts)
        if not words or not words <= set(UNIT_WORDS) or not amounts:
            continue
        nearest = min(amounts, key=lambda a: abs(guesses.index(a) - at))
        nearest.unit_column = guess.column
        guess.match = None
        guess.why.append(f"says the unit of {nearest.column}")


def _key(sample: Sample, best: Assignment) -> tuple[tuple[str, ...], float]:
    """Return the first key of the table whose fields are there and which few rows repeat."""
    columns = {m.field: c for c, m in best.matches.items()}
    tried = []
    for fields in data("tables")[best.table]["keys"]:
        here = tuple(f for f in fields if f in columns)
        if len(here) * 2 < len(fields) or not here:
            continue
        rows = list(zip(*(sample.columns[columns[f]] for f in here), strict=True))
        tried.append((here, 1 - len(set(rows)) / len(rows) if rows else 0.0))
    good = next((t for t in tried if t[1] <= _TOO_MANY_REPEATS), None)
    return good or min(tried, key=lambda t: t[1], default=((), 0.0))


def _todo(draft: Draft, best: Assignment, found: Sequence[Assignment]) -> list[str]:
    """Return what a person must still say."""
    fields = record_tables()[best.table].fields
    met = {m.field for m in best.matches.values()}
    said = []
    if len(found) > 1 and found[0].score - found[1].score < 0.05:
        said.append(f"the file may as well fill {found[1].table}: draft that with --table {found[1].table}")
    said += [
        f"no column was found for the needed field {n} ({f.zh})"
        for n, f in fields.items()
        if f.required and n not in met
    ]
    if not draft.key:
        said.append("name the fields of the business key")
    elif draft.repeats > _TOO_MANY_REPEATS:
        said.append(f"{draft.repeats:.0%} of the rows repeat their business key: is a field missing in it?")
    units = {g.unit_column for g in draft.guesses}
    left = [c for c in unused(draft.sample, best.matches) if c not in units]
    if left:
        said.append(f"columns that no field takes stand in ignore_columns: {', '.join(left)}")
    for guess in draft.guesses:
        unknown = [c.raw for c in guess.codes if c.canonical == coding.TODO]
        if unknown:
            said.append(f"column {guess.column}: say what the codes {', '.join(unknown[:12])} mean")
    return said


def masked(profile: Profile) -> str:
    """Return an example of a column's values that shows its shape, no person: 9 digit, A letter, 字 Han."""
    if not profile.values:
        return ""
    value = profile.counts.most_common(1)[0][0]
    if profile.few and len(value) <= 12 and profile.people < 0.5 and profile.ids < 0.5:
        return value
    shape = re.sub(r"[\u3400-\U0003ffff]", "字", re.sub(r"[A-Za-z]", "A", re.sub(r"[0-9]", "9", value)))
    return shape[:24] + ("…" if len(shape) > 24 else "")
