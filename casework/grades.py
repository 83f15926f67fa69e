"""Grades of alerts. The thresholds are a proposal: few reds, each worth a day of an investigator."""

from __future__ import annotations

RED, ORANGE, YELLOW = 0.7, 0.45, 0.15


def grade(score: float) -> str:
    """Return red, orange, yellow or none for a score in 0..1."""
    if score >= RED:
        return "red"
    if score >= ORANGE:
        return "orange"
    return "yellow" if score >= YELLOW else "none"
