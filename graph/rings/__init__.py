"""Rings: groups of hits that tell one story, with their people's parts, the money, and what speaks for them.

    hits + evidence edges -> candidates (communities of hits) -> roles, amounts, innocent explanations

A ring is cut from *evidence* (who takes whose money, whose cards travel together, who claims through whom),
never from co-employment or kinship. Publishes ``rings/candidates.parquet``, ``rings/members.parquet`` and, so
that a ring keeps its name from batch to batch, ``rings/known.parquet``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph.rings.candidates import gather
from graph.rings.facts import Facts
from graph.rings.identity import KNOWN, members, named, read_known, still_known
from graph.rings.portrait import draw
from jiwang.config import Settings
from jiwang.progress import Progress
from jiwang.tables import RingCandidates, RingMembers, from_rows, write
from jiwang.workspace import Workspace


def run(
    workspace: Workspace, settings: Settings, *, progress: Progress, stamp: Mapping[str, Any]
) -> dict[str, Any]:
    """Publish the ring candidates and their members; return counts by typology."""
    del settings
    facts = Facts.load(workspace)
    known = read_known(workspace)
    with workspace.publish("rings", stamp) as folder, progress.task("rings") as task:
        portraits = named([draw(group, facts) for group in gather(facts)], known)
        portraits.sort(key=lambda p: (-p.strength, p.ring_id))
        rows = [p.row() for p in portraits]
        write(from_rows(rows, RingCandidates), RingCandidates, folder / "candidates.parquet")
        write(members(portraits), RingMembers, folder / "members.parquet")
        still_known(known, portraits).write_parquet(folder / KNOWN, compression="zstd")
        task.say(f"{len(portraits)} rings")
    counts: dict[str, int] = {}
    for portrait in portraits:
        counts[portrait.typology] = counts.get(portrait.typology, 0) + 1
    return {"rings": len(portraits), "by_typology": dict(sorted(counts.items()))}
