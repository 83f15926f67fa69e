"""Units: records that a cell rule makes one without weighing; all later steps work on units.

Where ids pass a checksum, some records that bear one are held out: they stand as units of their own, their id
hidden, while the truth of whom they belong to is known. From them weights are learned (`learn`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from entity_resolution.engine.profile import Profile
from entity_resolution.engine.values import NONE, Codes, Said

MOST = 6  # values of one field that a unit is compared by
HELD_OUT = 12  # one record in so many is held out, as long as there are fewer than
MOST_HELD_OUT = 8_000
_LEAST_TO_LEARN = 200  # held-out records below which nothing is learned from ids
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Listed:
    """The values of one field as rows ``unit, code``, sorted.

    Attributes:
        unit: the units.
        code: their codes.
        starts: where each unit's rows start, one more than there are units.
    """

    unit: Codes
    code: Codes
    starts: Ints


@dataclass(frozen=True)
class Units:
    """What is compared.

    Attributes:
        of_row: record -> unit.
        n: number of units.
        listed: field -> its values.
        holders: field -> number of units that hold each code.
        anchor: field of two_ids -> the usable id of each unit, `NONE` without one; hidden ids are here too.
        home: held-out unit -> the unit it belongs to, -1 for all other units.
        source: unit -> bits of the sources of its records.
    """

    of_row: Codes
    n: int
    listed: Mapping[str, Listed]
    holders: Mapping[str, Ints]
    anchor: Mapping[str, Codes]
    home: Ints
    source: npt.NDArray[np.uint64]

    @property
    def known(self) -> npt.NDArray[np.bool_]:
        """Which units count as holders of a value: those with an id, where the profile knows ids."""
        return _known(self.anchor, self.home)


def _known(anchor: Mapping[str, Codes], home: Ints) -> npt.NDArray[np.bool_]:
    if not anchor:
        return np.ones(len(home), dtype=bool)
    found: npt.NDArray[np.bool_] = np.any([a != NONE for a in anchor.values()], axis=0)
    return found & (home < 0)


def build(said: Said, profile: Profile, sources: pl.Series | None = None, *, hold_out: bool = True) -> Units:
    """Make units of the records of a table.

    Args:
        said: what the records say, in the order of their ids.
        profile: the profile.
        sources: source of each record, where constraints need it.
        hold_out: whether to hold records out, which learning needs.
    """
    of_row, cells = _cells(said, profile)
    two = profile.constraints.two_ids
    hidden = np.empty(0, dtype=np.int64)
    if two and hold_out:
        hidden = held_out(of_row, [anchor_of(said, name, of_row, cells) for name in two])
    return make(said, profile, of_row, cells, hidden, None if sources is None else source_numbers(sources))


def make(
    said: Said, profile: Profile, of_row: Codes, cells: int, hidden: Ints, sources: Ints | None
) -> Units:
    """Make units of records whose cells, and which of whom are held out, are known.

    Args:
        said: what the records say.
        profile: the profile.
        of_row: record -> cell.
        cells: number of cells.
        hidden: the records held out.
        sources: number of the source of each record, where constraints need it.
    """
    home = np.full(cells + len(hidden), -1, dtype=np.int64)
    home[cells:] = of_row[hidden]
    shown = of_row.copy()
    shown[hidden] = cells + np.arange(len(hidden), dtype=np.uint32)
    n = cells + len(hidden)
    listed = {
        f.name: _listed(said, f.name, shown, n, hidden, f.name in profile.constraints.two_ids)
        for f in profile.field
    }
    anchor = {name: anchor_of(said, name, shown, n) for name in profile.constraints.two_ids}
    known = _known(anchor, home)
    holders = {name: _holders(rows, known, len(said.values[name].texts)) for name, rows in listed.items()}
    return Units(shown, n, listed, holders, anchor, home, _bits(sources, shown, n))


def part_hashes(said: Said, part: str) -> tuple[str, pl.Series]:
    """Return the field of a part (``name.sound``) and a hash, or a list of them, for each value."""
    name, _, piece = part.partition(".")
    series = said.values[name].parts[piece]
    if series.dtype == pl.List:
        hashed = series.list.eval(pl.element().hash(seed=len(part)))
        return name, hashed.set(series.list.len() == 0, None) if series.null_count() else hashed
    return name, series.to_frame("p").select(
        h=pl.when(pl.col("p").is_not_null()).then(pl.col("p").hash(seed=len(part)))
    )["h"]


def cell_keys(said: Said, profile: Profile) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.bool_]]:
    """Return a key for each record, and whether a cell rule gave it; the others' keys are their own."""
    key = np.arange(said.n, dtype=np.uint64)
    free = np.ones(said.n, dtype=bool)
    for number, rule in enumerate(profile.cells, 1):
        whole, there = np.full(said.n, number, dtype=np.uint64), free.copy()
        for part in rule:
            name, hashes = part_hashes(said, part)
            table = np.append(hashes.fill_null(0).to_numpy(), np.uint64(0))
            fine = np.append(hashes.is_not_null().to_numpy(), False)
            if name in profile.constraints.two_ids:
                fine[:-1] &= said.values[name].usable
            column = (
                np.minimum(said.codes[name][0], len(hashes))
                if said.codes[name]
                else np.full(said.n, len(hashes))
            )
            there &= fine[column]
            whole = (whole * np.uint64(0x9E3779B97F4A7C15)) ^ table[column]
        key[there] = whole[there] | np.uint64(2**63)
        free &= ~there
    return key, ~free


def _cells(said: Said, profile: Profile) -> tuple[Codes, int]:
    """Return the cell of each record; cells are numbered by their first record."""
    return numbered(cell_keys(said, profile)[0])


def numbered(key: npt.NDArray[np.uint64] | Ints) -> tuple[Codes, int]:
    """Return the place of each key among the distinct ones, by first appearance, and how many there are."""
    frame = pl.DataFrame({"k": key}).with_row_index("row")
    firsts = frame.group_by("k", maintain_order=True).agg(pl.len()).with_row_index("unit")
    found = frame.join(firsts.select("k", "unit"), on="k", maintain_order="left")["unit"]
    return found.to_numpy().astype(np.uint32), firsts.height


def firsts(of_row: Codes, n: int) -> Ints:
    """Return the first record of each of ``n`` units, -1 of a held-out record's home that has no other."""
    first = np.full(n, -1, dtype=np.int64)
    first[of_row[::-1]] = np.arange(len(of_row))[::-1]
    return first


def held_out(of_row: Codes, anchors: Sequence[Codes]) -> Ints:
    """Return records that bear a usable id, spread evenly, at most one of a cell.

    Also such as stand alone in their cell: some rows without an id, too, are all that is known of a person.
    """
    anchored = np.flatnonzero(np.any([a[of_row] != NONE for a in anchors], axis=0))
    chosen = anchored[:: max(HELD_OUT, len(anchored) // MOST_HELD_OUT)]
    chosen = chosen[np.unique(of_row[chosen], return_index=True)[1]]
    return np.sort(chosen) if len(chosen) >= _LEAST_TO_LEARN else np.empty(0, dtype=np.int64)


def _listed(said: Said, name: str, shown: Codes, n: int, hidden: Ints, anchors: bool) -> Listed:
    keys = []
    for number, column in enumerate(said.codes[name]):
        there = column != NONE
        if anchors or number >= said.stated[name]:
            there[hidden] = False  # neither the id nor what was read out of it
        keys.append((shown[there].astype(np.uint64) << np.uint64(32)) | column[there])
    joined = np.concatenate(keys) if keys else np.empty(0, dtype=np.uint64)
    rows = pl.Series(joined).unique().sort().to_numpy()
    unit = (rows >> np.uint64(32)).astype(np.uint32)
    starts = np.searchsorted(unit, np.arange(n + 1, dtype=np.uint32))
    kept = np.arange(len(rows)) - starts[unit] < MOST
    unit, code = unit[kept], (rows[kept] & np.uint64(0xFFFFFFFF)).astype(np.uint32)
    return Listed(unit, code, np.searchsorted(unit, np.arange(n + 1, dtype=np.uint32)))


def anchor_of(said: Said, name: str, shown: Codes, n: int) -> Codes:
    """Return the usable id of each unit in a field, `NONE` without one."""
    anchor = np.full(n, NONE, dtype=np.uint32)
    usable = np.append(said.values[name].usable, False)
    for column in said.codes[name]:
        there = usable[np.minimum(column, len(usable) - 1)]
        anchor[shown[there]] = column[there]
    return anchor


def _holders(rows: Listed, known: npt.NDArray[np.bool_], values: int) -> Ints:
    return np.bincount(rows.code[known[rows.unit]], minlength=values)


def source_numbers(sources: pl.Series) -> Ints:
    """Return the place of each record's source in the alphabet; a missing one is a source too."""
    return sources.fill_null("").rank("dense").to_numpy().astype(np.int64) - 1


def _bits(sources: Ints | None, shown: Codes, n: int) -> npt.NDArray[np.uint64]:
    bits = np.zeros(n, dtype=np.uint64)
    if sources is not None:
        np.bitwise_or.at(bits, shown, np.uint64(1) << (sources.astype(np.uint64) % np.uint64(64)))
    return bits


def parts_of_units(said: Said, units: Units, parts: Sequence[str]) -> dict[str, pl.DataFrame]:
    """Return part -> ``unit, h``: the hashes of every unit's values, each once."""
    found = {}
    for part in parts:
        name, hashes = part_hashes(said, part)
        rows = units.listed[name]
        frame = pl.DataFrame({"unit": rows.unit, "h": hashes.gather(rows.code)})
        if hashes.dtype == pl.List:
            frame = frame.explode("h")
        found[part] = frame.filter(pl.col("h").is_not_null()).unique()
    return found
