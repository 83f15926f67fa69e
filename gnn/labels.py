"""Labels: what closed cases found about entities, and nothing else of them.

A case never becomes a node, an edge or a feature. Its number serves only to hold its objects out together;
cases are known here by an index that follows from their content, so that renaming them changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from jiwang.ids import digest
from jiwang.workspace import Workspace

VALUE: Mapping[str, int] = {"substantiated": 1, "partly_substantiated": 1, "unsubstantiated": 0}
TABLE, ROLE = "past_case", "case_object"


@dataclass(frozen=True)
class Labels:
    """The labels of a region.

    Attributes:
        frame: one row an entity, sorted by id: entity_id, kind, label (0 or 1), closed_date, case (index of
            the case whose finding holds), cases (indices of every case that names the entity).
        report: counts for the manifest: rows, cases, labelled, positive, unresolved, unverifiable, repeated,
            conflicts.
    """

    frame: pl.DataFrame
    report: Mapping[str, int]

    def until(self, day: date) -> Labels:
        """Return the labels that were known on ``day``: a finding counts from the closing of its case."""
        return Labels(self.frame.filter(pl.col("closed_date") <= day), self.report)

    @property
    def n_cases(self) -> int:
        """Number of cases that label somebody."""
        return self.frame["case"].n_unique()


def read_labels(workspace: Workspace, as_of: date | None = None) -> Labels:
    """Read the findings of ``records/past_case`` through ``entities/links``.

    Args:
        workspace: a workspace whose records are resolved.
        as_of: the last day of closing that counts; None: every closed case that was handed over.
    """
    cases = pl.read_parquet(workspace.table("records", TABLE)).filter(
        pl.col("duplicate_of").is_null() & pl.col("superseded_by").is_null()
    )
    links = (
        pl.scan_parquet(workspace.table("entities", "links"))
        .filter((pl.col("table") == TABLE) & (pl.col("role") == ROLE))
        .select("record_id", "kind", "entity_id")
        .unique()
        .collect()
    )
    return labels_of(cases, links, as_of)


def labels_of(cases: pl.DataFrame, links: pl.DataFrame, as_of: date | None = None) -> Labels:
    """Return the labels of ``cases`` (rows of past_case) by ``links`` (record_id, kind, entity_id)."""
    found = cases.select("record_id", "case_no", "closed_date", "finding").filter(
        pl.col("closed_date").is_not_null()
    )
    if as_of is not None:
        found = found.filter(pl.col("closed_date") <= as_of)
    resolved = found.join(links, on="record_id", how="inner")
    labelled = resolved.filter(pl.col("finding").is_in(list(VALUE))).with_columns(
        label=pl.col("finding").replace_strict(VALUE, return_dtype=pl.Int64)
    )
    indexed = labelled.join(_case_indices(labelled), on="case_no")
    frame = _one_per_entity(indexed)
    values = indexed.group_by("entity_id").agg(
        pl.col("label").n_unique().alias("values"), pl.col("case").n_unique()
    )
    report = {
        "rows": found.height,
        "cases": found["case_no"].n_unique(),
        "labelled": frame.height,
        "positive": frame.filter(pl.col("label") == 1).height,
        "unresolved": found.height - resolved["record_id"].n_unique(),
        "unverifiable": found.filter(~pl.col("finding").is_in(list(VALUE))).height,
        "repeated": values.filter(pl.col("case") > 1).height,
        "conflicts": values.filter(pl.col("values") > 1).height,
    }
    return Labels(frame, report)


def _case_indices(labelled: pl.DataFrame) -> pl.DataFrame:
    """Number the cases by closing date, then by who is named: case_no, case."""
    named = (
        labelled.sort("entity_id")
        .group_by("case_no")
        .agg(pl.col("closed_date").max(), pl.col("entity_id"), pl.col("label"))
    )
    content = [digest(*row["entity_id"], *row["label"]) for row in named.iter_rows(named=True)]
    ordered = named.with_columns(pl.Series("content", content, pl.String)).sort("closed_date", "content")
    return ordered.select("case_no", pl.int_range(pl.len(), dtype=pl.Int64).alias("case"))


def _one_per_entity(indexed: pl.DataFrame) -> pl.DataFrame:
    """Let the later finding hold; of two on one day, the one that confirms."""
    ordered = indexed.sort("entity_id", "closed_date", "label", "case")
    frame = ordered.group_by("entity_id", maintain_order=True).agg(
        pl.col("kind", "label", "closed_date", "case").last(), pl.col("case").unique().sort().alias("cases")
    )
    return frame.select("entity_id", "kind", "label", "closed_date", "case", "cases")
