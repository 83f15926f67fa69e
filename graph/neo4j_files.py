"""The graph's tables as `neo4j-admin database import` reads them fastest, with the command to run.

Nodes are numbered through all tables, and an edge names its ends by these numbers, which become Neo4j's own:
the importer, which else spends half of its time on looking ids up, then looks up nothing. Beside each table
lies a header of two lines, which maps its columns to what the importer wants. One small table more brings the
marker by which our store knows the graph.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from graph.contract import rows_of
from graph.schema import LOAD_MARK, NUMBER, EdgeTable, GraphSchema, import_headers, neo4j_ddl

README = "README.txt"
OPTIONS = ("--input-type=parquet", "--id-type=actual")
_ABOUT = """The graph {tag} for an offline import into Neo4j 5.26 or newer, {rows:,} rows.

1. Stop the server, or at least the database.
2. In this folder run, as the user that the server runs as (it replaces the database `{database}`):

{command}

3. Start the server again.
4. `jiwang load --store neo4j --workspace …` makes the constraints and takes the graph over; it loads nothing
   that is there. Whoever prefers to make them by hand:

{constraints}
"""


def write_files(
    schema: GraphSchema,
    nodes: Mapping[str, Path],
    edges: Mapping[str, Path],
    tag: str,
    folder: Path,
    database: str = "neo4j",
) -> list[str]:
    """Fill ``folder`` with tables, headers and a README.

    Args:
        schema: the tables of the graph.
        nodes: label → Parquet file.
        edges: type → Parquet file.
        tag: fingerprint of the graph.
        folder: where to; made if need be, files of the same name are replaced.
        database: name of the database, for the command.

    Returns:
        The importer's arguments: how to read, then tables and headers, relative to ``folder``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    headers = import_headers(schema)
    numbered, count = _numbered(nodes)
    tables = [("nodes", label, table) for label, table in numbered.items() if rows_of(nodes[label])]
    tables += [
        ("relationships", kind, _between_numbers(path, schema.edges[kind], numbered))
        for kind, path in edges.items()
        if rows_of(path)  # the importer wants no empty file
    ]
    written = [_written(folder, *table, headers[table[1]]) for table in tables]
    arguments = [*OPTIONS, *written, _marker(schema, tag, folder, count)]
    command = [f"neo4j-admin database import full {database}", "--overwrite-destination", *arguments]
    rows = count + sum(map(rows_of, edges.values()))
    constraints = ";\n".join(neo4j_ddl(schema)) + ";"
    about = _ABOUT.format(
        tag=tag, rows=rows, database=database, command=" \\\n    ".join(command), constraints=constraints
    )
    (folder / README).write_text(about, encoding="utf-8")
    return arguments


def _numbered(nodes: Mapping[str, Path]) -> tuple[dict[str, pl.LazyFrame], int]:
    """Return the tables of nodes, numbered from one to the next, and how many rows they have."""
    numbered: dict[str, pl.LazyFrame] = {}
    count = 0
    for label, path in nodes.items():
        numbered[label] = pl.scan_parquet(path).with_row_index(NUMBER, count).cast({NUMBER: pl.Int64})
        count += rows_of(path)
    return numbered, count


def _between_numbers(path: Path, edge: EdgeTable, numbered: Mapping[str, pl.LazyFrame]) -> pl.LazyFrame:
    """Return edges with numbers for their ends; one without such a node keeps its row, to be refused."""
    table = pl.scan_parquet(path)
    for end, label in (("source", edge.from_), ("target", edge.to)):
        known = numbered[label].select(pl.col("id").alias(end), NUMBER)
        table = table.join(known, on=end, how="left", maintain_order="left")
        table = table.drop(end).rename({NUMBER: end})
    return table


def _marker(schema: GraphSchema, tag: str, folder: Path, number: int) -> str:
    """Write the one node by which our store knows the graph; return its argument."""
    about = {"id": "graph", "tag": tag, "state": "imported", "schema": schema.fingerprint(), "base": "import"}
    header = {NUMBER: ":ID"} | {name: f"{name}:string" for name in about}
    return _written(folder, "nodes", LOAD_MARK, pl.LazyFrame([{NUMBER: number, **about}]), header)


def _written(folder: Path, option: str, name: str, table: pl.LazyFrame, header: Mapping[str, str]) -> str:
    """Write a table and its header; return the argument that names them."""
    table.select(*header).sink_parquet(folder / f"{name}.parquet", compression="uncompressed")
    text = f"{','.join(header.values())}\n{','.join(header)}\n"
    (folder / f"{name}.header.csv").write_text(text, encoding="utf-8")
    return f"--{option}={name}=./{name}.header.csv,./{name}.parquet"
