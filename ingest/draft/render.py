"""Rendering: a draft as the TOML of a mapping, each guess with its reason in a comment."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from glob import escape
from pathlib import Path
from typing import Any

from ingest.draft.coding import TODO, Code
from ingest.draft.draft import SURE, Draft
from ingest.draft.evidence import Guess
from ingest.draft.sample import glob
from ingest.mapping import parsed
from ingest.periods import fits
from jiwang.ontology import record_tables

_DRAFTED = "# Drafted by `jiwang source check`"  # how a draft begins
_BARE = re.compile(r"^[A-Za-z0-9_-]+$")


def toml(draft: Draft, name: str | None = None) -> str:
    """Return the mapping TOML of a draft; ``name`` is its id (default: the record table's)."""
    return "\n".join(_lines(draft, name or draft.name)) + "\n"


def of_the_same_files(folder: Path, drafts: Sequence[Draft]) -> list[Path]:
    """Return the mappings in a folder that were drafted from files of these drafts, by whatever name.

    Raises:
        MappingError: one of them is no TOML any more.
    """
    names = [draft.sample.name for draft in drafts]
    found = []
    for path in sorted(folder.glob("*.toml")):
        text = path.read_text(encoding="utf-8")
        globs = parsed(path, text).get("files", ()) if text.startswith(_DRAFTED) else ()
        if any(fits(globs, name) is not None for name in names):
            found.append(path)
    return found


def _lines(draft: Draft, name: str) -> Iterator[str]:
    title = record_tables()[draft.table].title
    yield f"{_DRAFTED} from {draft.sample.rows:,} rows of {_commented(draft.sample.name)}."
    yield f"# {title.zh} ({title.en}); sure {draft.sure:.0%}, next best: {draft.other}."
    yield from (f"# note: {_commented(note)}" for note in draft.sample.notes)
    yield from (f"# {TODO}: {_commented(todo)}" for todo in draft.todo)
    yield f"id = {_value(name)}"
    yield f"department = {_value(draft.department)}"
    yield f"table = {_value(draft.table)}"
    files = draft.sample.pattern or escape(draft.sample.name)
    yield f"files = {_value([glob(files)])}"
    yield f"format = {_value(draft.sample.layout)}"
    if draft.sample.encoding:
        yield f"encoding = {_value(draft.sample.encoding.split(', '))}"
    key = list(draft.key) or [TODO]
    yield f"business_key = {_value(key)}  # {draft.repeats:.1%} of the rows repeat one"
    if draft.constants:
        yield f"constants = {_value(draft.constants)}  # look: the name of the file says so"
    left = [g.column for g in draft.guesses if g.match is None and g.column not in draft.lent]
    left = [c for c in [*left, *draft.sample.left] if not c.startswith("../")]
    if left:
        yield f"ignore_columns = {_value(left)}"
    yield ""
    yield "[columns]"
    grown = {c for columns in draft.sample.layout.get("layouts", ()) for c in columns}
    named = set(draft.sample.layout.get("names", ())) or set(draft.sample.header)
    yield from (line for g in draft.guesses for line in _column(g, grown=g.column in grown - named))
    for guess in draft.guesses:
        if guess.codes:
            yield ""
            about = _commented(f"{guess.column} {guess.title}").rstrip()
            yield f"[codes.{_key(_table_name(guess))}] # {about}"
            yield from (_code(c) for c in guess.codes)


def _column(guess: Guess, *, grown: bool) -> Iterator[str]:
    if guess.match is None:
        return
    why = "; ".join(filter(None, [guess.title, f"{guess.match.sure:.0%}", guess.example, *guess.why]))
    mark = "" if guess.match.sure >= SURE and not guess.why else "look: "
    if guess.either:
        told = {"field": "direction", "filled": dict(zip(guess.either, ("out", "in"), strict=True))}
        yield f"{_key('/'.join(guess.either))} = {_value(told)}"
    several = "+".join(guess.join or guess.either).replace("{", "").replace("}", "")
    name = several or guess.column
    yield f"{_key(name)} = {_value(_said(guess, grown=grown))}  # {mark}{_commented(why)}"


def _said(guess: Guess, *, grown: bool) -> dict[str, Any]:
    """Return the keys of a column, those left out that say no more than their default."""
    every: dict[str, Any] = {
        "field": _table_name(guess),
        "codes": _table_name(guess) if guess.codes else "",
        "unit": "" if guess.unit == "yuan" else guess.unit,
        "optional": grown,
        "template": guess.template,
        "separator": "" if guess.separator == ";" else guess.separator,
        "join": list(guess.join),
        "between": guess.between,
        "either": list(guess.either),
        "unit_column": guess.unit_column,
        "dates": guess.dates,
    }
    return {key: value for key, value in every.items() if value}


def _table_name(guess: Guess) -> str:
    return guess.match.field if guess.match else ""


def _code(code: Code) -> str:
    about = f"{code.rows:,} rows; {code.how}"
    return f"{_key(code.raw)} = {_value(code.canonical)}  # {_commented(about)}"


def _key(text: str) -> str:
    return text if _BARE.match(text) else _value(text)


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")  # JSON lets it stand, TOML not


def _commented(text: str) -> str:
    """Return a text as it may stand behind a #: headers have line breaks in them."""
    return re.sub(r"[\x00-\x1f\x7f]", " ", text)
