"""Tables, drawn as text on a canvas: grades coloured, money and days readable, one row selectable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from app.i18n import Words
from app.services.desk import GRADES

COLOURS = {"red": "#c0392b", "orange": "#d9771e", "yellow": "#bd9a10", "none": "#9aa5b1"}
ROW, MARGIN, TALLEST = 35, 3, 460  # pixels


def grade(name: str, t: Words) -> list[str]:
    """Return a grade as the cell of a table."""
    return [t(f"grade.{name}")]


def sheet(
    rows: Sequence[Mapping[str, Any]], t: Words, *, key: str = "", tallest: int = TALLEST
) -> int | None:
    """Draw a table; with a ``key`` a row can be selected, and its number (from 0) is returned once it is."""
    height = min(ROW * (len(rows) + 1) + MARGIN, tallest)
    looks = {label: look for label, look in _looks(t).items() if rows and label in rows[0]}
    data = [dict(row) for row in rows]
    if not key:
        st.dataframe(data, hide_index=True, height=height, column_config=looks)
        return None
    event = st.dataframe(
        data,
        hide_index=True,
        height=height,
        column_config=looks,
        on_select="rerun",
        selection_mode="single-row",
        key=key,
    )
    chosen = event.selection.rows
    return int(chosen[0]) if chosen else None


def _looks(t: Words) -> dict[str, Any]:
    column = st.column_config
    money = column.NumberColumn(format="localized")
    labels, colours = [t(f"grade.{g}") for g in GRADES], [COLOURS[g] for g in GRADES]
    return {
        t("app.grade"): column.MultiselectColumn(options=labels, color=colours, width="small"),
        t("app.score"): column.ProgressColumn(min_value=0, max_value=1, format="%.2f", width="small"),
        t("app.amount"): money,
        t("app.sum"): money,
        t("app.day"): column.DateColumn(format="YYYY-MM-DD", width="small"),
        t("queue.opened"): column.DateColumn(format="YYYY-MM-DD", width="small"),
    }
