"""Drafting: a file that nobody has mapped becomes a mapping TOML, with the reason of every guess beside it.

    check      look at files of a hand-over (and its dictionary), return a `Draft` each
    Draft      the record table, the columns' fields, how sure each is, and the TOML

What departments call things is data: ``fields.toml``, ``tables.toml`` and ``words.toml``.
"""

from ingest.draft.draft import Draft, check
from ingest.draft.evidence import Guess
from ingest.draft.render import of_the_same_files, toml

__all__ = ["Draft", "Guess", "check", "of_the_same_files", "toml"]
