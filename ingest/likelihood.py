"""Likelihood: how likely a value is under each column of its file, learnt from the file's own sound rows.

By it a row is held against itself: if its values are far likelier when a run of them stands some columns
further on, its columns have slipped. Values are compared by what they look like, from near to far: the value
itself where a column has few, then its first digits with its shape, its shape, and what it is made of.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import polars as pl

from ingest.raw import ROW

HEAD = 2_000  # rows that are learnt from
LEAST = 30  # rows from which on something is learnt
FURTHEST = 3  # columns that a row may have slipped by
ENOUGH = 8.0  # by how much (natural log) a row must be likelier otherwise
MUCH, HINTS = 2.0, 2  # how many of its values must stand better by how much
_SELDOM = 0.001  # share of rows that may lack a value in a column that is always filled
_FEW = 40  # distinct values that a column of codes has at most
_LEVELS = {"value": 1.0, "start": 1.0, "shape": 0.1, "kind": 0.01}  # what a match on each level counts
_LEAST = 1e-4  # likelihood of a value that is like none
_BLOCK = 2_000  # rows that are compared at a time
HOLE = -1  # nothing stands there


class Likelihood:
    """What the values of a file's columns look like; nothing is known until it has learnt."""

    def __init__(self) -> None:
        self._tables: dict[str, dict[str, dict[str, float]]] = {}
        self._full: set[str] = set()
        self._least = np.log(_LEAST)

    @property
    def known(self) -> bool:
        """Whether it has learnt."""
        return bool(self._tables)

    def learn(self, frame: pl.DataFrame, faults: pl.Series) -> None:
        """Learn from the first rows without faults; once there were enough, nothing is added."""
        if self.known:
            return
        rows = frame.filter(faults == 0).head(HEAD)
        if rows.height < LEAST:
            return
        self._least = float(np.log(max(_LEAST, 0.5 / max(1, rows.height))))
        for name in rows.columns:
            values = rows[name].drop_nulls()
            if name == ROW or not len(values):
                continue
            if rows.height - len(values) <= _SELDOM * rows.height:
                self._full.add(name)
            levels = _levels(values)
            if levels["value"].n_unique() > min(_FEW, 0.1 * len(values)):
                levels = levels.drop("value")
            self._tables[name] = {
                level: {text: count / len(values) for text, count in levels[level].value_counts().iter_rows()}
                for level in levels.columns
            }

    def gaps(self, frame: pl.DataFrame) -> pl.Series:
        """Return the rows with nothing in a column that hardly ever lacks a value."""
        full = [pl.col(n).is_null() for n in frame.columns if n in self._full and frame[n].null_count()]
        none = pl.repeat(value=False, n=frame.height, dtype=pl.Boolean, eager=True)
        return frame.select(pl.any_horizontal(full).alias("g"))["g"] if full else none

    def better(
        self, names: Sequence[str], rows: Sequence[Sequence[str | None]], enough: float = ENOUGH
    ) -> list[bool]:
        """Say of rows of as many values as ``names`` whether moving a run of them makes them far likelier."""
        found: list[bool] = []
        for at in range(0, len(rows), _BLOCK):
            scores, said = self._scores(names, rows[at : at + _BLOCK])
            most = scores[:, :-1].max(axis=2) - np.diagonal(
                scores, axis1=1, axis2=2
            )  # what each value may gain
            doubtful = (most.sum(axis=1) >= enough) & ((most >= MUCH).sum(axis=1) >= HINTS)
            gone = np.zeros(len(scores), dtype=bool)
            gone[doubtful] = _gains(scores[doubtful], said[doubtful], _moves(len(names))) >= enough
            found += gone.tolist()
        return found

    def gains(self, names: Sequence[str], rows: Sequence[Sequence[str]]) -> list[float]:
        """Return how much likelier rows of another number of values are with some taken out, or put in.

        They have the same number of values. The other way to read them is from the left, the last value of
        short ones left out: it may be half one.
        """
        found: list[float] = []
        for at in range(0, len(rows), _BLOCK):
            some = [[*r[:-1], ""] if len(r) < len(names) else r for r in rows[at : at + _BLOCK]]
            scores, said = self._scores(names, some)
            moves = _placings(len(some[0]), len(names))
            found += _gains(scores, said, moves, 1, self._least / 2).tolist()
        return found

    def _scores(
        self, names: Sequence[str], rows: Sequence[Sequence[str | None]]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return row × value × column → log likelihood (a hole last, 0), and which values there are."""
        count = len(rows[0]) if rows else 0
        flat = pl.Series([v.strip() if v else "" for row in rows for v in row], dtype=pl.String)
        distinct = flat.unique(maintain_order=True)
        at = flat.replace_strict(distinct, pl.int_range(len(distinct), eager=True)).to_numpy()
        places = {level: _places(texts) for level, texts in _levels(distinct).to_dict().items()}
        table = np.zeros((len(distinct), len(names)))
        for column, name in enumerate(names):
            if known := self._tables.get(name):
                table[:, column] = self._column(known, places, len(distinct))
        said = (flat != "").to_numpy().reshape(len(rows), count)
        gap = np.array([self._least / 2 if n in self._full else 0.0 for n in names])
        scores = np.where(said[:, :, None], table[at].reshape(len(rows), count, len(names)), gap)
        hole = np.zeros((len(rows), 1, len(names)))
        return np.concatenate([scores, hole], axis=1), said

    def _column(
        self,
        known: dict[str, dict[str, float]],
        places: dict[str, tuple[dict[str, int], np.ndarray]],
        count: int,
    ) -> np.ndarray:
        """Return the log likelihood of the distinct values under one column."""
        best = np.full(count, self._least)
        for level, much in _LEVELS.items():
            shares = known.get(level)
            if shares:
                less = 0.1 if "value" in known and level != "value" else 1.0  # a code that nobody else has
                at, codes = places[level]
                found = np.full(len(at), 1e-12)
                here = [(at[t], share) for t, share in shares.items() if t in at]
                found[[i for i, _ in here]] = [share * much * less for _, share in here]
                best = np.maximum(best, np.log(found)[codes])
        return best


def _places(texts: pl.Series) -> tuple[dict[str, int], np.ndarray]:
    """Return where each distinct text stands, and that place for every text."""
    distinct = texts.unique(maintain_order=True)
    places = texts.replace_strict(distinct, pl.int_range(len(distinct), eager=True))
    return dict(zip(distinct.to_list(), range(len(distinct)), strict=True)), places.to_numpy()


def _gains(
    scores: np.ndarray,
    said: np.ndarray,
    moves: Sequence[Sequence[int]],
    hints: int = HINTS,
    losing: float = -np.inf,
) -> np.ndarray:
    """Return by how much the likeliest of the moves is likelier than the row as it stands, from the left.

    Only moves by which so many values (``hints``) come to stand much better count: one may be dirt. A value
    that a move loses counts ``losing``.
    """
    rows, given, count = scores.shape[0], said.shape[1], scores.shape[2]
    columns = np.arange(count)
    stands = np.zeros((rows, given + 1))  # of each value, and of a hole
    shown = min(given, count)
    stands[:, :shown] = scores[:, range(shown), range(shown)]
    best = np.full(rows, -np.inf)
    for move in moves:
        placed = scores[:, move, columns]
        lost = said[:, sorted(set(range(given)) - set(move))].sum(axis=1)
        price = np.where(lost > 0, losing * np.maximum(lost, 1), 0.0)
        gain = placed.sum(axis=1) + price - stands.sum(axis=1)
        mended = (placed - stands[:, move] >= MUCH).sum(axis=1)
        best = np.maximum(best, np.where(mended >= hints, gain, -np.inf))
    return best


@cache
def _moves(count: int) -> list[list[int]]:
    """Return the ways to undo a slip: a gap taken out, one put in, a run turned round at its end."""
    moves = []
    for by in range(1, min(FURTHEST, count - 1) + 1):
        for at in range(count - by):
            head, rest = list(range(at)), list(range(at, count))
            moves.append([*head, *rest[by:], *[HOLE] * by])
            moves.append([*head, *[HOLE] * by, *rest[:-by]])
            moves.append([*head, *rest[by:], *rest[:by]])
            moves.append([*head, *rest[-by:], *rest[:-by]])
    return moves


@cache
def _placings(given: int, count: int) -> list[list[int]]:
    """Return the ways in which so many values may stand in so many columns: one gap, or one surplus."""
    if given <= count:
        by = count - given
        return [[*range(at), *[HOLE] * by, *range(at, given)] for at in range(given)]
    return [[*range(at), *range(at + given - count, given)] for at in range(count)]


def _levels(values: pl.Series) -> pl.DataFrame:
    """Return what texts are on each level: digits as 9, letters as A, short Chinese words by their length."""
    text = pl.col("t").str.slice(0, 40)
    plain = text.str.replace_all(r"[0-9]", "9").str.replace_all(r"[A-Za-z]", "A")
    shape = plain.str.replace_all(r"[\p{Han}·（）()]{5,}", "文").str.replace_all(r"\p{Han}", "中")
    kind = shape.str.replace_all("9+", "9").str.replace_all("A+", "A").str.replace_all("[中文]+", "中")
    long = (shape.str.len_chars() > 5) & text.str.contains("^[0-9]{2}")
    start = pl.when(long).then(text.str.slice(0, 2) + shape).otherwise(shape)
    return (
        values.alias("t")
        .to_frame()
        .select(text.alias("value"), start.alias("start"), shape.alias("shape"), kind.alias("kind"))
    )
