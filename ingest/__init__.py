"""First stage: the raw files of the departments become standard records, and a quarantine that says why.

    run            read a hand-over, publish ``records`` and ``quarantine``, return the counts
    fingerprint    what the published tables depend on; `is_current` compares it with a workspace
    published_counts  the counts of what is published
    lint           the faults of a dialect's mappings

Mappings are data (`ingest.mapping`): a new source is one TOML under ``ingest/sources/<dialect>/``.
"""

from ingest.lint import lint
from ingest.stage import fingerprint, is_current, published_counts, run

__all__ = ["fingerprint", "is_current", "lint", "published_counts", "run"]
