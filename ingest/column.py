"""Columns: what one column of a file means, and which of its headers stand for many columns.

A name with something in braces, ``{月份}基数``, is a wide column: it stands for all headers that it fits, and
what stands at the braces becomes a column of its own, ``月份`` (`ingest.wide`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping as MappingOf
from typing import Literal

from pydantic import Field

from ingest.layouts import Strict

UNITS: MappingOf[str, float] = {
    "yuan": 1.0,
    "jiao": 0.1,
    "fen": 0.01,
    "qian_yuan": 1_000.0,
    "wan_yuan": 10_000.0,
    "yi_yuan": 100_000_000.0,
}
UNIT_WORDS: MappingOf[str, str] = {
    "元": "yuan",
    "人民币元": "yuan",
    "角": "jiao",
    "分": "fen",
    "千元": "qian_yuan",
    "万元": "wan_yuan",
    "万": "wan_yuan",
    "亿元": "yi_yuan",
}

Unit = Literal["yuan", "jiao", "fen", "qian_yuan", "wan_yuan", "yi_yuan"]
Codes = dict[str, str]
OTHERWISE = "*"  # the raw code in a code table that stands for every one that the table does not name


class Switch(Strict):
    """Rows whose canonical ``when`` fields hold these codes go to ``field`` instead of the column's own."""

    when: dict[str, str]
    field: str


class Column(Strict):
    """What one column of the file means.

    Attributes:
        field: field of the record table.
        aka: other spellings of its header, beside those of the dialect.
        codes: name of a code table, or the table itself: raw code → canonical code; ``*`` names the rest.
        unknown_code: what a code outside its table does: ``accept`` gives the field a verdict and the file a
            warning, ``stop`` ends the run before anything is published.
        unit: unit of money in the file.
        unit_column: a column that says the unit row by row, in words, or in the codes of ``units``.
        units: code in ``unit_column`` → unit.
        dates: date styles of this column, before the mapping's.
        pivot: of two digits of a year, those from here on are of the 1900s.
        sentinels: texts that stand for "no date" here, beside the usual ones.
        separator: what parts the items of a list.
        template: for a JSON list of objects: how an item is written, e.g. ``{post}:{name}``.
        join: the columns that this one is put together from, ``between`` between them; its name is a label.
        split: the column that this one is a part of; ``pattern`` is a regular expression whose first group
            is the part.
        either: the columns of which the first that holds more than nothing and nought is taken.
        filled: column → canonical code: which of them holds more than nothing and nought says the code.
        fill_down: an empty cell repeats the one above (merged cells of a workbook).
        switch: other fields for some rows.
        optional: the column may be absent.
        note: what was inferred, against the documentation or beyond it, and why.
    """

    field: str
    aka: tuple[str, ...] = ()
    codes: str | Codes | None = None
    unknown_code: Literal["accept", "stop"] = "accept"
    unit: Unit = "yuan"
    unit_column: str | None = None
    units: dict[str, Unit] = Field(default_factory=dict)
    dates: tuple[str, ...] = ()
    pivot: int = Field(30, ge=0, le=99)
    sentinels: tuple[str, ...] = ()
    join: tuple[str, ...] = ()
    between: str = ""
    split: str | None = None
    pattern: str | None = None
    either: tuple[str, ...] = ()
    filled: Codes = Field(default_factory=dict)
    fill_down: bool = False
    separator: str = ";"
    template: str | None = None
    switch: tuple[Switch, ...] = ()
    optional: bool = False
    note: str = ""


# What a file says of all its rows, as the columns of a `join`; the year is that in its sheet's or own name.
OF_THE_FILE = PERIOD, SHEET, YEAR = "{period}", "{sheet}", "{year}"
_BRACES = re.compile(r"\{([^{}]+)\}")
_NOISE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff*'\"]+")


def placeholders(name: str) -> tuple[str, ...]:
    """Return what stands in braces in the name of a column: nothing in most."""
    return () if name in OF_THE_FILE else tuple(_BRACES.findall(name))


def folded(header: str) -> str:
    """Return a header as it is compared: width, case and spaces never tell two apart."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", header)).casefold()
