"""The quality report of a batch: one page of HTML in both languages that needs nothing but itself.

Counts, shares and names of verdicts alone: no value of a row is in it, so it may be sent to a department.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from app.i18n import LANGUAGES, Words
from app.services import terms
from ingest import quality
from jiwang.ontology import record_tables
from jiwang.workspace import Workspace

TEMPLATE = "report.html"
_SHARES = {
    "complete": ("filled", "cells"),
    "valid": ("sound", "filled"),
    "consistent": ("agreeing", "compared"),
}
_WIDE, _HIGH = 80.0, 24.0  # of a trend line, in pixels


def render(workspace: Workspace) -> str:
    """Return the page for the batch that the workspace holds.

    Raises:
        WorkspaceError: nothing is published, or by a version that measured nothing.
    """
    quality_ = _shares(pl.read_parquet(workspace.table("records", quality.TABLE)))
    files = pl.read_parquet(workspace.table("records", "files"))
    broken = pl.read_parquet(workspace.table("quarantine", "quarantine"))
    past = _shares(quality.history(workspace))
    page = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    page.globals |= {"w": _both, "label": _label, "rule": _rule, "line": _line, "verdict": _verdict}
    page.filters |= {"percent": _percent, "count": lambda n: f"{n:,}"}
    return page.get_template(TEMPLATE).render(
        region=str((workspace.stamp("records") or {}).get("region") or next(iter(files["region"]), "")),
        as_of=quality_["last_event"].max(),
        total=_total(quality_) | {c: int(files[c].sum()) for c in ("rows_read", "accepted", "quarantined")},
        batches=[{"batch": n, **_total(f)} for (n,), f in past.group_by("batch", maintain_order=True)],
        departments=_departments(files, broken, quality_, past),
        tables=record_tables(),
    )


def save(workspace: Workspace, path: Path) -> None:
    """Write the page to ``path`` by rename."""
    fresh = path.with_name(f".{path.name}.new")
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh.write_text(render(workspace), encoding="utf-8")
    os.replace(fresh, path)  # noqa: PTH105 - atomic by definition


def _shares(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the figures with the sums that shares are made of; a field never delivered counts in none."""
    given = pl.col("filled") > 0
    return frame.with_columns(
        pl.when(given).then("rows").otherwise(0).alias("cells"),
        (pl.col("filled") - pl.min_horizontal("doubtful", "filled")).alias("sound"),
    )


def _total(fields: pl.DataFrame) -> dict[str, Any]:
    """Return rows and the shares of a set of fields; a share is None where there is nothing to measure."""
    tables = fields.group_by("table").agg(pl.col("rows").first())
    return {"rows": int(tables["rows"].sum())} | {
        name: _share(int(fields[part].sum()), int(fields[whole].sum()))
        for name, (part, whole) in _SHARES.items()
    }


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _departments(
    files: pl.DataFrame, broken: pl.DataFrame, fields: pl.DataFrame, past: pl.DataFrame
) -> list[dict[str, Any]]:
    """Return a section a department: its files, its broken rows by rule, its tables field by field."""
    found = []
    ordered = files.sort(pl.col("department") == "", "department", "source_file")  # documents last
    for (name,), own in ordered.group_by("department", maintain_order=True):
        rules = broken.filter(pl.col("source_file").is_in(own["source_file"].implode()))
        counted = rules.group_by("rule").len().sort("len", "rule", descending=[True, False])
        tables = own["table"].drop_nulls().unique().sort()
        found.append(
            {
                "name": name,
                "files": own.to_dicts(),
                "rules": dict(counted.iter_rows()),
                "tables": [_table(t, fields.filter(pl.col("table") == t), past) for t in tables],
            }
        )
    return found


def _table(name: str, fields: pl.DataFrame, past: pl.DataFrame) -> dict[str, Any]:
    before = past.filter(pl.col("table") == name)
    rows = [_field(row, before.filter(pl.col("field") == row["field"])) for row in fields.to_dicts()]
    given = [row for row in rows if row["filled"]]
    return {
        "name": name, "fields": given, "missing": [row["field"] for row in rows if not row["filled"]],
        "doubted": any(r["doubtful"] or r["agreeing"] < r["compared"] for r in given),
        "trend": before.group_by("batch").agg(pl.col("rows").first()).sort("batch")["rows"].to_list(),
        **_total(fields),
    }  # fmt: skip


def _field(row: dict[str, Any], past: pl.DataFrame) -> dict[str, Any]:
    trend = past.sort("batch").select(pl.col("filled") / pl.col("rows"))["filled"].fill_nan(0).to_list()
    shares = {name: _share(row[part], row[whole]) for name, (part, whole) in _SHARES.items()}
    return row | shares | {"trend": trend, "change": trend[-1] - trend[-2] if len(trend) > 1 else None}


# ------------------------------------------------------------------ on the page


def _spans(texts: Mapping[str, str]) -> Markup:
    """Return the same words in both languages: the page shows one of them."""
    return Markup("").join(
        Markup('<span lang="{}">{}</span>').format(lang, texts[lang]) for lang in LANGUAGES
    )


def _both(key: str, **values: Any) -> Markup:
    return _spans({lang: Words(lang)(f"quality.{key}", **values) for lang in LANGUAGES})


def _label(term: Any) -> Markup:
    return _spans({"zh": term.zh, "en": term.en})


def _rule(name: str) -> Markup:
    return _spans({lang: terms.rule(name, lang) for lang in LANGUAGES})


def _verdict(said: str) -> Markup:
    """Return "checksum:12" as words and number."""
    name, _, number = said.rpartition(":")
    words = _spans({lang: Words(lang).known("quality_verdict", name) for lang in LANGUAGES})
    return words + Markup(" ") + escape(f"{int(number):,}")


def _percent(share: float | None) -> str:
    """Return a share in per cent: never 100 where something is missing."""
    if share is None:
        return "—"
    floored = int(share * 1000 + 1e-9) / 10
    return f"{floored:.0f}%" if share in {0, 1} else f"{max(floored, 0.1):.1f}%"


def _line(values: list[float], top: float | None = None) -> Markup:
    """Return a trend as an SVG line from 0 to ``top`` (default: the largest)."""
    if len(values) < 2:  # one point is no line
        return Markup("")
    most = top or max(values) or 1
    step = (_WIDE - 8) / (len(values) - 1)
    at = [(4 + n * step, _HIGH - 4 - (_HIGH - 8) * v / most) for n, v in enumerate(values)]
    drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in at)
    return Markup(
        '<svg class="line" width="{w:.0f}" height="{h:.0f}" viewBox="0 0 {w:.0f} {h:.0f}" aria-hidden="true">'
        '<polyline points="{p}"/><circle cx="{x:.1f}" cy="{y:.1f}" r="2.6"/></svg>'
    ).format(w=_WIDE, h=_HIGH, p=drawn, x=at[-1][0], y=at[-1][1])
