"""Memory that the engine freed, given back to the machine while it works."""

from __future__ import annotations

import ctypes
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

EVERY = 0.25  # seconds


@contextmanager
def given_back() -> Iterator[None]:
    """Give freed memory back as long as the block runs, and once more when it ends.

    The engine's threads take and free memory outside its buffer pool in small pieces, which the C library
    keeps: 430 MiB of nothing while eight million edges were copied. Only glibc has to be told; elsewhere
    this does nothing.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is None:
        yield
        return
    done = threading.Event()

    def look() -> None:
        while not done.wait(EVERY):
            trim(0)

    looking = threading.Thread(target=look, name="given-back", daemon=True)
    looking.start()
    try:
        yield
    finally:
        done.set()
        looking.join()
        trim(0)
