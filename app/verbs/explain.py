"""``jiwang explain``: why two records or entities are one, or why not; or how one entity came together."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.options import WorkspaceOption

if TYPE_CHECKING:
    from app.i18n import Words


class Language(StrEnum):
    """Languages of the answer."""

    zh = "zh"
    en = "en"


def register(cli: typer.Typer) -> None:
    """Register the verb."""
    cli.command("explain")(explain)


def explain(
    workspace: WorkspaceOption,
    a: Annotated[str, typer.Argument(metavar="A", help="A record id or an entity id.")],
    b: Annotated[
        str | None, typer.Argument(metavar="[B]", help="Another; without it: how A came together.")
    ] = None,
    language: Annotated[Language, typer.Option("--language", help="Language of the answer.")] = Language.zh,
) -> int:
    """Say why two records or entities are one entity, or why not. No names or numbers are printed."""
    from app.i18n import Words
    from app.services import identity
    from app.services.desk import Desk

    desk, t = Desk(workspace), Words(language.value)
    if b is None:
        entity = identity.entity_of(desk, a)
        for found in identity.came_together(desk, entity) if entity else []:
            _way(found, t)
        return 0
    answer = identity.explain(desk, a, b)
    typer.echo(t("against.same" if answer.same else "against.different"))
    for code in answer.against:
        typer.echo(f"- {t(f'against.{code}')}")
    for side, way in zip((a, b), answer.ways, strict=True):
        if way:
            typer.echo(f"\n{side}")
            _way(way, t)
    return 0


def _way(way: dict[str, Any], t: Words) -> None:
    from app.i18n import field_name, how_told

    typer.echo(f"{how_told(way['how'], t)}  {way['score']:+.1f}  ({t('app.count')} {way['rows']:,})")
    for part in way["parts"]:
        typer.echo(f"  {part['weight']:+8.1f}  {field_name(part['field'], t)}")
