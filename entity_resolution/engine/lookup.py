"""Lookups: arrays sorted by a 64-bit key, on disk, of which only the pages that a query meets are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.uint32]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Lookup:
    """What stands under each key.

    Attributes:
        keys: sorted; a key may stand several times.
        rows: what stands under it.
    """

    keys: Keys
    rows: Rows


def write(stem: Path, keys: Keys, rows: Rows) -> None:
    """Write rows by their keys as ``STEM.keys.npy`` and ``STEM.rows.npy``."""
    order = np.argsort(keys)
    np.save(stem.with_name(f"{stem.name}.keys.npy"), keys[order])
    np.save(stem.with_name(f"{stem.name}.rows.npy"), rows[order].astype(np.uint32))


def read(stem: Path) -> Lookup:
    """Map a lookup into memory; nothing is read before it is asked for."""
    keys, rows = (np.load(stem.with_name(f"{stem.name}.{n}.npy"), mmap_mode="r") for n in ("keys", "rows"))
    return Lookup(keys, rows)


def find(parts: Sequence[Lookup], wanted: Keys, most: int | None = None) -> tuple[Ints, Rows]:
    """Return all that stands under keys, in all parts.

    Args:
        parts: lookups.
        wanted: keys.
        most: leave out keys under which, in all parts together, more stands than this.

    Returns:
        Places in ``wanted`` and the rows, as many.
    """
    order = np.argsort(wanted)  # neighbours lie on one page
    sought = wanted[order]
    ends = [_ends(p.keys, sought) for p in parts]
    fine = np.ones(len(sought), dtype=bool)
    if most is not None:
        fine = sum((right - left for left, right in ends), np.zeros(len(sought), np.int64)) <= most
    places, rows = [], []
    for part, (left, right) in zip(parts, ends, strict=True):
        place, at = spans(left, np.where(fine, right, left))
        places.append(order[place])
        rows.append(part.rows[at])
    return np.concatenate(places), np.concatenate(rows)


def _ends(keys: Keys, wanted: Keys) -> tuple[Ints, Ints]:
    """Return where what stands under each key starts and ends; most keys are not there at all."""
    left = np.searchsorted(keys, wanted)
    right = left.copy()
    there = np.flatnonzero(left < len(keys))
    there = there[keys[left[there]] == wanted[there]]
    right[there] = np.searchsorted(keys, wanted[there], "right")
    return left, right


def spans(left: Ints, right: Ints) -> tuple[Ints, Ints]:
    """Return, of spans from ``left`` up to ``right``, every place with the number of its span before it."""
    counts = right - left
    place = np.repeat(np.arange(len(left)), counts)
    within = np.arange(len(place)) - np.repeat(np.cumsum(counts) - counts, counts)
    return place, left[place] + within
