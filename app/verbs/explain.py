"""``jiwang explain``: why two records or entities are one, or why not; or how one entity came together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.options import AnyWorkspaceOption

if TYPE_CHECKING:
    from app.i18n import Words
    from entity_resolution.engine.pair import Meeting, Part


class Language(StrEnum):
    """Languages of the answer."""

    zh = "zh"
    en = "en"


def register(cli: typer.Typer) -> None:
    """Register the verb."""
    cli.command("explain")(explain)


def explain(
    a: Annotated[str, typer.Argument(metavar="A", help="A record id or an entity id.")],
    b: Annotated[
        str | None, typer.Argument(metavar="[B]", help="Another; without it: how A came together.")
    ] = None,
    workspace: AnyWorkspaceOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder that `resolve --table` published instead.")
    ] = None,
    language: Annotated[Language, typer.Option("--language", help="Language of the answer.")] = Language.zh,
) -> int:
    """Say why two records or entities are one entity, or why not. No names or numbers are printed."""
    from app.i18n import Words
    from jiwang.errors import UsageError

    t = Words(language.value)
    if workspace is not None and out is None:
        _of_region(workspace, a, b, t)
    elif out is None or workspace is not None:
        raise UsageError("explain needs --workspace DIR or --out DIR", "give one of the two")
    elif b is None:
        raise UsageError("with --out, explain needs two records", "name a second record or entity")
    else:
        _of_table(out, a, b, t)
    return 0


def _of_region(workspace: Path, a: str, b: str | None, t: Words) -> None:
    from app.services import identity
    from app.services.desk import Desk

    desk = Desk(workspace)
    if b is None:
        entity = identity.entity_of(desk, a)
        for found in identity.came_together(desk, entity) if entity else []:
            _way(found, t)
        return
    answer = identity.explain(desk, a, b)
    _say(answer.same, (t(f"against.{code}") for code in answer.against), t)
    for side, way in zip((a, b), answer.ways, strict=True):
        if way:
            typer.echo(f"\n{side}")
            _way(way, t)
    if answer.weighed:
        _weighed(answer.weighed.parts, answer.weighed.meetings, t)


def _of_table(out: Path, a: str, b: str, t: Words) -> None:
    from app.services.pairs import forbidden_told
    from entity_resolution.engine import explain as engine

    found = engine.explain(out, a, b)
    lines = [t.known("against", code) for code in found.reasons]
    _say(found.same, [*lines, *(forbidden_told(code, t) for code in found.forbidden)], t)
    for step in found.chain:
        how = t("how.cell") if step.score is None else f"{step.score:+.1f}"
        typer.echo(f"  {step.left} — {step.right}  {how}")
    _weighed(found.parts, found.meetings, t)
    typer.echo(t("pair.accept", bits=f"{found.accept:+.1f}"))


def _say(same: bool, lines: Iterable[str], t: Words) -> None:
    typer.echo(t("against.same" if same else "against.different"))
    for line in lines:
        typer.echo(f"- {line}")


def _weighed(parts: Sequence[Part], meetings: Sequence[Meeting], t: Words) -> None:
    from app.services.pairs import keys_told, level_told
    from entity_resolution.engine.pair import score

    typer.echo(f"\n{t('pair.anew')}")
    for part in parts:
        typer.echo(f"  {part.weight:+8.1f}  {level_told(part, t)}")
    typer.echo(f"  {score(parts):+8.1f}  {t('evidence.sum')}")
    for line in keys_told(meetings, t):
        typer.echo(line)


def _way(way: dict[str, Any], t: Words) -> None:
    from app.i18n import field_name, how_told

    typer.echo(f"{how_told(way['how'], t)}  {way['score']:+.1f}  ({t('app.count')} {way['rows']:,})")
    for part in way["parts"]:
        typer.echo(f"  {part['weight']:+8.1f}  {field_name(part['field'], t)}")
