"""Contracts of the tables that stages hand to each other and publish.

Units: money in yuan, days as dates, scores in 0..1. Record tables come from the ontology (`record_schema`);
all others are `dataframely` schemas. `write` checks a frame against its contract before a byte is published.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dataframely as dy
import polars as pl

from jiwang.errors import ContractError
from jiwang.ontology import FieldType, record_tables
from jiwang.resolution_tables import (
    AccountLeads,
    Conflicts,
    Doubts,
    Evidence,
    IdentityLeads,
    Judgements,
    Review,
)

if TYPE_CHECKING:
    import pyarrow as pa

# Given on from there: every contract is found here.
__all__ = ["AccountLeads", "Conflicts", "Doubts", "Evidence", "IdentityLeads", "Judgements", "Review"]

POLARS_TYPES: Mapping[FieldType, pl.DataType] = {
    "date": pl.Date(),
    "datetime": pl.Datetime("us"),
    "month": pl.Date(),  # the first day of the month
    "money": pl.Float64(),  # yuan
    "number": pl.Float64(),
    "int": pl.Int64(),
    "list": pl.List(pl.String()),
}
RECORD_COLUMNS: Mapping[str, pl.DataType] = {
    "record_id": pl.String(),
    "region": pl.String(),
    "source_file": pl.String(),
    "source_row": pl.Int64(),
    "duplicate_of": pl.String(),  # record_id of the first of equal rows
    "superseded_by": pl.String(),  # record_id of the last row with the same business key
    "verdicts": pl.List(pl.String()),  # "field:verdict", e.g. "citizen_id:checksum"
}


_REPEATING: frozenset[FieldType] = frozenset({"code", "date", "month"})


def record_schema(table: str) -> dict[str, pl.DataType]:
    """Return the columns of a record table: the common ones, then its fields as the ontology types them."""
    fields = record_tables()[table].fields
    return dict(RECORD_COLUMNS) | {n: POLARS_TYPES.get(f.type, pl.String()) for n, f in fields.items()}


class Files(dy.Schema):
    """The account of every file of a hand-over."""

    region = dy.String(nullable=False)
    source_file = dy.String(primary_key=True)
    department = dy.String(nullable=False)
    mapping = dy.String(nullable=False)
    rows_read = dy.Int64(nullable=False, min=0)
    accepted = dy.Int64(nullable=False, min=0)
    quarantined = dy.Int64(nullable=False, min=0)
    control_total = dy.Int64(nullable=True)
    table = dy.String(nullable=True)
    duplicates = dy.Int64(nullable=False, min=0)
    superseded = dy.Int64(nullable=False, min=0)

    @dy.rule()
    def account_closes(cls) -> pl.Expr:  # noqa: N805 - dataframely's convention
        """Every row read is accepted or quarantined."""
        return pl.col("rows_read") == pl.col("accepted") + pl.col("quarantined")


class Quality(dy.Schema):
    """Figures of one field of a record table in a batch: counts only, never a value of a row."""

    table = dy.String(primary_key=True)
    field = dy.String(primary_key=True)
    position = dy.Int64(nullable=False, min=0)  # the field's place in the table
    type = dy.String(nullable=False)
    rows = dy.Int64(nullable=False, min=0)
    filled = dy.Int64(nullable=False, min=0)  # rows in which the field holds something
    doubtful = dy.Int64(nullable=False, min=0)  # rows with a verdict that doubts the field
    verdicts = dy.List(dy.String(), nullable=False)  # "verdict:rows"
    distinct = dy.Int64(nullable=True, min=0)  # an estimate; not of texts, sums and moments
    compared = dy.Int64(nullable=False, min=0)  # rows in which it can be held against another field
    agreeing = dy.Int64(nullable=False, min=0)  # and agrees: citizen id with date of birth and sex
    duplicates = dy.Int64(nullable=False, min=0)  # of the table
    superseded = dy.Int64(nullable=False, min=0)  # of the table
    first_event = dy.Date(nullable=True)  # of the table's event date alone
    last_event = dy.Date(nullable=True)
    lag_days = dy.Int64(nullable=True)  # from there to the last event of the whole batch


class Quarantine(dy.Schema):
    """Rows that cannot be read as one record, with the rule that says why."""

    region = dy.String(nullable=False)
    source_file = dy.String(primary_key=True)
    source_row = dy.Int64(primary_key=True, min=1)
    rule = dy.String(nullable=False)
    detail = dy.String(nullable=False)


class Links(dy.Schema):
    """Which entity a row speaks of, in which role."""

    region = dy.String(nullable=False)
    source_file = dy.String(nullable=False)
    source_row = dy.Int64(nullable=False, min=1)
    kind = dy.String(nullable=False)
    role = dy.String(nullable=False)
    primary = dy.Bool(nullable=False)
    entity_id = dy.String(nullable=False)
    record_id = dy.String(nullable=False)
    table = dy.String(nullable=False)
    how = dy.String(
        nullable=False
    )  # the rule that made the link, e.g. "citizen_id", "number", "name+birth_date"


class Entities(dy.Schema):
    """People, employers, clinics and accounts, with the attributes that most of their records agree on."""

    kind = dy.String(nullable=False)
    entity_id = dy.String(primary_key=True)
    name = dy.String(nullable=True)
    citizen_id = dy.String(nullable=True)
    sex = dy.String(nullable=True)
    birth_date = dy.Date(nullable=True)
    uscc = dy.String(nullable=True)
    code = dy.String(nullable=True)  # clinics: the institution code
    account_no = dy.String(nullable=True)
    number = dy.String(nullable=True)  # personal or employer number
    phone = dy.String(nullable=True)
    address = dy.String(nullable=True)
    household_no = dy.String(nullable=True)
    other_names = dy.List(dy.String(), nullable=False)
    n_records = dy.Int64(nullable=False, min=0)
    conflicts = dy.List(dy.String(), nullable=False)


class PossibleSame(dy.Schema):
    """Two persons that may be one: never merged by themselves, a lead and an evidence edge."""

    entity_a = dy.String(primary_key=True)
    entity_b = dy.String(primary_key=True)
    reason = dy.String(nullable=False)
    score = dy.Float64(nullable=False, min=0, max=1)
    records = dy.List(dy.String(), nullable=False)


class Mentions(dy.Schema):
    """Entities mentioned in free text, with character offsets."""

    record_id = dy.String(nullable=False)
    start = dy.Int64(nullable=False, min=0)
    end = dy.Int64(nullable=False, min=0)
    text = dy.String(nullable=False)
    label = dy.String(nullable=False)
    entity_id = dy.String(nullable=True)


class Checks(dy.Schema):
    """What two departments that should agree say differently of one entity; it accuses nobody."""

    check_id = dy.String(primary_key=True)
    check = dy.String(nullable=False)  # id of graph/build/checks.toml
    kind = dy.String(nullable=False)
    entity_id = dy.String(nullable=False)
    left_table = dy.String(nullable=False)  # record table of the one side
    left_value = dy.String(nullable=True)  # ISO date, code, name or yuan, as the check's `value` says
    right_table = dy.String(nullable=False)
    right_value = dy.String(nullable=True)  # null where that side knows nothing of it
    difference = dy.Float64(nullable=True)  # in the check's `unit`
    first_day = dy.Date(nullable=True)
    last_day = dy.Date(nullable=True)
    records = dy.List(dy.String(), nullable=False)


class Hits(dy.Schema):
    """What patterns found: one row a subject."""

    hit_id = dy.String(primary_key=True)
    pattern_id = dy.String(nullable=False)
    pattern_version = dy.Int64(nullable=False, min=1)
    typology = dy.String(nullable=False)
    severity = dy.String(nullable=False)
    kind = dy.String(nullable=False)
    subject = dy.String(nullable=False)
    members = dy.List(dy.String(), nullable=False)  # entity ids, the subject among them
    amount = dy.Float64(nullable=True)  # yuan
    first_seen = dy.Date(nullable=True)
    last_seen = dy.Date(nullable=True)
    edges = dy.List(dy.String(), nullable=False)  # edge ids of the graph that bear the hit


class Scores(dy.Schema):
    """Calibrated suspicion of an entity."""

    kind = dy.String(nullable=False)
    entity_id = dy.String(primary_key=True)
    score = dy.Float64(nullable=False, min=0, max=1)
    grade = dy.Enum(["red", "orange", "yellow", "none"], nullable=False)
    reasons = dy.List(dy.String(), nullable=False)
    reasons_en = dy.List(dy.String(), nullable=False)
    model_run = dy.String(nullable=False)


class RingCandidates(dy.Schema):
    """Rings as cut from hits, before they are ranked."""

    ring_id = dy.String(primary_key=True)
    strength = dy.Float64(nullable=False, min=0, max=1)
    typology = dy.String(nullable=False)
    title = dy.String(nullable=False)
    title_en = dy.String(nullable=False)
    amount_at_risk = dy.Float64(nullable=False)
    first_seen = dy.Date(nullable=True)
    last_seen = dy.Date(nullable=True)
    n_members = dy.Int64(nullable=False, min=1)
    also = dy.List(dy.String(), nullable=False)
    reasons = dy.List(dy.String(), nullable=False)
    reasons_en = dy.List(dy.String(), nullable=False)
    innocent_checks = dy.List(dy.String(), nullable=False)
    innocent_checks_en = dy.List(dy.String(), nullable=False)
    excused = dy.Int64(nullable=False, min=0)
    patterns = dy.List(dy.String(), nullable=False)
    edges = dy.List(dy.String(), nullable=False)


class Rings(dy.Schema):
    """Ranked rings."""

    ring_id = dy.String(primary_key=True)
    rank = dy.Int64(nullable=False, min=1)
    score = dy.Float64(nullable=False, min=0, max=1)
    typology = dy.String(nullable=False)
    title = dy.String(nullable=False)
    title_en = dy.String(nullable=False)
    amount_at_risk = dy.Float64(nullable=False)
    first_seen = dy.Date(nullable=True)
    last_seen = dy.Date(nullable=True)
    n_members = dy.Int64(nullable=False, min=1)
    also = dy.List(dy.String(), nullable=False)
    reasons = dy.List(dy.String(), nullable=False)
    reasons_en = dy.List(dy.String(), nullable=False)
    innocent_checks = dy.List(dy.String(), nullable=False)
    innocent_checks_en = dy.List(dy.String(), nullable=False)
    patterns = dy.List(dy.String(), nullable=False)
    edges = dy.List(dy.String(), nullable=False)


ROLES = (
    "organiser", "intermediary", "insider", "employer", "clinic", "account", "mule", "beneficiary",
    "unwitting",
)  # fmt: skip


class RingMembers(dy.Schema):
    """Who is in a ring, and as what."""

    ring_id = dy.String(primary_key=True)
    kind = dy.String(nullable=False)
    entity_id = dy.String(primary_key=True)
    role = dy.Enum(list(ROLES), nullable=False)


class Alerts(dy.Schema):
    """What an investigator is asked to look at."""

    alert_id = dy.String(primary_key=True)
    ring_id = dy.String(nullable=True)
    kind = dy.String(nullable=False)
    entity_id = dy.String(nullable=False)
    pattern_id = dy.String(nullable=False)
    pattern_version = dy.Int64(nullable=False, min=1)
    grade = dy.Enum(["red", "orange", "yellow", "none"], nullable=False)
    score = dy.Float64(nullable=False, min=0, max=1)
    amount = dy.Float64(nullable=True)
    evidence = dy.List(dy.String(), nullable=False)  # record ids
    innocent_checks = dy.List(dy.String(), nullable=False)
    innocent_checks_en = dy.List(dy.String(), nullable=False)
    opened_at = dy.Date(nullable=False)
    typology = dy.String(nullable=False)
    title = dy.String(nullable=False)
    title_en = dy.String(nullable=False)
    reasons = dy.List(dy.String(), nullable=False)
    reasons_en = dy.List(dy.String(), nullable=False)


OUT: Mapping[str, type[dy.Schema]] = {
    "files": Files,
    "links": Links,
    "entities": Entities,
    "scores": Scores,
    "rings": Rings,
    "ring_members": RingMembers,
    "alerts": Alerts,
    "quarantine": Quarantine,
}


def from_rows(rows: Sequence[Mapping[str, Any]], contract: type[dy.Schema]) -> pl.DataFrame:
    """Return ``rows`` as a frame with the columns and types of ``contract``.

    Column by column, so that a value of a wrong type fails under its column's name.
    """
    schema = contract.create_empty().schema
    return pl.DataFrame([pl.Series(c, [row[c] for row in rows], dtype=t) for c, t in schema.items()])


def write(frame: pl.DataFrame, contract: type[dy.Schema], path: Path) -> None:
    """Check ``frame`` against ``contract`` and write its columns, in the contract's order, to ``path``.

    Raises:
        ContractError: a column is missing, of another type, or a rule is broken; it names the rules.
    """
    columns = contract.column_names()
    missing = [c for c in columns if c not in frame.columns]
    if missing:
        raise ContractError(
            f"{path.name}: columns missing: {', '.join(missing)}", "report this with the manifest"
        )
    checked, failures = contract.filter(frame.select(columns), cast=True)
    if len(failures):
        raise ContractError(f"{path.name}: rows break {failures.counts()}", "report this with the manifest")
    path.parent.mkdir(parents=True, exist_ok=True)
    checked.write_parquet(path, compression="zstd")


def arrow_schema(table: str) -> pa.Schema:
    """Return the columns of a record table as Arrow types."""
    empty = pl.DataFrame(schema=record_schema(table))
    return empty.to_arrow(compat_level=pl.CompatLevel.oldest()).schema


@contextmanager
def record_writer(table: str, path: Path) -> Iterator[Callable[[pa.Table], None]]:
    """Give a function that appends rows, columns as in `arrow_schema`, to a record table.

    A table of any size passes through the memory of one call.
    """
    import pyarrow.parquet as pq  # noqa: PLC0415 - slow to import

    path.parent.mkdir(parents=True, exist_ok=True)
    # Names and numbers hardly repeat: a dictionary of them is built in vain, and then left again.
    few = [n for n, f in record_tables()[table].fields.items() if f.type in _REPEATING]
    with pq.ParquetWriter(
        path, arrow_schema(table), compression="zstd", use_dictionary=["region", "source_file", *few]
    ) as writer:
        yield writer.write_table


def write_records(frame: pl.DataFrame, table: str, path: Path) -> None:
    """Write a whole record table, columns and types as the ontology has them.

    Raises:
        ContractError: the frame lacks a column.
    """
    schema = record_schema(table)
    missing = [c for c in schema if c not in frame.columns]
    if missing:
        raise ContractError(
            f"{table}: columns missing: {', '.join(missing)}", "report this with the manifest"
        )
    rows = frame.select(pl.col(c).cast(t) for c, t in schema.items())
    with record_writer(table, path) as write_rows:
        if rows.height:
            write_rows(rows.to_arrow(compat_level=pl.CompatLevel.oldest()))
