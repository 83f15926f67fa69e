"""The index of a resolution: what a later batch needs to join its entities without reading the table again.

It lies in the folder ``index`` in numbered parts, one a batch; a part is never changed. Blocks, cells,
members of entities and holders of values are lookups by hash (`engine.lookup`); units and what they say are
Arrow files, row by row: a batch reads of them only the pages that it meets. Hashes hold for one version of
polars: an index of another version is refused, and a full run makes it anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from entity_resolution.engine import lookup, publish
from entity_resolution.engine.learn import LEVELS, Weights
from entity_resolution.engine.profile import Profile
from entity_resolution.engine.resolve import Resolution
from entity_resolution.engine.units import Units, cell_keys
from entity_resolution.engine.values import Said, gathered
from jiwang.errors import WorkspaceError
from jiwang.workspace import write_json

FORMAT = 2
FOLDER = "index"
_TURN = 0x9E3779B97F4A7C15
_META = "index.json"
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Index:
    """An index that has been opened.

    Attributes:
        folder: where it lies.
        profile: the profile that made it.
        weights: the weights that it was resolved with.
        starts: number of the first unit of each part.
        units: number of units in all.
        made: when it was written, which tells one published state from the next.
    """

    folder: Path
    profile: Profile
    weights: Weights
    starts: Sequence[int]
    units: int
    made: int

    def find(self, name: str, wanted: lookup.Keys, most: int | None = None) -> tuple[Ints, lookup.Rows]:
        """Return all that stands under keys of a lookup, all parts together, as `lookup.find` does."""
        parts = [lookup.read(self.folder / f"{name}.{n}") for n in range(len(self.starts))]
        return lookup.find(parts, wanted, most)

    def held(self, field: int, texts: pl.Series) -> Ints:
        """Return by how many units each value of a field, given by its number, was held in the full run."""
        counts = np.zeros(len(texts), dtype=np.int64)
        place, held = lookup.find([lookup.read(self.folder / "holders")], text_keys(field, texts))
        counts[place] = held
        return counts

    def units_of(self, numbers: Ints) -> pl.DataFrame:
        """Return ``unit, entity_id, record_id, source`` and anchors of units, given in order."""
        found = []
        for n, first, rows in self._by_part(numbers):
            unit = pl.Series("unit", rows + first, dtype=pl.UInt32)
            found.append(mapped(self.folder / f"units.{n}.arrow", rows).insert_column(0, unit))
        return pl.concat(found)

    def listed_of(self, numbers: Ints) -> pl.DataFrame:
        """Return ``at`` (place in ``numbers``), ``field`` (its number) and ``text`` of what units say."""
        found, before = [], 0
        for n, _, rows in self._by_part(numbers):
            starts = np.load(self.folder / f"starts.{n}.npy", mmap_mode="r")
            place, where = lookup.spans(starts[rows], starts[rows + 1])
            at = pl.Series("at", place + before, dtype=pl.Int64)
            found.append(mapped(self.folder / f"listed.{n}.arrow", where).insert_column(0, at))
            before += len(rows)
        return pl.concat(found)

    def _by_part(self, numbers: Ints) -> Iterator[tuple[int, int, Ints]]:
        """Give for each part its number, that of its first unit, and which of its rows are asked for."""
        ends = [*self.starts[1:], self.units]
        for n, (first, end) in enumerate(zip(self.starts, ends, strict=True)):
            yield n, first, numbers[(numbers >= first) & (numbers < end)].astype(np.int64) - first


def mapped(path: Path, rows: Ints) -> pl.DataFrame:
    """Return rows of an Arrow file that is mapped into memory, not read."""
    import pyarrow as pa  # noqa: PLC0415 - only a batch needs it

    with pa.memory_map(str(path)) as source:
        table = pl.from_arrow(pa.ipc.open_file(source).read_all())
        assert isinstance(table, pl.DataFrame)
        return table.select(pl.all().gather(rows))


def versions() -> dict[str, Any]:
    """Return what an index must have been made with to be read."""
    return {"format": FORMAT, "polars": pl.__version__}


def open_index(out: Path) -> Index:
    """Open the index of a published resolution.

    Raises:
        WorkspaceError: there is none, or another version made it; the remedy is a full run.
    """
    path = out / FOLDER / _META
    remedy = "resolve the whole table again with --table FILE --profile P --out DIR, without --append"
    if not path.is_file():
        raise WorkspaceError(f"{out} holds no index that a batch could join", remedy)
    try:
        at = path.stat().st_mtime_ns  # before it is read: what is published meanwhile is newer
        meta = json.loads(path.read_text(encoding="utf-8"))
        made = {k: meta[k] for k in versions()}
        if made != versions():
            raise WorkspaceError(f"{path} was made by {made}; this is {versions()}", remedy)
        profile = Profile.model_validate(meta["profile"])
        table, blank = np.array(meta["weights"]), np.zeros((0, LEVELS))
        weights = Weights(meta["fields"], meta["prior"], table, blank, blank, (0, 0))
        return Index(path.parent, profile, weights, meta["starts"], int(meta["units"]), at)
    except (ValueError, KeyError, TypeError) as error:
        raise WorkspaceError(f"{path} cannot be read ({type(error).__name__}: {error})", remedy) from error


def write(found: Resolution, ids: pl.Series, out: Path) -> None:
    """Write the index of a full resolution: part 0."""
    folder = out / FOLDER
    folder.mkdir()
    # Through the root: a held-out record's unit lies beside its home, which may be left without rows.
    row_of = np.zeros(found.units.n, dtype=np.int64)
    row_of[found.of_record] = np.arange(len(ids))
    entity = ids.gather(row_of[found.union.root])
    first = publish.first_records(found)
    own = Part(found.said, found.units, found.profile, found.records, first, entity, found.met.keyed)
    write_part(folder, 0, own, 0)
    keys, counts = [], []
    for number, of in enumerate(found.profile.field):
        held = found.units.holders[of.name]
        keys.append(text_keys(number, found.said.values[of.name].texts)[held > 0])
        counts.append(held[held > 0])
    write_holders(folder, np.concatenate(keys), np.concatenate(counts))
    write_meta(folder, found.profile, found.weights, [0], found.units.n)


def write_meta(folder: Path, profile: Profile, weights: Weights, starts: Sequence[int], n: int) -> None:
    """Say which parts there are: where the units of each start, and how many there are in all."""
    meta = versions() | {
        "profile": profile.model_dump(mode="json"),
        "fields": list(weights.fields),
        "prior": weights.prior,
        "weights": weights.table.tolist(),
        "starts": list(starts),
        "units": n,
    }
    write_json(folder / _META, meta)


def write_holders(folder: Path, keys: lookup.Keys, counts: Ints) -> None:
    """Write by how many units values (`text_keys`) are held: of the full run only, as the weights are."""
    lookup.write(folder / "holders", keys, counts.astype(np.uint32))


def text_keys(field: int, texts: pl.Series) -> lookup.Keys:
    """Return the keys of values of a field, given by its number, in the lookup of holders."""
    return texts.hash(seed=field).to_numpy()


def id_keys(ids: pl.Series) -> lookup.Keys:
    """Return the keys of entities in the lookup of their members, of records in that of known ones."""
    return ids.hash().to_numpy()


def block_keys(keyed: Sequence[pl.DataFrame]) -> lookup.Keys:
    """Return the keys of the blocks of all rules, one rule after the other, in the lookup of blocks."""
    return np.concatenate([_turned(rows["h"].to_numpy(), i) for i, rows in enumerate(keyed)])


def block_key(h: int, rule: int) -> lookup.Keys:
    """Return the key of one block of a rule, given by its number, in the lookup of blocks."""
    return _turned(np.array([h], dtype=np.uint64), rule)


def _turned(hashes: lookup.Keys, rule: int) -> lookup.Keys:
    """Turn a rule's hashes by its number: two rules on one value are two blocks."""
    found: lookup.Keys = hashes ^ np.uint64(_TURN * (rule + 1) % 2**64)
    return found


@dataclass(frozen=True)
class Part:
    """What one part is made of.

    Attributes:
        said: what the records say.
        units: their units.
        profile: the profile.
        records: the ids of all records.
        record: the first record of each unit.
        entity: the entity id of each unit.
        keyed: ``unit, h`` of each rule of the profile's blocks.
    """

    said: Said
    units: Units
    profile: Profile
    records: pl.Series
    record: pl.Series
    entity: pl.Series
    keyed: Sequence[pl.DataFrame]


def write_part(folder: Path, number: int, part: Part, first: int) -> None:
    """Write one part.

    Args:
        folder: the index.
        number: the part's.
        part: its units; they are numbered from ``first``.
        first: number of the first unit.
    """
    said, here = part.said, part.units
    anchors = {f"anchor:{n}": gathered(said.values[n].texts, codes) for n, codes in here.anchor.items()}
    own = {"entity_id": part.entity, "record_id": part.record, "source": here.source}
    pl.DataFrame(own | anchors).write_ipc(folder / f"units.{number}.arrow")
    _write_listed(folder, number, part)
    blocked = np.concatenate([rows["unit"].to_numpy() for rows in part.keyed])
    lookup.write(folder / f"blocks.{number}", block_keys(part.keyed), blocked + np.uint32(first))
    key, in_cell = cell_keys(said, part.profile)
    cells, at = np.unique(key[in_cell], return_index=True)
    lookup.write(folder / f"cells.{number}", cells, here.of_row[in_cell][at] + np.uint32(first))
    numbers = np.arange(first, first + here.n, dtype=np.uint32)
    lookup.write(folder / f"members.{number}", id_keys(part.entity), numbers)
    lookup.write(folder / f"records.{number}", id_keys(part.records), here.of_row + np.uint32(first))


def _write_listed(folder: Path, number: int, part: Part) -> None:
    """Write what the units say, a unit's values side by side, and where each unit's start."""
    rows = [part.units.listed[of.name] for of in part.profile.field]
    texts = [
        part.said.values[of.name].texts.gather(r.code) for of, r in zip(part.profile.field, rows, strict=True)
    ]
    field = np.repeat(np.arange(len(rows), dtype=np.uint8), [len(r.unit) for r in rows])
    order = np.argsort(np.concatenate([r.unit for r in rows]), kind="stable")
    listed = pl.DataFrame({"field": field, "text": pl.concat([t.alias("text") for t in texts])})
    listed[order].rechunk().write_ipc(folder / f"listed.{number}.arrow")
    np.save(folder / f"starts.{number}.npy", np.sum([r.starts for r in rows], axis=0))
