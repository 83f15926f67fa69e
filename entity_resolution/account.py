"""What a resolve reports: counts of what it published, and how far each department's rows were linked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from entity_resolution.parties import Records
from jiwang.ontology import KINDS
from jiwang.workspace import Workspace


def counts(out: Mapping[str, tuple[pl.DataFrame, Any]], workspace: Workspace) -> dict[str, Any]:
    """Return the figures for the manifest and for the terminal.

    Args:
        out: table name → table and contract, as the stage publishes them.
        workspace: for the records and the account of the files.
    """
    link_table, entity_table = out["links"][0], out["entities"][0]
    per_party = link_table.group_by("table", "kind", "role").len().sort("table", "kind", "role")
    conflicts = (
        entity_table.select(pl.col("conflicts").explode().drop_nulls()).to_series().value_counts(name="n")
    )
    return {
        "entities": dict(entity_table.group_by("kind").len().sort("kind").rows()),
        "links": {f"{t}.{k}.{r}": n for t, k, r, n in per_party.rows()},
        "unresolved": dict(out["unresolved"][0].group_by("reason").len().sort("reason").rows()),
        "leads": dict(out["possible_same"][0].group_by("reason").len().sort("reason").rows()),
        "identity_leads": _identity(out["identity_leads"][0]),
        "conflicts": dict(conflicts.sort("conflicts").rows()),
        "review": out["review"][0].height,
        "mentions": out["mentions"][0].height,
        "link_rates": told(rates(workspace, link_table)),
    }


def _identity(leads: pl.DataFrame) -> dict[str, int]:
    kinds = leads.select(pl.col("kind").cast(pl.String)).group_by("kind").len()
    return dict(kinds.sort("kind").rows())


def rates(workspace: Workspace, links: pl.DataFrame) -> pl.DataFrame:
    """Return ``department, kind, rows, linked``: rows that are about a party of a kind, and those linked.

    Rows that name nobody (no id, number, name …) are not counted: there is nothing to link.
    """
    records = Records(workspace)
    parts = [pl.DataFrame(schema={"record_id": pl.String, "source_file": pl.String, "kind": pl.String})]
    for kind in KINDS:
        wanted = {"number", "citizen_id", "name", "uscc", "code", "account_no"}
        attributes = dict.fromkeys(sorted(wanted), pl.String())
        for _, party, frame in records.parties(kind, attributes):
            if party.primary and not party.reference:
                named = frame.filter(pl.any_horizontal(pl.col(sorted(wanted)).is_not_null()))
                parts.append(named.select("record_id", "source_file", kind=pl.lit(kind)))
    rows = pl.concat(parts).unique()
    linked = links.filter("primary").select("record_id", "kind", linked=pl.lit(value=True)).unique()
    rows = rows.join(linked, on=["record_id", "kind"], how="left")
    rows = rows.join(_departments(workspace), on="source_file", how="left")
    rows = rows.with_columns(pl.col("department").fill_null("?"))
    counted = rows.group_by("department", "kind").agg(rows=pl.len(), linked=pl.col("linked").sum())
    return counted.sort("department", "kind")


def _departments(workspace: Workspace) -> pl.DataFrame:
    """Return ``source_file, department``; empty where records came without the account of their files."""
    path = workspace.folder("records") / "files.parquet"
    if not path.is_file():
        return pl.DataFrame(schema={"source_file": pl.String, "department": pl.String})
    return pl.read_parquet(path, columns=["source_file", "department"]).unique()


def told(rates_: pl.DataFrame) -> dict[str, dict[str, str]]:
    """Return department → kind → "99.62% of 7,983", for the terminal."""
    said: dict[str, dict[str, str]] = {}
    for department, kind, rows, linked in rates_.rows():
        said.setdefault(department, {})[kind] = f"{(linked or 0) / rows:.2%} of {rows:,}"
    return said
