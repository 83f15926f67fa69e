"""Somebody's own table: read it, resolve it by a profile, publish entities, links and what explains them.

The folder that is published holds ``entities``, ``links``, ``edges`` (joined pairs with their evidence),
``weights``, ``conflicts``, ``identity_leads`` and ``crowds`` as Parquet, ``summary.json``, and the index that
a later batch joins (`engine.batch`). People's judgements on pairs of records stand in ``judgements.jsonl``;
they are carried over from run to run and applied in each.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

import jiwang
from entity_resolution.engine import identity_leads, index, publish, spreading
from entity_resolution.engine.folder import published, recover
from entity_resolution.engine.profile import Profile, load
from entity_resolution.engine.publish import SUMMARY
from entity_resolution.engine.resolve import Judged, Resolution, resolve
from entity_resolution.engine.spreading import Outlet, Spread
from jiwang.errors import InputError
from jiwang.progress import Progress
from jiwang.workspace import write_json

_STEPS = 7


def read_table(path: Path) -> pl.DataFrame:
    """Read a table as text: Parquet, or CSV or TSV with a header line, in UTF-8.

    Raises:
        InputError: no such file, or one that cannot be read; a row that has too many fields is named.
    """
    try:
        if spreading.is_parquet(path):
            return pl.read_parquet(path)
        return pl.read_csv(path, separator=spreading.separator(path), infer_schema=False)
    except (pl.exceptions.PolarsError, OSError, UnicodeDecodeError) as error:
        first = str(error).splitlines()[0]
        raise InputError(
            f"{path} cannot be read as a table: {first}",
            "write it as Parquet, or as CSV in UTF-8 with a header",
        ) from error


def judged(folder: Path) -> Judged:
    """Return the judgements on pairs of records that the folder's log holds."""
    from entity_resolution import judgements  # noqa: PLC0415 - loads the contracts, which a batch needs not

    recover(folder)
    holding = judgements.current(judgements.read(folder / judgements.LOG))
    decided = holding.filter(pl.col("verdict").is_in(["positive", "negative"]))
    return Judged(decided.select("left", "right", same=pl.col("verdict") == "positive"))


def run(
    table: Path, profile: Profile | str | Path, out: Path, *, progress: Progress, spread: Spread | None = None
) -> dict[str, Any]:
    """Resolve a table into a folder.

    Args:
        table: Parquet or CSV.
        profile: a profile, its file, or the name of one that is shipped.
        out: the folder; what an earlier run published there is replaced, but for its judgements.
        progress: where to report.
        spread: how a table is resolved that memory does not hold; by default its size decides.

    Returns:
        The summary that is published.
    """
    rules = profile if isinstance(profile, Profile) else load(profile)
    with progress.task("resolve", total=_STEPS) as task:

        def say(text: str) -> None:
            task.say(text)
            task.advance()

        with spreading.opened(table, out, spread or Spread()) as spread_out:
            if spread_out is None:
                found = resolve(read_table(table), rules, judged(out), say)
                outlet = Outlet(partial(publish.entities, found.said), partial(index.write, found))
            else:
                found, outlet = spread_out(rules, judged(out), say)
            say("publish")
            with published(out) as folder:
                summary = write(found, folder, outlet)
    return summary


def write(found: Resolution, folder: Path, outlet: Outlet) -> dict[str, Any]:
    """Write all tables of a resolution; return the summary.

    Args:
        found: the resolution.
        folder: an empty folder.
        outlet: describes entities and writes the index, out of the texts of the records.
    """
    from jiwang import tables  # noqa: PLC0415 - loads the contracts, which a batch needs not

    ids = publish.entity_ids(found)
    told, records = publish.evidence(found), publish.first_records(found)
    frames = {
        "links": publish.links(found, ids),
        "entities": outlet.entities(ids),
        "edges": publish.edges(found, told, records),
        "weights": found.weights.frame(found.profile),
        "crowds": publish.crowds(found),
    }
    for name, frame in frames.items():
        frame.write_parquet(folder / f"{name}.parquet", compression="zstd")
    conflicts = publish.conflicts(found, frames["links"], told, records)
    tables.write(conflicts, tables.Conflicts, folder / "conflicts.parquet")
    leads = identity_leads.find(found, frames["links"], conflicts, frames["entities"], told, records)
    leads.write_parquet(folder / "identity_leads.parquet", compression="zstd")
    outlet.index(ids, folder)
    summary = {
        "jiwang": jiwang.__version__,
        "profile": found.profile.name,
        "records": len(found.records),
        "entities": frames["entities"].height,
        "pairs_compared": found.met.compared,
        "pairs_joined": frames["edges"].height,
        "conflicts": conflicts.height,
        "identity_leads": leads.height,
        "answers": dict(zip(("of_one", "of_two"), found.weights.answers, strict=True)),
        "crowded_blocks": frames["crowds"].height,
    }
    write_json(folder / SUMMARY, summary)
    return summary


def warnings(out: Path) -> list[str]:
    """Return a sentence for each block over the cap that the last run named."""
    rows = pl.read_parquet(out / "crowds.parquet").iter_rows(named=True)
    return [
        f"{r['units']:,} records share {r['value']}: too many to compare by {r['rule']} alone"
        + (f"; {r['dropped']:,} of them were not compared by it" if r["dropped"] else "")
        for r in rows
    ]
