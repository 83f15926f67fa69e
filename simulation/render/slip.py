"""What an office wrote wrongly, and what it should have written: a text or a day that remembers the truth."""

from datetime import date


class Slip(str):
    """The text in the file, with what is true.

    Attributes:
        true: The true text.
        lost: Whether the truth cannot be had back from the text: a lost digit, not a stray space.
    """

    __slots__ = ("lost", "true")

    lost: bool
    true: str

    def __new__(cls, text: str, true: str, lost: bool = True) -> "Slip":
        """Write ``text`` for ``true``."""
        made = super().__new__(cls, text)
        made.true, made.lost = true, lost
        return made


class Misdated(date):
    """The day in the file, with the day that is true; the truth cannot be had back from it."""

    __slots__ = ("true",)

    true: date

    def __new__(cls, day: date, true: date) -> "Misdated":
        """Write ``day`` for ``true``."""
        made = super().__new__(cls, day.year, day.month, day.day)
        made.true = true
        return made


def slipped(text: str, true: str, lost: bool = True) -> str:
    """Return the text as it is where it is true, else as a slip."""
    return true if text == true else Slip(text, true, lost)
