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
    account,
    accounts,
    clinics,
    employers,
    evidence,
    holders,
    households,
    identity,
    judgements,
    leads,
    links,
    organisations,
    overlay,
    people,
    persons,
    portraits,
    remarks,
    store,
)
from entity_resolution.overlay import Placed
from entity_resolution.parties import Parties, Records
from jiwang import tables
from jiwang.config import Settings
from jiwang.ids import digest
from jiwang.ontology import KINDS, Kind
from jiwang.progress import Progress, Task
from jiwang.workspace import Workspace

VERSION = 3  # raise when a change of rules should resolve a workspace anew


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
    return account.counts(out, workspace)


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
    said = {kind: found[kind].parties.profiles.join(placed[kind].profiles, on="profile") for kind in KINDS}
    mentions, mention_links = remarks.read(records, said, all_links)
    link_table = links.tidy(pl.concat([all_links, mention_links]))
    ids = {kind: _ids(found[kind], placed[kind].profiles) for kind in KINDS}
    conflicts = resolved.cells.conflicts.join(ids["person"], on="entity").select("entity_id", "conflict")
    portraits_of = [
        portraits.paint(kind, found[kind].parties, placed[kind].profiles, conflicts) for kind in KINDS
    ]
    entity_table = portraits.count(pl.concat(portraits_of), link_table)
    return {
        "links": (link_table, tables.Links),
        "entities": (entity_table, tables.Entities),
        "evidence": (
            evidence.gather({k: (found[k], placed[k].profiles) for k in KINDS}, resolved.weighed),
            tables.Evidence,
        ),
        **_about_people(found["person"].parties, placed["person"], resolved, pairs, ids["person"]),
        "account_leads": (holders.find(link_table), tables.AccountLeads),
        "households": (households.members(records, link_table), None),
        "aliases": (_called(employers.aliases, found["employer"], ids["employer"]), None),
        "branches": (_called(employers.branches, found["employer"], ids["employer"]), None),
        "same_organisation": (organisations.pairs(entity_table, clinics.codes_with_uscc(records)), None),
        "keys": (pl.concat([placed[kind].keys for kind in KINDS]), None),
        "review": (pl.concat([placed[kind].review for kind in KINDS]), tables.Review),
        "judgements": (pl.concat([placed[kind].judged for kind in KINDS]), tables.Judgements),
        "mentions": (mentions, tables.Mentions),
    }


def _about_people(
    parties: Parties, placed: Placed, resolved: persons.People, pairs: pl.DataFrame, ids: pl.DataFrame
) -> Out:
    """Return what is left to people: leads that two may be one, and rows that nobody is linked to."""
    possible = leads.table(pairs, parties, placed.profiles, ids)
    possible = overlay.undenied(possible, placed.judged)
    unresolved = parties.rows.join(resolved.unresolved, on="profile").filter("primary")
    unresolved = unresolved.select("table", "role", "record_id", "reason").sort("table", "record_id")
    return {
        "possible_same": (possible, tables.PossibleSame),
        "identity_leads": (identity.find(possible, parties, placed.profiles), tables.IdentityLeads),
        "doubts": (evidence.doubts(parties, resolved.doubts, ids, placed.judged), tables.Doubts),
        **_to_reweigh(parties, placed, resolved),
        "unresolved": (unresolved, None),
    }


def _to_reweigh(parties: Parties, placed: Placed, resolved: persons.People) -> Out:
    """Return what `reweigh` reads: the profile of each row, what profiles say and whose they are, weights."""
    whose = placed.profiles.select("profile", "entity_id")
    marks, said = resolved.told
    marks = marks.join(whose, on="profile", how="left", maintain_order="left")
    rows = parties.rows.select("record_id", "role", "primary", "profile").sort("record_id", "role", "profile")
    kept = {"person_rows": rows, "person_profiles": marks, "person_said": said, "weights": resolved.weights}
    return {name: (frame, None) for name, frame in kept.items()}


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
