"""Published ids: an entity keeps the id it was first published under, whatever later batches bring.

``keys.parquet`` maps every strong key (``citizen:…``, ``number:…``, ``uscc:…``, ``account:…`` …) to the id of
its entity. A later run looks its entities up by their keys. Two published entities are never joined here, and
none is split: the rows stay where they were, and ``review.parquet`` names the pair for a person to decide.
"""

from __future__ import annotations

import polars as pl

from jiwang.errors import WorkspaceError
from jiwang.ids import entity_id
from jiwang.ontology import Kind
from jiwang.workspace import Workspace

KEYS = {"kind": pl.String(), "key": pl.String(), "entity_id": pl.String()}


def published_keys(workspace: Workspace) -> pl.DataFrame:
    """Return ``kind, key, entity_id`` of the last run; empty before the first.

    Raises:
        WorkspaceError: the table was written by a version that keeps its keys otherwise.
    """
    path = workspace.folder("entities") / "keys.parquet"
    if not path.is_file():
        return pl.DataFrame(schema=KEYS)
    keys = pl.read_parquet(path)
    if dict(keys.schema) != KEYS:
        raise WorkspaceError(
            f"{path} has the columns {', '.join(keys.columns)}; this version keeps {', '.join(KEYS)}",
            "use the version that wrote it, or run the hand-over into a new workspace (ids start anew)",
        )
    return keys


def assign(
    kind: Kind, links: pl.DataFrame, published: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Give every profile the id of its entity.

    Args:
        kind: the kind of all entities.
        links: ``profile, entity, how, key``: an entity is called by its strongest key; ``key`` is the one
            that the profile was reached by.
        published: as `published_keys` returns it.

    Returns:
        ``profile, entity_id, how, anchor`` (the strongest key, null where a published entity holds the
        profile by another); the rows of the keys table; and ``entity_id, other_id, action, reason`` of merges
        and splits that a person must decide.
    """
    old = published.filter(pl.col("kind") == kind).select("key", was="entity_id")
    keyed = pl.concat([links.select("entity", "key"), links.select("entity", key="entity")])
    # A key that leads to two entities (a number that two people share) names neither.
    keyed = keyed.unique().filter((pl.len().over("key") == 1) | (pl.col("key") == pl.col("entity")))
    known = keyed.join(old, on="key", how="left").sort("entity", "key")
    ids = _ids(kind, known)
    known = known.join(ids, on="entity")
    held = known.filter(pl.col("was") != pl.col("entity_id"))
    review = _review(held, old)
    keys = known.select(kind=pl.lit(kind), key="key", entity_id=pl.coalesce("was", "entity_id"))
    gone = old.join(known, on="key", how="anti").select(kind=pl.lit(kind), key="key", entity_id="was")
    placed = links.join(ids, on="entity").join(held.select("key", held="was"), on="key", how="left")
    placed = placed.select(
        "profile",
        "how",
        entity_id=pl.coalesce("held", "entity_id"),
        anchor=pl.when(pl.col("held").is_null()).then("entity"),
    )
    return (
        placed,
        pl.concat([keys, gone]).unique().sort("key", "entity_id"),
        review.unique().sort("entity_id", "other_id"),
    )


def _review(held: pl.DataFrame, old: pl.DataFrame) -> pl.DataFrame:
    """Return ``entity_id, other_id, action, reason`` of keys held by another published entity."""
    split = ~pl.col("entity_id").is_in(old["was"].unique().implode())
    action = pl.when(split).then(pl.lit("split")).otherwise(pl.lit("merge"))
    ends = {"whole": pl.col("was"), "part": pl.col("entity_id")}
    return held.select(
        entity_id=pl.when(split).then(ends["whole"]).otherwise(ends["part"]),
        other_id=pl.when(split).then(ends["part"]).otherwise(ends["whole"]),
        action=action,
        reason=pl.format("would_{}_published", action),
    )


def _ids(kind: Kind, known: pl.DataFrame) -> pl.DataFrame:
    """Return ``entity, entity_id``: the id published under its own key, else another, else a fresh one."""
    own = known.filter(pl.col("entity") == pl.col("key")).select("entity", own="was")
    others = (
        known.filter(pl.col("was").is_not_null())
        .group_by("entity", maintain_order=True)
        .agg(other=pl.col("was").first())
    )
    ids = own.join(others, on="entity", how="left").with_columns(choice=pl.coalesce("own", "other"))
    fresh = pl.Series("fresh", [entity_id(kind, entity) for entity in ids["entity"]], dtype=pl.String)
    # One published id serves one entity: that which bears the key as its name comes before others.
    ids = ids.with_columns(fresh).sort(["choice", "own", "entity"], nulls_last=True)
    first = pl.col("choice").is_not_null() & (pl.int_range(pl.len()).over("choice") == 0)
    return ids.select("entity", entity_id=pl.when(first).then("choice").otherwise("fresh"))
