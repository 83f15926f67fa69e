"""Jiwang's kernel: what every stage and door shares, and nothing that belongs to one of them.

Configuration, errors, identifiers and their codecs, table contracts, the ontology, the workspace with its
manifests, access and the ledger live here. The kernel imports none of the stages.
"""

import os

# Polars' allocator reads this when Polars is first imported. Left alone it never gives back what was freed:
# the memory of one step of a stage is still held when the next needs its own.
os.environ.setdefault("_RJEM_MALLOC_CONF", "background_thread:true,dirty_decay_ms:500,muzzy_decay_ms:0")

__version__ = "0.1.0"
