"""The person parties with all that a row says of them, normalised: what cells, blocks and judgements read."""

from __future__ import annotations

import polars as pl

from entity_resolution.normalize import addresses, names
from entity_resolution.parties import PARTY_COLUMNS, Parties, Records, condense, fill
from jiwang.codes import citizen, phone

ATTRIBUTES: dict[str, pl.DataType] = {
    "number": pl.String(), "citizen_id": pl.String(), "name": pl.String(), "former_name": pl.String(),
    "sex": pl.String(), "birth_date": pl.Date(), "age": pl.Int64(), "age_at": pl.Date(), "phone": pl.String(),
    "address": pl.String(), "household_no": pl.String(), "account_no": pl.String(),
}  # fmt: skip
_CONTEXT: dict[str, pl.DataType] = {"employer": pl.String(), "account": pl.String(), "holder": pl.String()}
_SAID = {n: t for n, t in ATTRIBUTES.items() if n not in ("age", "age_at", "account_no")}
_SAID |= {"born": pl.Int64()} | _CONTEXT


def gather(records: Records, employers: pl.DataFrame, accounts: pl.DataFrame) -> Parties:
    """Return the person parties with their context.

    Args:
        records: the record tables.
        employers: ``record_id, employer``: the employer that the same row is about.
        accounts: ``record_id, account, holder``: the account that the same row pays to or is about, and the
            name key of its holder.

    Returns:
        Profiles with ``number, cid`` (usable citizen id), ``bad`` (complete but wrong, or broken, id),
        ``head`` and ``tail`` (of a masked id), ``key`` (name), ``former, sex, birth_date, born``
        (year, from an age), ``phone, home, place, household_no, employer, account`` (only where it is in
        the person's name).
    """
    frames = []
    for _, party, frame in records.parties("person", ATTRIBUTES):
        full = frame.with_columns(
            pl.col("number").str.strip_chars(), born=pl.col("age_at").dt.year().cast(pl.Int64) - pl.col("age")
        )
        if party.primary:
            full = full.join(employers, on="record_id", how="left", maintain_order="left")
            full = full.join(accounts, on="record_id", how="left", maintain_order="left")
        full = fill(full, _CONTEXT)
        if "account_no" in party.keys:
            full = full.with_columns(holder=names.keys(full["name"]))
        frames.append(full.select(*PARTY_COLUMNS, *_SAID))
    parties = condense(frames, _SAID)
    return Parties(parties.rows, _normalise(parties.profiles))


def _normalise(raw: pl.DataFrame) -> pl.DataFrame:
    ids = citizen.inspect(raw["citizen_id"])
    masked = citizen.masked_parts(raw["citizen_id"])
    home = addresses.keys(raw["address"])
    key = names.keys(raw["name"])
    frame = raw.with_columns(
        cid=pl.when(ids["usable"]).then(ids["canonical"]),
        bad=pl.when(~ids["usable"] & masked["head"].is_null()).then(ids["cleaned"]),
        head=masked["head"],
        tail=masked["tail"],
        key=key,
        former=names.keys(raw["former_name"]),
        sex=pl.when(pl.col("sex") != "unknown").then("sex"),
        id_sex=pl.when(ids["usable"]).then(ids["sex"]),
        id_birth=pl.when(ids["usable"]).then(ids["birth_date"]),
        phone=phone.inspect(raw["phone"])["canonical"],
        home=home["home"],
        place=home["place"],
        account=pl.when(pl.col("holder") == key).then("account"),
    )
    return frame.drop("citizen_id", "former_name", "holder")
