"""Third stage: entities and records become a property graph in a store, over which the patterns run."""
