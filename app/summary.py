"""What a run prints when it ends: counts read from what it published, figures as the stages reported them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import polars as pl

from jiwang.workspace import Workspace

if TYPE_CHECKING:
    from app.pipeline import Outcome

GRADES = ("red", "orange", "yellow", "none")
KINDS = ("person", "employer", "clinic", "account")
_INDENT = "  "
_HANG, _WIDTH = " " * 10, 110


def stage_line(name: str, outcome: Outcome) -> str:
    """Return what one stage, run alone, has to say."""
    if name in outcome.skipped:
        return f"{name}: nothing to do, the same input has already been through this stage"
    figures = "\n".join(_leaves(outcome.figures.get(name, {})))
    return f"{name}: done (run {outcome.run_id})" + (f"\n{figures}" if figures else "")


def account(workspace: Workspace, outcome: Outcome, doubtful: pl.DataFrame) -> str:
    """Return the closing account of a run: files, entities, hits, models, rings, alerts, where they are."""
    head = f"run {outcome.run_id}: done"
    if not outcome.done:
        head = "nothing to do: the same input is already in this workspace"
    elif outcome.skipped:
        head += f" (already there: {', '.join(outcome.skipped)})"
    lines = [
        head,
        *_files(workspace),
        *_entities(workspace),
        *_hits(workspace),
        *_models(outcome),
        *_rings(workspace),
    ]
    lines += [f"tables    {workspace.folder('out')}"]
    return "\n".join([*lines, *doubts(doubtful, "out/quarantine.parquet")])


def doubts(doubtful: pl.DataFrame, where: str) -> list[str]:
    """Return a line for each file with too many quarantined rows; ``where`` says why each row is there."""
    return [
        f"look at   {row['source_file']}: {row['quarantined']:,} of {row['rows_read']:,} rows quarantined"
        f" ({row['share']:.1%}); {where} names each rule"
        for row in doubtful.iter_rows(named=True)
    ]


def _files(workspace: Workspace) -> Iterator[str]:
    files = pl.read_parquet(workspace.table("out", "files"))
    read, accepted, quarantined = (int(files[c].sum()) for c in ("rows_read", "accepted", "quarantined"))
    yield f"files     {files.height}: {read:,} rows read, {accepted:,} accepted, {quarantined:,} quarantined"


def _entities(workspace: Workspace) -> Iterator[str]:
    counts = _counted(pl.read_parquet(workspace.table("out", "entities"), columns=["kind"]), "kind", KINDS)
    yield "entities  " + ", ".join(f"{n:,} {kind}" for kind, n in counts.items())


def _hits(workspace: Workspace) -> Iterator[str]:
    path = workspace.folder("hits") / "hits.parquet"
    if path.is_file():
        counts = _counted(pl.read_parquet(path, columns=["pattern_id"]), "pattern_id")
        told = ", ".join(f"{p} {n:,}" for p, n in counts.items()) or "none"
        yield from wrap(told, initial_indent="hits      ", subsequent_indent=_HANG, width=_WIDTH)


def _models(outcome: Outcome) -> Iterator[str]:
    """Yield the models' figures on held-out cases and the grades; the manifest holds every other figure."""
    trained = outcome.figures.get("train", {})
    if models := trained.get("models", {}):
        yield f"models    {'average precision [95 %]: on held-out cases':<46}on later cases"
        for name, figures in models.items():
            mark = "*" if name == trained["kept"] else " "
            yield f"  {mark} {name:<8}{_interval(figures, 'loco'):<44}{_interval(figures, 'by_time')}"
    if trained:
        learnt = f"{trained['kept']}, {trained['n_cases']:,} cases, {trained['n_labels']:,} labels"
        kept = f"kept      {learnt}: {trained['why']}"
        yield from wrap(kept, subsequent_indent=_HANG, width=_WIDTH, break_on_hyphens=False)
    graded = outcome.figures.get("score", {}).get("grades", {})
    for kind in filter(graded.__contains__, KINDS):
        counts = ", ".join(f"{graded[kind][grade]:,} {grade}" for grade in GRADES)
        yield f"{'graded' if kind == KINDS[0] else '':<10}{kind}: {counts}"


def _interval(figures: Mapping[str, Any], how: str) -> str:
    """Return the average precision of one way of holding cases out, with its interval."""
    found = figures.get(how, {}).get("ap")
    return f"{found[0]:.3f} [{found[1]:.3f}, {found[2]:.3f}]" if found else "too few cases"


def _rings(workspace: Workspace) -> Iterator[str]:
    rings = pl.read_parquet(workspace.table("out", "rings"), columns=["ring_id", "amount_at_risk"])
    alerts = pl.read_parquet(workspace.table("out", "alerts"), columns=["grade"])
    graded = _counted(alerts.with_columns(pl.col("grade").cast(pl.String)), "grade", GRADES)
    yield f"rings     {rings.height:,}, {rings['amount_at_risk'].sum():,.0f} yuan at risk"
    yield "alerts    " + (", ".join(f"{n:,} {grade}" for grade, n in graded.items() if n) or "none")


def _counted(frame: pl.DataFrame, column: str, first: tuple[str, ...] = ()) -> dict[str, int]:
    found = dict(frame.group_by(column).len().sort(column).iter_rows())
    return {k: found.get(k, 0) for k in (*first, *(k for k in found if k not in first))}


def _leaves(figures: Mapping[str, Any], depth: int = 1) -> Iterator[str]:
    """Yield a line per figure; a mapping that holds no other stands on one line."""
    for key, value in figures.items():
        if not isinstance(value, Mapping):
            yield f"{_INDENT * depth}{key}: {_shown(value)}"
        elif any(isinstance(v, Mapping) for v in value.values()):
            yield f"{_INDENT * depth}{key}"
            yield from _leaves(value, depth + 1)
        else:
            yield f"{_INDENT * depth}{key}: " + ", ".join(f"{k} {_shown(v)}" for k, v in value.items())


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_shown(v) for v in value)}]"
    return str(value)
