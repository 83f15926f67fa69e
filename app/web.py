"""Serving the web app: Streamlit as a child process, hardened, bound to this machine."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.children import environment, stop
from jiwang.errors import JiwangError, UsageError

HOST = "127.0.0.1"
NAMES = ("localhost", HOST)
WORKSPACE_VARIABLE = "JIWANG_APP_WORKSPACE"
LANGUAGE_VARIABLE = "JIWANG_APP_LANGUAGE"
MAIN = Path(__file__).with_name("main.py")
_START = 60.0  # seconds
_TRIES = 50
# Nothing leaves the machine, nothing of the server's inside is shown, nothing may drive it from outside.
HARDENED = {
    "browser.gatherUsageStats": "false",
    "browser.serverAddress": "localhost",
    "client.disableDataExport": "true",
    "client.showErrorDetails": "none",
    "client.showErrorLinks": "false",
    "client.toolbarMode": "minimal",
    "server.address": HOST,
    "server.enableAgentApi": "false",
    "server.enableCORS": "true",
    "server.enableStaticServing": "false",
    "server.enableXsrfProtection": "true",
    "server.fileWatcherType": "none",
    "server.headless": "true",
    "server.maxUploadSize": "1",
    "server.runOnSave": "false",
    "theme.base": "light",
    "theme.primaryColor": "#1f5fa8",
    "theme.backgroundColor": "#ffffff",
    "theme.secondaryBackgroundColor": "#f5f7fa",
    "theme.textColor": "#1d2733",
    "theme.borderColor": "#dfe5ec",
    "theme.baseRadius": "6px",
}


def is_free(port: int) -> bool:
    """Tell whether nothing listens on ``port`` of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def claim_port(wanted: int, *, settle: bool) -> int:
    """Return ``wanted`` if it is free; with ``settle``, else the next free one.

    Raises:
        UsageError: it is taken.
    """
    tries = range(wanted, min(wanted + _TRIES, 65_536)) if settle else [wanted]
    for port in tries:
        if is_free(port):
            return port
    what = f"ports {wanted} to {tries[-1]} are taken" if settle else f"port {wanted} is taken"
    raise UsageError(f"{what} on this machine", f"name a free one, for example --port {wanted + _TRIES}")


def command(port: int) -> list[str]:
    """Return the command line of the hardened server."""
    options = [f"--{name}={value}" for name, value in HARDENED.items()]
    options += [f"--server.allowedHosts={name}" for name in NAMES]  # no other name may lead a browser here
    return [sys.executable, "-m", "app.serve", "run", str(MAIN), f"--server.port={port}", *options]


@dataclass(frozen=True)
class Server:
    """The app being served.

    Attributes:
        address: where a browser on this machine finds it.
    """

    address: str
    child: subprocess.Popen[bytes]

    def wait(self) -> int:
        """Wait until the server ends, and return its exit code."""
        return self.child.wait()


@contextmanager
def serving(workspace: Path, port: int, language: str = "zh") -> Iterator[Server]:
    """Serve ``workspace`` while inside; given once the server says that it is well.

    Raises:
        JiwangError: the server ended, or did not answer within a minute.
    """
    settings = {WORKSPACE_VARIABLE: str(workspace.resolve()), LANGUAGE_VARIABLE: language}
    child = subprocess.Popen(
        command(port), env=environment(settings), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    try:
        _await_health(child, port)
        yield Server(f"http://localhost:{port}", child)
    finally:
        stop(child)


def _await_health(child: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + _START
    while time.monotonic() < until:
        if child.poll() is not None:
            raise JiwangError(
                f"the app's server ended with code {child.returncode}", "see what it said above"
            )
        try:
            with urllib.request.urlopen(f"http://{HOST}:{port}/_stcore/health", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise JiwangError(
        f"the app did not answer on port {port} within {_START:.0f} s",
        "look at the machine's load and try again",
    )
