"""What the graph's Parquet tables must hold before a store takes them in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import polars as pl

from graph.hashes import Hashes, all_differ, column_hash, hashed
from graph.schema import EdgeTable, GraphSchema, NodeTable
from jiwang.errors import ContractError

REMEDY = "run `jiwang build` again; if it stays, report this with the manifest"

SHOWN = 3


def check_tables(
    schema: GraphSchema, nodes: Mapping[str, Path], edges: Mapping[str, Path]
) -> dict[str, Hashes]:
    """Check every table against ``schema`` and return the hashes of its rows, by label and type.

    Raises:
        ContractError: a table, column or key is missing, of another type, doubled, or an edge's end is no
            node of the sort that the schema names. The message names the table and how many rows are wrong.
    """
    check_columns(schema, nodes, edges)
    found = {}
    for label, node in schema.nodes.items():
        found[label] = Hashes.of(hashed(nodes[label], node))
    _check_unique("nodes", "id", nodes, [found[label].keys for label in nodes])
    ids = {label: pl.Series(found[label].keys).implode() for label in nodes}
    for kind, edge in schema.edges.items():
        known = [column_hash(column).is_in(ids[label]).alias(column) for column, label in _ends(edge)]
        frame = hashed(edges[kind], edge, known)
        for column, label in _ends(edge):
            if not frame[column].all():
                _refuse_ends(kind, column, label, nodes[label], edges[kind])
        found[kind] = Hashes.of(frame)
    _check_unique("edges", "eid", edges, [found[kind].keys for kind in edges])
    return found


def check_columns(schema: GraphSchema, nodes: Mapping[str, Path], edges: Mapping[str, Path]) -> None:
    """Check only that every table is there with the columns that ``schema`` names.

    Raises:
        ContractError: a table or column is missing, unknown or of another type.
    """
    _same_names("node", schema.nodes, nodes)
    _same_names("edge", schema.edges, edges)
    for label, node in schema.nodes.items():
        _check_columns(f"nodes/{label}", node, nodes[label])
    for kind, edge in schema.edges.items():
        _check_columns(f"edges/{kind}", edge, edges[kind])


def rows_of(path: Path) -> int:
    """Return the number of rows of a table."""
    return int(pl.scan_parquet(path).select(pl.len()).collect().item())


def _same_names(sort: str, wanted: Mapping[str, object], found: Mapping[str, Path]) -> None:
    missing = sorted(set(wanted) - {name for name, path in found.items() if path.is_file()})
    unknown = sorted(set(found) - set(wanted))
    if missing:
        raise ContractError(f"graph: {sort} tables missing: {', '.join(missing)}", REMEDY)
    if unknown:
        raise ContractError(
            f"graph: {sort} tables that the schema does not know: {', '.join(unknown)}", REMEDY
        )


def _check_columns(name: str, table: NodeTable | EdgeTable, path: Path) -> None:
    try:
        found = pl.read_parquet_schema(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise ContractError(f"graph table {name} cannot be read: {error}", REMEDY) from error
    wrong = [
        f"{column} is {found.get(column, 'missing')}, wanted {wanted}"
        for column, wanted in table.columns().items()
        if found.get(column) != wanted
    ]
    wrong += [f"{column} is not in the schema" for column in found if column not in table.columns()]
    if wrong:
        raise ContractError(f"graph table {name}: {'; '.join(wrong)}", REMEDY)


def _check_unique(folder: str, key: str, tables: Mapping[str, Path], hashes: list[np.ndarray]) -> None:
    if not tables or all_differ(hashes):
        return
    told = pl.len() - pl.col(key).n_unique(), pl.col(key).null_count().alias("none")
    whole = pl.concat([pl.scan_parquet(path).select(key) for path in tables.values()])
    every, none = whole.select(told).collect().row(0)
    if not every and not none:
        return
    for name, path in sorted(tables.items()):  # which table is to blame
        doubled, none = pl.scan_parquet(path).select(told).collect().row(0)
        if none:
            raise ContractError(f"graph table {folder}/{name}: {none} rows without {key}", REMEDY)
        if doubled:
            raise ContractError(f"graph table {folder}/{name}: {doubled} rows repeat another's {key}", REMEDY)
    raise ContractError(
        f"graph tables {folder}/*: {every} rows bear the {key} of another table's row", REMEDY
    )


def _refuse_ends(kind: str, column: str, label: str, known: Path, path: Path) -> None:
    ends = pl.scan_parquet(path).select("eid", column)
    lost = ends.join(pl.scan_parquet(known).select("id"), left_on=column, right_on="id", how="anti").collect()
    told = _told(lost, column, path.parent.parent / "evidence.parquet")
    raise ContractError(
        f"graph table edges/{kind}: {lost.height} rows whose {column} is no {label}: {told}", REMEDY
    )


def _told(lost: pl.DataFrame, column: str, evidence: Path) -> str:
    """Name the first edges whose end is missing, and the records that bear them where these are known."""
    told = []
    for eid, end in lost.sort("eid").select("eid", column).head(SHOWN).iter_rows():
        records: list[str] = []
        if evidence.is_file():
            borne = pl.scan_parquet(evidence).filter(pl.col("eid") == eid).select("record_id")
            records = borne.collect()["record_id"].sort().to_list()
        about = f", records {', '.join(records[:SHOWN])}" if records else ""
        told.append(f"{eid} to {end}{about}")
    return "; ".join(told)


def _ends(edge: EdgeTable) -> Iterator[tuple[str, str]]:
    yield "source", edge.from_
    yield "target", edge.to
