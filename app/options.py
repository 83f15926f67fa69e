"""Arguments that several verbs share: one spelling, one help text."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Store(StrEnum):
    """Where patterns run."""

    embedded = "embedded"
    neo4j = "neo4j"


class Format(StrEnum):
    """How out/ is written: Parquet always, CSV beside it when asked for."""

    parquet = "parquet"
    csv = "csv"


WorkspaceOption = Annotated[Path, typer.Option("--workspace", "-w", help="Folder of the region's workspace.")]
AnyWorkspaceOption = Annotated[  # of verbs that do without one
    Path | None, typer.Option("--workspace", "-w", help="Folder of the region's workspace.")
]
RegionOption = Annotated[
    str, typer.Option("--region", help="Name of the pooling region: the value of the region columns.")
]
DialectOption = Annotated[
    str | None,
    typer.Option("--dialect", help="Folder of mappings, ingest/sources/DIALECT; default: the region's name."),
]
SourcesOption = Annotated[
    Path | None,
    typer.Option("--sources", help="Folder of dialects of your own, looked in before those that ship."),
]
InputOption = Annotated[Path, typer.Option("--input", help="Folder of the hand-over; it is only read.")]
StoreOption = Annotated[
    Store | None, typer.Option("--store", help="Graph store; default: the setting, which is embedded.")
]
FormatOption = Annotated[
    Format, typer.Option("--format", help="csv: write out/*.csv beside the Parquet files.")
]
AllowUnknownOption = Annotated[
    bool,
    typer.Option(
        "--allow-unknown", help="Leave out unknown files and columns, and name them in the manifest."
    ),
]
PortOption = Annotated[
    int | None, typer.Option("--port", min=1, max=65535, help="Port of the app on this machine.")
]
