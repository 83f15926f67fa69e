"""Second stage: standard records become entities with stable ids, links, and reversible judgements."""

from entity_resolution.resolve import fingerprint, run

__all__ = ["fingerprint", "run"]
