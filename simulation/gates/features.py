"""What one sees of a person without a graph: counts, sums and dates of that person's own rows."""

import polars as pl

from simulation.gates.region import Written

WINDOW = 2024  # first year of the hand-over
TRANSFERS = ("MB", "NB", "CT")


def number(field: str) -> pl.Expr:
    """Read a field as a number, or null."""
    return pl.col(field).cast(pl.Float64, strict=False)


def day(field: str, style: str = "%Y%m%d") -> pl.Expr:
    """Read a field as days since the start of 2024, or null."""
    return (
        (pl.col(field).str.slice(0, 10).str.to_date(style, strict=False) - pl.date(WINDOW, 1, 1))
        .dt.total_days()
        .cast(pl.Float64)
    )


def owners(region: Written) -> pl.DataFrame:
    """Return account -> its owner, a person."""
    about = region.truth("entities").filter(
        (pl.col("source_file") == region.specs["account"]["path"]) & pl.col("primary")
    )
    accounts = about.filter(pl.col("kind") == "account").select("source_row", account="entity")
    people = about.filter(pl.col("kind") == "person").select("source_row", "entity")
    return accounts.join(people, on="source_row").select("account", "entity").unique("account")


def flows(region: Written) -> pl.DataFrame:
    """Return the movements with the account (``account``) and its owner (``entity``)."""
    rows = region.rows("flow", "time", "direction", "amount", "text", "channel", "device", kind="account")
    return rows.rename({"entity": "account"}).join(owners(region), on="account", how="left")


def _each(rows: pl.DataFrame, **sums: pl.Expr) -> pl.DataFrame:
    return rows.drop_nulls("entity").group_by("entity").agg(**sums)


def people(region: Written) -> pl.DataFrame:
    """Return one row a person: ``entity`` and features, zero where there is no row of the kind."""
    enrolled = region.rows("enrolment", "born", "sex", "employer_no", "begun", "hukou", "phone", "scheme")
    base = _each(
        enrolled,
        age=-day("born").min() / 365.25,
        sex=(pl.col("sex") == "1").any().cast(pl.Int8),
        rural=(pl.col("hukou") == "20").any().cast(pl.Int8),
        enrolments=pl.len(),
        employers=pl.col("employer_no").replace("", None).drop_nulls().n_unique(),
        latest_enrolment=day("begun").max(),
        no_phone=(pl.col("phone") == "").all().cast(pl.Int8),
    )
    for part in (*_insurance(region), *_papers(region), *_care(region), *_money(region)):
        base = base.join(part, on="entity", how="left")
    return base.fill_null(0).fill_nan(0).sort("entity")


def _insurance(region: Written) -> list[pl.DataFrame]:
    paid = region.rows("contribution", "base", "type", "month", "employer_no")
    pension = region.rows("pension", "paid", "account_no", "scheme", "person_no")
    jobless = region.rows("unemployment", "paid", "channel", "device")
    birth, hurt = region.rows("maternity", "paid", "base"), region.rows("injury", "paid", "grade")
    wage = region.rows("payroll_tax", "income")
    return [
        _each(
            paid,
            months=pl.len(),
            base=number("base").mean(),
            highest_base=number("base").max(),
            back_payments=(pl.col("type") == "21").sum(),
        ),
        _each(
            pension,
            pension_rows=pl.len(),
            pension=number("paid").sum(),
            pension_accounts=pl.col("account_no").n_unique(),
            pension_schemes=pl.col("scheme").n_unique(),
            pension_numbers=pl.col("person_no").n_unique(),
        ),
        _each(jobless, jobless_months=pl.len(), jobless_by_app=(pl.col("channel") == "2").sum()),
        _each(birth, births=pl.len(), allowance=number("paid").sum(), allowance_base=number("base").max()),
        _each(hurt, injuries=pl.len(), injury_paid=number("paid").sum()),
        _each(wage, wage_months=pl.len(), wage=number("income").mean()),
    ]


def _papers(region: Written) -> list[pl.DataFrame]:
    edits = region.rows("change", "field", "channel")
    proofs = region.rows("certification", "method")
    return [
        _each(
            edits,
            edits=pl.len(),
            account_edits=(pl.col("field") == "AAE010").sum(),
            name_edits=pl.col("field").str.contains("AAC00").sum(),
        ),
        _each(
            proofs,
            proofs=pl.len(),
            proofs_by_app=(pl.col("method") == "1").sum(),
            proofs_by_visit=(pl.col("method") == "2").sum(),
        ),
    ]


def _care(region: Written) -> list[pl.DataFrame]:
    visits = region.rows(
        "settlement", "kind", "begin", "end", "fee", "clinic_code", "doctor", "proof", "fund"
    )
    stays = visits.filter(pl.col("kind") == "21")
    length = day("end", "%Y-%m-%d") - day("begin", "%Y-%m-%d")
    seen = region.rows("trace", "kind")
    dead = region.rows("death", "died")
    inmates = region.rows("prison", "begin")
    return [
        _each(
            visits,
            visits=pl.len(),
            fees=number("fee").sum(),
            mean_fee=number("fee").mean(),
            fund=number("fund").sum(),
            clinics=pl.col("clinic_code").n_unique(),
            doctors=pl.col("doctor").n_unique(),
            chronic_visits=(pl.col("kind") == "14").sum(),
            purchases=(pl.col("kind") == "41").sum(),
        ),
        _each(stays, stays=pl.len(), mean_stay=length.mean(), stay_fees=number("fee").sum()),
        _each(seen, traces=pl.len()),
        _each(dead, certified_dead=pl.len()),
        _each(inmates, sentenced=pl.len()),
    ]


def _money(region: Written) -> list[pl.DataFrame]:
    moved = flows(region)
    cash, transfer = pl.col("channel") == "AT", pl.col("channel").is_in(TRANSFERS)
    accounts = region.rows("account", "opened", "phone")
    return [
        _each(
            moved,
            flows=pl.len(),
            withdrawals=cash.sum(),
            withdrawn=number("amount").filter(cash).sum(),
            machines=pl.col("device").filter(cash).n_unique(),
            sent=(transfer & (pl.col("direction") == "D")).sum(),
            received=(transfer & (pl.col("direction") == "C")).sum(),
            largest=number("amount").max(),
        ),
        _each(accounts, accounts=pl.len(), latest_account=day("opened").max()),
    ]
