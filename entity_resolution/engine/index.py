"""The index of a resolution: what a later batch needs to join its entities without reading the table again.

It lies in the folder ``index`` in numbered parts, one a batch; ``index.json`` says how many parts count, and
is written last: a batch that was killed leaves parts that nobody reads. Blocks and cells are kept as hashes,
which hold for one version of polars: an index of another version is refused, and a full run makes it anew.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from entity_resolution.engine import publish
from entity_resolution.engine.learn import LEVELS, Weights
from entity_resolution.engine.profile import Profile
from entity_resolution.engine.resolve import Resolution
from entity_resolution.engine.units import Units, cell_keys
from entity_resolution.engine.values import NONE, Codes, Said
from jiwang.errors import WorkspaceError
from jiwang.workspace import write_json

FORMAT = 1
FOLDER = "index"
_META = "index.json"


@dataclass(frozen=True)
class Index:
    """An index that has been opened.

    Attributes:
        folder: where it lies.
        profile: the profile that made it.
        weights: the weights that it was resolved with.
        parts: number of parts that count.
        units: number of units in them.
    """

    folder: Path
    profile: Profile
    weights: Weights
    parts: int
    units: int

    def scan(self, name: str) -> pl.LazyFrame:
        """Return a table of the index, all parts together."""
        return pl.concat([pl.scan_ipc(self.folder / f"{name}.{n}.arrow") for n in range(self.parts)])


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
        meta = json.loads(path.read_text(encoding="utf-8"))
        made = {k: meta[k] for k in versions()}
        if made != versions():
            raise WorkspaceError(f"{path} was made by {made}; this is {versions()}", remedy)
        profile = Profile.model_validate(meta["profile"])
        table, blank = np.array(meta["weights"]), np.zeros((0, LEVELS))
        weights = Weights(meta["fields"], meta["prior"], table, blank, blank, (0, 0))
        return Index(path.parent, profile, weights, int(meta["parts"]), int(meta["units"]))
    except (ValueError, KeyError, TypeError) as error:
        raise WorkspaceError(f"{path} cannot be read ({type(error).__name__}: {error})", remedy) from error


def write(found: Resolution, ids: pl.Series, out: Path) -> None:
    """Write the index of a full resolution: part 0."""
    folder = out / FOLDER
    folder.mkdir()
    entity = pl.DataFrame({"unit": pl.Series(found.units.of_row), "entity_id": ids}).unique("unit")
    first = pl.DataFrame({"root": found.union.root}).with_row_index("unit")
    named = first.join(entity, on="unit", how="left").sort("unit")
    # A held-out record's unit lies beside its home, which may be left without rows: named through the root.
    by_root = named.group_by("root").agg(pl.col("entity_id").drop_nulls().min())
    entity_of = named.select("unit", "root").join(by_root, on="root", how="left", maintain_order="left")
    records = publish.first_records(found)
    own = Part(found.said, found.units, found.profile, records, entity_of["entity_id"], found.met.keyed)
    write_part(folder, 0, own, 0, _holders(found))
    write_meta(folder, found.profile, found.weights, 1, found.units.n)


def write_meta(folder: Path, profile: Profile, weights: Weights, parts: int, n: int) -> None:
    """Say which parts count; written last."""
    meta = versions() | {
        "profile": profile.model_dump(mode="json"),
        "fields": list(weights.fields),
        "prior": weights.prior,
        "weights": weights.table.tolist(),
        "parts": parts,
        "units": n,
    }
    write_json(folder / _META, meta)


def _holders(found: Resolution) -> pl.DataFrame:
    return pl.concat(
        pl.DataFrame({"text": found.said.values[name].texts, "n": pl.Series(held, dtype=pl.Int64)})
        .filter(pl.col("n") > 0)
        .with_columns(field=pl.lit(name))
        for name, held in found.units.holders.items()
    ).select("field", "text", "n")


@dataclass(frozen=True)
class Part:
    """What one part is made of.

    Attributes:
        said: what the records say.
        units: their units.
        profile: the profile.
        record: the first record of each unit.
        entity: the entity id of each unit.
        keyed: ``unit, h`` of each rule of the profile's blocks.
    """

    said: Said
    units: Units
    profile: Profile
    record: pl.Series
    entity: pl.Series
    keyed: Sequence[pl.DataFrame]


def write_part(folder: Path, number: int, part: Part, first: int, holders: pl.DataFrame) -> None:
    """Write one part.

    Args:
        folder: the index.
        number: the part's.
        part: its units; they are numbered from ``first``.
        first: number of the first unit.
        holders: ``field, text, n``: by how many known units a value is held.
    """
    said, here = part.said, part.units
    anchors = {f"anchor:{n}": _texts(said.values[n].texts, codes) for n, codes in here.anchor.items()}
    unit = pl.int_range(first, first + here.n, dtype=pl.UInt32, eager=True)
    own = {"unit": unit, "entity_id": part.entity, "record_id": part.record, "source": here.source}
    listed = [
        pl.DataFrame({"unit": rows.unit + np.uint32(first), "text": said.values[n].texts.gather(rows.code)})
        .with_columns(field=pl.lit(n))
        .select("field", "unit", "text")
        for n, rows in here.listed.items()
    ]
    keyed = [
        rows.select(rule=pl.lit(i, dtype=pl.UInt8), h="h", unit=pl.col("unit").cast(pl.UInt32) + first)
        for i, rows in enumerate(part.keyed)
    ]
    key, in_cell = cell_keys(said, part.profile)
    cells = pl.DataFrame({"h": key[in_cell], "unit": here.of_row[in_cell] + np.uint32(first)})
    frames = {
        "units": pl.DataFrame(own | anchors),
        "listed": pl.concat(listed),
        "keys": pl.concat(keyed),
        "cells": cells.unique("h", keep="first", maintain_order=True),
        "holders": holders,
    }
    for name, frame in frames.items():
        frame.write_ipc(folder / f"{name}.{number}.arrow")


def _texts(texts: pl.Series, codes: Codes) -> pl.Series:
    at = pl.Series(codes, dtype=pl.UInt32)
    return (
        texts.gather(at.set(at == int(NONE), None))
        if len(texts)
        else pl.Series([None] * len(at), dtype=pl.String)
    )
