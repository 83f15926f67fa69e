"""The graph's own Parquet tables as `neo4j-admin database import` reads them, with the command to run.

The tables stay as they are: beside each lies a header of two lines, which maps its columns to what the
importer wants. One small table more brings the marker by which our store knows the graph.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from graph.schema import GraphSchema, import_headers, neo4j_ddl

MARKER = "JiwangLoad"
README = "README.txt"
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
    """Fill ``folder`` with tables (hard links where the disk is the same), headers and a README.

    Args:
        schema: the tables of the graph.
        nodes: label → Parquet file, checked (`graph.contract`).
        edges: type → Parquet file, checked.
        tag: fingerprint of the graph.
        folder: where to; made if need be, files of the same name are replaced.
        database: name of the database, for the command.

    Returns:
        The arguments that name tables and headers, relative to ``folder``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    headers = import_headers(schema)
    arguments, total = [], 0
    for option, tables in (("nodes", nodes), ("relationships", edges)):
        for name, path in tables.items():
            rows = pl.scan_parquet(path).select(pl.len()).collect().item()
            if rows:  # the importer wants no empty file
                _linked(path, folder / f"{name}.parquet")
                _header(folder, name, headers[name])
                arguments.append(f"--{option}={name}=./{name}.header.csv,./{name}.parquet")
                total += rows
    arguments.append(_marker(schema, tag, folder))
    options = ["--overwrite-destination", "--input-type=parquet", *arguments]
    command = " \\\n    ".join([f"neo4j-admin database import full {database}", *options])
    constraints = ";\n".join(neo4j_ddl(schema)) + ";"
    about = _ABOUT.format(tag=tag, rows=total, database=database, command=command, constraints=constraints)
    (folder / README).write_text(about, encoding="utf-8")
    return arguments


def _marker(schema: GraphSchema, tag: str, folder: Path) -> str:
    """Write the one node by which our store knows the graph; return its argument."""
    about = {"tag": tag, "state": "imported", "schema": schema.fingerprint(), "base": "import"}
    pl.DataFrame([{"id": "graph", **about}]).write_parquet(folder / f"{MARKER}.parquet")
    _header(folder, MARKER, {"id": "id:ID"} | {name: f"{name}:string" for name in about})
    return f"--nodes={MARKER}=./{MARKER}.header.csv,./{MARKER}.parquet"


def _linked(path: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    try:
        os.link(path, target)
    except OSError:  # another disk
        shutil.copyfile(path, target)


def _header(folder: Path, name: str, columns: Mapping[str, str]) -> None:
    text = f"{','.join(columns.values())}\n{','.join(columns)}\n"
    (folder / f"{name}.header.csv").write_text(text, encoding="utf-8")
