"""Accounts: the number, freed of spaces and full-width digits, is the key; who holds it is another matter."""

from __future__ import annotations

import polars as pl

from entity_resolution.normalize import names
from entity_resolution.parties import Parties, Records, condense
from jiwang.codes import bankcard
from jiwang.codes.organisation import near

REGISTER = "bank_account"
_MASKED = r"^(\d{4,})\*+(\d{3,})$"
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
    """Return ``profile, entity, how``: every number is an account, a mistyped one that of its holder.

    A number is mistyped when the bank does not know it, and knows exactly one that is a slip away (or that
    shows the digits which a masked one leaves) under the same holder's name.
    """
    profiles = parties.profiles
    known = profiles.filter(pl.col("table") == REGISTER).select("account_no", "holder").drop_nulls().unique()
    strange = profiles.join(known.select("account_no").unique(), on="account_no", how="anti")
    strange = strange.select("account_no", "holder").drop_nulls().unique()
    meant = _meant(strange, known)
    named = profiles.join(meant, on=["account_no", "holder"], how="left")
    return named.select(
        "profile",
        entity="account:" + pl.coalesce("known", "account_no"),
        how=pl.when(pl.col("known").is_null())
        .then(pl.lit("account_no"))
        .otherwise(pl.lit("account_repaired")),
    ).sort("profile")


def _meant(strange: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Return ``account_no, holder, known``: numbers that the bank does not know and the one that is meant."""
    verdict = bankcard.inspect(strange["account_no"])["verdict"]
    wrong = strange.filter(verdict.is_in(["luhn", "format"]))
    slips = near(wrong["account_no"], known["account_no"]).rename({"broken": "account_no"})
    masked = wrong.filter(pl.col("account_no").str.contains(_MASKED)).join(
        known, on="holder", suffix="_known"
    )
    parts = pl.col("account_no").str.extract_groups(_MASKED)
    head, tail = parts.struct.field("1"), parts.struct.field("2")
    number = pl.col("account_no_known")
    shown = masked.filter(number.str.starts_with(head) & number.str.ends_with(tail))
    pairs = pl.concat(
        [
            wrong.join(slips, on="account_no").join(
                known, left_on=["known", "holder"], right_on=["account_no", "holder"]
            ),
            shown.select("account_no", "holder", known="account_no_known"),
        ]
    )
    return pairs.unique().filter(pl.len().over("account_no", "holder") == 1)
