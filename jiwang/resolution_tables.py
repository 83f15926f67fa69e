"""Contracts of what resolution says of its own links: evidence, doubts, leads, judgements, review, conflicts.

`jiwang.tables` gives them on, so that every contract is found in one place.
"""

from __future__ import annotations

import dataframely as dy

_PARTS = dy.List(
    dy.Struct({"field": dy.String(nullable=False), "weight": dy.Float64(nullable=False)}), nullable=False
)


class Evidence(dy.Schema):
    """How an entity came together: one row for each key or set of facts that led rows to it."""

    evidence_id = dy.String(primary_key=True)  # a hash of entity, how and key
    kind = dy.String(nullable=False)
    entity_id = dy.String(nullable=False)
    how = dy.String(nullable=False)  # as in links
    score = dy.Float64(nullable=False)  # bits: log2 of the odds that the rows are this entity's
    parts = _PARTS  # a waterfall: field and bits; they sum to the score
    rows = dy.Int64(nullable=False, min=1)  # rows that came this way
    tables = dy.List(dy.String(), nullable=False)
    records = dy.List(dy.String(), nullable=False)  # the first of them


class Doubts(dy.Schema):
    """Rows that fit somebody, but not surely enough: for a person to decide."""

    doubt_id = dy.String(primary_key=True)
    kind = dy.String(nullable=False)
    entity_id = dy.String(nullable=False)  # whom they fit best
    reason = dy.String(nullable=False)  # why no link was made, as in unresolved
    score = dy.Float64(nullable=False)
    parts = _PARTS
    records = dy.List(dy.String(), nullable=False)


class IdentityLeads(dy.Schema):
    """Leads on identities: two entities of one kind of trouble, with the rows of each side that show it."""

    lead_id = dy.String(primary_key=True)  # a hash of kind and both sides: the same in every run
    kind = dy.Enum(["double_change", "borrowed_id", "double_registration", "mistyped_id"], nullable=False)
    entity_a = dy.String(nullable=False)
    entity_b = dy.String(nullable=False)
    reason = dy.String(nullable=False)  # what was seen, of the reasons of possible_same, or borrowed_id
    score = dy.Float64(nullable=False, min=0, max=1)
    rows_a = dy.List(dy.String(), nullable=False)  # record ids
    rows_b = dy.List(dy.String(), nullable=False)


class AccountLeads(dy.Schema):
    """Two parties on one account: joint owners, or an owner (a) and a payee (b) who is not."""

    topic = dy.Enum(["joint", "proxy"], nullable=False)
    account = dy.String(nullable=False)  # entity ids
    entity_a = dy.String(nullable=False)
    entity_b = dy.String(nullable=False)
    rows = dy.Int64(nullable=False, min=1)
    records = dy.List(dy.String(), nullable=False)


class Judgements(dy.Schema):
    """What people decided on two sides: a log that is only added to; the last line on a pair holds.

    The log itself is ``judgements.jsonl`` at the root of the workspace, so that it outlives every re-run; the
    Parquet table of the folder ``entities`` says what the last run made of each line.
    """

    judgement_id = dy.String(primary_key=True)
    at = dy.Datetime(nullable=False, time_zone="UTC", time_unit="us")
    who = dy.String(nullable=False)
    why = dy.String(nullable=False)
    kind = dy.String(nullable=False)
    left = dy.String(nullable=False)  # an entity or a record id
    right = dy.String(nullable=False)
    # Withdrawn is how a judgement is taken back: as if none had been made.
    verdict = dy.Enum(["positive", "negative", "unsure", "withdrawn"], nullable=False)
    effect = dy.String(nullable=True)  # null in the log; see `entity_resolution.judgements.EFFECTS`


class Review(dy.Schema):
    """Merges and splits of published entities, which are never automatic: both sides, for a person."""

    review_id = dy.String(primary_key=True)  # a hash of kind, both sides and reason: the same in every run
    kind = dy.String(nullable=False)
    entity_id = dy.String(nullable=False)
    other_id = dy.String(nullable=False)  # of a split: the id that the rows which leave would get
    action = dy.Enum(["merge", "split"], nullable=False)
    reason = dy.String(nullable=False)
    score = dy.Float64(nullable=True)  # weight in bits that the two are one; null where a rule says so
    records = dy.List(dy.String(), nullable=False)  # what speaks for the proposal
    state = dy.Enum(["open", "unsure"], nullable=False)  # judged otherwise, a row is gone from here


class Conflicts(dy.Schema):
    """Refused merges: pairs with weight enough to be one, which a constraint keeps apart."""

    conflict_id = dy.String(primary_key=True)
    kind = dy.String(nullable=False)
    left = dy.String(nullable=False)  # entity ids, left < right
    right = dy.String(nullable=False)
    reason = dy.String(nullable=False)  # two_ids, sex, birth, death, source, judged
    score = dy.Float64(nullable=False)  # weight in bits, the prior included
    evidence = dy.List(
        dy.Struct(
            {
                "field": dy.String(nullable=False),
                "level": dy.String(nullable=False),
                "weight": dy.Float64(nullable=False),
            }
        ),
        nullable=False,
    )  # a waterfall: its weights, in bits, sum to the score
    records = dy.List(dy.String(), nullable=False)  # one record of each side
