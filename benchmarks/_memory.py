"""The most memory that a process held."""

from __future__ import annotations

from pathlib import Path


def most_held(process: int | str = "self") -> int:
    """Return the MiB that a process held at most.

    What ``resource`` tells of a child begins with what its parent held when it was started.
    """
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return int(status.split("VmHWM:")[1].split()[0]) // 1024
