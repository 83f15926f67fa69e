"""Joins the small tables of the truth: of a region's districts, and of rings that several regions share."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

RINGS = "rings"


def gather(folders: list[Path], out: Path) -> None:
    """Join the tables of the districts in ``folders``; a group's number is its district's, then its own."""
    for path in sorted(folders[0].glob("*.parquet")):
        tables = [pq.read_table(folder / path.name) for folder in folders]
        if len(tables) > 1 and "group_id" in tables[0].column_names:
            tables = [_renamed(found, f"D{at:02d}") for at, found in enumerate(tables, 1)]
        joined = pa.concat_tables(tables)
        pq.write_table(_merged(joined) if path.stem == RINGS else joined, out / path.name)


def _renamed(found: pa.Table, prefix: str) -> pa.Table:
    at = found.column_names.index("group_id")
    named = pc.binary_join_element_wise(prefix, found["group_id"].combine_chunks(), "")
    return found.set_column(at, "group_id", named)


def _merged(rings: pa.Table) -> pa.Table:
    """Make one row of the parts of a ring that is played in several districts."""
    kept = [name for name in rings.column_names if name not in ("ring_id", "n_members")]
    grouped = rings.group_by("ring_id", use_threads=False).aggregate(
        [("n_members", "sum"), *((name, "first") for name in kept)]
    )
    names = {f"{name}_first": name for name in kept} | {"n_members_sum": "n_members"}
    renamed = grouped.rename_columns([names.get(name, name) for name in grouped.column_names])
    return renamed.select(rings.column_names)


def across(regions: list[tuple[str, Path]], out: Path) -> None:
    """Write the rings that stand in the truth of more than one region, and their members, by region."""
    out.mkdir(parents=True)
    rings = _labelled(regions, RINGS)
    counts = rings.group_by("ring_id").aggregate([("region", "count_distinct")])
    crossing = counts.filter(pc.greater(counts["region_count_distinct"], 1))["ring_id"]
    for name, found in ((RINGS, rings), ("ring_members", _labelled(regions, "ring_members"))):
        pq.write_table(found.filter(pc.is_in(found["ring_id"], crossing)), out / f"{name}.parquet")


def _labelled(regions: list[tuple[str, Path]], name: str) -> pa.Table:
    tables = []
    for region, folder in regions:
        found = pq.read_table(folder / f"{name}.parquet")
        tables.append(found.append_column("region", pa.array([region] * len(found), pa.string())))
    return pa.concat_tables(tables)
