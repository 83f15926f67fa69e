"""What departments say differently of one entity, as the build found it."""

from __future__ import annotations

from typing import Any

import polars as pl

from app.services import terms
from app.services.desk import Desk
from app.services.masking import Mask


def checks_of(desk: Desk, entity_id: str) -> list[dict[str, Any]]:
    """Return the cross-department checks that found something on the entity (`tables.Checks`), clear."""
    found = desk.scan("graph", "checks").filter(pl.col("entity_id") == entity_id)
    return found.sort("check", "check_id").collect().to_dicts()


def title(check: str, language: str) -> str:
    """Return the title of a check, or its id where the build no longer has it."""
    about = _definitions().get(check)
    return str(about[language]) if about else check


def shown(row: dict[str, Any], side: str, mask: Mask, language: str) -> str:
    """Return what one side says, masked; empty where it knows nothing.

    Args:
        row: of `checks_of`.
        side: left or right.
        mask: hides names.
        language: zh or en.
    """
    value = row[f"{side}_value"]
    if value is None:
        return ""
    kind = _definitions().get(row["check"], {}).get("value", "")
    if kind == "sex":
        return terms.code("sex", value, language)
    if kind == "yuan":
        return f"{float(value):,.2f}"
    return mask.value(kind, value)


def difference(row: dict[str, Any]) -> tuple[str, str]:
    """Return the difference as text and the unit it is counted in; both empty where there is none."""
    unit = str(_definitions().get(row["check"], {}).get("unit", ""))
    if row["difference"] is None or not unit:
        return "", ""
    amount = float(row["difference"])
    return (f"{amount:.0%}" if unit == "share" else f"{amount:,.0f}"), unit


def _definitions() -> Any:
    from graph.build.checks import definitions  # the graph's build stage imports DuckDB

    return definitions()
