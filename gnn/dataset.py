"""The graph as arrays: nodes numbered by the order of their ids, one relation per edge type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from graph.schema import EdgeTable, GraphSchema, load_schema
from jiwang.errors import ModelError
from jiwang.ids import ENTITY_PREFIX
from jiwang.tables import Hits
from jiwang.workspace import Workspace

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

KINDS: Mapping[str, str] = {kind: kind.capitalize() for kind in ENTITY_PREFIX}
"""Kind of entity → label of its nodes."""
INNOCENCE = ("own", "kin", "colleagues", "neighbours", "rent")
"""Flags of an evidence edge that has a reason which is no crime."""
ENDS = ("source", "target", "eid")


@dataclass(frozen=True)
class Relation:
    """The edges of one type.

    Attributes:
        name: the type; ``TYPE@clinic`` where a property of the edge names a third node.
        source, target: labels of the two ends.
        evidence: rings are cut from edges of this type.
        symmetric: each pair is stored once, so its direction means nothing.
        src, dst: indices of the ends, in the order of the nodes' ids.
        props: numeric property → value per edge, NaN where unknown.
    """

    name: str
    source: str
    target: str
    evidence: bool
    symmetric: bool
    src: Indices
    dst: Indices
    props: Mapping[str, Floats]

    def keep(self, mask: NDArray[np.bool_]) -> Relation:
        """Return the relation with the edges of ``mask`` only."""
        props = {name: values[mask] for name, values in self.props.items()}
        return replace(self, src=self.src[mask], dst=self.dst[mask], props=props)

    def strict(self) -> Relation | None:
        """Return the edges without an innocent tie, or None where the type does not record any."""
        flags = [self.props[name] for name in INNOCENCE if name in self.props]
        if not flags:
            return None
        return self.keep(np.all([np.nan_to_num(flag) == 0 for flag in flags], axis=0))


@dataclass(frozen=True)
class Dataset:
    """Everything that models learn from; no case, note or mention is in it.

    Attributes:
        ids: label → ids of its nodes, sorted.
        props: label → numeric property → value per node.
        relations: every edge type of the schema.
        hits: what the patterns found (`jiwang.tables.Hits`).
        end: last day that any edge bears.
    """

    ids: Mapping[str, list[str]]
    props: Mapping[str, Mapping[str, Floats]]
    relations: tuple[Relation, ...]
    hits: pl.DataFrame
    end: int

    def until(self, day: int) -> Dataset:
        """Return the dataset without edges and hits that began after ``day``; sums are not cut."""
        kept = tuple(_begun(relation, day) for relation in self.relations)
        began = pl.col("first_seen").is_null() | (pl.col("first_seen") <= pl.lit(day).cast(pl.Date))
        return replace(self, relations=kept, hits=self.hits.filter(began), end=min(day, self.end))


def load_dataset(workspace: Workspace, schema: GraphSchema | None = None) -> Dataset:
    """Read the graph and the hits of ``workspace``.

    Raises:
        WorkspaceError: the stages before have not run.
        ModelError: a table of the schema is missing from the graph.
    """
    schema = schema or load_schema()
    root = workspace.folder("graph")
    nodes = {label: _read(root / "nodes" / f"{label}.parquet").sort("id") for label in schema.nodes}
    ids = {label: frame["id"].to_list() for label, frame in nodes.items()}
    edges = {name: _read(root / "edges" / f"{name}.parquet").sort(ENDS) for name in schema.edges}
    relations = [r for name, table in schema.edges.items() for r in _relations(name, table, edges[name], ids)]
    days = [relation.props[p] for relation in relations for p in relation.props if p.endswith("_day")]
    return Dataset(
        ids=ids,
        props={label: _numbers(frame, ("id",)) for label, frame in nodes.items()},
        relations=tuple(relations),
        hits=_hits(workspace),
        end=int(max((np.nanmax(d) for d in days if np.isfinite(d).any()), default=0)),
    )


def _read(path: Path) -> pl.DataFrame:
    if not path.is_file():
        raise ModelError(f"{path} is missing", "run `jiwang build` again")
    return pl.read_parquet(path)


def _hits(workspace: Workspace) -> pl.DataFrame:
    frame = pl.read_parquet(workspace.table("hits", "hits"))
    return frame.select(Hits.column_names()).sort("hit_id")


def _numbers(frame: pl.DataFrame, leave_out: tuple[str, ...]) -> dict[str, Floats]:
    columns = [c for c, t in frame.schema.items() if t.is_numeric() and c not in leave_out]
    return {c: frame[c].cast(pl.Float64).fill_null(float("nan")).to_numpy() for c in columns}


def _relations(
    name: str, table: EdgeTable, frame: pl.DataFrame, ids: Mapping[str, list[str]]
) -> Iterator[Relation]:
    """Yield the relation of a type, then one per property that names a third node (``clinic``)."""
    third = {label.lower(): label for label in ids}
    ends = [("", "target", table.to)] + [(f"@{p}", p, third[p]) for p in table.props if p in third]
    for suffix, column, label in ends:
        known = frame.filter(pl.col(column).is_in(ids[label]) & pl.col("source").is_in(ids[table.from_]))
        src, dst = _positions(known["source"], ids[table.from_]), _positions(known[column], ids[label])
        yield Relation(
            name=name + suffix,
            source=table.from_,
            target=label,
            evidence=table.evidence,
            symmetric=table.from_ == label and bool((src < dst).all()),
            src=src,
            dst=dst,
            props=_numbers(known, ENDS),
        )


def _positions(values: pl.Series, ids: list[str]) -> Indices:
    places = pl.DataFrame({"id": ids}, schema={"id": pl.String}).with_row_index("place")
    found = pl.DataFrame({"id": values}).join(places, on="id", how="left", maintain_order="left")
    return found["place"].cast(pl.Int64).to_numpy()


def _begun(relation: Relation, day: int) -> Relation:
    if "first_day" not in relation.props:
        return relation
    return relation.keep(~(relation.props["first_day"] > day))
