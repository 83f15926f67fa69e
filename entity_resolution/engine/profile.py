"""Profiles: which columns of a table are names, dates, ids and places, and what may not be merged.

A profile is a TOML file; the models below are its whole vocabulary. Two are shipped for tables (folder
``profiles``): ``person_cn`` for the rows of Chinese departments, ``person`` for persons anywhere else. The
third, ``region``, is a region's own: its columns are made by `region_values`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from jiwang.errors import UsageError

Kind = Literal[
    "name", "date", "year", "id", "code", "sex", "phone", "address", "employer", "place", "source", "other"
]  # fmt: skip
MOST_FIELDS = 16  # compared: their levels, four bits each, are one number of 64 bits
SHIPPED = Path(__file__).parents[1] / "profiles"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FieldOf(_Strict):
    """One piece of evidence.

    Attributes:
        name: how blocks, weights and explanations call it.
        kind: which normalisation, parts and levels it gets.
        columns: columns of the table; all values of a row count, an absent column is no value.
        join: the columns are parts of one value, in this order (given name and surname of a full name).
        script: of names, addresses and employers.
        checksum: of ids: values that pass it are usable, and two usable ones are two entities.
        birth: of ids with a checksum: the date field that the birth date within goes to.
        dates: further fields that it goes to (years told by ages, days that relatives tell).
        sex: the same for the sex.
        bearer: of ids with a checksum: the name field of the one who bears it. An id in common under two
            names that are not alike (somebody else's, keyed in by mistake or not) is a level of its own.
        whole: a text that is masked or has lost a character is still a value: two such, equal, are the same.
        several: one has several of these at a time (employers, accounts): that two differ says nothing.
        expect: of the profile ``region`` alone (`region_weights`): level (the levels of one value in common
            together: ``same``) -> its share among pairs of one entity, before a pair was looked at.
        strangers: the same among pairs of two entities.
        compared: false where a field only serves blocks (a full name beside given name and surname).
    """

    name: str
    kind: Kind
    columns: Sequence[str]
    join: bool = False
    script: Literal["han", "latin"] = "latin"
    checksum: Literal["citizen"] | None = None
    birth: str | None = None
    dates: Sequence[str] = ()
    sex: str | None = None
    bearer: str | None = None
    whole: bool = False
    several: bool = False
    expect: Mapping[str, float] = {}
    strangers: Mapping[str, float] = {}
    compared: bool = True


class Constraints(_Strict):
    """What keeps two records apart whatever their weight.

    Attributes:
        two_ids: fields of kind id with a checksum: two usable values are never one entity.
        differ: fields whose values must not contradict each other (a sex, a birth date).
        after: pairs (event, end): no event of one record later than the end of the other (a death).
        one_per_source: at most one record of each source in an entity.
    """

    two_ids: Sequence[str] = ()
    differ: Sequence[str] = ()
    after: Sequence[tuple[str, str]] = ()
    one_per_source: bool = False


class Profile(_Strict):
    """How to resolve a table.

    Attributes:
        name: the profile's.
        record: column of the record id; without one, rows are numbered from 1.
        source: column of the source of a record.
        field: the evidence.
        cells: lists of parts that, all present and equal, make two records one without weighing.
        blocks: lists of parts; records that agree on all parts of a list are compared.
        refine: parts that are added, in turn, to a block of more than ``cap`` units.
        cap: most units of a block that are compared with each other.
        prior: expected number of records of an entity, where weights are learned without ids.
        accept: least odds, in bits, at which two records are one.
        against: odds, in bits, at which two records that were compared are two, whoever else would join
            them: without ids, it keeps one lucky pair from making one of two crowds.
        constraints: see `Constraints`.
    """

    name: str
    record: str | None = None
    source: str | None = None
    field: Sequence[FieldOf]
    cells: Sequence[Sequence[str]] = ()
    blocks: Sequence[Sequence[str]]
    refine: Sequence[str] = ()
    cap: int = Field(default=60, ge=2)
    prior: float = Field(default=2.0, gt=1)
    accept: float = 0.0
    against: float | None = None
    constraints: Constraints = Constraints()

    @model_validator(mode="after")
    def _known_parts(self) -> Profile:
        names = [f.name for f in self.field]
        if len(names) != len(set(names)):
            raise ValueError("two fields bear one name")
        if len(self.evidence) > MOST_FIELDS:
            raise ValueError(f"{len(self.evidence)} fields are compared; {MOST_FIELDS} are the most")
        rules = self.constraints
        parts = [p for rule in (*self.cells, *self.blocks, self.refine) for p in rule]
        parts += [*rules.two_ids, *rules.differ, *(p for pair in rules.after for p in pair)]
        parts += [p for f in self.field for p in (f.birth, *f.dates, f.sex, f.bearer) if p]
        if strangers := sorted({p.split(".")[0] for p in parts} - set(names)):
            raise ValueError(f"no field is called {', '.join(strangers)}")
        return self

    @property
    def evidence(self) -> tuple[FieldOf, ...]:
        """The fields that are compared."""
        return tuple(f for f in self.field if f.compared)

    def parts_of(self, name: str) -> frozenset[str]:
        """Return the parts of a field that cells and blocks use, the whole left out."""
        used = (p.partition(".") for rule in (*self.cells, *self.blocks, self.refine) for p in rule)
        return frozenset(part for field, _, part in used if field == name and part)

    def of(self, name: str) -> FieldOf:
        """Return the field of that name."""
        return next(f for f in self.field if f.name == name)


def load(path: Path | str) -> Profile:
    """Read a profile: a file, or the name of one that is shipped.

    Raises:
        UsageError: no such file, no TOML, or a word that a profile does not have; it names the place.
    """
    given = Path(path)
    file = given if given.is_file() else SHIPPED / f"{path}.toml"
    shipped = ", ".join(sorted(p.stem for p in SHIPPED.glob("person*.toml")))
    if not file.is_file():
        raise UsageError(
            f"there is no profile {path}", f"name a TOML file, or one of those shipped: {shipped}"
        )
    try:
        return Profile.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: {error}", "write it as TOML in UTF-8") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(p) for p in first["loc"]) or "profile"
        raise UsageError(
            f"{file}, field {where}: {first['msg']}", "see the how-to page on resolving your own table"
        ) from error
