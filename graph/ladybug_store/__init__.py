"""The embedded store; the only package that imports its engine."""

from graph.ladybug_store.store import LadybugStore

__all__ = ["LadybugStore"]
