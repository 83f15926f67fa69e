"""Judgements: which candidate, if any, a claim is linked to.

Two ways lead to a link. *Against chance*: weight beyond doubt (`ACCEPT` bits, odds of 16 to 1 after a prior
of one among all people) and no rival within `MARGIN` bits. *Among the bearers of the name*: in tables where
a name is known to be trustworthy (`coverage.outside_shares`), the share of one candidate among all who bear
the name and those outside; a common name needs evidence for one of its bearers, a name that one person
bears does not.
"""

from __future__ import annotations

import polars as pl

from entity_resolution.claims import Claims
from entity_resolution.normalize.names import EXACT

ACCEPT = 4.0
LIKELY = 0.0  # likelier than not: nobody new is founded on it
MARGIN = 4.0
SHARE = 0.95


def judge(weighed: pl.DataFrame, claims: Claims, outside: pl.DataFrame) -> pl.DataFrame:
    """Return one row per claim with candidates: ``claim, entity, how, verdict, rivals, known, bits, parts``.

    Args:
        weighed: ``claim, entity, alike, bits, evidence, against, reason``.
        claims: the claims.
        outside: ``table, outside`` of the tables whose names can be trusted.

    ``verdict`` is ``link``, ``ambiguous`` (likely, but not sure, or a rival is near) or ``weak``; ``rivals``
    counts the candidates that nothing speaks against; ``known``: the name is borne and can be trusted.
    """
    ranked = _shares(weighed, claims, outside)
    ranked = ranked.sort(["claim", "bits", "entity"], descending=[False, True, False])
    second = pl.col("bits").shift(-1).over("claim")
    rivals = (~pl.col("against")).sum().over("claim")
    best = (
        ranked.with_columns(margin=pl.col("bits") - second, rivals=rivals)
        .group_by("claim", maintain_order=True)
        .agg(pl.all().first())
    )
    clear = pl.col("margin").fill_null(MARGIN) >= MARGIN
    by_weight, by_share = (pl.col("bits") >= ACCEPT) & clear, pl.col("share").fill_null(0.0) >= SHARE
    bare = by_share & ~by_weight & (pl.col("reason") == "name")
    verdict = (
        pl.when(by_weight | by_share).then(pl.lit("link"))
        .when(pl.col("bits") >= LIKELY).then(pl.lit("ambiguous"))
        .otherwise(pl.lit("weak"))
    )  # fmt: skip
    known = (pl.col("share").is_not_null().any().over("claim")) & (pl.col("rivals") > 0)
    how = pl.when(bare).then(pl.lit("only_bearer_of_name")).otherwise("reason")
    return best.select(
        "claim", "entity", how=how, verdict=verdict, rivals="rivals", known=known, bits="bits", parts="parts"
    )


def _shares(weighed: pl.DataFrame, claims: Claims, outside: pl.DataFrame) -> pl.DataFrame:
    """Add ``share``: the candidate's among all bearers of the name, for exact names in trusted tables."""
    trusted = (
        claims.heads.filter("primary")
        .select("claim", table=pl.col("tables").list.first())
        .join(outside, on="table")
    )
    rows = weighed.join(trusted.select("claim", "outside"), on="claim", how="left")
    exact = pl.col("alike") == EXACT
    name = pl.col("bits") - pl.col("evidence")  # a name misread is as much less likely as it weighs less
    likely = (pl.col("bits") - name.filter(exact).max().over("claim")).clip(-60, 60)
    rows = rows.with_columns(likely=pl.lit(2.0).pow(likely), exact=exact)
    everyone = pl.col("likely").sum().over("claim") + pl.col("outside") * (
        1 + pl.col("exact").sum().over("claim")
    )
    return rows.with_columns(share=pl.when("exact").then(pl.col("likely") / everyone))
