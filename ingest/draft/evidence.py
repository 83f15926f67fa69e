"""Evidence beyond the name: the unit of an amount, the key of a table, parts that belong together."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ingest.column import UNIT_WORDS
from ingest.draft.coding import Code
from ingest.draft.matching import Assignment, Match
from ingest.draft.naming import data
from ingest.draft.profile import Profile
from ingest.draft.sample import Sample
from jiwang.ontology import record_tables

TOO_MANY_REPEATS = 0.1
_UNIT_WORDS = (
    ("亿元", "yi_yuan"), ("万元", "wan_yuan"), ("千元", "qian_yuan"), ("单位：分", "fen"), ("单位:分", "fen"),
    ("（分）", "fen"), ("(分)", "fen"), ("分为单位", "fen"), ("以分", "fen"), ("单位分", "fen"),
)  # fmt: skip
_MOSTLY = 0.9
_PLACE = r"^[\x{4e00}-\x{9fff}]{1,16}(省|自治区|市|州|盟|地区|区|县|旗|镇|乡|街道)$"
# Style of days → style of days with a time behind; both parts plain, or both parted.
_WITH_TIME = {
    "yyyyMMdd": "yyyyMMddHHmmss",
    "yyyy-MM-dd": "yyyy-MM-dd HH:mm:ss",
    "yyyy/M/d": "yyyy-MM-dd HH:mm:ss",
}
_HUNDREDFOLD, _TEN_THOUSANDFOLD = 100.0, 10_000.0


@dataclass
class Guess:
    """What one column of the file means.

    Attributes:
        column: its header; ``title`` what the dictionary calls it.
        match: its field and how sure that is; None where no field takes it.
        template: how an item of a list of objects is written; ``separator`` parts the items of a text.
        join: the columns that it is put together from, ``column`` among them; ``either``: the column of what
            goes out and that of what comes in, of which one is filled.
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
    template: str = ""
    separator: str = ";"
    join: tuple[str, ...] = ()
    between: str = ""
    either: tuple[str, ...] = ()
    codes: list[Code] = field(default_factory=list)
    example: str = ""
    why: list[str] = field(default_factory=list)


def unit(header: str, about: str, profile: Profile, table: str, guess: Guess) -> str:
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


def units_by_row(guesses: list[Guess], profiles: Mapping[str, Profile], best: Assignment) -> None:
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


def separator(profile: Profile) -> str:
    """Return what parts the items of a list: the mark that most often stands inside its texts."""
    counts = {
        mark: sum(mark in v.strip(mark) for v in profile.some) for mark in (";", ",", "|", "、", "；", "，")
    }
    best = max(counts, key=lambda m: counts[m])
    return best if counts[best] else ";"


def times_of_day(guesses: list[Guess], profiles: Mapping[str, Profile], best: Assignment) -> None:
    """Join a column of days with the column of times beside it, where the field is a time."""
    fields = record_tables()[best.table].fields
    for at, guess in enumerate(guesses):
        days = [d for d in guess.dates if d in _WITH_TIME]
        if not guess.match or fields[guess.match.field].type != "datetime" or not days:
            continue
        for other in guesses[max(0, at - 1) : at + 2]:
            times = profiles[other.column]
            plain = times.matches(r"^([01]?\d|2[0-3])[0-5]\d[0-5]\d$")
            parted = times.matches(r"^\d{1,2}:\d\d(:\d\d)?$")
            if other.match is None and times.values and max(plain, parted) > _MOSTLY:
                styled = "" if plain > parted else " "
                if (days[0] == "yyyyMMdd") == (not styled):
                    guess.join, guess.between = (guess.column, other.column), styled
                    guess.dates = [_WITH_TIME[days[0]]]
                    guess.why.append(f"with the time in {other.column}")
                    other.why.append(f"joined to {guess.column}")
                    return


def out_and_in(guesses: list[Guess], profiles: Mapping[str, Profile], best: Assignment) -> None:
    """Tell a ledger with one column for debits and another for credits: one of the two is filled."""
    if not {"direction", "amount"} <= set(record_tables()[best.table].fields):
        return
    taken = {g.match.field for g in guesses if g.match}
    sides = [
        next(
            (g for g in guesses if re.search(p, g.column + g.title) and profiles[g.column].numeric > _MOSTLY),
            None,
        )
        for p in (r"借方|支出|付出|debit", r"贷方|收入|存入|credit")
    ]
    out, into = sides
    if out is None or into is None or out is into or "direction" in taken:
        return
    for guess in guesses:
        if guess.match and guess.match.field == "amount" and guess not in sides:
            return
    into.match, out.match = None, Match("amount", 0.8, 0.8, 1.0)
    out.either = (out.column, into.column)
    out.why = ["one of the two columns is filled, which says the direction"]


def addresses(guesses: list[Guess], profiles: Mapping[str, Profile], best: Assignment) -> None:
    """Join an address with the province, city or county in the columns before it, which no field takes."""
    fields = record_tables()[best.table].fields
    for at, guess in enumerate(guesses):
        if not guess.match or fields[guess.match.field].type != "address" or guess.join:
            continue
        first = at
        while first and not guesses[first - 1].match and _is_place(profiles[guesses[first - 1].column]):
            first -= 1
        if first < at:
            guess.join = tuple(g.column for g in guesses[first : at + 1])
            guess.why.append("the columns before it are the places that it lies in")


def _is_place(profile: Profile) -> bool:
    return bool(profile.values) and profile.matches(_PLACE) > _MOSTLY


def posts(guesses: list[Guess], best: Assignment) -> None:
    """Make one column of officers from a list of objects with a post and a name."""
    if "officers" not in record_tables()[best.table].fields:
        return
    parts = {g.column: g for g in guesses}
    for column, guess in parts.items():
        head, _, post = column.partition("[].")
        name = next((c for n in ("name", "xm", "姓名", "XM") if (c := f"{head}[].{n}") in parts), None)
        if name and post in ("post", "zw", "职务", "ZW", "position", "job"):
            guess.match = parts[name].match = None
            guess.template = f"{{{post}}}:{{{name.rpartition('.')[2]}}}"
            guess.column, guess.match = f"{head}[]", Match("officers", 0.9, 0.9, 0.9)
            guesses.remove(parts[name])
            return


def key(sample: Sample, best: Assignment) -> tuple[tuple[str, ...], float]:
    """Return the first key of the table whose fields are there and which few rows repeat."""
    columns = {m.field: c for c, m in best.matches.items()}
    tried = []
    for fields in data("tables")[best.table]["keys"]:
        here = tuple(f for f in fields if f in columns)
        if len(here) * 2 < len(fields) or not here:
            continue
        rows = list(zip(*(sample.columns[columns[f]] for f in here), strict=True))
        tried.append((here, 1 - len(set(rows)) / len(rows) if rows else 0.0))
    good = next((t for t in tried if t[1] <= TOO_MANY_REPEATS), None)
    return good or min(tried, key=lambda t: t[1], default=((), 0.0))


def masked(profile: Profile) -> str:
    """Return an example of a column's values that shows its shape, no person: 9 digit, A letter, 字 Han."""
    if not profile.values:
        return ""
    value = profile.counts.most_common(1)[0][0]
    if profile.few and len(value) <= 12 and profile.people < 0.5 and profile.ids < 0.5:
        return value
    shape = re.sub(r"[\u3400-\U0003ffff]", "字", re.sub(r"[A-Za-z]", "A", re.sub(r"[0-9]", "9", value)))
    return shape[:24] + ("…" if len(shape) > 24 else "")
