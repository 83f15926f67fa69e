"""Accounts: the number, freed of spaces and full-width digits, is the key; who holds it is another matter."""

from __future__ import annotations

import polars as pl

from entity_resolution.normalize import names
from entity_resolution.parties import Parties, Records, condense
from jiwang.codes import bankcard

ATTRIBUTES: dict[str, pl.DataType] = {"account_no": pl.String(), "holder": pl.String()}


def gather(records: Records) -> Parties:
    """Return the account parties; ``holder`` is the name key of the holder that the row gives."""
    frames = []
    for _, _, frame in records.parties("account", ATTRIBUTES):
        read = bankcard.inspect(frame["account_no"])
        frame = frame.with_columns(account_no=pl.coalesce(read["canonical"], read["cleaned"]))  # noqa: PLW2901
        frames.append(frame.filter(pl.col("account_no").is_not_null()))
    parties = condense(frames, ATTRIBUTES)
    holder = names.keys(parties.profiles["holder"])
    return Parties(parties.rows, parties.profiles.with_columns(name=pl.col("holder"), holder=holder))


def resolve(parties: Parties) -> pl.DataFrame:
    """Return ``profile, entity, how``: every number is an account."""
    return parties.profiles.select(
        "profile", entity="account:" + pl.col("account_no"), how=pl.lit("account_no")
    )
