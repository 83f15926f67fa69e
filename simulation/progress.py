"""What the run tells on stderr: stages with a bar on a terminal, one line each elsewhere."""

from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn, track

_console = Console(stderr=True)
LINES = 10  # lines that a meter writes where there is no terminal


def steps(items: Iterable[int], title: str, total: int) -> Iterator[int]:
    """Go through the items and show a bar; without a terminal only the title is written."""
    if _console.is_terminal:
        yield from track(items, description=title, total=total, console=_console)
    else:
        say(title)
        yield from items


class Meter:
    """A bar that is moved from outside; without a terminal, a line at every tenth of the way.

    Args:
        title: What is counted.
        total: Steps of the whole way.
    """

    def __init__(self, title: str, total: int) -> None:
        """Start at nothing."""
        self.title, self.total, self.done = title, total, 0
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._bar = Progress(*columns, console=_console, disable=not _console.is_terminal)
        self._task = self._bar.add_task(title, total=total)

    def __enter__(self) -> "Meter":
        """Show the bar."""
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Take it away."""
        self._bar.stop()

    def advance(self) -> None:
        """Make a step."""
        before, self.done = self.done * LINES // self.total, self.done + 1
        self._bar.advance(self._task)
        if not _console.is_terminal and self.done * LINES // self.total > before:
            say(f"{self.title}: {self.done} of {self.total}")


def say(text: str) -> None:
    """Write one line to stderr."""
    _console.print(text, highlight=False, markup=False, soft_wrap=True)
