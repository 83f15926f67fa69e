"""The last stage: alerts from rings and from hits that stand alone, and everything ``out/`` promises."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import polars as pl

from casework.grades import grade
from graph.patterns import Pattern, load_library
from graph.rings.candidates import Group
from graph.rings.facts import Facts, Row
from graph.rings.innocence import Check, check
from graph.rings.portrait import SEVERITY
from jiwang.config import Settings
from jiwang.ids import ENTITY_PREFIX, digest
from jiwang.progress import Progress
from jiwang.tables import OUT, Alerts, from_rows, write
from jiwang.workspace import Workspace

OPENED = "history/opened.parquet"  # beside the tables of the contract
# out/ table -> where the stage that makes it has published it
SOURCES: Mapping[str, tuple[str, str]] = {
    "files": ("records", "files"),
    "links": ("entities", "links"),
    "entities": ("entities", "entities"),
    "scores": ("scores", "scores"),
    "rings": ("scores", "rings"),
    "ring_members": ("scores", "ring_members"),
    "quarantine": ("quarantine", "quarantine"),
}


def run(
    workspace: Workspace, settings: Settings, *, progress: Progress, stamp: Mapping[str, Any]
) -> dict[str, Any]:
    """Publish ``out/``: every table of DESIGN's contract, checked.

    Returns:
        Alerts by grade, and rows per table.
    """
    del settings
    tables = {name: pl.read_parquet(workspace.table(*where)) for name, where in SOURCES.items()}
    with progress.task("alert", len(OUT)) as task:
        alerts = _alerts(workspace, tables)
        opened = _ever_opened(workspace, alerts)
        with workspace.publish("out", stamp) as folder:
            (folder / OPENED).parent.mkdir()
            opened.write_parquet(folder / OPENED, compression="zstd")
            for name, contract in OUT.items():
                write(alerts if name == "alerts" else tables[name], contract, folder / f"{name}.parquet")
                task.advance()
        task.say(f"{alerts.height} alerts")
    grades = dict(alerts["grade"].cast(pl.String()).value_counts().sort("grade").iter_rows())
    return {"alerts": alerts.height, "by_grade": grades, "rows": {n: t.height for n, t in tables.items()}}


def _alerts(workspace: Workspace, tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    facts = Facts.load(workspace)
    library = {p.id: p for p in load_library()}
    rings = tables["rings"].to_dicts()
    members = {k[0]: v for k, v in tables["ring_members"].group_by("ring_id")}
    scores = dict(tables["scores"].select("entity_id", "score").iter_rows())
    rows: list[dict[str, Any]] = []
    told: set[str] = set()
    for ring in rings:
        hits = [h for h in facts.hits if _within(h, ring, members[ring["ring_id"]])]
        told |= {h["hit_id"] for h in hits}
        rows += _ring_alerts(ring, members[ring["ring_id"]], hits, facts)
    alone = [h for h in facts.hits if h["hit_id"] not in told and h["pattern_id"] in library]
    rows += [_single_alert(h, library[h["pattern_id"]], facts, scores) for h in alone]
    opened = _opened(workspace, facts)
    for row in rows:
        row["opened_at"] = opened.get(row["alert_id"], opened[""])
    alerts = from_rows([r for r in rows if r["grade"] != "none"], Alerts)
    return alerts.sort("score", "alert_id", descending=[True, False])


def _ring_alerts(
    ring: Row, members: pl.DataFrame, within: list[Row], facts: Facts
) -> Iterator[dict[str, Any]]:
    """Yield one alert for each pattern that bears the ring, on the ring's head."""
    kind, head = _head(members)
    for pattern in ring["patterns"]:
        hits = [h for h in within if h["pattern_id"] == pattern]
        if not hits:
            continue
        yield {
            "alert_id": "l" + digest("alert", ring["ring_id"], pattern, length=16),
            "ring_id": ring["ring_id"],
            "kind": kind,
            "entity_id": head,
            "pattern_id": pattern,
            "pattern_version": hits[0]["pattern_version"],
            "grade": grade(ring["score"]),
            "score": ring["score"],
            "amount": ring["amount_at_risk"],
            "evidence": _evidence(hits, facts),
            "innocent_checks": ring["innocent_checks"],
            "innocent_checks_en": ring["innocent_checks_en"],
            "typology": hits[0]["typology"],
            "title": ring["title"],
            "title_en": ring["title_en"],
            "reasons": ring["reasons"],
            "reasons_en": ring["reasons_en"],
        }


def _evidence(hits: list[Row], facts: Facts) -> list[str]:
    """Return the ids of the records that bear the hits."""
    return sorted({r for h in hits for e in h["edges"] for r in facts.records.get(e, ())})


def _within(hit: Row, ring: Row, members: pl.DataFrame) -> bool:
    """Is the hit one of the ring's own, or a reason beside it: all its people are the ring's?"""
    if hit["pattern_id"] not in ring["patterns"]:
        return False
    entities = set(members["entity_id"])
    people = {m for m in hit["members"] if m.startswith(ENTITY_PREFIX["person"])}
    return bool(set(hit["edges"]) & set(ring["edges"])) or people <= entities


def _head(members: pl.DataFrame) -> tuple[str, str]:
    order = [
        "organiser",
        "intermediary",
        "employer",
        "clinic",
        "account",
        "beneficiary",
        "mule",
        "insider",
        "unwitting",
    ]
    rows = sorted(members.iter_rows(named=True), key=lambda r: (order.index(r["role"]), r["entity_id"]))
    return rows[0]["kind"], rows[0]["entity_id"]


def _single_alert(hit: Row, pattern: Pattern, facts: Facts, scores: Mapping[str, float]) -> dict[str, Any]:
    people = [m for m in hit["members"] if facts.kinds.get(m) == "person"]
    checks = list(check(hit["typology"], Group((hit,), ()), people, facts))
    excused = 0.35 ** sum(c.holds for c in checks)
    own = scores.get(hit["subject"], 0.0)
    score = round(excused * (0.8 * SEVERITY[hit["severity"]] + 0.2 * own), 6)
    return {
        "alert_id": "l" + digest("alert", hit["hit_id"], length=16),
        "ring_id": None,
        "kind": hit["kind"],
        "entity_id": hit["subject"],
        "pattern_id": pattern.id,
        "pattern_version": pattern.version,
        "grade": grade(score),
        "score": score,
        "amount": hit["amount"],
        "evidence": _evidence([hit], facts),
        "innocent_checks": _checked(checks, pattern, "zh"),
        "innocent_checks_en": _checked(checks, pattern, "en"),
        "typology": hit["typology"],
        "title": f"{pattern.title.zh}：{facts.name(hit['subject'])}",
        "title_en": f"{pattern.title.en}: {facts.name(hit['subject'])}",
        "reasons": [f"{pattern.title.zh}（模式 {pattern.id} v{pattern.version}）"],
        "reasons_en": [f"{pattern.title.en} (pattern {pattern.id} v{pattern.version})"],
    }


def _checked(checks: list[Check], pattern: Pattern, language: str) -> list[str]:
    """Return what was checked, and what only a person can check."""
    left = [f.in_language(language) for f in pattern.false_positives]
    mark = "待人工核实：" if language == "zh" else "For a person to check: "
    return [c.text(language) for c in checks] + [mark + text for text in left]


def _opened(workspace: Workspace, facts: Facts) -> dict[str, date]:
    """Return when known alerts were opened; under the empty key the as-of date of the data, for new ones."""
    last = [h["last_seen"] for h in facts.hits if h["last_seen"]]
    opened = {"": _as_of(workspace) or max(last, default=date(1970, 1, 1))}
    return opened | dict(_before(workspace).iter_rows())


def _before(workspace: Workspace) -> pl.DataFrame:
    """Return alert_id, opened_at of every alert that this workspace ever raised."""
    for name in (OPENED, "alerts.parquet"):  # a workspace of an earlier version has the alerts only
        path = workspace.folder("out") / name
        if path.is_file():
            return pl.read_parquet(path, columns=["alert_id", "opened_at"])
    return pl.DataFrame(schema={"alert_id": pl.String(), "opened_at": pl.Date()})


def _ever_opened(workspace: Workspace, alerts: pl.DataFrame) -> pl.DataFrame:
    """Return the same with today's alerts: one that a batch misses comes back with the day it was opened."""
    return (
        pl.concat([_before(workspace), alerts.select("alert_id", "opened_at")])
        .group_by("alert_id")
        .agg(pl.col("opened_at").min())
        .sort("alert_id")
    )


def _as_of(workspace: Workspace) -> date | None:
    """Return the last day on which a fund paid or a clinic settled."""
    days = []
    for table, column in (("pension_payment", "paid_date"), ("settlement", "settled_at")):
        path = workspace.folder("records") / f"{table}.parquet"
        if path.is_file():
            day = pl.scan_parquet(path).select(pl.col(column).cast(pl.Date).max()).collect().item()
            days += [day] if day else []
    return max(days, default=None)
