"""What an office wrote wrongly, and what it should have written: a text that remembers the truth."""


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


def slipped(text: str, true: str, lost: bool = True) -> str:
    """Return the text as it is where it is true, else as a slip."""
    return true if text == true else Slip(text, true, lost)
