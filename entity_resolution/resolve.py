"""The stage: record tables in, entities and links out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dataframely as dy
import polars as pl

import jiwang
from entity_resolution import (
    accounts,
    clinics,
    employers,
    judgements,
    leads,
    links,
    organisations,
    overlay,
    people,
    persons,
    portraits,
    store,
)
from entity_resolution.overlay import Placed
from entity_resolution.parties import ROW_COLUMNS, Parties, Records
from jiwang import tables
from jiwang.config import Settings
from jiwang.ids import digest
from jiwang.ontology import KINDS, Kind
from jiwang.progress import Progress, Task
from jiwang.workspace import Workspace

VERSION = 1  # raise when a change of rules should resolve a workspace anew


Out = dict[str, tuple[pl.DataFrame, type[dy.Schema] | None]]


@dataclass(frozen=True)
class Resolved:
    """All parties of one kind, resolved.

    Attributes:
        parties: rows and profiles.
        links: ``profile, entity, how, key``, as `store.assign` takes them.
    """

    parties: Parties
    links: pl.DataFrame


def fingerprint(workspace: Workspace, settings: Settings) -> dict[str, Any]:
    """Return what the result depends on: the records' stamp, the code's version and the settings used."""
    records = workspace.stamp("records") or {}
    return {
        "records": digest(sorted(records.items())),
        "judgements": judgements.stamp(workspace),
        "jiwang": jiwang.__version__,
        "version": VERSION,
        "settings": settings.fingerprint(),
    }


def run(
    workspace: Workspace,
    settings: Settings,
    *,
    progress: Progress,
    stamp: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Resolve the workspace's records and publish the folder ``entities``.

    Args:
        workspace: holds the folder ``records``, and the ids published before, if any.
        settings: the settings.
        progress: where to report.
        stamp: what the folder is stamped with (default: `fingerprint`).

    Returns:
        Counts for the manifest: entities per kind, rows linked per table, kind and role, conflicts, leads.
    """
    with progress.task("resolve", total=len(_RESOLVERS) + 4) as task:
        out = _resolve(workspace, judgements.log(workspace), task)
        task.say("publish")
        with workspace.publish("entities", stamp or fingerprint(workspace, settings)) as folder:
            for name, (frame, contract) in out.items():
                _write(frame, contract, folder / f"{name}.parquet")
        task.advance()
    return _counts(out)


def _resolve(workspace: Workspace, log: pl.DataFrame, task: Task) -> Out:
    """Return every table of the folder ``entities`` with its contract, where it has one."""
    records = Records(workspace)
    found: dict[Kind, Resolved] = {}
    for kind, resolver in _RESOLVERS.items():
        task.say(kind)
        found[kind] = resolver(records)
        task.advance()
    task.say("person")
    parties = people.gather(records, _employer_of_row(found["employer"]), _account_of_row(found["account"]))
    resolved = persons.resolve(parties)
    found["person"] = Resolved(parties, resolved.links)
    task.advance()
    task.say("leads")
    pairs = leads.find(records, parties, resolved.links, resolved.cells)
    task.advance()
    task.say("ids and notes")
    published = store.published_keys(workspace)
    placed = {kind: _placed(kind, found[kind], published, log) for kind in KINDS}
    out = _tables(records, found, placed, resolved, pairs)
    task.advance()
    return out


def _placed(kind: Kind, one: Resolved, published: pl.DataFrame, log: pl.DataFrame) -> Placed:
    return overlay.lay(kind, one.parties, store.assign(kind, one.links, published), log)


def _employers(records: Records) -> Resolved:
    parties, former = employers.gather(records)
    resolved = employers.resolve(parties, former)
    number = parties.profiles.select("profile", "number", "uscc")
    reached = (
        pl.when(pl.col("uscc").is_null() & pl.col("number").is_not_null())
        .then("number:" + pl.col("number"))
        .otherwise("entity")
    )
    links = resolved.join(number, on="profile").select("profile", "entity", "how", key=reached)
    return Resolved(parties, links)


def _clinics(records: Records) -> Resolved:
    parties = clinics.gather(records)
    return Resolved(parties, clinics.resolve(parties).with_columns(key="entity"))


def _accounts(records: Records) -> Resolved:
    parties = accounts.gather(records)
    return Resolved(parties, accounts.resolve(parties).with_columns(key="entity"))


_RESOLVERS: dict[Kind, Callable[[Records], Resolved]] = {
    "employer": _employers,
    "clinic": _clinics,
    "account": _accounts,
}


def _employer_of_row(employer: Resolved) -> pl.DataFrame:
    rows = employer.parties.rows.filter("primary").join(employer.links, on="profile")
    return rows.select("record_id", employer="entity").unique(
        subset="record_id", keep="first", maintain_order=True
    )


def _account_of_row(account: Resolved) -> pl.DataFrame:
    numbers = account.parties.profiles.select("profile", "account_no", "holder")
    rows = account.parties.rows.filter("primary").join(numbers, on="profile")
    rows = rows.select("record_id", account="account_no", holder="holder")
    return rows.unique(subset="record_id", keep="first", maintain_order=True)


def _tables(
    records: Records,
    found: dict[Kind, Resolved],
    placed: dict[Kind, Placed],
    resolved: persons.People,
    pairs: pl.DataFrame,
) -> Out:
    direct = {kind: links.direct(kind, found[kind].parties, placed[kind].profiles) for kind in KINDS}
    through = [links.through(records, kind, direct[kind]) for kind in KINDS]
    all_links = pl.concat([*direct.values(), *through])
    mentions, mention_links = _mentions(records, found, placed, all_links)
    link_table = links.tidy(pl.concat([all_links, mention_links]))
    ids = {kind: _ids(found[kind], placed[kind].profiles) for kind in KINDS}
    conflicts = resolved.cells.conflicts.join(ids["person"], on="entity").select("entity_id", "conflict")
    portraits_of = [
        portraits.paint(kind, found[kind].parties, placed[kind].profiles, conflicts) for kind in KINDS
    ]
    entity_table = portraits.count(pl.concat(portraits_of), link_table)
    person = found["person"].parties
    unresolved = person.rows.join(resolved.unresolved, on="profile").filter("primary")
    return {
        "links": (link_table, tables.Links),
        "entities": (entity_table, tables.Entities),
        "possible_same": (
            overlay.undenied(
                leads.table(pairs, person, placed["person"].profiles, ids["person"]),
                placed["person"].judged,
            ),
            tables.PossibleSame,
        ),
        "unresolved": (
            unresolved.select("table", "role", "record_id", "reason").sort("table", "record_id"),
            None,
        ),
        "aliases": (_called(employers.aliases, found["employer"], ids["employer"]), None),
        "branches": (_called(employers.branches, found["employer"], ids["employer"]), None),
        "same_organisation": (organisations.pairs(entity_table, clinics.codes_with_uscc(records)), None),
        "keys": (pl.concat([placed[kind].keys for kind in KINDS]), None),
        "review": (pl.concat([placed[kind].review for kind in KINDS]), tables.Review),
        "judgements": (pl.concat([placed[kind].judged for kind in KINDS]), tables.Judgements),
        "mentions": (mentions, tables.Mentions),
    }


def _mentions(
    records: Records, found: dict[Kind, Resolved], placed: dict[Kind, Placed], all_links: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the mentions of all free text, and their links."""
    frames = [
        records.read(table.name, [*ROW_COLUMNS, field])
        .rename({field: "text"})
        .with_columns(table=pl.lit(table.name))
        for table in records.tables()
        for field, of in table.fields.items()
        if of.type == "text"
    ]
    rows = pl.concat(frames).drop_nulls("text") if frames else pl.DataFrame()
    if rows.is_empty():
        return pl.DataFrame(
            schema={c: t.dtype for c, t in tables.Mentions.columns().items()}
        ), all_links.clear()
    from entity_resolution import notes  # noqa: PLC0415 - loads spaCy

    said = {kind: found[kind].parties.profiles.join(placed[kind].profiles, on="profile") for kind in KINDS}
    known = notes.registry(rows["text"].to_list(), said, all_links)
    mentions, linked = notes.read(rows.select("record_id", "text"), known)
    named = linked.join(rows, on="record_id").with_columns(
        role=pl.lit("mention"), primary=pl.lit(value=False)
    )
    return mentions, named.select(all_links.columns)


def _ids(one: Resolved, placed: pl.DataFrame) -> pl.DataFrame:
    return (
        one.links.join(placed.filter(pl.col("anchor").is_not_null()), on="profile")
        .select("entity", "entity_id")
        .unique()
        .sort("entity")
    )


def _called(
    table: Callable[[Parties, pl.DataFrame], pl.DataFrame], one: Resolved, ids: pl.DataFrame
) -> pl.DataFrame:
    """Return a table on entities of one kind with their published ids in the place of their keys."""
    frame = table(one.parties, one.links)
    for column in {"entity", "branch", "parent"} & set(frame.columns):
        named = ids.select(pl.col("entity").alias(column), published="entity_id")
        frame = frame.join(named, on=column).drop(column).rename({"published": column})
    return frame.select(sorted(frame.columns)).unique().sort(pl.all())


def _write(frame: pl.DataFrame, contract: type[dy.Schema] | None, path: Path) -> None:
    if contract:
        tables.write(frame, contract, path)
    else:
        frame.write_parquet(path, compression="zstd")


def _counts(out: Out) -> dict[str, Any]:
    link_table, entity_table = out["links"][0], out["entities"][0]
    per_party = link_table.group_by("table", "kind", "role").len().sort("table", "kind", "role")
    conflicts = (
        entity_table.select(pl.col("conflicts").explode().drop_nulls()).to_series().value_counts(name="n")
    )
    return {
        "entities": dict(entity_table.group_by("kind").len().sort("kind").rows()),
        "links": {f"{t}.{k}.{r}": n for t, k, r, n in per_party.rows()},
        "unresolved": dict(out["unresolved"][0].group_by("reason").len().sort("reason").rows()),
        "leads": dict(out["possible_same"][0].group_by("reason").len().sort("reason").rows()),
        "conflicts": dict(conflicts.sort("conflicts").rows()),
        "review": out["review"][0].height,
        "mentions": out["mentions"][0].height,
    }
