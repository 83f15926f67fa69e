"""How entities came together, told in bits: the waterfall of every link, and the rows that stay in doubt.

A link by weight shows what `weigh.weigh` weighed. A link by rule (a valid id, a code, a number, a name that
one bears) is worth what `RULES` says of each element of its ``how``: set figures, so that rules and weights
can be read on one scale. The parts of every link sum to its score.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import polars as pl

from entity_resolution.parties import Parties
from jiwang.ids import digest
from jiwang.ontology import Kind
from jiwang.tables import Doubts, Evidence

RULES: Mapping[str, float] = {
    "citizen_id": 40.0, "uscc": 40.0, "account_no": 40.0, "code": 40.0, "judgement": 60.0,
    "uscc_repaired": 30.0, "org_code": 32.0, "registration_no": 30.0, "sole_trader": 30.0, "number": 30.0,
    "number_over_id": 24.0, "code_repaired": 24.0, "account_repaired": 24.0, "masked_id": 12.0,
    "name": 14.0, "branch": 14.0, "name_designated": 12.0, "former_name": 12.0, "name_core": 9.0,
    "name_region": 8.0, "name_slip": 7.0, "name_sound": 6.0, "abbreviation": 6.0, "employer": 9.0,
    "founded": 0.0, "only_bearer_of_name": 6.0,
}  # fmt: skip
SHOWN = 20  # records named for each way
_PART = pl.Struct({"field": pl.String, "weight": pl.Float64})


class Linked(Protocol):
    """The parties of one kind with ``profile, entity, how, key`` of their links."""

    @property
    def parties(self) -> Parties:
        """Rows and profiles."""

    @property
    def links(self) -> pl.DataFrame:
        """One row a linked profile."""


def gather(found: Mapping[Kind, tuple[Linked, pl.DataFrame]], weighed: pl.DataFrame) -> pl.DataFrame:
    """Return `tables.Evidence` of all kinds.

    Args:
        found: kind → its parties and links, and ``profile, entity_id, how, anchor``.
        weighed: ``key, bits, parts`` of persons' keys that weight led to an entity.
    """
    parts = [_of_kind(kind, one, placed) for kind, (one, placed) in found.items()]
    weighed = weighed.unique("key", keep="first", maintain_order=True)
    every = pl.concat(parts).join(weighed, on="key", how="left", maintain_order="left")
    ruled = pl.Series("ruled", [_ruled(how) for how in every["how"]], dtype=pl.List(_PART))
    by_weight = pl.col("parts").is_not_null() & (pl.col("kind") == "person")
    # The only bearer of a name is linked for want of another: that too is a part, beside what was weighed.
    alone = pl.col("how") == "only_bearer_of_name"
    every = every.with_columns(ruled).with_columns(
        parts=pl.when(by_weight & alone).then(pl.col("parts").list.concat("ruled"))
        .when(by_weight).then("parts")
        .otherwise("ruled")
    )  # fmt: skip
    every = every.with_columns(
        score=pl.col("parts").list.eval(pl.element().struct.field("weight")).list.sum().fill_null(0.0)
    )
    names = every.select("entity_id", "how", "key").rows()
    every = every.with_columns(
        pl.Series(
            "evidence_id", ["e" + digest("evidence", *row, length=16) for row in names], dtype=pl.String
        )
    )
    return every.select(Evidence.column_names()).sort("kind", "entity_id", "evidence_id")


def _of_kind(kind: Kind, one: Linked, placed: pl.DataFrame) -> pl.DataFrame:
    """Return ``kind, entity_id, how, key, rows, tables, records`` of one kind."""
    # A judgement overrules how the rules linked a profile, or links what they left.
    keyed = placed.join(one.links.select("profile", "key"), on="profile", how="left")
    keyed = keyed.select("profile", "entity_id", "how", pl.col("key").fill_null("judgement"))
    rows = one.parties.rows.select("profile", "record_id", "table", "source_file", "source_row")
    rows = rows.join(keyed, on="profile").sort("source_file", "source_row", "record_id")
    grouped = rows.group_by("entity_id", "how", "key", maintain_order=True).agg(
        rows=pl.col("record_id").n_unique().cast(pl.Int64),
        tables=pl.col("table").unique().sort(),
        records=pl.col("record_id").unique(maintain_order=True).head(SHOWN),
    )
    return grouped.with_columns(kind=pl.lit(kind))


def _ruled(how: str) -> list[dict[str, object]]:
    """Return the waterfall of a rule: each element of ``how`` with its worth."""
    return [{"field": part, "weight": RULES.get(part, 3.0)} for part in how.split("+")]


def doubts(people: Parties, unsure: pl.DataFrame, ids: pl.DataFrame, judged: pl.DataFrame) -> pl.DataFrame:
    """Return `tables.Doubts`: what fits a person, but not surely.

    Args:
        people: rows and profiles of persons.
        unsure: ``profile, entity, bits, parts, reason``.
        ids: ``entity, entity_id`` of persons.
        judged: judgements with their effects: what is decided is no doubt any more.
    """
    named = unsure.join(ids, on="entity").select("profile", "entity_id", "reason", "parts", score="bits")
    rows = people.rows.filter("primary").join(named, on="profile")
    rows = rows.sort("source_file", "source_row", "record_id")
    grouped = rows.group_by("entity_id", "reason", "score", "profile", maintain_order=True).agg(
        parts=pl.col("parts").first(), records=pl.col("record_id").unique(maintain_order=True).head(SHOWN)
    )
    firsts = grouped.select("entity_id", pl.col("records").list.first()).rows()
    grouped = grouped.with_columns(
        pl.Series("doubt_id", ["d" + digest("doubt", *row, length=16) for row in firsts], dtype=pl.String),
        kind=pl.lit("person"),
    )
    decided = judged.filter(pl.col("effect").is_in(["attached", "apart"])).select("left", "right")
    first = pl.col("records").list.first()
    grouped = grouped.with_columns(
        left=pl.min_horizontal(first, "entity_id"), right=pl.max_horizontal(first, "entity_id")
    ).join(decided, on=["left", "right"], how="anti", maintain_order="left")
    return grouped.select(Doubts.column_names()).unique("doubt_id", keep="first").sort("doubt_id")
