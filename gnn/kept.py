"""What training leaves for scoring and explaining: the folder ``models`` of a workspace."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from gnn.blend import Blend
from gnn.dataset import Floats
from gnn.features import Feature, FeatureTable
from gnn.hits import Patterns
from jiwang.errors import ModelError
from jiwang.workspace import Workspace, write_json

FOLDER = "models"
REMEDY = "run `jiwang train` again"


@dataclass(frozen=True)
class Kept:
    """The outcome of a training.

    Attributes:
        blend: how the parts are joined.
        patterns: what the patterns' hits are worth.
        margins: kind → entity ids and their margins; zeros where there is no model.
        model: name of the kept model; None where there were too few labels.
        figures: what validation found.
    """

    blend: Blend
    patterns: Patterns
    margins: Mapping[str, tuple[list[str], Floats]]
    model: str | None
    figures: Mapping[str, Any]


def write_kept(
    folder: Path, kept: Kept, tables: Mapping[str, FeatureTable], files: Mapping[str, bytes]
) -> None:
    """Write ``kept``, the feature tables and the model's files into ``folder``."""
    for name, content in sorted(files.items()):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    for kind, table in tables.items():
        columns = {feature.name: table.values[:, i] for i, feature in enumerate(table.features)}
        pl.DataFrame({"entity_id": table.ids} | columns, strict=False).write_parquet(
            folder / f"features_{kind}.parquet"
        )
    features = {kind: [asdict(feature) for feature in table.features] for kind, table in tables.items()}
    rows = [
        pl.DataFrame(
            {"entity_id": ids, "margin": margin}, schema={"entity_id": pl.String, "margin": pl.Float64}
        ).with_columns(pl.lit(kind).alias("kind"))
        for kind, (ids, margin) in kept.margins.items()
    ]
    pl.concat(rows).select("kind", "entity_id", "margin").write_parquet(folder / "margins.parquet")
    belief = sorted(kept.patterns.belief.items())
    pl.DataFrame(belief, schema={"entity_id": pl.String, "belief": pl.Float64}, orient="row").write_parquet(
        folder / "belief.parquet"
    )
    write_json(folder / "features.json", features)
    about = {
        "blend": asdict(kept.blend),
        "precision": dict(kept.patterns.precision),
        "model": kept.model,
        "figures": dict(kept.figures),
    }
    write_json(folder / "kept.json", about)


def read_kept(workspace: Workspace) -> Kept:
    """Read what `write_kept` wrote.

    Raises:
        ModelError: nothing was trained here, or the folder is damaged.
    """
    folder = workspace.folder(FOLDER)
    about = _json(folder / "kept.json")
    frame = pl.read_parquet(folder / "margins.parquet")
    margins = {}
    for kind in frame["kind"].unique().sort():
        of_kind = frame.filter(pl.col("kind") == kind)
        margins[kind] = (of_kind["entity_id"].to_list(), of_kind["margin"].to_numpy())
    belief = dict(pl.read_parquet(folder / "belief.parquet").iter_rows())
    return Kept(
        Blend(**about["blend"]),
        Patterns(about["precision"], belief),
        margins,
        about["model"],
        about["figures"],
    )


def read_table(workspace: Workspace, kind: str, entity: str | None = None) -> FeatureTable:
    """Read the feature table of a kind, or the one row of ``entity``."""
    folder = workspace.folder(FOLDER)
    features = tuple(Feature(**feature) for feature in _json(folder / "features.json")[kind])
    rows = pl.scan_parquet(folder / f"features_{kind}.parquet")
    frame = (rows if entity is None else rows.filter(pl.col("entity_id") == entity)).collect()
    values = frame.select(feature.name for feature in features).to_numpy().astype(np.float32)
    return FeatureTable(
        kind, frame["entity_id"].to_list(), features, values.reshape(frame.height, len(features))
    )


def boosters(workspace: Workspace, kind: str) -> list[bytes]:
    """Return the saved trees of a kind; none where it was not learnt by itself."""
    return [path.read_bytes() for path in sorted((workspace.folder(FOLDER) / "tree").glob(f"{kind}-*.ubj"))]


def _json(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{path} cannot be read: {error}", REMEDY) from error
    return found
