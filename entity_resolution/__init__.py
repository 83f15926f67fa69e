"""Second stage: standard records become entities with stable ids, links, and reversible judgements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from entity_resolution.resolve import fingerprint, run

__all__ = ["fingerprint", "run"]


def __getattr__(name: str) -> Any:
    """Import the stage when it is asked for: a table of one's own (`engine`) needs none of it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from entity_resolution import resolve  # noqa: PLC0415 - a batch must start at once

    return getattr(resolve, name)
