"""``jiwang source``: take in a region by TOML alone, mend rows that its files broke, tell its quality."""

from __future__ import annotations

import json
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.options import SourcesOption, WorkspaceOption
from jiwang.errors import SourceError, UsageError

if TYPE_CHECKING:
    from ingest.draft import Draft

group = typer.Typer(
    help="Departmental files: draft and check mappings, repair quarantined rows, report quality.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
DIALECT = """\
# What no mapping reads: listed in the account as documents.
ignore = [{papers}"*字典*", "*说明*", "*.md", "*.doc*", "*.pdf", "README*", ".*", "*/.*", "Thumbs.db"]
"""


def register(cli: typer.Typer) -> None:
    """Register the group."""
    cli.add_typer(group, name="source")


@group.command("check")
def check(  # long: the arguments of the command line
    paths: Annotated[list[Path], typer.Argument(help="Files of a hand-over, or its folder.", exists=True)],
    out: Annotated[
        Path | None,
        typer.Option("--out", help="A .toml for one file, a folder (DIR/DIALECT) for several."),
    ] = None,
    root: Annotated[
        Path | None,
        typer.Option("--root", help="Folder of the hand-over: globs are relative to it."),
    ] = None,
    dictionary: Annotated[
        Path | None,
        typer.Option(
            "--dictionary",
            help="Data dictionary (Markdown, text, CSV, XLSX); default: 数据字典*.",
        ),
    ] = None,
    table: Annotated[
        str | None, typer.Option("--table", help="The record table, where you know it better.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over mappings that are there.")] = False,
) -> int:
    """Draft a mapping from files, say how sure it is of each column and why, and what you must still say."""
    from app.drafting import show, summary
    from ingest.draft import check as drafts_of
    from jiwang.ontology import record_tables

    if table is not None and table not in record_tables():
        raise UsageError(f"there is no record table {table!r}", f"name one of: {', '.join(record_tables())}")
    refused: list[SourceError] = []
    drafts = drafts_of(paths, root=root, said=dictionary, table=table, refused=refused)
    for error in refused:
        typer.echo(f"{error.problem} — {error.remedy}", err=True)
    if not drafts:
        raise UsageError("there is no file to look at", "name files of a hand-over, or its folder")
    for draft in drafts:
        show(draft, whole=len(drafts) == 1)
    if len(drafts) > 1:
        summary(drafts)
    if out is None:
        typer.echo("Write the mappings with --out; then `jiwang source lint`.")
        return 0
    _write(drafts, out, force=force)
    return 2 if refused else 0


@group.command("lint")
def lint(
    dialect: Annotated[str, typer.Argument(help="Name of a dialect, or its folder.")],
    sources: SourcesOption = None,
    source: Annotated[
        Path | None, typer.Option("--input", help="Folder of a hand-over to hold the mappings against.")
    ] = None,
) -> int:
    """Check the mappings of a dialect against the record tables and, with --input, against the files."""
    from ingest import lint as faults_of

    folder = Path(dialect)
    if folder.is_dir() and any(folder.glob("*.toml")):
        dialect, sources = folder.resolve().name, folder.resolve().parent
    faults = faults_of(dialect, sources, source)
    for fault in faults:
        typer.echo(fault)
    typer.echo(f"{dialect}: {len(faults)} faults" if faults else f"{dialect}: every mapping is in order")
    return 2 if faults else 0


@group.command("repair")
def repair(
    workspace: WorkspaceOption,
    export: Annotated[
        Path | None, typer.Option("--export", help="Write the quarantined rows to this CSV, to be corrected.")
    ] = None,
    apply: Annotated[
        Path | None, typer.Option("--apply", help="Take the corrections from this CSV; then ingest again.")
    ] = None,
    who: Annotated[str, typer.Option("--who", help="With --apply: who corrects.")] = "",
    why: Annotated[str, typer.Option("--why", help="With --apply: by what it is known.")] = "",
) -> int:
    """Repair quarantined rows: write them out as a CSV, and take it back with corrections."""
    from ingest import repair as repairs
    from jiwang.workspace import Workspace

    if (export is None) == (apply is None):
        raise UsageError("name one of --export and --apply", "export first, correct, then apply")
    opened = Workspace.open(workspace)
    with opened.lock():
        if export is not None:
            for name, rule, rows, lines in repairs.export(opened, export).iter_rows():
                redeliver = (
                    ""
                    if rows == lines
                    else f": {rows - lines:,} of them the rest of a file cut off, have it delivered anew"
                )
                typer.echo(f"{name}  {rule}  {rows:,} rows{redeliver}")
            typer.echo(f"rows in clear in {export}: fill in `corrected`, then --apply; delete it afterwards")
        elif apply is not None:
            added = repairs.apply(opened, apply, who=who, why=why)
            for name, rows in added.items():
                typer.echo(f"{name}  {rows:,} corrections")
            typer.echo("the next ingest or run reads them" if added else "nothing new: all are there already")
    return 0


@group.command("report")
def report(
    workspace: WorkspaceOption,
    out: Annotated[
        Path | None, typer.Option("--out", help="The page to write; default: quality.html in the workspace.")
    ] = None,
) -> int:
    """Write the quality report of the batch in a workspace: HTML, Chinese and English."""
    from app.report import save
    from jiwang.workspace import Workspace

    opened = Workspace.open(workspace)
    path = out or opened.root / "quality.html"
    if path.is_dir():
        raise UsageError(f"{path} is a folder", "name a file with --out, as DIR/quality.html")
    save(opened, path)
    typer.echo(f"quality report written to {path}")
    return 0


def _write(drafts: list[Draft], out: Path, *, force: bool) -> None:
    """Write each draft's TOML: to ``out`` itself, or into it as a folder with a ``dialect.toml``."""
    from ingest.draft import of_the_same_files, toml

    if out.suffix == ".toml":
        if len(drafts) > 1:
            raise UsageError(
                f"{out} is one file, and there are {len(drafts)} drafts", "name a folder with --out"
            )
        texts = {out: toml(drafts[0], out.stem)}
    else:
        counts: dict[str, int] = {}
        texts = {}
        for draft in drafts:
            counts[draft.name] = n = counts.get(draft.name, 0) + 1
            name = draft.name if n == 1 else f"{draft.name}_{n}"
            texts[out / f"{name}.toml"] = toml(draft, name)
        if not (out / "dialect.toml").exists():
            papers = "".join(f"{json.dumps(escape(p), ensure_ascii=False)}, " for p in drafts[0].papers)
            texts[out / "dialect.toml"] = DIALECT.format(papers=papers)
    former = [] if out.suffix == ".toml" else [p for p in of_the_same_files(out, drafts) if p not in texts]
    there = [p.name for p in texts if p.exists()] + [p.name for p in former]
    if there and not force:
        raise UsageError(
            f"{', '.join(there)} is there already", "name another --out, or write over it with --force"
        )
    for path in former:
        path.unlink()
        typer.echo(f"{path.name} is gone: it was drafted before from files that are drafted anew")
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    folder = out.parent if out.suffix == ".toml" else out
    typer.echo(
        f"{len(texts)} files written to {folder}; look through them, then: jiwang source lint {folder}"
    )
