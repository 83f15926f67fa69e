"""Progress of long work: a bar per stage on a terminal, a line per stage elsewhere."""

from __future__ import annotations

import sys
import time
import unicodedata
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol


class Task(Protocol):
    """A piece of work under way."""

    def advance(self, steps: float = 1) -> None:
        """Say that ``steps`` more of the total are done."""

    def say(self, text: str) -> None:
        """Replace the text beside the bar."""


class Progress(Protocol):
    """Where stages report how far they are."""

    def task(self, title: str, total: float | None = None) -> AbstractContextManager[Task]:
        """Open a task; use it as a context manager."""


class _Silent:
    def advance(self, steps: float = 1) -> None:
        del steps

    def say(self, text: str) -> None:
        del text


class SilentProgress:
    """Reports nothing: tests and library use."""

    @contextmanager
    def task(self, title: str, total: float | None = None) -> Iterator[Task]:
        """Open a task that reports nothing."""
        del title, total
        yield _Silent()


class _Line:
    def __init__(self, text: str) -> None:
        self.text = text

    def advance(self, steps: float = 1) -> None:
        del steps

    def say(self, text: str) -> None:
        self.text = text


WIDTH = 44  # terminal cells of a line's title


class LineProgress:
    """One line per task when it ends, with its seconds: for logs and pipes."""

    @contextmanager
    def task(self, title: str, total: float | None = None) -> Iterator[Task]:
        """Open a task whose end is written as one line."""
        del total
        started = time.monotonic()
        line = _Line("")
        yield line
        gap = " " * max(0, WIDTH - _cells(title))
        told = f"  {title}{gap} {time.monotonic() - started:7.1f} s  {line.text}"
        sys.stderr.write(told.rstrip() + "\n")
        sys.stderr.flush()


def _cells(text: str) -> int:
    """Return how many cells of a terminal ``text`` takes: a Chinese character takes two."""
    return sum(1 + (unicodedata.east_asian_width(char) in "WF") for char in text)


class BarProgress:
    """A rich bar per task: for terminals."""

    @contextmanager
    def task(self, title: str, total: float | None = None) -> Iterator[Task]:
        """Open a task shown as a bar."""
        from rich.progress import BarColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415 - slow to import
        from rich.progress import Progress as Rich  # noqa: PLC0415

        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[text]}"),
        )
        rich = Rich(*columns)
        with rich:
            number = rich.add_task(title, total=total, text="")

            class Bar:
                def advance(self, steps: float = 1) -> None:
                    rich.advance(number, steps)

                def say(self, text: str) -> None:
                    rich.update(number, text=text)

            yield Bar()
            rich.update(number, completed=total or 1, total=total or 1)


def progress_for_terminal() -> Progress:
    """Return bars on a terminal, lines elsewhere."""
    return BarProgress() if sys.stderr.isatty() else LineProgress()
