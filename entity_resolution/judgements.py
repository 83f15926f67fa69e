"""Judgements: what people decided on pairs, as a log that is only added to, and what a run makes of it.

A judgement names two sides: two entities (one, or not one), or a record and the entity that it is linked to
(does not belong there). The last line on a pair holds; ``withdrawn`` takes a judgement back. Nothing is ever
rewritten: merges are laid over the ids that the rules gave, so that withdrawing restores them.

Two usable citizen ids are never merged, by judgement neither: the line is kept and marked `two_ids`.
Negatives stand before positives: a positive that would join what a negative keeps apart is `contradicts`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import polars as pl

from entity_resolution.union import Forest
from jiwang.errors import UsageError, WorkspaceError
from jiwang.ids import digest
from jiwang.tables import Judgements
from jiwang.workspace import Workspace

LOG = "judgements.jsonl"
Verdict = Literal["positive", "negative", "unsure", "withdrawn"]
VERDICTS: tuple[Verdict, ...] = ("positive", "negative", "unsure", "withdrawn")
EFFECTS = (
    "merged",  # positive: the two bear one id
    "apart",  # negative: two entities that no run merges or asks about again
    "attached",  # positive: the record, and all that say the same, joined the entity; nobody had them
    "split",  # negative: the record, and all that say the same, left the entity
    "noted",  # unsure
    "withdrawn",
    "superseded",  # a later line on the same pair holds
    "two_ids",  # refused: each side has a usable citizen id of its own
    "contradicts",  # refused: another judgement keeps the sides apart
    "unknown_side",  # one side is not among the published entities or records
)


def record(
    workspace: Workspace, *, kind: str, left: str, right: str, verdict: Verdict, who: str, why: str
) -> str:
    """Add a judgement to the workspace's log and return its id.

    Args:
        workspace: the workspace; the next `resolve` applies the judgement.
        kind: person, employer, clinic or account.
        left: an entity id or a record id.
        right: an entity id, other than ``left``.
        verdict: one of `VERDICTS`.
        who: the name of the account that judges.
        why: the reason given; it must not be empty.

    Raises:
        UsageError: a field is missing or not among the words allowed.
    """
    if verdict not in VERDICTS:
        raise UsageError(f"{verdict!r} is no verdict", f"use one of {', '.join(VERDICTS)}")
    if not left or not right or left == right:
        raise UsageError("a judgement needs two different sides", "name two entities, or a record and one")
    if not who.strip() or not why.strip():
        raise UsageError("a judgement needs a name and a reason", "say who decides, and why")
    a, b = sorted((left, right))
    at = datetime.now(UTC).isoformat(timespec="microseconds")
    line = {"at": at, "who": who, "why": why, "kind": kind, "left": a, "right": b, "verdict": verdict}
    line["judgement_id"] = "j" + digest("judgement", *line.values(), length=16)
    with (workspace.root / LOG).open("ab") as handle:  # one write a line: appends do not mix
        handle.write((json.dumps(line, ensure_ascii=False) + "\n").encode("utf-8"))
        handle.flush()
        os.fsync(handle.fileno())
    return line["judgement_id"]


def log(workspace: Workspace) -> pl.DataFrame:
    """Return every judgement as `tables.Judgements`, oldest first, ``effect`` null.

    Raises:
        WorkspaceError: a line of the log cannot be read; it names the line.
    """
    return read(workspace.root / LOG)


def read(path: Path) -> pl.DataFrame:
    """Return the judgements of a log file; empty where there is none."""
    schema = Judgements.create_empty().schema
    if not path.is_file():
        return pl.DataFrame(schema=schema)
    rows = [
        _line(path, n, text)
        for n, text in enumerate(path.read_bytes().decode("utf-8").split("\n"), 1)
        if text
    ]
    frame = pl.DataFrame(rows, schema={c: pl.String for c in schema if c != "effect"})
    at = pl.col("at").str.to_datetime(time_unit="us", time_zone="UTC")
    frame = frame.with_columns(at, effect=pl.lit(None, pl.String))
    return frame.cast(schema).select(schema.names()).unique("judgement_id").sort("at", "judgement_id")


def _line(path: Path, number: int, text: str) -> Mapping[str, str]:
    wanted = [c for c in Judgements.column_names() if c != "effect"]
    try:
        line = json.loads(text)
        found = {c: str(line[c]) for c in wanted}
        datetime.fromisoformat(found["at"])
    except (ValueError, KeyError, TypeError) as error:
        raise WorkspaceError(
            f"{path}: line {number} is no judgement ({type(error).__name__}: {error})",
            "mend or remove that line; the log is only ever added to by the app",
        ) from error
    if found["verdict"] not in VERDICTS:
        raise WorkspaceError(
            f"{path}: line {number}, field verdict: {found['verdict']!r} is none of {', '.join(VERDICTS)}",
            "mend or remove that line",
        )
    return found


def stamp(workspace: Workspace) -> str:
    """Return a hash of the log: what a run that applies it depends on."""
    path = workspace.root / LOG
    return digest(path.read_bytes().decode("utf-8")) if path.is_file() else ""


def current(judgements: pl.DataFrame) -> pl.DataFrame:
    """Return the lines that hold: the last of each pair, unless withdrawn."""
    last = judgements.sort("at", "judgement_id").unique(
        subset=["kind", "left", "right"], keep="last", maintain_order=True
    )
    return last.filter(pl.col("verdict") != "withdrawn")


def settle(
    judgements: pl.DataFrame, kind: str, ids: Mapping[str, str | None], records: Mapping[str, str | None]
) -> tuple[dict[str, str], dict[str, str], dict[str, str], dict[str, str]]:
    """Decide what the judgements of one kind come to.

    Args:
        judgements: as `log` returns them.
        kind: the kind.
        ids: the entities that the rules found, each with its usable citizen id (None where it has none).
        records: record id -> the entity that the rules linked it to, None where they linked it to nobody.

    Returns:
        entity -> whose id it takes; record -> the entity it leaves, or joins; judgement -> effect.
    """
    ours = judgements.filter(pl.col("kind") == kind)
    holding = set(current(ours)["judgement_id"])
    effects: dict[str, str] = {}
    left_by: dict[str, str] = {}
    attached: dict[str, str] = {}
    apart: list[tuple[str, str]] = []
    positives: list[tuple[str, str, str]] = []
    for line in ours.sort("at", "judgement_id").iter_rows(named=True):
        name, a, b, verdict = line["judgement_id"], line["left"], line["right"], line["verdict"]
        if name not in holding:
            effects[name] = "withdrawn" if verdict == "withdrawn" else "superseded"
        elif a in ids and b in ids:
            effects[name] = {"negative": "apart", "unsure": "noted"}.get(verdict, "")
            apart += [(a, b)] if verdict == "negative" else []
            positives += [(name, a, b)] if verdict == "positive" else []
        else:
            of, entity = (a, b) if a in records else (b, a)
            if of in records and records[of] is None and entity in ids:
                effects[name] = {"positive": "attached", "negative": "apart"}.get(verdict, "noted")
                attached |= {of: entity} if verdict == "positive" else {}
            else:
                effects[name] = _of_record(of, entity, verdict, records, left_by)
    forest = Forest(ids, apart)
    for name, a, b in positives:
        effects[name] = forest.join(a, b)
    return forest.leaders(), left_by, attached, effects


def _of_record(
    of: str, entity: str, verdict: str, records: Mapping[str, str | None], left_by: dict[str, str]
) -> str:
    """Settle a line on a record and the entity that the rules linked it to."""
    if of not in records or records[of] != entity:
        return "unknown_side"
    if verdict == "negative":
        left_by[of] = entity
        return "split"
    return "noted"
