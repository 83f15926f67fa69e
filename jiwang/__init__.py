"""Jiwang's kernel: what every stage and door shares, and nothing that belongs to one of them.

Configuration, errors, identifiers and their codecs, table contracts, the ontology, the workspace with its
manifests, access and the ledger live here. The kernel imports none of the stages.
"""

__version__ = "0.1.0"
