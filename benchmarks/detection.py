"""How many planted rings are found, and how many innocents accused: a simulated region against its truth.

    python benchmarks/detection.py [--workspace W --truth DIR/truth]

The workspace holds `jiwang run` over ``DIR/raw``; without one, a region is simulated and worked through.
Truth names rows, so entities are compared through the rows that speak of them. A ring is found when its
people and those of one ring of ours overlap by half (Jaccard); a ring of ours is right when half of
its people are one true ring's.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import polars as pl
from _region import simulated, worked

ROW = ["source_file", "source_row", "kind"]


def translate(workspace: Path, truth: Path) -> dict[str, int]:
    """Return our entity id -> true entity: the one that most of its rows are about."""
    ours = pl.read_parquet(workspace / "out" / "links.parquet").filter("primary").select(*ROW, "entity_id")
    theirs = pl.read_parquet(truth / "entities.parquet").filter("primary").select(*ROW, "entity")
    both = theirs.join(ours, on=ROW).group_by("entity", "entity_id").len().sort("len", "entity")
    return dict(both.select("entity_id", "entity").iter_rows())


def groups(frame: pl.DataFrame, key: str, entity: str) -> dict[str, set[int]]:
    """Return group -> its people."""
    found: dict[str, set[int]] = defaultdict(set)
    for group, member in (
        frame.filter(pl.col("kind") == "person").select(key, entity).drop_nulls().iter_rows()
    ):
        found[group].add(member)
    return found


def best(people: set[int], rings: Mapping[str, set[int]]) -> tuple[float, str | None]:
    """Return the highest Jaccard overlap with any of ``rings``, and which."""
    scored = [(len(people & r) / len(people | r), name) for name, r in rings.items() if people & r]
    return max(scored, default=(0.0, None))


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--workspace", type=Path)
    parser.add_argument("--truth", type=Path)
    parser.add_argument("--least", type=float, default=0.5, help="overlap that counts as found")
    args = parser.parse_args()
    if args.workspace and args.truth:
        return report(args.workspace, args.truth, args.least)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        workspace = worked(simulated(folder / "region"), folder / "workspace")
        return report(workspace, folder / "region" / "truth", args.least)


def report(workspace: Path, truth: Path, least: float) -> int:
    """Print a line a planted ring, then what was found, how precisely, and who was accused falsely."""
    names = translate(workspace, truth)
    true = groups(pl.read_parquet(truth / "ring_members.parquet"), "ring_id", "entity")
    info = pl.read_parquet(truth / "rings.parquet").sort("typology", "tier")
    ranked = pl.read_parquet(workspace / "out" / "rings.parquet").sort("rank")
    members = pl.read_parquet(workspace / "out" / "ring_members.parquet").with_columns(
        pl.col("entity_id").replace_strict(names, default=None, return_dtype=pl.Int64()).alias("entity")
    )
    ours = groups(members, "ring_id", "entity")
    place = dict(ranked.select("ring_id", "rank").iter_rows())
    found = 0
    for ring, typology, tier in info.select("ring_id", "typology", "tier").iter_rows():
        overlap, match = best(true[ring], ours)
        found += overlap >= least
        rank = place.get(match or "", "-")
        sys.stdout.write(
            f"{typology:4} tier {tier}  {len(true[ring]):3} people  overlap {overlap:.2f}  rank {rank}\n"
        )
    hits = {r: max((len(p & t) / len(p) for t in true.values()), default=0.0) for r, p in ours.items()}
    negatives = groups(pl.read_parquet(truth / "hard_negatives.parquet"), "group_id", "entity")
    sys.stdout.write(f"rings found {found} of {info.height} (overlap >= {least})\n")
    for k in (10, info.height, ranked.height):
        top = ranked["ring_id"].head(k).to_list()
        true_top = sum(hits.get(r, 0.0) >= 0.5 for r in top)
        sys.stdout.write(f"precision at {len(top)}: {true_top}/{len(top)}\n")
    accused = [g for g, p in negatives.items() if any(len(p & ours[r]) >= 2 and hits[r] < 0.5 for r in ours)]
    sys.stdout.write(f"innocent groups listed as a ring {len(accused)} of {len(negatives)}\n")
    alerts = pl.read_parquet(workspace / "out" / "alerts.parquet")
    raised = set(alerts["ring_id"].drop_nulls())
    alarmed = [
        g
        for g, p in negatives.items()
        if any(len(p & ours[r]) >= 2 and hits[r] < 0.5 for r in raised & set(ours))
    ]
    sys.stdout.write(f"innocent groups in a ring that raises an alert {len(alarmed)} of {len(negatives)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
