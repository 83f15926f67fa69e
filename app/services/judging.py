"""Judgements from the screen: written to the workspace's log, taken back, shown with what came of them."""

from __future__ import annotations

from typing import Any

import polars as pl

from app.services.desk import Desk
from app.services.identity import Case
from entity_resolution import judgements
from entity_resolution.judgements import Verdict


def judge(desk: Desk, case: Case, verdict: Verdict, who: str, why: str) -> str:
    """Log a judgement on a case; the next resolve applies it.

    Raises:
        UsageError: nobody signs it, or no reason is given.
    """
    return judgements.record(
        desk.workspace, kind=case.kind, left=case.left, right=case.right, verdict=verdict, who=who, why=why
    )


def withdraw(desk: Desk, line: dict[str, Any], who: str, why: str) -> str:
    """Take back the judgement of a line of `log`."""
    return judgements.record(
        desk.workspace, kind=line["kind"], left=line["left"], right=line["right"], verdict="withdrawn",
        who=who, why=why,
    )  # fmt: skip


def log(desk: Desk) -> list[dict[str, Any]]:
    """Return every line of the log, the last first, with what the last resolve made of it, and ``holds``."""
    lines = judgements.log(desk.workspace).drop("effect")
    effects = desk.scan("entities", "judgements").select("judgement_id", "effect").collect()
    holding = judgements.current(lines).select("judgement_id", holds=pl.lit(value=True))
    told = lines.join(effects, on="judgement_id", how="left").join(holding, on="judgement_id", how="left")
    told = told.with_columns(pl.col("holds").fill_null(value=False), pl.col("verdict").cast(pl.String))
    return told.sort("at", descending=True).to_dicts()


def decided(desk: Desk) -> dict[tuple[str, str], str]:
    """Return the pairs (left, right as in the log) that a judgement holds on → its verdict."""
    lines = judgements.current(judgements.log(desk.workspace))
    return {(a, b): v for a, b, v in lines.select("left", "right", pl.col("verdict").cast(pl.String)).rows()}
