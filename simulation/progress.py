"""What the run tells on stderr: stages with a bar on a terminal, one line each elsewhere."""

import sys
from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.progress import track

_console = Console(stderr=True)


def steps(items: Iterable[int], title: str, total: int) -> Iterator[int]:
    """Go through the items and show a bar; without a terminal only the title is written."""
    if _console.is_terminal:
        yield from track(items, description=title, total=total, console=_console)
    else:
        say(title)
        yield from items


def say(text: str) -> None:
    """Write one line to stderr."""
    sys.stderr.write(text + "\n")
