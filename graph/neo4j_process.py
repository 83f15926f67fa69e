"""The process of a server: started apart from ours, watched, and known by whether it speaks Bolt."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Sequence
from pathlib import Path

HOST = "127.0.0.1"
# The magic number of Bolt, then the versions that a client offers: 5.4 down to 5.0, and nothing else.
HELLO = bytes.fromhex("6060b01700040405000000000000000000000000")


def argument_file(path: Path, arguments: Sequence[str]) -> Path:
    """Write a file for ``java @file``: a password in it is not seen in the list of processes."""
    quoted = ('"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"' for text in arguments)
    path.unlink(missing_ok=True)
    with os.fdopen(
        os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as handle:
        handle.write("\n".join(quoted) + "\n")
    return path


def spawn(java: Path, arguments: Path, log_file: Path) -> int:
    """Start Java in a session of its own, so that it outlives us and no Ctrl-C of ours reaches it.

    Args:
        java: the program.
        arguments: what `argument_file` wrote.
        log_file: where its output goes.

    Returns:
        Its process number.
    """
    log = os.open(log_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        return os.posix_spawn(
            java,
            [str(java), f"@{arguments}"],
            os.environ,
            file_actions=[(os.POSIX_SPAWN_DUP2, log, 1), (os.POSIX_SPAWN_DUP2, log, 2)],
            setsid=True,
        )
    finally:
        os.close(log)


def alive(pid: int) -> bool:
    """Say whether the process runs; a child of ours that ended is let go."""
    try:
        if os.waitpid(pid, os.WNOHANG)[0] == pid:  # our own child, ended
            return False
    except ChildProcessError:
        pass
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def answers(port: int) -> bool:
    """Say whether something at ``port`` of this machine speaks Bolt."""
    try:
        with socket.create_connection((HOST, port), timeout=2) as link:
            link.sendall(HELLO)
            return link.recv(4) not in (b"", bytes(4))
    except OSError:
        return False


def until(done: Callable[[], bool], seconds: float) -> bool:
    """Wait until ``done`` says so and return True, or False after ``seconds``."""
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def tail(text: str) -> str:
    """Return the last lines of a log, as one line for a message."""
    return " | ".join([line.strip() for line in text.splitlines() if line.strip()][-5:])
