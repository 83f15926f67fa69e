"""Working ahead: the next item is made in a thread of its own while the last one is worked on."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def ahead(items: Iterator[T]) -> Iterator[T]:
    """Yield the items in their order, one of them made ahead: what decodes or packs leaves Python's lock.

    What making an item raises is raised where it is asked for; who stops asking waits for the one under way.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="ahead") as thread:
        coming = thread.submit(_next, items)
        while made := coming.result():
            coming = thread.submit(_next, items)
            yield made.pop()  # and keep no hold of it


def _next(items: Iterator[T]) -> list[T]:
    """Return the next item alone in a list, which is empty at the end."""
    return list(islice(items, 1))
