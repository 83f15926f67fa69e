"""Who nobody is known to be: claims of primary parties that no person fits become persons of their own.

Claims of one name that share an identifying fact (a wrong id, a masked id, a birth date, a home, an
account, an employer) are one person. A bare name founds nobody where somebody bears it, a masked id where
two persons fit it, a name whose bearers are all known (`coverage`) where it is theirs: such rows stay
unresolved and are reported.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from entity_resolution.claims import IDENTIFYING, Claims
from jiwang.ids import digest


def content_keys(claims: pl.Series) -> pl.Series:
    """Return the strong key of each claim, a hash of all that it says."""
    return pl.Series(claims.name, ["said:" + digest(c) for c in claims], dtype=pl.String)


def found(claims: Claims, judged: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Found persons on the claims that were not linked.

    Args:
        claims: all claims.
        judged: as `judge.judge` returns it.

    Returns:
        ``claim, entity`` of the new persons, and ``claim, reason`` of primary claims left unresolved.
    """
    rest = claims.heads.filter("primary").join(judged.drop("entity", "how"), on="claim", how="left")
    rest = rest.filter(pl.col("verdict").is_null() | (pl.col("verdict") != "link"))
    facts = claims.facts.filter(pl.col("attribute").is_in(IDENTIFYING)).select("claim").unique()
    rest = rest.join(facts.with_columns(fact=pl.lit(value=True)), on="claim", how="left")
    identified = pl.any_horizontal(pl.col("bad", "cid", "tail").is_not_null()) | pl.col("fact").fill_null(
        value=False
    )
    rivals = pl.col("rivals").fill_null(0)
    reason = (
        pl.when(pl.col("verdict") == "ambiguous").then(pl.lit("ambiguous"))
        .when(pl.col("tail").is_not_null() & (rivals >= 2)).then(pl.lit("masked_id_fits_several"))
        .when(pl.col("known").fill_null(value=False)).then(pl.lit("name_fits_several"))
        .when(~identified & (rivals >= 1)).then(pl.lit("bare_name"))
    )  # fmt: skip
    rest = rest.with_columns(reason=reason)
    unresolved = rest.filter(pl.col("reason").is_not_null()).select("claim", "reason")
    founders = rest.filter(pl.col("reason").is_null())
    return _group(founders, claims.facts), unresolved.sort("claim")


def _group(founders: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """Join founders of one name that share an identifying fact; each group is called by its first claim."""
    said = [
        founders.filter(pl.col(c).is_not_null()).select("claim", "key", attribute=pl.lit(c), value=pl.col(c))
        for c in ("bad", "cid", "tail")
    ]
    shared = facts.filter(pl.col("attribute").is_in([*IDENTIFYING, "phone"])).join(
        founders.select("claim", "key"), on="claim"
    )
    lines = pl.concat([*said, shared.select("claim", "key", "attribute", "value")])
    bare = founders.join(lines.select("claim").unique(), on="claim", how="anti")
    lines = pl.concat(
        [lines, bare.select("claim", "key", attribute=pl.lit("table"), value=pl.col("tables").list.first())]
    )
    groups = (
        lines.sort("claim").group_by("key", "attribute", "value", maintain_order=True).agg(pl.col("claim"))
    )
    leader = union(groups["claim"].to_list())
    members = sorted(leader)
    first = pl.Series("entity", [leader[m] for m in members], dtype=pl.String)
    return pl.DataFrame({"claim": pl.Series(members, dtype=pl.String), "entity": content_keys(first)})


def union(groups: Iterable[list[str]]) -> dict[str, str]:
    """Return the least member of the connected set that each member of ``groups`` is in."""
    parent: dict[str, str] = {}

    def root(x: str) -> str:
        while parent.setdefault(x, x) != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        return x

    for members in groups:
        for other in members:
            a, b = sorted((root(members[0]), root(other)))
            parent[b] = a
    return {x: root(x) for x in parent}
