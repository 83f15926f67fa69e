"""The ontology as data: record tables, codes, typologies and the graph's schema, read from TOML files.

Nothing here is code that knows a department: a table, a code or an edge type is added by editing data.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

FieldType = Literal[
    "key", "str", "text", "name", "org_name", "address", "phone", "device", "citizen_id", "uscc",
    "account_no", "code", "date", "datetime", "month", "money", "number", "int", "list",
]  # fmt: skip
Kind = Literal["person", "employer", "clinic", "account"]
KINDS: tuple[Kind, ...] = ("person", "employer", "clinic", "account")


class Data(BaseModel):
    """Base of everything read from ontology files: unknown keys are errors, instances are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Label(Data):
    """A term in both languages of the house."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """Return the term in ``language`` ("zh" or "en")."""
        return self.en if language == "en" else self.zh


class RecordField(Label):
    """One column of a record table; ``codes`` names the code list of a ``code`` field."""

    type: FieldType
    codes: str | None = None
    required: bool = False


class Via(Data):
    """A party named only through another table's row with the same key value."""

    table: str
    key: str


class Party(Data):
    """Someone a record speaks of: which fields name them and in which role.

    Attributes:
        role: the part they play in the record (insured, deceased, owner, …).
        kind: person, employer, clinic or account.
        primary: the record is *about* them (at most one primary link of a kind per row).
        keys: identity attribute → field of the record.
        via: the party is the primary party of this kind of another table's row.
        when: the party exists only where these fields hold these codes.
        reference: the record only refers to known entities; it never founds one (past cases).
    """

    role: str
    kind: Kind
    primary: bool = False
    keys: Mapping[str, str] = Field(default_factory=dict)
    via: Via | None = None
    when: Mapping[str, str] = Field(default_factory=dict)
    reference: bool = False


class RecordTable(Data):
    """The contract of one canonical record table, ``records/<name>.parquet``."""

    name: str
    title: Label
    family: str
    event_date: str | None = None
    fields: Mapping[str, RecordField]
    parties: tuple[Party, ...] = ()


class Typology(Data):
    """A way of defrauding the fund, with the legal basis of acting on it."""

    id: str
    title: Label
    fund: str
    allegations: tuple[str, ...]
    basis: str


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((files(__package__) / name).read_text(encoding="utf-8"))


@cache
def record_tables() -> Mapping[str, RecordTable]:
    """Return every record table by name, in alphabetical order."""
    folder = files(__package__) / "records"
    names = sorted(p.name.removesuffix(".toml") for p in folder.iterdir() if p.name.endswith(".toml"))
    tables = {n: RecordTable(name=n, **_read(f"records/{n}.toml")) for n in names}
    return MappingProxyType(tables)


@cache
def codes() -> Mapping[str, Mapping[str, Label]]:
    """Return the canonical code lists: list name → code → label."""
    data = _read("codes.toml")
    return MappingProxyType({k: {c: Label(**v) for c, v in d.items()} for k, d in data.items()})


@cache
def typologies() -> Mapping[str, Typology]:
    """Return the typologies by id (P1, U2, …)."""
    return MappingProxyType({k: Typology(id=k, **v) for k, v in _read("typologies.toml").items()})
