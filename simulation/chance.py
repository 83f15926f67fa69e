"""Random streams: one seed, one stream for each purpose, so that a new purpose disturbs no other."""

import hashlib
from collections.abc import Iterator, MutableSequence, Sequence
from itertools import islice
from math import log
from random import Random
from typing import Any, ClassVar, TypeVar

import numpy as np

Item = TypeVar("Item")
_EXACT = 10**15  # widths up to which a float draws every number


class Stream(Random):
    """A generator whose integers come from one draw of :meth:`random` each, at a third of the library's time.

    The library draws bits until they fit; below a million values the float's 53 bits leave no bias to see.
    """

    def randrange(self, start: int, stop: int | None = None, step: int = 1) -> int:
        """Return a number from ``range(start, stop, step)``."""
        if stop is None:
            start, stop = 0, start
        if step == 1 and 0 < stop - start <= _EXACT:  # nearly all calls
            return start + int(self.random() * (stop - start))
        width = (stop - start + step - 1) // step
        if width <= 0 or width > _EXACT:
            return super().randrange(start, stop, step)
        return start + step * int(self.random() * width)

    def randint(self, a: int, b: int) -> int:
        """Return a number from a to b, both included."""
        return self.randrange(a, b + 1)

    def choice(self, seq: Sequence[Item]) -> Item:  # type: ignore[override]
        """Return an item; IndexError where there is none."""
        return seq[int(self.random() * len(seq))]

    def shuffle(self, x: MutableSequence[Any]) -> None:
        """Shuffle in place (Fisher and Yates)."""
        draw = self.random
        for at in range(len(x) - 1, 0, -1):
            other = int(draw() * (at + 1))
            x[at], x[other] = x[other], x[at]


def stream(seed: int, *purpose: object) -> Stream:
    """Return the generator of a purpose; the same seed and purpose give the same numbers on every machine."""
    text = "/".join(str(part) for part in (seed, *purpose))
    return Stream(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big"))


def poisson(rng: Random, mean: float) -> int:
    """Draw a count of independent events (Knuth's product method; means here stay far below 30)."""
    if mean <= 0:
        return 0
    product, count = rng.random(), 0
    if product <= 1 - mean:
        return 0  # as 1 - m never exceeds exp(-m): the common case needs no power
    limit = 2.718281828459045**-mean
    while product > limit:
        product *= rng.random()
        count += 1
    return count


def hits(rng: Random, rate: float, count: int) -> Iterator[int]:
    """Yield which of ``count`` trials succeed; draws once a success, not once a trial."""
    if rate <= 0:
        return
    if rate >= 1:
        yield from range(count)
        return
    step, at = log(1 - rate), -1
    while True:
        at += 1 + int(log(1 - rng.random()) / step)
        if at >= count:
            return
        yield at


class Serial:
    """Numbers without order: a walk through all residues of a prime, and no number tells when it was issued.

    Args:
        rng: Source of the multiplier and the start.
        width: Number of digits, 4 to 15.
        lot: Which of ``lots`` walks that never meet this one is.
        lots: Number of such walks.
    """

    # The largest prime below each power of ten that leaves 3 modulo 4: only there does the folding permute.
    PRIMES: ClassVar[dict[int, int]] = {
        4: 9967,
        5: 99991,
        6: 999983,
        7: 9999991,
        8: 99999971,
        9: 999999883,
        10: 9999999967,
        12: 999999999959,
        15: 999999999999947,
    }
    BLOCK: ClassVar[int] = 4096  # times the largest prime it still fits into 64 bits

    def __init__(self, rng: Random, width: int, lot: int = 0, lots: int = 1) -> None:
        """Choose the walk."""
        self.width = width
        self.prime = self.PRIMES[width]
        step = rng.randrange(self.prime // 3, self.prime - 1)
        self.at = (rng.randrange(1, self.prime) + lot * step) % self.prime
        self.step = step * lots % self.prime
        self._numbers = self._walk()

    def next(self) -> str:
        """Return the next number as text of the fixed width."""
        return next(self._numbers)

    def take(self, count: int) -> list[str]:
        """Return the next numbers."""
        return list(islice(self._numbers, count))

    def _walk(self) -> Iterator[str]:
        """Yield the numbers, made a block at a time: those of movements and items are millions."""
        spell, steps = f"%0{self.width}d".__mod__, np.arange(1, self.BLOCK + 1) * self.step
        while True:
            at = (self.at + steps) % self.prime
            self.at = int(at[-1])
            # Squaring folds the walk, so that neighbours in time are not neighbours modulo the step either.
            mixed = _squares(at, self.prime)
            yield from map(spell, np.where(2 * at < self.prime, mixed, self.prime - mixed).tolist())


def _squares(numbers: np.ndarray, prime: int) -> np.ndarray:
    """Return the squares modulo a prime below 2^50, as exact as whole numbers of any length would have them.

    The square wraps at 2^64 and so does the multiple taken off; the quotient, a float, errs by one at most.
    """
    quotients = (numbers.astype(np.float64) * numbers / prime).astype(np.int64)
    rests: np.ndarray = numbers * numbers - quotients * prime
    rests[rests < 0] += prime
    rests[rests >= prime] -= prime
    return rests
