"""Drafts on screen: the columns of a file, what each is taken for, how sure that is, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from ingest.draft import Draft, Guess

SURE, FAIR = 0.75, 0.6


def show(draft: Draft, *, whole: bool) -> None:
    """Print a draft; of several, only the columns that a person should look at."""
    console = Console()
    sample = draft.sample
    name = f"{sample.name}#{sample.sheet}" if sample.sheet else sample.name
    form = ", ".join(filter(None, [sample.layout["kind"], sample.encoding, f"{sample.rows:,} rows"]))
    console.print(Text.assemble((name, "bold"), f"  {form}"))
    console.print(Text(f"  → {draft.table}, sure {draft.sure:.0%} (next: {draft.other})"))
    shown = [g for g in draft.guesses if whole or _doubtful(g)]
    if shown:
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 2))
        for heading in ("column", "dictionary", "field", "sure", "example", "look"):
            table.add_column(heading, overflow="fold")
        for guess in shown:
            table.add_row(*_row(guess))
        console.print(table)
    for note in [*sample.notes, *draft.todo]:
        console.print(Text(f"  ! {note}", style="yellow"))


def summary(drafts: Sequence[Draft]) -> None:
    """Print one line a file."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("file", "record table", "sure", "columns", "to say"):
        table.add_column(heading)
    for draft in drafts:
        mapped = sum(g.match is not None for g in draft.guesses)
        name = f"{draft.sample.name}#{draft.sample.sheet}" if draft.sample.sheet else draft.sample.name
        table.add_row(
            Text(name),
            draft.table,
            f"{draft.sure:.0%}",
            f"{mapped}/{len(draft.guesses)}",
            str(len(draft.todo)),
        )
    Console().print(table)


def _doubtful(guess: Guess) -> bool:
    return (
        guess.match is None
        or guess.match.sure < FAIR
        or bool(guess.why)
        or any(not c.sure for c in guess.codes)
    )


def _row(guess: Guess) -> tuple[Text, ...]:
    match = guess.match
    tone = "red" if match is None else "" if match.sure >= SURE else "yellow"
    about = [*guess.why]
    if guess.unit != "yuan":
        about.insert(0, guess.unit)
    if guess.dates:
        about.insert(0, " ".join(guess.dates[:2]))
    if guess.codes:
        about.insert(0, f"{len(guess.codes)} codes, {sum(not c.sure for c in guess.codes)} to say")
    cells = (guess.column, guess.title, match.field if match else "?", f"{match.sure:.0%}" if match else "",
             guess.example, "; ".join(about))  # fmt: skip
    return tuple(Text(c, style=tone) for c in cells)
