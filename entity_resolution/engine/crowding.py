"""Blocks, spread out: which pairs meet, and which blocks are too large even when refined."""

from __future__ import annotations

from functools import partial
from typing import TypeVar

import numpy as np
import polars as pl

from entity_resolution.engine import block, meeting, seam, weighing
from entity_resolution.engine.block import Crowd
from entity_resolution.engine.seam import Plan, Runner

T = TypeVar("T")


def met(runner: Runner[T], shards: T, plan: Plan) -> tuple[T, list[Crowd]]:
    """Return the pairs that share a block (kept, exchanged by ``a``; a pair may repeat), and the crowds.

    Args:
        runner: keeps the shards.
        shards: the units.
        plan: what is known of the whole.
    """
    profile = plan.profile
    rules = len(profile.blocks)
    keyed = runner.map(
        runner.select(shards, ["unit", *(f"rule:{i}" for i in range(rules))]),
        partial(meeting.keys, rules=rules),
        seam.KEYS,
    )
    first = _split(runner, keyed, profile.cap)
    found = [runner.map(first, meeting.pairs, seam.PAIRS)]
    largest = runner.collect(runner.map(first, meeting.crowds, seam.CROWDS))
    if largest.is_empty():
        return runner.keep(runner.exchange(found[0], "a")), []
    left, more = _refined(runner, first, shards, plan)
    pairs = runner.keep(runner.exchange(runner.union([*found, *more]), "a"))
    return pairs, _named(runner, first, left, shards, meeting.largest(largest), plan)


def _split(runner: Runner[T], keyed: T, cap: int) -> T:
    return runner.keep(runner.map(runner.exchange(keyed, "h"), partial(meeting.met, cap=cap), seam.MET))


def _refined(runner: Runner[T], first: T, shards: T, plan: Plan) -> tuple[T, list[T]]:
    """Add further parts to blocks over the cap, in turn; return what is left, and the pairs found."""
    profile, pairs = plan.profile, []
    left = runner.map(first, meeting.over, seam.KEYS)
    for number, part in enumerate(profile.refine):
        rules = meeting.applies(part, profile)
        others = [i for i in range(len(profile.blocks)) if i not in rules]
        active = runner.map(left, partial(meeting.of_rules, rules=rules), seam.KEYS)
        told = runner.select(shards, ["unit", f"part:{number}"])
        step = partial(meeting.finer, part=number)
        split = _split(
            runner, runner.zip(runner.exchange(active, "unit"), told, step, seam.KEYS), profile.cap
        )
        pairs.append(runner.map(split, meeting.pairs, seam.PAIRS))
        rest = runner.map(split, meeting.over, seam.KEYS)
        waiting = runner.map(left, partial(meeting.of_rules, rules=others), seam.KEYS)
        left = runner.union([waiting, rest])
    return left, pairs


def _named(runner: Runner[T], first: T, left: T, shards: T, largest: pl.DataFrame, plan: Plan) -> list[Crowd]:
    """Name the largest blocks over the cap of each rule, as `block` does."""
    profile = plan.profile
    inside = runner.map(first, partial(meeting.members, named=largest), seam.KEYS)
    count = runner.zip(
        runner.exchange(inside, "unit"), runner.exchange(left, "unit"), meeting.lost, seam.COUNTS
    )
    lost = runner.collect(count).group_by("rule", "h").agg(pl.col("n").sum())
    members = np.unique(largest["least"].to_numpy())
    told = ["unit", *seam.said_columns(profile)]
    rows = runner.map(
        runner.select(shards, told),
        partial(meeting.chosen, members=members),
        {"unit": seam.I64} | seam.said_columns(profile),
    )
    shown = runner.collect(rows).sort("unit")
    said, here = weighing.assembled(shown, profile, [f.name for f in profile.field], parts=True)
    rows_ = largest.join(lost, on=["rule", "h"], how="left", maintain_order="left")
    crowds = []
    for rule, _, size, least, n in rows_.iter_rows():
        at = int(np.searchsorted(shown["unit"].to_numpy(), least))
        value = block.value_of(profile.blocks[rule], at, said, here)
        crowds.append(Crowd(tuple(profile.blocks[rule]), value, size, n or 0))
    return crowds
