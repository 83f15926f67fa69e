"""Features follow from the graph alone: no case, no id, no order of rows."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import polars as pl

from gnn.dataset import load_dataset
from gnn.features import PATTERNS, feature_tables
from gnn.labels import read_labels
from graph.schema import load_schema
from jiwang.workspace import Workspace


def test_no_feature_knows_cases_or_notes(region) -> None:
    tables = feature_tables(load_dataset(region[0]))
    names = {feature.name for table in tables.values() for feature in table.features}
    assert names
    assert not [n for n in names if re.search(r"case|note|finding|label|mention", n)]
    schema = load_schema()
    assert not [n for n in (*schema.nodes, *schema.edges) if re.search(r"CASE|NOTE|MENTION", n.upper())]


def test_features_do_not_change_when_labels_do(region, tmp_path: Path) -> None:
    workspace, toy = region
    before = feature_tables(load_dataset(workspace))["person"].values
    bare = type(toy)(nodes=toy.nodes, edges=toy.edges, hits=toy.hits)
    after = feature_tables(load_dataset(bare.publish(tmp_path / "bare")))["person"].values
    assert np.array_equal(before, after, equal_nan=True)


def test_row_order_changes_nothing(region, tmp_path: Path) -> None:
    workspace, toy = region
    shuffled = type(toy)(
        nodes={k: v[::-1] for k, v in toy.nodes.items()},
        edges={k: v[::-1] for k, v in toy.edges.items()},
        hits=toy.hits[::-1],
    )
    one, other = (
        feature_tables(load_dataset(w))["person"] for w in (workspace, shuffled.publish(tmp_path / "w"))
    )
    assert one.ids == other.ids
    assert one.features == other.features
    assert one.values.tobytes() == other.values.tobytes()


def test_ids_are_no_features(region) -> None:
    # Serial ids grow with the row; a column that followed them would give the order of entry away.
    table = feature_tables(load_dataset(region[0]))["person"]
    serial = np.arange(len(table.ids))
    varied = [column for column in np.nan_to_num(table.values).T if column.std() > 0]
    assert varied
    for column in varied:
        assert abs(np.corrcoef(serial, column)[0, 1]) < 0.4


def test_a_tie_with_an_innocent_reason_is_counted_apart(region) -> None:
    workspace, toy = region
    table = feature_tables(load_dataset(workspace))["person"]
    at = {entity: i for i, entity in enumerate(table.ids)}
    column = {feature.name: table.values[:, i] for i, feature in enumerate(table.features)}
    ring, family = at[toy.rings[0][0]], at[toy.kin_groups[0][0]]
    assert column["CO_SWIPES.both.deg"][ring] == column["CO_SWIPES.both.deg"][family] == 4
    assert column["CO_SWIPES.both.strict.deg"][ring] == 4
    assert column["CO_SWIPES.both.strict.deg"][family] == 0
    assert column["evidence.pooled.ties"][ring] > 0
    assert column["evidence.pooled.ties"][family] == 0


def test_hits_can_be_switched_off(region) -> None:
    tables = feature_tables(load_dataset(region[0]), hits=False)
    names = [f.name for f in tables["person"].features]
    assert not [n for n in names if n.startswith(PATTERNS) or "near_hit" in n]


def test_the_past_sees_no_later_edge(region) -> None:
    dataset = load_dataset(region[0])
    day = dataset.end - 200
    swipes = next(r for r in dataset.until(day).relations if r.name == "CO_SWIPES")
    whole = next(r for r in dataset.relations if r.name == "CO_SWIPES")
    assert 0 < len(swipes.src) < len(whole.src) or whole.props["first_day"].max() <= day
    assert swipes.props["first_day"].max() <= day


def test_renaming_cases_changes_no_label(region, tmp_path: Path) -> None:
    workspace, toy = region
    names = sorted({row["case_no"] for row in toy.cases})
    renamed = dict(zip(names, reversed([f"Z{i}" for i in range(len(names))]), strict=True))
    cases = [row | {"case_no": renamed[row["case_no"]]} for row in toy.cases]
    other: Workspace = type(toy)(cases=cases, links=toy.links).publish(tmp_path / "w")
    one, two = read_labels(workspace).frame, read_labels(other).frame
    assert one.equals(two)
    assert isinstance(one, pl.DataFrame)
