"""The error hierarchy. Every error says what was wrong, where, and what to do.

JiwangError
├── UsageError            unusable arguments or settings                     exit 2
│   └── SettingsError     a setting cannot be read or is out of range
├── InputError            unusable input: nothing was published              exit 2
│   ├── SourceError       a file is missing, unknown, unreadable or empty
│   ├── MappingError      a mapping is wrong or does not fit its file
│   └── VolumeError       a source brought far too few or too many rows
├── WorkspaceError        the workspace is of another version, locked or incomplete   exit 2
├── ContractError         a table breaks its contract: our fault, not the user's      exit 1
├── StoreError            a graph store cannot be reached, trusted or read            exit 1
│   └── PatternError      a pattern file is wrong, or its query failed or timed out
└── ModelError            a model cannot be trained or applied                        exit 1
"""

from __future__ import annotations

from typing import ClassVar


class JiwangError(Exception):
    """Base of every error that a user may see.

    Args:
        problem: what was wrong, naming file, row and field where there are such.
        remedy: what to do about it, one sentence.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.problem} — {self.remedy}"

    def __reduce__(self) -> tuple[type[JiwangError], tuple[str, str]]:
        return type(self), (self.problem, self.remedy)


class UsageError(JiwangError):
    """Unusable arguments."""

    exit_code = 2


class SettingsError(UsageError):
    """A setting cannot be read or is out of range."""


class InputError(JiwangError):
    """Unusable input; nothing of it was published."""

    exit_code = 2


class SourceError(InputError):
    """A file is missing, unknown, unreadable or empty."""


class MappingError(InputError):
    """A mapping is wrong, or does not fit its file."""


class VolumeError(InputError):
    """A source brought far too few or too many rows."""


class WorkspaceError(JiwangError):
    """The workspace is of another version, locked by another run, or incomplete."""

    exit_code = 2


class ContractError(JiwangError):
    """A table that a stage was about to publish breaks its contract."""


class StoreError(JiwangError):
    """A graph store cannot be reached, trusted or read."""


class PatternError(StoreError):
    """A pattern file is wrong, or its query failed or ran out of time."""


class ModelError(JiwangError):
    """A model cannot be trained or applied."""
