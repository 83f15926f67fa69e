"""Child processes: the simulator and the web server run beside the command line, never inside it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from jiwang.errors import JiwangError, UsageError

ROOT = Path(__file__).resolve().parents[1]
_PATIENCE = 10.0  # seconds that a child gets to end by itself


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of a child: ours, with our packages importable from any folder."""
    ours = dict(os.environ)
    path = [str(ROOT), *filter(None, ours.get("PYTHONPATH", "").split(os.pathsep))]
    return ours | {"PYTHONPATH": os.pathsep.join(dict.fromkeys(path))} | dict(extra or {})


def run_module(module: str, arguments: Sequence[str]) -> None:
    """Run ``python -m module arguments`` to its end, its output on ours.

    Raises:
        UsageError: it ended with 2, having said what was wrong.
        JiwangError: it failed.
    """
    done = subprocess.run([sys.executable, "-m", module, *arguments], env=environment(), check=False)
    if done.returncode == 2:
        raise UsageError(f"{module} could not use its arguments", "see what it said above")
    if done.returncode < 0 or done.returncode == 130:
        raise KeyboardInterrupt
    if done.returncode:
        raise JiwangError(f"{module} failed with exit code {done.returncode}", "see what it said above")


def stop(child: subprocess.Popen[bytes]) -> None:
    """End a child gently, then not."""
    if child.poll() is None:
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
