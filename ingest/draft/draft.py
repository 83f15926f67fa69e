"""A draft: what a file most likely is, and what of that a person must still say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ingest.column import OF_THE_FILE
from ingest.draft import coding, sound
from ingest.draft.dictionary import Dictionary, Section
from ingest.draft.evidence import (
    TOO_MANY_REPEATS,
    Guess,
    addresses,
    key,
    masked,
    out_and_in,
    posts,
    separator,
    times_of_day,
    unit,
    units_by_row,
)
from ingest.draft.gathering import gather
from ingest.draft.matching import Assignment, assign, unused
from ingest.draft.naming import data
from ingest.draft.profile import Profile
from ingest.draft.sample import Sample
from jiwang.errors import SourceError
from jiwang.ontology import RecordField, record_tables

_KINDS = ("trace_type", "scheme", "visit_type", "item", "form")  # what a file may be the file of
SURE = 0.75  # below this a person should look


@dataclass
class Draft:
    """The draft of one file (or sheet).

    Attributes:
        table: record table; ``sure`` how well it fits, ``other`` the next.
        guesses: one a column, in the file's order.
        key: fields by which repeats are told; ``repeats`` the share of rows that repeat one.
        todo: what a person must still do, one sentence each.
        papers: the data dictionaries that were read.
        constants: field → code that every row of the file has, by its name.
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
    papers: tuple[str, ...] = ()
    constants: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The id of the mapping."""
        return self.table

    @property
    def lent(self) -> set[str]:
        """The columns that others are made from, or take their unit from."""
        return {c for g in self.guesses for c in (g.unit_column, *g.join, *g.either)}


def check(  # long: its arguments and what they mean
    paths: Sequence[Path],
    *,
    root: Path | None = None,
    said: Path | None = None,
    table: str | None = None,
    refused: list[SourceError] | None = None,
) -> list[Draft]:
    """Draft a mapping of each file; files of one name, but for their dates, share one.

    Args:
        paths: files; folders stand for the files in them.
        root: folder of the hand-over, to which globs are relative (default: the folder above each file's).
        said: the data dictionary (default: the one that lies in ``root`` or above the file).
        table: the record table, where a person knows it.
        refused: where what is wrong with a file is noted, that it may not keep the others from being drafted.

    Raises:
        SourceError: a file is empty or holds no rows, and there is no ``refused``.
    """
    gathered, books = gather(paths, root, said, refused)
    papers = tuple(sorted(p.name for _, lying in books.values() for p in lying))
    drafts = [_draft(sample, book, table) for sample, book in gathered]
    return [replace(draft, papers=papers) for draft in drafts]


def _draft(sample: Sample, book: Dictionary, table: str | None) -> Draft:
    section = book.section(sample.name, list(sample.columns))
    _named_by_dictionary(sample, section)
    learnt = sample.columns if sample.month else sound.kept(sample.columns)
    profiles = {c: Profile([v for v in values if v], len(values)) for c, values in learnt.items()}
    found = assign(sample, profiles, section, book, table)
    best, other = found[0], found[1] if len(found) > 1 else found[0]
    every = (_guess(c, p, best, section, book) for c, p in profiles.items())
    guesses = [g for g in every if g.match or g.column not in OF_THE_FILE]
    for guess in guesses:
        guess.join = (guess.column,) if guess.column in OF_THE_FILE else ()
    if month := next((g for g in guesses if sample.year and g.column == sample.month), None):
        month.join, month.between = (sample.year, sample.month), "-"
    units_by_row(guesses, profiles, best)
    times_of_day(guesses, profiles, best)
    out_and_in(guesses, profiles, best)
    posts(guesses, best)
    addresses(guesses, profiles, best)
    found_key, repeats = key(sample, best)
    folder = sample.name.split("/")[0] if "/" in sample.name else data("tables")[best.table]["department"]
    draft = Draft(sample, best.table, best.score, other.table, folder, guesses, found_key, repeats)
    draft.constants = _said_by_name(sample, best)
    draft.todo = _todo(draft, best, found)
    return draft


def _said_by_name(sample: Sample, best: Assignment) -> dict[str, str]:
    """Return the codes that the name of a file says of all its rows, where no column does: 轨迹_铁路.csv."""
    met = {m.field for m in best.matches.values()}
    stem = sample.name.rpartition("/")[2].rpartition(".")[0]
    found: dict[str, str] = {}
    for name, spec in record_tables()[best.table].fields.items():
        if spec.type == "code" and name not in met and name in _KINDS:
            code = next(
                (
                    c
                    for p in reversed(re.split(r"[\W_\d]+", stem))
                    if (c := coding.meant(spec.codes or "", p)) != coding.TODO
                ),
                "",
            )
            found |= {name: code} if code else {}
    return found


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
    entry = section.entry(column) if section else None
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
        if profile.values and profile.is_either_way:
            guess.why.append("no day is above 12: does the month stand first, M/d/yyyy, or d/M/yyyy?")
        if profile.values and not guess.dates:
            guess.why.append("no date style reads it")
    if spec.type == "list" and "[" not in column:
        guess.separator = separator(profile)
    if spec.type == "money":
        guess.unit = unit(column, entry.title + entry.about if entry else "", profile, best.table, guess)
    if spec.type == "code":
        about = f"{entry.title} {entry.about}" if entry else ""
        legend = coding.legend_for(spec.codes or "", profile, (column, guess.title), about, book)
        guess.codes = coding.table(spec.codes or "", profile, legend)
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
    elif draft.repeats > TOO_MANY_REPEATS:
        said.append(f"{draft.repeats:.0%} of the rows repeat their business key: is a field missing in it?")
    others = (*draft.lent, *OF_THE_FILE)
    left = [c for c in unused(draft.sample, best.matches) if c not in others and not c.startswith("../")]
    if left:
        said.append(f"columns that no field takes stand in ignore_columns: {', '.join(left)}")
    for guess in draft.guesses:
        unknown = [c.raw for c in guess.codes if c.canonical == coding.TODO]
        if unknown:
            said.append(f"column {guess.column}: say what the codes {', '.join(unknown[:12])} mean")
    return said
