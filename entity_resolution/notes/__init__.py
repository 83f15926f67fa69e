"""Free-text notes: identifiers by rule, names by the registry of resolved entities, links by confirmation.

Importing this package loads spaCy; the stage does so only when there are notes to read.
"""

from entity_resolution.notes.mentions import Registry, read
from entity_resolution.notes.registry import registry

__all__ = ["Registry", "read", "registry"]
